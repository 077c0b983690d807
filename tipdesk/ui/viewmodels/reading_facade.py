"""What the window asks of reading: selections of the feed, and relays that search."""

from typing import Protocol

from tipdesk.base.ids import EventId
from tipdesk.nostr.nip19 import AddressPointer, EventPointer
from tipdesk.nostr.nip51 import FollowSet, Mute
from tipdesk.services.browse import Standing
from tipdesk.services.mutes import Muted
from tipdesk.services.selection import Selection
from tipdesk.services.threads import ThreadView


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


class Threads(Protocol):
    """The thread around a post."""

    def open(self, event_id: EventId) -> None:
        """Reads the thread of a post that is here."""
        ...

    def close(self) -> None:
        """Nobody reads it any more."""
        ...

    def show_more(self) -> None:
        """A page of replies more."""
        ...

    def view(self) -> ThreadView:
        """The thread as it is known now."""
        ...

    async def find(self, pointer: EventPointer | AddressPointer) -> EventId | None:
        """A post that a link names, if a relay has it."""
        ...


class Mutes(Protocol):
    """What is not to be seen."""

    def all(self) -> tuple[Muted, ...]:
        """Everything muted."""
        ...

    def is_muted(self, mute: Mute) -> bool:
        """Whether that is muted."""
        ...

    async def mute(self, mute: Mute, *, private: bool = True) -> str:
        """Here at once; why the shared list does not say so yet, empty if it does."""
        ...

    async def unmute(self, mute: Mute) -> str:
        """The same the other way round."""
        ...


class Reading(Protocol):
    """All of it."""

    @property
    def threads(self) -> Threads:
        """The thread around a post."""
        ...

    @property
    def mutes(self) -> Mutes:
        """What is not to be seen."""
        ...

    @property
    def browse(self) -> Browse:
        """What the feed shows."""
        ...

    @property
    def search_relays(self) -> SearchPlaces:
        """Relays that are asked to search."""
        ...
