"""Posts that are read once: bounded, deleted ones gone, of a long post the latest version."""

from tests.fakes import CREATOR, START, STRANGER, sign
from tipdesk.base.ids import EventId
from tipdesk.services.shelf import Shelf

T = START.unix_seconds


def test_the_one_put_there_longest_ago_goes_first_and_is_told() -> None:
    shelf = Shelf(maximum=2)
    gone: list[EventId] = []
    shelf.on_gone = gone.append
    one, two, three = (sign(STRANGER, 1, str(n), created_at=T - n) for n in range(3))
    for event in (one, two, one, three):
        assert shelf.take(event, START) is not None
    assert gone == [two.id]
    assert shelf.get(one.id) is not None


def test_a_post_from_the_future_is_refused() -> None:
    assert Shelf().take(sign(STRANGER, 1, "x", created_at=T + 3_600), START) is None


def test_what_its_author_deleted_is_gone_and_stays_so() -> None:
    shelf = Shelf()
    post = sign(STRANGER, 1, "x")
    for deleter in (CREATOR, STRANGER):
        shelf.take(post, START)
        shelf.take(sign(deleter, 5, tags=(("e", post.id.hex()),)), START)
        assert (shelf.get(post.id) is None) == (deleter is STRANGER)
    assert shelf.take(post, START) is None


def test_of_a_long_post_the_latest_version_counts_in_any_order() -> None:
    shelf = Shelf()
    versions = [
        sign(STRANGER, 30_023, f"v{n}", tags=(("d", "x"),), created_at=T + n) for n in (0, 1, 2)
    ]
    for event in (versions[1], versions[0], versions[2]):
        shelf.take(event, START)
    address = f"30023:{STRANGER.x_only.hex()}:x"
    latest = shelf.at(address)
    assert latest is not None
    assert latest.text == "v2"
    assert shelf.get(versions[1].id) is None
    shelf.take(sign(STRANGER, 5, tags=(("a", address),), created_at=T + 2), START)
    assert shelf.at(address) is None
