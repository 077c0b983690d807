"""NIP-10 threads, as far as a feed needs them: is this a reply, and to what?"""

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event, parse_event_id


def replied_to(event: Event) -> EventId | None:
    """The event that a text note answers, or None if the note stands by itself.

    Marked tags decide; an event that is only mentioned is not answered. Notes without any marker
    follow the older rule, in which the last ``e`` tag is the one answered.
    """
    tags = [tag for tag in event.tags if tag[0] == "e" and len(tag) > 1]
    marked = {tag[3]: tag[1] for tag in tags if len(tag) > 3 and tag[3]}
    if marked:
        return _id(marked.get("reply") or marked.get("root"))
    return _id(tags[-1][1]) if tags else None


def _id(text: str | None) -> EventId | None:
    if text is None:
        return None
    try:
        return parse_event_id(text)
    except DecodeError:
        return None
