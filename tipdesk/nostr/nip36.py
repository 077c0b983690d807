"""NIP-36 content warnings, also as labels (NIP-32): an author asks that a post be covered."""

from tipdesk.base.text import one_line
from tipdesk.nostr.event import Event

_MAX_REASON = 120
_NAMESPACE = "content-warning"
_SENSITIVE = frozenset({"sensitive", "nsfw"})


def warning_of(event: Event) -> str | None:
    """The reason for a cover, empty if none is given; None if nobody asks for a cover."""
    reason: str | None = None
    for tag in event.tags:
        name = tag[0]
        if name == "content-warning":
            reason = tag[1] if len(tag) > 1 else ""
        elif name == "l" and reason is None and len(tag) > 1:
            reason = _labelled(tag)
        elif name == "t" and reason is None and len(tag) > 1 and tag[1].lower() == "nsfw":
            reason = ""
    return None if reason is None else one_line(reason, maximum=_MAX_REASON)


def _labelled(tag: tuple[str, ...]) -> str | None:
    """A label of the warnings' own namespace gives the reason; one word of any means a cover."""
    if len(tag) > 2 and tag[2] == _NAMESPACE:
        return tag[1]
    return "" if tag[1].lower() in _SENSITIVE else None
