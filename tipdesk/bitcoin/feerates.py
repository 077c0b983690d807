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

    @classmethod
    def from_sat_per_kb(cls, estimates: Mapping[int, int | None]) -> Self:
        """From a server's estimates in sat per 1000 vbytes; one that is missing is the floor.

        A shorter wait never comes out cheaper than a longer one.
        """
        rates: list[tuple[int, FeeratePerKw]] = []
        least = FLOOR.value
        for target in sorted(estimates, reverse=True):
            per_kw = -(-(estimates[target] or 0) // 4)
            least = min(max(per_kw, least), CAP.value)
            rates.append((target, FeeratePerKw(least)))
        return cls(tuple(reversed(rates)))

    def within(self, blocks: int) -> FeeratePerKw:
        """The rate for being mined within `blocks`, of the nearest target that is no slower."""
        chosen = self.by_target[0][1] if self.by_target else FLOOR
        for target, rate in self.by_target:
            if target <= blocks:
                chosen = rate
        return chosen
