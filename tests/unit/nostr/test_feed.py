"""The feed: three kinds of posts, newest first, each once, deletions obeyed, bounded."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.feed import Feed, Image, parse_post

Sign = Callable[..., Event]
NOW = Instant.from_unix_seconds(1_700_000_100)
HEX = "ab" * 32


def texts(feed: Feed) -> list[str]:
    return [post.text for post in feed]


def test_a_note_gives_its_text_and_its_linked_images(sign: Sign) -> None:
    event = sign("Look: https://i.example/A.JPG?w=1 and https://x.example/page")
    post = parse_post(event)
    assert post is not None
    assert post.text == "Look:  and https://x.example/page"
    assert post.images == (Image("https://i.example/A.JPG?w=1"),)
    assert post.address is None


def test_markup_in_a_note_is_text(sign: Sign) -> None:
    post = parse_post(sign("<img src=x onerror=alert(1)>\x07\u202e"))
    assert post is not None
    assert post.text == "<img src=x onerror=alert(1)>"


def test_a_picture_post_gives_title_description_and_sizes(sign: Sign) -> None:
    tags: Tags = (
        ("title", "Dunes"),
        ("imeta", "url https://i.example/1.jpg", "m image/jpeg", "dim 3024x4032", "alt A dune"),
        ("imeta", "url https://i.example/2.mp4", "m video/mp4"),
        ("imeta", "url file:///etc/passwd"),
        ("imeta", "url https://i.example/3", "dim 0x99999999"),
    )
    post = parse_post(sign("evening", kind=20, tags=tags))
    assert post is not None
    assert (post.title, post.text) == ("Dunes", "evening")
    assert post.images == (
        Image("https://i.example/1.jpg", "A dune", 3024, 4032),
        Image("https://i.example/3"),
    )


def test_a_long_post_has_an_address_and_a_cover(sign: Sign) -> None:
    tags = (("d", "first"), ("title", "On <b>dunes</b>"), ("image", "https://i.example/c.png"))
    event = sign("# Dunes", kind=30_023, tags=tags)
    post = parse_post(event)
    assert post is not None
    assert post.address == f"30023:{event.pubkey.hex()}:first"
    assert (post.title, post.text) == ("On <b>dunes</b>", "# Dunes")
    assert post.images == (Image("https://i.example/c.png"),)


def test_a_reply_says_what_it_answers(sign: Sign) -> None:
    post = parse_post(sign("yes", tags=(("e", HEX, "", "reply"),)))
    assert post is not None
    assert post.reply_to == EventId.from_hex(HEX)


@pytest.mark.parametrize(("kind", "content"), [(7, "+"), (1, " \x00 ")])
def test_other_kinds_and_empty_notes_are_no_posts(kind: int, content: str, sign: Sign) -> None:
    assert parse_post(sign(content, kind=kind)) is None


def test_posts_stand_newest_first_and_once(sign: Sign) -> None:
    feed = Feed()
    events = [sign(text, created_at=at) for text, at in (("b", 2), ("c", 3), ("a", 1))]
    assert [feed.add(event, NOW) for event in [*events, events[0]]] == [True, True, True, False]
    assert texts(feed) == ["c", "b", "a"]
    assert feed.get(events[0].id) is not None


def test_a_post_from_the_far_future_is_refused(sign: Sign) -> None:
    feed = Feed()
    assert feed.add(sign("soon", created_at=NOW.unix_seconds + 900), NOW)
    assert not feed.add(sign("later", created_at=NOW.unix_seconds + 901), NOW)
    assert texts(feed) == ["soon"]


def test_a_full_feed_lets_the_oldest_go(sign: Sign) -> None:
    feed = Feed(maximum=2)
    for at in (5, 6, 7):
        assert feed.add(sign(str(at), created_at=at), NOW)
    assert not feed.add(sign("1", created_at=1), NOW)
    assert texts(feed) == ["7", "6"]


def test_a_new_version_of_a_long_post_takes_the_old_ones_place(sign: Sign) -> None:
    feed = Feed()
    tags = (("d", "x"),)
    assert feed.add(sign("two", kind=30_023, tags=tags, created_at=2), NOW)
    assert not feed.add(sign("one", kind=30_023, tags=tags, created_at=1), NOW)
    assert feed.add(sign("three", kind=30_023, tags=tags, created_at=3), NOW)
    assert feed.add(sign("other", kind=30_023, tags=(("d", "y"),), created_at=1), NOW)
    assert texts(feed) == ["three", "other"]


def test_the_author_deletes_a_post_for_good(sign: Sign) -> None:
    feed = Feed()
    event = sign("oops", created_at=1)
    feed.add(event, NOW)
    assert feed.add(
        sign(kind=5, tags=(("e", event.id.hex()), ("e", "nonsense")), created_at=2), NOW
    )
    assert texts(feed) == []
    assert not feed.add(event, NOW)


def test_a_stranger_deletes_nothing(sign: Sign) -> None:
    feed = Feed()
    event = sign("mine", created_at=1)
    feed.add(event, NOW)
    assert not feed.add(sign(kind=5, tags=(("e", event.id.hex()),), secret=2), NOW)
    assert texts(feed) == ["mine"]


def test_a_deleted_address_stays_deleted_up_to_that_time(sign: Sign) -> None:
    feed = Feed()
    tags = (("d", "x"),)
    event = sign("old", kind=30_023, tags=tags, created_at=5)
    address = f"30023:{event.pubkey.hex()}:x"
    feed.add(event, NOW)
    assert feed.add(sign(kind=5, tags=(("a", address),), created_at=6), NOW)
    assert not feed.add(event, NOW)
    assert feed.add(sign("new", kind=30_023, tags=tags, created_at=7), NOW)
    assert texts(feed) == ["new"]


def test_a_text_made_of_links_is_read_quickly(sign: Sign) -> None:
    assert parse_post(sign("https://" * 30_000)) is not None


@given(
    st.sampled_from([1, 5, 20, 30_023]),
    st.text(max_size=80),
    st.lists(
        st.lists(
            st.sampled_from(["e", "a", "d", "imeta", "image", "title", "url https://x/y.png", HEX])
            | st.text(max_size=8),
            min_size=1,
            max_size=4,
        ),
        max_size=4,
    ),
)
def test_no_event_makes_the_feed_raise(kind: int, content: str, tags: list[list[str]]) -> None:
    event = Event(
        id=EventId(bytes(32)),
        pubkey=XOnlyPubkey(bytes(32)),
        created_at=1,
        kind=kind,
        tags=tuple(tuple(tag) for tag in tags),
        content=content,
        sig=bytes(64),
    )
    feed = Feed()
    feed.add(event, NOW)
    feed.add(replace(event, id=EventId(b"\x01" * 32), created_at=2), NOW)
    assert len(feed) == len(list(feed))
