"""How much one relay may say, and how much of the loop all relays together may take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

SLICE_SECONDS: Final = 0.002


class FloodGate:
    """A token bucket: a burst, and then so much a second. The clock is the caller's, in seconds."""

    def __init__(self, *, burst: int, per_second: int, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left = float(burst)
        self._at = now
        self.dropped = 0

    def admits(self, now: float, amount: float = 1) -> bool:
        """Whether so much more may pass; if not, it is counted."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < amount:
            self.dropped += 1
            return False
        self._left -= amount
        return True


class Turns:
    """Lets relays take in what they received one after the other, each for one slice of a turn.

    Signatures are what takes time. However many relays send at once, the loop is held for one
    slice, and then everything else has its turn.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Waits in line; until when this turn lasts, in the loop's time."""
        async with self._lock:
            yield asyncio.get_running_loop().time() + SLICE_SECONDS
            # Only after the others had the loop may the next relay have its turn.
            await asyncio.sleep(0)
