"""How likely a directed channel carries an amount: what its capacity lets expect, and the past.

Without experience the liquidity is anywhere between nothing and the capacity. An amount that failed
speaks against itself and all above it; one that was carried speaks for itself and all below it.
Experience fades by half in an hour, back to what the capacity says. All in whole numbers.
"""

from collections.abc import KeysView
from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader, ShortRead
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.units import Msat
from tipdesk.lightning.routing.query import DirectedChannel, Route

HALF_LIFE_MS: Final = 60 * 60 * 1000
MAX_REMEMBERED: Final = 10_000
CERTAIN: Final = 1 << 20
"""A probability of one."""
WORST_ODDS: Final = 1_000 * CERTAIN
"""What has just failed is a thousand times likelier to fail than not."""

_VERSION: Final = b"tipdesk-scores-1\n"
_ENTRY_BYTES: Final = 9 + 4 * 8
_NEVER: Final = Instant(0)


class NotScores(DecodeError):
    """Bytes that `Scores.to_bytes` did not write: begin without experience."""


@dataclass(frozen=True, slots=True)
class _Memory:
    carried: int = 0
    carried_at: Instant = _NEVER
    failed: int = 0
    failed_at: Instant = _NEVER

    def failure_chance(self, amount: int, capacity: int, now: Instant) -> int:
        """Of `CERTAIN`."""
        expected = CERTAIN * amount // (capacity + 1)
        if self.failed and amount >= self.failed:
            return _mixed(CERTAIN, expected, _weight(self.failed_at, now))
        if amount <= self.carried:
            return _mixed(0, expected, _weight(self.carried_at, now))
        upper = self.failed or capacity + 1
        between = CERTAIN * (amount - self.carried) // max(1, upper - self.carried)
        told_at = self.failed_at if self.failed else self.carried_at
        return _mixed(min(between, CERTAIN), expected, _weight(told_at, now))


class Scores:
    """Remembers directed channels; those not heard of for longest are dropped when too many."""

    def __init__(self, *, max_remembered: int = MAX_REMEMBERED) -> None:
        self._memories: dict[int, _Memory] = {}
        self._max_remembered = max_remembered

    # -- learning -------------------------------------------------------------------------------

    def route_succeeded(self, route: Route, now: Instant) -> None:
        """Every channel behind our own carried its amount, which the other direction now has."""
        for channel, hop in list(zip(route.channels(), route.known_hops, strict=False))[1:]:
            self.record_success(channel, hop.amount, now)
            back = DirectedChannel(channel.short_channel_id, 1 - channel.direction)
            self.record_success(back, hop.amount, now)

    def route_failed(self, route: Route, at: DirectedChannel, now: Instant) -> None:
        """`at` could not carry its amount; those between our own and it could."""
        for channel, hop in zip(route.channels(), route.known_hops, strict=False):
            if channel == at:
                self.record_failure(channel, hop.amount, now)
                return
            if channel != route.channels()[0]:
                self.record_success(channel, hop.amount, now)

    def record_failure(self, channel: DirectedChannel, amount: Msat, now: Instant) -> None:
        """The channel could not carry `amount`."""
        before = self._memories.get(channel.number, _Memory())
        failed = amount.value
        if before.failed and _weight(before.failed_at, now):
            failed = min(failed, before.failed)
        known = before.carried < failed
        carried = (before.carried, before.carried_at) if known else (0, _NEVER)
        self._remember(channel, _Memory(*carried, max(1, failed), now))

    def record_success(self, channel: DirectedChannel, amount: Msat, now: Instant) -> None:
        """The channel carried `amount`: what failed must have been more, if anything."""
        before = self._memories.get(channel.number, _Memory())
        carried = amount.value
        if _weight(before.carried_at, now):
            carried = max(carried, before.carried)
        known = before.failed > carried
        failed = (before.failed, before.failed_at) if known else (0, _NEVER)
        self._remember(channel, _Memory(carried, now, *failed))

    def _remember(self, channel: DirectedChannel, memory: _Memory) -> None:
        # A dict keeps its order of insertion: the first was not heard of for longest.
        self._memories.pop(channel.number, None)
        self._memories[channel.number] = memory
        if len(self._memories) > self._max_remembered:
            del self._memories[next(iter(self._memories))]

    # -- asking ---------------------------------------------------------------------------------

    def known(self) -> KeysView[int]:
        """The `number` of each directed channel with experience."""
        return self._memories.keys()

    def failure_odds(self, number: int, amount: int, capacity: int, now: Instant) -> int:
        """How much likelier failure is than success, times `CERTAIN`; amounts in msat.

        It is also how many attempts are to be expected to fail before one succeeds.
        """
        memory = self._memories.get(number)
        if memory is None:
            return CERTAIN * amount // max(1, capacity - amount + 1)
        chance = memory.failure_chance(amount, capacity, now)
        return min(CERTAIN * chance // max(1, CERTAIN - chance), WORST_ODDS)

    # -- keeping --------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """All of it, for the node's store."""
        parts = [_VERSION]
        for number, memory in self._memories.items():
            parts.append(number.to_bytes(9, "big"))
            for value in (
                memory.carried,
                memory.carried_at.ms,
                memory.failed,
                memory.failed_at.ms,
            ):
                parts.append(value.to_bytes(8, "big"))
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes, *, max_remembered: int = MAX_REMEMBERED) -> "Scores":
        """What `to_bytes` wrote, or `NotScores`; of too many the latest."""
        reader = Reader(data)
        scores = cls(max_remembered=max_remembered)
        try:
            if reader.take(len(_VERSION)) != _VERSION:
                raise NotScores("the stored experience is of another version")
            entries, rest = divmod(reader.left, _ENTRY_BYTES)
            if rest:
                raise NotScores(f"{rest} bytes of an entry of {_ENTRY_BYTES}")
            reader.take(_ENTRY_BYTES * max(0, entries - max_remembered))
            while reader.left:
                number = reader.uint(9)
                if number >> 65 or number in scores._memories:
                    raise NotScores("the stored experience contradicts itself")
                carried, carried_at = reader.uint(8), Instant(reader.uint(8))
                failed, failed_at = reader.uint(8), Instant(reader.uint(8))
                scores._memories[number] = _Memory(carried, carried_at, failed, failed_at)
        except ShortRead as error:
            raise NotScores(f"the stored experience is cut off: {error}") from error
        return scores


def _weight(told_at: Instant, now: Instant) -> int:
    """How much of an experience is left, of `CERTAIN`; halves are joined by straight lines."""
    halves, rest = divmod(max(0, now.since(told_at)), HALF_LIFE_MS)
    full = CERTAIN >> min(halves, 63)
    return full - full * rest // (2 * HALF_LIFE_MS)


def _mixed(told: int, expected: int, weight: int) -> int:
    return (told * weight + expected * (CERTAIN - weight)) // CERTAIN
