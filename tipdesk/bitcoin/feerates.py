"""Feerates by confirmation target, kept between a floor and a cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from tipdesk.base.units import FeeratePerKw

# BOLT 3 works in whole sat/kw: 253 is the first that rounds to no less than 1 sat/vB.
FLOOR: Final = FeeratePerKw(253)
CAP: Final = FeeratePerKw(100_000)
TARGETS: Final = (2, 6, 12, 144)


@dataclass(frozen=True, slots=True)
class Feerates:
    """What it costs to be mined within a number of blocks, fastest first."""

    by_target: tuple[tuple[int, FeeratePerKw], ...] = ()
    minimum: FeeratePerKw = FLOOR
    """Below it mempools take nothing."""

    @classmethod
    def from_sat_per_kb(cls, estimates: Mapping[int, int | None], minimum: int | None = 0) -> Self:
        """From a server's estimates in sat per 1000 vbytes; one that is missing is the minimum.

        A shorter wait never comes out cheaper than a longer one.
        """
        rates: list[tuple[int, FeeratePerKw]] = []
        lowest = FeeratePerKw(min(max(-(-(minimum or 0) // 4), FLOOR.value), CAP.value))
        least = lowest.value
        for target in sorted(estimates, reverse=True):
            per_kw = -(-(estimates[target] or 0) // 4)
            least = min(max(per_kw, least), CAP.value)
            rates.append((target, FeeratePerKw(least)))
        return cls(tuple(reversed(rates)), lowest)

    def within(self, blocks: int) -> FeeratePerKw:
        """The rate for being mined within `blocks`, of the nearest target that is no slower."""
        chosen = self.by_target[0][1] if self.by_target else self.minimum
        for target, rate in self.by_target:
            if target <= blocks:
                chosen = rate
        return chosen

    def for_commitments(self) -> FeeratePerKw:
        """What a commitment should pay by itself: mined within an hour, and always relayed.

        Without package relay a child cannot lift its parent over a mempool's minimum, so a
        commitment keeps twice that.
        """
        return max(self.within(6), self.minimum * 2)
