"""What the window asks of reading: selections of the feed, and relays that search."""

from typing import Protocol

from tipdesk.base.ids import EventId
from tipdesk.nostr.nip51 import FollowSet
from tipdesk.services.browse import Standing
from tipdesk.services.selection import Selection


class Browse(Protocol):
    """What the feed shows."""

    @property
    def selection(self) -> Selection:
        """What is shown now."""
        ...

    @property
    def standing(self) -> Standing:
        """How far the asking for it is."""
        ...

    def lists(self) -> tuple[FollowSet, ...]:
        """Our own lists of people, as far as they were read."""
        ...

    def choose(self, selection: Selection) -> None:
        """Shows another selection, and asks relays for it."""
        ...

    def ask_older(self) -> None:
        """Asks for the next page."""
        ...

    def ask_again(self) -> None:
        """Asks once more, from the newest."""
        ...

    def order(self) -> list[tuple[int, EventId]]:
        """The posts shown, newest first: (minus `created_at`, id)."""
        ...

    def holds(self, event_id: EventId) -> bool:
        """Whether the selection shows this post."""
        ...


class SearchPlaces(Protocol):
    """Relays that are asked to search."""

    def named(self) -> tuple[str, ...]:
        """Those that the person added."""
        ...

    def add(self, text: str) -> None:
        """One more; `RequestError` if it is none."""
        ...

    def drop(self, url: str) -> None:
        """One less."""
        ...


class Reading(Protocol):
    """All of it."""

    @property
    def browse(self) -> Browse:
        """What the feed shows."""
        ...

    @property
    def search_relays(self) -> SearchPlaces:
        """Relays that are asked to search."""
        ...
