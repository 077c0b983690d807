"""NIP-10 threads: is this a reply, to what, and where does the thread begin?"""

from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event, Tags, parse_event_id, parse_pubkey
from tipdesk.nostr.relay_url import usable_relays

MAX_PEOPLE = 50
"""Named in a reply of ours at most."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An event that another one refers to, and where it may be found."""

    id: EventId
    relay: str = ""
    author: XOnlyPubkey | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Where an event stands. For a direct reply to the first note, both are the same."""

    root: Reference
    reply: Reference


def thread_of(event: Event) -> Thread | None:
    """The thread that a text note belongs to, or None if it stands by itself.

    Marked tags decide; an event that is only mentioned or quoted is not answered. Notes without
    any marker follow the older rule: the first ``e`` tag is the root, the last the one answered.
    """
    tags = [tag for tag in event.tags if tag[0] == "e" and len(tag) > 1]
    marked = {tag[3]: _reference(tag) for tag in tags if len(tag) > 3 and tag[3]}
    if marked:
        root, reply = marked.get("root"), marked.get("reply")
    elif tags:
        root, reply = _reference(tags[0]), _reference(tags[-1])
    else:
        return None
    if root is not None and reply is not None:
        return Thread(root, reply)
    # One marker alone says both; so does the one whose partner cannot be read.
    known = reply or root
    return None if known is None else Thread(known, known)


def replied_to(event: Event) -> EventId | None:
    """The event that a text note answers, or None if the note stands by itself."""
    thread = thread_of(event)
    return None if thread is None else thread.reply.id


def reply_tags(answered: Event, *, relay: str = "") -> Tags:
    """The tags of a reply to a text note: marked root and reply, and everybody in the thread.

    `relay` is where the note was seen.
    """
    thread = thread_of(answered)
    author = answered.pubkey.hex()
    answer = ("e", answered.id.hex(), relay, "root" if thread is None else "reply", author)
    tags: list[tuple[str, ...]] = []
    if thread is not None:
        root_author = () if thread.root.author is None else (thread.root.author.hex(),)
        tags.append(("e", thread.root.id.hex(), thread.root.relay, "root", *root_author))
    tags.append(answer)
    people = dict.fromkeys((author, *filter(_is_pubkey, answered.values("p"))))
    tags += [("p", person) for person in list(people)[:MAX_PEOPLE]]
    return tuple(tags)


def _reference(tag: tuple[str, ...]) -> Reference | None:
    try:
        event_id = parse_event_id(tag[1])
    except DecodeError:
        return None
    relay = next(iter(usable_relays(tag[2:3], maximum=1)), "")
    author = tag[4] if len(tag) > 4 else ""
    return Reference(event_id, relay, parse_pubkey(author) if _is_pubkey(author) else None)


def _is_pubkey(text: str) -> bool:
    try:
        parse_pubkey(text)
    except DecodeError:
        return False
    return True
