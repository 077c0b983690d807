"""Looks once a day whether a tip to our own address would still arrive, and says so if not.

Who answers for an address could send payers elsewhere any day; a web server may be down, a wallet
without room. A person finds that out too late, so TipDesk asks as a fan's wallet would.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.phrase import Phrase
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice, ReceivingChanged
from tipdesk.services.probe import ProbeCheck, ProbeStep

FIRST_SECONDS: Final = 90.0
"""After a start relays, wallet and profile are there first."""
LOOK_SECONDS: Final = 600.0
EVERY_MS: Final = 24 * 3_600_000
_HARMLESS: Final = (ProbeStep.ZAPS,)
"""What a person may have chosen: a provider signs the receipts, or nobody does."""


class Probe(Protocol):
    """Asks an address as a payer's wallet would."""

    async def probe(self, address: str) -> tuple[ProbeCheck, ...]:
        """What a payer would meet."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and when."""

    address: str
    at: Instant
    checks: tuple[ProbeCheck, ...]

    @property
    def worst(self) -> ProbeCheck | None:
        """The first thing that keeps tips away, or sends them elsewhere."""
        bad = [check for check in self.checks if not check.passed and check.step not in _HARMLESS]
        return next((one for one in bad if one.step is ProbeStep.PAYEE), next(iter(bad), None))


class AddressWatch:
    """`address` is what our profile names; empty if it names none."""

    def __init__(self, probe: Probe, address: Callable[[], str], bus: Bus, clock: Clock) -> None:
        self._probe = probe
        self._address = address
        self._bus = bus
        self._clock = clock
        self.last: Looked | None = None

    async def run(self) -> None:
        """Looks from time to time, until cancelled."""
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            if self.is_due:
                await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    @property
    def is_due(self) -> bool:
        """Whether there is an address that was not asked today."""
        address, last = self._address(), self.last
        if not address:
            return False
        if last is None or last.address != address:
            return True
        return self._clock.now().since(last.at) >= EVERY_MS

    async def look(self, *, aloud: bool = True) -> Looked:
        """Asks now; `aloud` says what is newly wrong to the person, where they are."""
        address, before = self._address(), self.last
        checks = await self._probe.probe(address)
        found = self.last = Looked(address, self._clock.now(), checks)
        worst = found.worst
        was_told = before is not None and before.address == address and before.worst is not None
        if aloud and worst is not None and not was_told:
            self._bus.publish(
                Notice(
                    Phrase(
                        "A tip to {address} would not reach you. {why} {next}",
                        address=address,
                        why=worst.sentence,
                        next=worst.next_step,
                    ),
                    serious=True,
                )
            )
        self._bus.publish(ReceivingChanged())
        return found
