"""NIP-01: events of which only the latest counts, and how their latest is told.

Replaceable ones are known by kind and author, addressable ones by their ``d`` tag as well.
"""

from collections.abc import Iterable

from tipdesk.nostr.event import Event


def is_replaceable(kind: int) -> bool:
    """Whether an author has one event of this kind at a time (NIP-01, "Kinds")."""
    return kind in (0, 3) or 10_000 <= kind < 20_000


def is_addressable(kind: int) -> bool:
    """Whether an author has one event of this kind for each ``d`` tag (NIP-01, "Kinds")."""
    return 30_000 <= kind < 40_000


def coordinate(event: Event) -> str | None:
    """What `event` shares with what replaces it: ``kind:pubkey`` or ``kind:pubkey:d``."""
    if is_replaceable(event.kind):
        return f"{event.kind}:{event.pubkey.hex()}"
    if is_addressable(event.kind):
        return f"{event.kind}:{event.pubkey.hex()}:{event.first('d') or ''}"
    return None


def replaces(event: Event, other: Event) -> bool:
    """Whether `event` is the later of two; of one second, the one with the lower id (NIP-01)."""
    return (-event.created_at, event.id) < (-other.created_at, other.id)


def latest(events: Iterable[Event]) -> Event | None:
    """The one that replaces all others, or None of none."""
    return min(events, key=lambda event: (-event.created_at, event.id), default=None)
