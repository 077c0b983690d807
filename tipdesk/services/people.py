"""Learns who people are whom we do not follow: those who tip us, for one."""

import asyncio
from enum import Enum
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.profile import KIND_PROFILE
from tipdesk.ports.relays import RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.events import ProfileChanged, ProfileSought
from tipdesk.services.profiles import Profiles

MAX_AT_ONCE: Final = 100
MAX_ASKED: Final = 5_000
"""Strangers decide who tips us: beyond this many nobody new is asked about in one run."""
_GATHER_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 5.0


class Sought(Enum):
    """How far the search for somebody's profile is."""

    FOUND = "found"
    ASKING = "asking"
    NOWHERE = "nowhere"
    """The relays that answered have none."""
    UNANSWERED = "unanswered"
    """Nobody was asked, or not all that are connected answered in time."""


class PeopleService:
    """Asks the relays for profiles, a few people at a time, until they have answered once."""

    def __init__(self, *, relays: RelayPool, profiles: Profiles, bus: Bus) -> None:
        self._relays = relays
        self._profiles = profiles
        self._bus = bus
        self._asked: set[XOnlyPubkey] = set()
        self._asking: set[XOnlyPubkey] = set()
        self._waiting: list[XOnlyPubkey] = []
        self._wake = asyncio.Event()

    def ask_about(self, pubkey: XOnlyPubkey) -> None:
        """Somebody whose name is wanted; `ProfileChanged` or `ProfileSought` tell of the end."""
        if pubkey not in self._asked and len(self._asked) < MAX_ASKED:
            self._asked.add(pubkey)
            self._asking.add(pubkey)
            self._waiting.append(pubkey)
            self._wake.set()

    def sought(self, pubkey: XOnlyPubkey) -> Sought:
        """What is known of whether somebody has a profile."""
        if self._profiles.knows(pubkey):
            return Sought.FOUND
        if pubkey in self._asking:
            return Sought.ASKING
        return Sought.NOWHERE if pubkey in self._asked else Sought.UNANSWERED

    def learn(self, event: Event) -> None:
        """Takes an authentic event that may be a profile, and tells if it is news."""
        try:
            news = self._profiles.learn(event)
        except DecodeError:
            return
        if news:
            self._bus.publish(ProfileChanged(event.pubkey))

    async def run(self) -> None:
        """Asks until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            batch, self._waiting = self._waiting[:MAX_AT_ONCE], self._waiting[MAX_AT_ONCE:]
            if not self._waiting:
                self._wake.clear()
            await self._ask(tuple(batch))

    async def _ask(self, pubkeys: tuple[XOnlyPubkey, ...]) -> None:
        answered = asyncio.Event()
        wanted = Filter(authors=pubkeys, kinds=(KIND_PROFILE,))
        subscription = self._relays.subscribe([wanted], self.learn, answered.set)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await answered.wait()
        except TimeoutError:
            pass  # Relays that are away now have nothing to say about them.
        finally:
            subscription.close()
            self._asking.difference_update(pubkeys)
            is_online = any(relay.connected for relay in self._relays.status())
            if not (answered.is_set() and is_online):
                # Whoever wants to know later asks again.
                self._asked.difference_update(pubkeys)
        for pubkey in pubkeys:
            self._bus.publish(ProfileSought(pubkey))
