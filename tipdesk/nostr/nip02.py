"""NIP-02 follow lists (kind 3): read, and changed by one entry at a time.

Other clients keep things in the list that are not ours: relay hints, petnames, tags of other
names, the unused `content`. A change here appends one tag or takes the tags of one person away
and leaves every other byte as it stands.
"""

from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.text import one_line
from tipdesk.nostr.event import Event, Tags, parse_pubkey
from tipdesk.nostr.relay_url import usable_relays

KIND_FOLLOWS = 3
MAX_FOLLOWS = 10_000
"""More people than this are not followed; a longer list is read up to here."""
_MAX_PETNAME = 80


class NotAFollowList(DecodeError):
    """An event of another kind, given as a follow list."""

    def __init__(self, *, kind: int) -> None:
        super().__init__(f"kind {kind} is not a follow list")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody followed; `relay` and `petname` are empty where the list gives none of use."""

    pubkey: XOnlyPubkey
    relay: str = ""
    petname: str = ""


def read_follows(event: Event) -> tuple[Contact, ...]:
    """The people of a kind 3 event, each once and in its order. `NotAFollowList` otherwise.

    What is no public key in it is skipped: one odd entry must not cost the others.
    """
    if event.kind != KIND_FOLLOWS:
        raise NotAFollowList(kind=event.kind)
    found: dict[XOnlyPubkey, Contact] = {}
    for tag in event.tags:
        pubkey = _pubkey(tag)
        if pubkey is not None and pubkey not in found:
            found[pubkey] = Contact(pubkey, _relay(tag), _petname(tag))
            if len(found) == MAX_FOLLOWS:
                break
    return tuple(found.values())


def with_follow(tags: Tags, pubkey: XOnlyPubkey) -> Tags:
    """The list with somebody at its end; unchanged if they are in it."""
    if any(_pubkey(tag) == pubkey for tag in tags):
        return tags
    return (*tags, ("p", pubkey.hex()))


def without_follow(tags: Tags, pubkey: XOnlyPubkey) -> Tags:
    """The list without somebody, however often they stood in it."""
    return tuple(tag for tag in tags if _pubkey(tag) != pubkey)


def _pubkey(tag: tuple[str, ...]) -> XOnlyPubkey | None:
    if tag[0] != "p" or len(tag) < 2:
        return None
    try:
        return parse_pubkey(tag[1])
    except DecodeError:
        return None


def _relay(tag: tuple[str, ...]) -> str:
    return next(iter(usable_relays(tag[2:3], maximum=1)), "")


def _petname(tag: tuple[str, ...]) -> str:
    return one_line(tag[3], maximum=_MAX_PETNAME) if len(tag) > 3 else ""
