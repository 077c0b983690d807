"""Learns who people are whom we do not follow: those who tip us, for one."""

import asyncio
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.profile import KIND_PROFILE
from tipdesk.ports.relays import RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.events import ProfileChanged
from tipdesk.services.profiles import Profiles

MAX_AT_ONCE: Final = 100
MAX_ASKED: Final = 5_000
"""Strangers decide who tips us: beyond this many nobody new is asked about in one run."""
_GATHER_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 5.0


class PeopleService:
    """Asks the relays for profiles, a few people at a time, each once a run."""

    def __init__(self, *, relays: RelayPool, profiles: Profiles, bus: Bus) -> None:
        self._relays = relays
        self._profiles = profiles
        self._bus = bus
        self._asked: set[XOnlyPubkey] = set()
        self._waiting: list[XOnlyPubkey] = []
        self._wake = asyncio.Event()

    def ask_about(self, pubkey: XOnlyPubkey) -> None:
        """Somebody whose name is wanted; `ProfileChanged` tells when it is known."""
        if pubkey not in self._asked and len(self._asked) < MAX_ASKED:
            self._asked.add(pubkey)
            self._waiting.append(pubkey)
            self._wake.set()

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
        subscription = self._relays.subscribe([wanted], self._learn, answered.set)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await answered.wait()
        except TimeoutError:
            pass  # Relays that are away now have nothing to say about them.
        finally:
            subscription.close()

    def _learn(self, event: Event) -> None:
        try:
            news = self._profiles.learn(event)
        except DecodeError:
            return
        if news:
            self._bus.publish(ProfileChanged(event.pubkey))
