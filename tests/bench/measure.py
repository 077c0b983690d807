"""What one measure is, and how its runs become a row."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure, its unit and how often it was measured."""

    name: str
    unit: str
    median: float
    p95: float
    runs: int

    @classmethod
    def of(cls, name: str, unit: str, values: list[float]) -> "Row":
        """The row of these values, of which there must be one at least."""
        ordered = sorted(values)
        return cls(
            name=name,
            unit=unit,
            median=round(median(ordered), 3),
            p95=round(ordered[ceil(0.95 * len(ordered)) - 1], 3),
            runs=len(ordered),
        )


Measure = Callable[[], list[Row]]
"""Runs as often as it takes and returns its rows."""

MEASURES: dict[str, Measure] = {}
"""Every measure by the name it can be asked for, in the order of the table."""


def measure(name: str) -> Callable[[Measure], Measure]:
    """Registers a measure: `@measure("tips")`."""

    def register(run: Measure) -> Measure:
        MEASURES[name] = run
        return run

    return register
