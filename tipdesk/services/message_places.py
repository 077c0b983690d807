"""Where people take private messages (NIP-17, kind 10050), and where we do."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip17 import (
    KIND_MESSAGE_RELAYS,
    read_message_relays,
    with_message_relay,
    without_message_relay,
)
from tipdesk.nostr.nip65 import KIND_RELAY_LIST
from tipdesk.nostr.relay_url import is_relay_url, normalised, strangers_relays
from tipdesk.nostr.replaceable import latest
from tipdesk.ports.relays import RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.events import MessagePlaceFound
from tipdesk.services.own_lists import Draft, OwnLists
from tipdesk.services.relay_lists import NotARelay, RelayLists

MAX_PLACES_OF_ONE: Final = 5
MAX_PEOPLE: Final = 2_000
MAX_WAITING: Final = 100
FRESH_MS: Final = 600_000
"""So long nobody is asked again where somebody takes messages."""
FRESH_NOWHERE_MS: Final = 60_000
"""The same where the answer was: nowhere. They may be about to change that."""
FETCH_SECONDS: Final = 5.0
FIRST_PLACES: Final = 2


class PlaceUnknown(BackendError):
    """No relay said where somebody takes messages, or that they do not."""

    def __init__(self, person: XOnlyPubkey) -> None:
        super().__init__(
            Phrase("No relay answered where they take private messages. Try again later.")
        )
        self.person = person


@dataclass(frozen=True, slots=True)
class _Known:
    urls: tuple[str, ...]
    at: Instant

    def is_fresh(self, now: Instant) -> bool:
        return now.since(self.at) < (FRESH_MS if self.urls else FRESH_NOWHERE_MS)


class MessagePlaces:
    """Asks the relays, remembers the answers for a while, and keeps our own list."""

    def __init__(
        self,
        *,
        own: OwnLists,
        lists: RelayLists,
        relays: RelayPool,
        ours: XOnlyPubkey,
        bus: Bus,
        clock: Clock,
        practice: bool,
    ) -> None:
        self._own = own
        self._lists = lists
        self._relays = relays
        self._ours = ours
        self._bus = bus
        self._clock = clock
        self._practice = practice
        self._people: dict[XOnlyPubkey, _Known] = {}
        self._waiting: dict[XOnlyPubkey, None] = {}
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    def on_own_change(self, listener: Callable[[], None]) -> None:
        """Calls `listener` when our own places may be others than before."""
        self._listeners.append(listener)

    def known(self, person: XOnlyPubkey) -> tuple[str, ...] | None:
        """Where they take messages, nothing if nowhere; None while that is not known."""
        if person == self._ours:
            return self.own()
        known = self._people.get(person)
        if known is None or not (known.urls or known.is_fresh(self._clock.now())):
            return None
        return known.urls

    def ask_about(self, person: XOnlyPubkey) -> None:
        """Finds out in the background; `MessagePlaceFound` tells when it is known."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting[person] = None
            self._wake.set()

    async def find(self, person: XOnlyPubkey) -> tuple[str, ...]:
        """Where they take messages, nothing if nowhere. Raises `PlaceUnknown`."""
        if person == self._ours:
            return self.own()
        known, now = self._people.get(person), self._clock.now()
        if known is not None and known.is_fresh(now):
            return known.urls
        event = await self._fetch(person)
        urls = () if event is None else self._usable(read_message_relays(event))
        self._people.pop(person, None)
        self._people[person] = _Known(urls, now)
        if len(self._people) > MAX_PEOPLE:
            del self._people[next(iter(self._people))]
        self._bus.publish(MessagePlaceFound(person))
        return urls

    def own(self) -> tuple[str, ...]:
        """Where we take messages, as far as that is known."""
        event = self._own.known(KIND_MESSAGE_RELAYS)
        return () if event is None else self._usable(read_message_relays(event))

    async def refresh_own(self) -> tuple[str, ...]:
        """Where we take messages by the latest list. Raises `NewestUnknown`."""
        before = self.own()
        await self._own.newest(KIND_MESSAGE_RELAYS)
        if self.own() != before:
            self._tell()
        return self.own()

    async def open_first(self) -> tuple[str, ...]:
        """If we never said where, says so: the first relays of the settings.

        Raises `NewestUnknown` and `NotPublished`.
        """
        if await self._own.newest(KIND_MESSAGE_RELAYS, needs_relay=True) is None:
            for relay in self._relays.status()[:FIRST_PLACES]:
                await self.use_relay(relay.url)
        return self.own()

    async def use_relay(self, url: str) -> tuple[str, ...]:
        """From now on messages are taken there too.

        Raises `NotARelay`, `NewestUnknown` and `NotPublished`.
        """
        if not is_relay_url(url):
            raise NotARelay(url)
        return await self._change(
            lambda draft: Draft(with_message_relay(draft.tags, url), draft.content)
        )

    async def drop_relay(self, url: str) -> tuple[str, ...]:
        """From now on none are taken there. Raises `NewestUnknown` and `NotPublished`."""
        return await self._change(
            lambda draft: Draft(without_message_relay(draft.tags, url), draft.content)
        )

    async def run(self) -> None:
        """Asks for those that were asked about, until cancelled."""
        while True:
            await self._wake.wait()
            while self._waiting:
                person = next(iter(self._waiting))
                try:
                    await self.find(person)
                except BackendError:
                    pass  # They stay unknown: whoever needs it says so, and asks again.
                finally:
                    self._waiting.pop(person, None)
            self._wake.clear()

    async def _change(self, change: Callable[[Draft], Draft]) -> tuple[str, ...]:
        await self._own.change(KIND_MESSAGE_RELAYS, change, needs_relay=True)
        self._tell()
        return self.own()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    async def _fetch(self, person: XOnlyPubkey) -> Event | None:
        """Our relays are asked, and where the person publishes (NIP-65), known so far or not."""
        ours = tuple(normalised(relay.url) for relay in self._relays.status())
        asked = tuple(dict.fromkeys((*ours, *self._lists.writes(person))))
        kinds = (KIND_MESSAGE_RELAYS, KIND_RELAY_LIST)
        event, answered = await self._ask(person, kinds, asked)
        further = tuple(url for url in self._lists.writes(person) if url not in asked)
        if event is None and further:
            event, more = await self._ask(person, kinds[:1], further)
            answered = answered or more
        if event is None and not answered:
            raise PlaceUnknown(person)
        return event

    async def _ask(
        self, person: XOnlyPubkey, kinds: tuple[int, ...], urls: tuple[str, ...]
    ) -> tuple[Event | None, bool]:
        wanted = Filter(authors=(person,), kinds=kinds)
        found = await self._relays.fetch([wanted], urls=urls, timeout=FETCH_SECONDS)
        for event in found.events:
            if event.kind == KIND_RELAY_LIST:
                try:
                    self._lists.learn(event)
                except DecodeError:
                    continue
        lists = (event for event in found.events if event.kind == KIND_MESSAGE_RELAYS)
        return latest(lists), bool(found.answered)

    def _usable(self, urls: tuple[str, ...]) -> tuple[str, ...]:
        return strangers_relays(urls, practice=self._practice, maximum=MAX_PLACES_OF_ONE)
