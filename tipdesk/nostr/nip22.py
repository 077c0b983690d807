"""NIP-22 comments (kind 1111): what a comment is about, and what it answers."""

from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event, parse_event_id

KIND_COMMENT = 1_111
_MAX_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class Scope:
    """Capital tags name the root, small ones what is answered; a web page as root is neither.

    `address` is the root's coordinate where the root can be replaced, such as a long post.
    """

    root: EventId | None
    address: str
    parent: EventId | None


def scope_of(comment: Event) -> Scope:
    """Where a comment stands; what cannot be read of it is left out."""
    root = _event_id(comment.first("E"))
    address = comment.first("A") or ""
    parent = _event_id(comment.first("e"))
    return Scope(root, address if len(address) <= _MAX_ADDRESS else "", parent)


def _event_id(text: str | None) -> EventId | None:
    if text is None:
        return None
    try:
        return parse_event_id(text)
    except DecodeError:
        return None
