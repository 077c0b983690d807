"""NIP-10: what a note answers."""

from collections.abc import Callable

from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip10 import replied_to

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
