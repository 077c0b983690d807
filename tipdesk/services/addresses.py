"""Finds where somebody is paid whose profile was not seen yet."""

import asyncio
from typing import Final

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.services.bus import Bus
from tipdesk.services.events import ProfileChanged
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.tips.sentence import NO_ADDRESS

PATIENCE_SECONDS: Final = 8.0


class NoAddress(BackendError):
    """No profile came, or one without a usable lightning address."""

    def __init__(self) -> None:
        super().__init__(NO_ADDRESS)


class AddressFinder:
    """Asks the relays for a profile and waits a while for it."""

    def __init__(self, *, profiles: Profiles, people: PeopleService, bus: Bus) -> None:
        self._profiles = profiles
        self._people = people
        self._waiting: dict[XOnlyPubkey, list[asyncio.Event]] = {}
        bus.subscribe(ProfileChanged, self._learnt)

    async def find(self, pubkey: XOnlyPubkey) -> str:
        """The lightning address of somebody, or `NoAddress`."""
        known = self._profiles.address(pubkey)
        if known is not None:
            return known
        came = asyncio.Event()
        waiting = self._waiting.setdefault(pubkey, [])
        waiting.append(came)
        self._people.ask_about(pubkey)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await came.wait()
        except TimeoutError:
            pass
        finally:
            waiting.remove(came)
            if not waiting:
                self._waiting.pop(pubkey, None)
        found = self._profiles.address(pubkey)
        if found is None:
            raise NoAddress
        return found

    def _learnt(self, event: ProfileChanged) -> None:
        for came in self._waiting.get(event.pubkey, ()):
            came.set()
