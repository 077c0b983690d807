"""The feed cache is bounded, keeps the latest of what is replaced, and may be lost at any time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import CREATOR, FAN, PROVIDER, START, sign
from tipdesk.adapters.storage import feeds
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip05 import CheckedName, NameVerdict
from tipdesk.ports.stores_tips import FeedStore

T = START.unix_seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.db"


@pytest.fixture
def store(path: Path) -> Iterator[CacheFeedStore]:
    store = CacheFeedStore(path, maximum=4)
    yield store
    store.close()


def test_profiles_and_deletions_come_first_then_posts_newest_first(store: FeedStore) -> None:
    profile = sign(CREATOR, 0, "{}", created_at=T - 90)
    deletion = sign(CREATOR, 5, tags=(("e", "00" * 32),), created_at=T - 95)
    old, new = (sign(CREATOR, 1, "\u2764\x01", created_at=T - age) for age in (60, 5))
    store.save([old, new, deletion, profile])
    assert list(store.load()) == [profile, deletion, new, old]


def test_only_the_latest_of_what_can_be_replaced_is_kept(store: FeedStore) -> None:
    profiles = [sign(CREATOR, 0, "{}", created_at=T + n) for n in (1, 2, 0)]
    posts = [sign(CREATOR, 30023, "x", tags=(("d", "a"),), created_at=T + n) for n in (5, 4)]
    other = sign(FAN, 30023, "x", tags=(("d", "a"),), created_at=T)
    store.save([*profiles, *posts, other])
    assert list(store.load()) == [profiles[1], posts[0], other]


def test_of_two_versions_of_one_second_the_lower_id_stays(store: FeedStore) -> None:
    low, high = sorted((sign(CREATOR, 0, text) for text in "ab"), key=lambda event: event.id)
    for events in ([low, high], [high, low], [high]):
        store.save(events)
        assert list(store.load()) == [low]


def test_people_outlive_any_number_of_posts_and_are_bounded_apart(path: Path) -> None:
    store = CacheFeedStore(path, maximum=2, people=3)
    keys = [PrivateKey(bytes([number]) * 32) for number in range(1, 6)]
    people = [sign(key, 10_002, created_at=n) for n, key in enumerate(keys)]
    posts = [sign(CREATOR, 1, "x", created_at=T + n) for n in range(5)]
    store.save([*people, *posts])
    assert list(store.load()) == [*people[:1:-1], *posts[:2:-1]]
    store.close()


def test_a_list_of_ours_is_kept_whatever_else_comes_and_only_its_latest(path: Path) -> None:
    store = CacheFeedStore(path, maximum=1, people=1)
    assert store.own(3) is None
    old, new = (sign(FAN, 3, "{}", tags=(("p", "x"),), created_at=n) for n in (1, 2))
    for event in (old, new, old):
        store.save_own(event)
    store.save([sign(CREATOR, 1, "x", created_at=T + n) for n in range(5)])
    store.close()
    store = CacheFeedStore(path)
    assert store.own(3) == new
    assert store.own(0) is None
    store.close()


def test_checked_names_are_kept_and_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_NAMES", 2)
    checks = [
        CheckedName(
            pubkey=key.x_only,
            identifier="ana@a.example",
            verdict=verdict,
            checked_at=START.plus_ms(number),
        )
        for number, (key, verdict) in enumerate(
            zip((FAN, CREATOR, PROVIDER, CREATOR), [*NameVerdict, NameVerdict.WRONG], strict=True)
        )
    ]
    store = CacheFeedStore(path)
    for check in checks:
        store.save_name(check)
    store.close()
    store = CacheFeedStore(path)
    assert sorted(store.names(), key=lambda name: name.checked_at.ms) == checks[2:]
    store.close()


def test_the_oldest_are_let_go(store: FeedStore) -> None:
    events = [sign(CREATOR, 1, "x", created_at=T + n) for n in range(6)]
    store.save(events)
    assert list(store.load()) == events[:1:-1]


@pytest.mark.parametrize("damage", ["rubbish", "version"])
def test_a_damaged_or_foreign_cache_is_begun_anew(path: Path, damage: str) -> None:
    store = CacheFeedStore(path)
    store.save([sign(CREATOR, 1, "x")])
    if damage == "version":
        assert store._connection is not None
        store._connection.execute("PRAGMA user_version = 99")
    store.close()
    if damage == "rubbish":
        path.write_bytes(b"no database at all" * 500)
    store = CacheFeedStore(path)
    assert list(store.load()) == []
    store.save([sign(CREATOR, 1, "y")])
    assert len(list(store.load())) == 1
    store.close()


def test_a_cache_that_cannot_be_had_keeps_nothing_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = CacheFeedStore(tmp_path / "file" / "cache.db")
    store.save([sign(CREATOR, 1, "x")])
    assert list(store.load()) == []
    store.close()


def test_rubbish_in_a_row_is_skipped(store: CacheFeedStore) -> None:
    assert store._connection is not None
    store._connection.execute("INSERT INTO events VALUES ('a', 2, 5, '', '{\"id\": 5}')")
    store._connection.execute("INSERT INTO events VALUES ('b', 2, 6, '', 'x')")
    assert list(store.load()) == []
