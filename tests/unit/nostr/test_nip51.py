"""NIP-51: sets of people, mutes, and their private parts."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.nostr.event import Event
from tipdesk.nostr.nip51 import (
    MAX_MEMBERS,
    Mute,
    MuteKind,
    NotPrivateItems,
    read_follow_set,
    read_mutes,
    read_private,
    with_mute,
    without_mute,
    write_private,
)

Sign = Callable[..., Event]
A, B = "aa" * 32, "bb" * 32


@given(st.lists(st.lists(st.text(max_size=9), min_size=1, max_size=4).map(tuple), max_size=9))
def test_private_items_are_read_as_they_were_written(tags: list[tuple[str, ...]]) -> None:
    assert read_private(write_private(tuple(tags))) == tuple(tags)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[[]]", '[["p", 1]]', "[" * 9_000, '"p"'])
def test_what_is_no_list_of_tags_is_refused(text: str) -> None:
    with pytest.raises(NotPrivateItems):
        read_private(text)


def test_a_set_has_a_name_that_is_safe_to_show(sign: Sign) -> None:
    event = sign(kind=30_000, tags=(("d", "x"), ("title", "My\u202e\nband"), ("p", A), ("p", A)))
    found = read_follow_set(event, (("p", B), ("p", "?"), ("e", A)))
    assert found is not None
    assert (found.name, [key.hex() for key in found.members]) == ("My band", [A, B])


def test_a_set_without_a_title_goes_by_its_identifier_and_an_empty_one_is_none(sign: Sign) -> None:
    named = read_follow_set(sign(kind=30_000, tags=(("d", "friends"), ("p", A))))
    assert named is not None
    assert named.name == "friends"
    assert read_follow_set(sign(kind=30_000, tags=(("d", "friends"),))) is None
    assert read_follow_set(sign(kind=30_000, tags=(("p", A),))) is None


def test_a_set_is_bounded(sign: Sign) -> None:
    people = tuple(("p", f"{n:064x}") for n in range(MAX_MEMBERS + 9))
    found = read_follow_set(sign(kind=30_000, tags=(("d", "x"), *people)))
    assert found is not None
    assert len(found.members) == MAX_MEMBERS


def test_mutes_are_read_once_each_and_unknown_ones_left_alone() -> None:
    tags = (("p", A), ("p", A), ("t", "#Sea"), ("word", "Coin"), ("e", B), ("p", "x"), ("q", "y"))
    assert read_mutes(tags) == (
        Mute(MuteKind.PERSON, A),
        Mute(MuteKind.HASHTAG, "sea"),
        Mute(MuteKind.WORD, "coin"),
        Mute(MuteKind.THREAD, B),
    )


def test_a_mute_is_put_at_the_end_and_all_else_stays_as_written() -> None:
    tags = (("p", A, "relay"), ("x", "other client's"))
    person, word = Mute(MuteKind.PERSON, A), Mute(MuteKind.WORD, "coin")
    assert with_mute(tags, person) is tags
    assert with_mute(tags, word) == (*tags, ("word", "coin"))
    assert without_mute(with_mute(tags, word), person) == (tags[1], ("word", "coin"))
