"""NIP-22: a comment says what it is about and what it answers."""

from collections.abc import Callable

from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import parse_post
from tipdesk.nostr.nip22 import Scope, scope_of

Sign = Callable[..., Event]
A, B = "aa" * 32, "bb" * 32
ESSAY = f"30023:{A}:essay"


def test_capital_tags_are_the_root_and_small_ones_what_is_answered(sign: Sign) -> None:
    tags = (("A", ESSAY), ("E", A), ("K", "30023"), ("a", ESSAY), ("e", B), ("k", "1111"))
    comment = sign("yes", kind=1111, tags=tags)
    assert scope_of(comment) == Scope(EventId.from_hex(A), ESSAY, EventId.from_hex(B))
    post = parse_post(comment)
    assert post is not None
    assert (post.root_address, post.reply_to) == (ESSAY, EventId.from_hex(B))


def test_a_comment_on_a_web_page_stands_by_itself(sign: Sign) -> None:
    tags = (("I", "https://x.example"), ("i", "https://x.example"), ("E", "zz"), ("A", "x" * 999))
    assert scope_of(sign("yes", kind=1111, tags=tags)) == Scope(None, "", None)
