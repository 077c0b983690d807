"""What was done and what it showed, added up over scripts and workers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.torture.mortals import Mortal


@dataclass
class Tally:
    """Counts by name, and every sentence of the oracle that did not hold."""

    kills: Counter[str] = field(default_factory=Counter)
    with_htlc: Counter[str] = field(default_factory=Counter)
    """Of the kills: how many while the victim had an HTLC above the dust limit under way."""
    other: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def collect(self, members: Iterable[Mortal]) -> None:
        """Takes over what the members of a world have counted."""
        for member in members:
            for death, count in member.deaths.items():
                self.kills[death.value] += count
            for death, count in member.deaths_with_htlc.items():
                self.with_htlc[death.value] += count
            weather = member.weather
            self.other["wires torn"] += weather.torn
            self.other["writes delivered late"] += weather.late
            self.other["writes delivered twice"] += weather.doubled
            self.other["chain notices repeated"] += weather.repeated
            member.dismiss()
            self.other.update(member.heard)
            self.violations += member.violations

    def add(self, other: "Tally") -> None:
        """Adds another one."""
        self.kills.update(other.kills)
        self.with_htlc.update(other.with_htlc)
        self.other.update(other.other)
        self.violations += other.violations

    def to_json(self) -> dict[str, Any]:
        """For the way from a worker to its parent."""
        return {
            "kills": self.kills,
            "with_htlc": self.with_htlc,
            "other": self.other,
            "violations": self.violations,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Tally":
        """The inverse of `to_json`."""
        return cls(
            Counter(data["kills"]),
            Counter(data["with_htlc"]),
            Counter(data["other"]),
            list(data["violations"]),
        )

    def table(self) -> str:
        """As it is printed."""
        lines = [f"{'':58}{'kills':>7}{'with an HTLC above dust':>26}"]
        lines += [
            f"{kind:58}{count:>7}{self.with_htlc[kind]:>26}"
            for kind, count in sorted(self.kills.items())
        ]
        total, with_htlc = self.kills.total(), self.with_htlc.total()
        lines.append(f"{'all':58}{total:>7}{with_htlc:>26}")
        lines += ["", *(f"{name:58}{count:>7}" for name, count in sorted(self.other.items()))]
        return "\n".join(lines)
