"""What past payments teach: a penalty on each directed channel that failed, which fades.

A failure at an amount speaks against that amount and more, and less against smaller ones; a
success at an amount clears what speaks against it. All in whole msat: no floats near money.
"""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.lightning.routing.query import DirectedChannel

FAILURE_PENALTY: Final = Msat(100_000)
"""What a fresh failure weighs: as much as a detour that costs 100 sat."""
HALF_LIFE_MS: Final = 30 * 60 * 1000
MAX_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Memory:
    failed_amount: Msat
    failed_at: Instant


class Scores:
    """Remembers failures of directed channels; old ones are dropped when there are too many."""

    def __init__(self, *, max_remembered: int = MAX_REMEMBERED) -> None:
        self._memories: dict[DirectedChannel, _Memory] = {}
        self._max_remembered = max_remembered

    def record_failure(self, channel: DirectedChannel, amount: Msat, now: Instant) -> None:
        """The channel could not carry `amount`."""
        before = self._memories.pop(channel, None)
        if before is not None and self._faded(before, now) and before.failed_amount < amount:
            amount = before.failed_amount
        self._memories[channel] = _Memory(amount, now)
        if len(self._memories) > self._max_remembered:
            # A dict keeps its order of insertion: the first is the oldest failure.
            del self._memories[next(iter(self._memories))]

    def record_success(self, channel: DirectedChannel, amount: Msat) -> None:
        """The channel carried `amount`: what failed must have been more, if anything."""
        memory = self._memories.get(channel)
        if memory is None:
            return
        if amount < memory.failed_amount:
            return
        del self._memories[channel]

    def penalty(self, channel: DirectedChannel, amount: Msat, now: Instant) -> Msat:
        """What using the channel for `amount` is to count beside its fee."""
        memory = self._memories.get(channel)
        if memory is None:
            return Msat(0)
        full = self._faded(memory, now)
        if amount >= memory.failed_amount:
            return Msat(full)
        return Msat(full * amount.value // (2 * memory.failed_amount.value))

    def _faded(self, memory: _Memory, now: Instant) -> int:
        age = max(0, now.since(memory.failed_at))
        return FAILURE_PENALTY.value >> min(age // HALF_LIFE_MS, 63)
