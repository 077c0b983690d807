"""The feed cache is bounded, keeps the latest of what is replaced, and may be lost at any time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import CREATOR, FAN, START, sign
from tipdesk.adapters.storage.feeds import CacheFeedStore
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
    store._connection.execute("INSERT INTO events VALUES ('a', 1, 5, '{\"id\": 5}')")
    store._connection.execute("INSERT INTO events VALUES ('b', 1, 6, 'x')")
    assert list(store.load()) == []
