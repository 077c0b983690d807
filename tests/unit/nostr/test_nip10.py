"""NIP-10: what a note answers."""

from collections.abc import Callable

import pytest

from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip10 import Reference, Thread, replied_to, reply_tags, thread_of

A, B = "aa" * 32, "bb" * 32
Sign = Callable[..., Event]


def test_a_note_without_e_tags_stands_by_itself(sign: Sign) -> None:
    assert replied_to(sign("x", tags=(("p", A),))) is None


def test_the_marked_reply_is_answered(sign: Sign) -> None:
    tags = (("e", A, "", "root"), ("e", B, "", "reply"))
    assert replied_to(sign("x", tags=tags)) == EventId.from_hex(B)


def test_a_root_alone_is_answered(sign: Sign) -> None:
    assert replied_to(sign("x", tags=(("e", A, "", "root"),))) == EventId.from_hex(A)


def test_a_mention_is_not_answered(sign: Sign) -> None:
    assert replied_to(sign("x", tags=(("e", A, "", "mention"),))) is None


def test_without_markers_the_last_one_is_answered(sign: Sign) -> None:
    assert replied_to(sign("x", tags=(("e", A), ("e", B)))) == EventId.from_hex(B)


def test_a_malformed_id_answers_nothing(sign: Sign) -> None:
    assert replied_to(sign("x", tags=(("e", "zz"),))) is None


def test_a_thread_has_its_root_and_what_is_answered_with_where_they_are(sign: Sign) -> None:
    tags = (
        ("e", A, "wss://a.example", "root", B),
        ("e", "cc" * 32, "", "mention"),
        ("e", B, "no relay", "reply", "no key"),
        ("q", "dd" * 32),
    )
    root = Reference(EventId.from_hex(A), "wss://a.example", XOnlyPubkey.from_hex(B))
    assert thread_of(sign("x", tags=tags)) == Thread(root, Reference(EventId.from_hex(B)))


@pytest.mark.parametrize("marker", ["root", "reply"])
def test_one_marker_alone_is_root_and_answered(sign: Sign, marker: str) -> None:
    only = Reference(EventId.from_hex(A))
    assert thread_of(sign("x", tags=(("e", A, "", marker),))) == Thread(only, only)


def test_by_position_the_first_is_the_root_and_the_last_is_answered(sign: Sign) -> None:
    tags = (("e", A), ("e", "cc" * 32), ("e", B, ""))
    thread = thread_of(sign("x", tags=tags))
    assert thread == Thread(Reference(EventId.from_hex(A)), Reference(EventId.from_hex(B)))
    assert thread_of(sign("x")) is None


def test_a_partner_that_cannot_be_read_costs_no_thread(sign: Sign) -> None:
    tags = (("e", "zz", "", "root"), ("e", B, "", "reply"))
    only = Reference(EventId.from_hex(B))
    assert thread_of(sign("x", tags=tags)) == Thread(only, only)


def test_a_reply_to_a_first_note_marks_it_as_the_root_and_names_all_people(sign: Sign) -> None:
    first = sign("x", tags=(("p", A), ("p", "nobody"), ("p", A)))
    tags = reply_tags(first, relay="wss://a.example")
    author = first.pubkey.hex()
    assert tags == (
        ("e", first.id.hex(), "wss://a.example", "root", author),
        ("p", author),
        ("p", A),
    )


def test_a_reply_within_a_thread_keeps_its_root(sign: Sign) -> None:
    first = sign("first", secret=1)
    second = sign("second", secret=2, tags=reply_tags(first))
    third = sign("third", secret=3, tags=reply_tags(second))
    thread = thread_of(third)
    assert thread is not None
    assert (thread.root.id, thread.root.author) == (first.id, first.pubkey)
    assert (thread.reply.id, thread.reply.author) == (second.id, second.pubkey)
    assert third.values("p") == (second.pubkey.hex(), first.pubkey.hex())
