"""NIP-65 relay lists (kind 10002): where somebody writes, and where they read what names them."""

from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.relay_url import is_relay_url, normalised

KIND_RELAY_LIST = 10_002
MAX_RELAYS = 20
"""Of a longer list the first are used: NIP-65 asks for two to four of each sort."""
_MARKERS = {(): (True, True), ("read",): (True, False), ("write",): (False, True)}


class NotARelayList(DecodeError):
    """An event of another kind, given as a relay list."""

    def __init__(self, *, kind: int) -> None:
        super().__init__(f"kind {kind} is not a relay list")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class RelayUse:
    """One relay of a list, its address in the normalised form."""

    url: str
    reads: bool = True
    writes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayList:
    """Somebody's relays in their order. `created_at` in Unix seconds."""

    pubkey: XOnlyPubkey
    created_at: int
    relays: tuple[RelayUse, ...]

    @property
    def writes(self) -> tuple[str, ...]:
        """Where their events are to be had."""
        return tuple(relay.url for relay in self.relays if relay.writes)

    @property
    def reads(self) -> tuple[str, ...]:
        """Where they hear of what names them."""
        return tuple(relay.url for relay in self.relays if relay.reads)


def read_relay_list(event: Event) -> RelayList:
    """The list in a kind 10002 event; what is no relay in it is skipped. Or `NotARelayList`."""
    if event.kind != KIND_RELAY_LIST:
        raise NotARelayList(kind=event.kind)
    found: dict[str, RelayUse] = {}
    for tag in event.tags:
        use = _use(tag)
        if use is None:
            continue
        known = found.get(use.url, RelayUse(use.url, reads=False, writes=False))
        found[use.url] = RelayUse(use.url, known.reads or use.reads, known.writes or use.writes)
        if len(found) == MAX_RELAYS:
            break
    return RelayList(pubkey=event.pubkey, created_at=event.created_at, relays=tuple(found.values()))


def with_relay(tags: Tags, use: RelayUse) -> Tags:
    """The list with a relay used in this way; the place of one that is there stays its place.

    A relay that is used neither way is taken out. Everything else stays as it is written.
    """
    url = normalised(use.url)
    wanted = _tag(use)
    changed: list[tuple[str, ...]] = []
    for tag in tags:
        if not _names(tag, url):
            changed.append(tag)
        elif wanted is not None:
            # One that says the same already is left as its author wrote it.
            same = _use(tag) == RelayUse(url, use.reads, use.writes)
            changed.append(tag if same else wanted)
            wanted = None
    there = any(_names(tag, url) for tag in changed)
    if wanted is not None and not there:
        changed.append(wanted)
    return tuple(changed)


def without_relay(tags: Tags, url: str) -> Tags:
    """The list without a relay, however it was written."""
    return with_relay(tags, RelayUse(url, reads=False, writes=False))


def _tag(use: RelayUse) -> tuple[str, ...] | None:
    if use.reads and use.writes:
        return ("r", use.url)
    if use.reads or use.writes:
        return ("r", use.url, "read" if use.reads else "write")
    return None


def _names(tag: tuple[str, ...], url: str) -> bool:
    return tag[0] == "r" and len(tag) > 1 and is_relay_url(tag[1]) and normalised(tag[1]) == url


def _use(tag: tuple[str, ...]) -> RelayUse | None:
    """None for what is no relay, or bears a marker that NIP-65 does not know."""
    if tag[0] != "r" or len(tag) < 2 or not is_relay_url(tag[1]):
        return None
    marker = tag[2:3] if tag[2:3] != ("",) else ()
    if marker not in _MARKERS:
        return None
    reads, writes = _MARKERS[marker]
    return RelayUse(normalised(tag[1]), reads, writes)
