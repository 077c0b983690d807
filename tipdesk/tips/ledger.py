"""The tips' books: double entry, append-only. What was spent is a sum over them, never a counter.

Every entry moves money between four accounts and sums to zero. A tip has at most two: what it may
cost is reserved before anything is paid, and that is settled or released once, when it is certain
how it ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import TipId
from tipdesk.base.units import Msat

NOTHING: Final = Msat(0)


class UnbalancedEntry(ValueError):
    """An entry whose postings do not sum to zero: a bug of ours."""


class EntryKind(Enum):
    """What an entry says of its tip."""

    RESERVED = "reserved"
    SETTLED = "settled"
    RELEASED = "released"

    @property
    def closes(self) -> bool:
        """Whether it ends what a reservation began."""
        return self is not EntryKind.RESERVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What each account holds: the wallet (from its start at zero), reservations, and what is
    gone for good."""

    wallet: Msat = NOTHING
    held: Msat = NOTHING
    tipped: Msat = NOTHING
    fees: Msat = NOTHING

    @property
    def total(self) -> Msat:
        """Zero, whatever happened."""
        return self.wallet + self.held + self.tipped + self.fees

    def __add__(self, other: "Balances") -> "Balances":
        return Balances(
            wallet=self.wallet + other.wallet,
            held=self.held + other.held,
            tipped=self.tipped + other.tipped,
            fees=self.fees + other.fees,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One entry; its changes sum to zero."""

    tip_id: TipId
    kind: EntryKind
    at: Instant
    change: Balances

    def __post_init__(self) -> None:
        if self.change.total:
            raise UnbalancedEntry(f"{self.kind} of {self.tip_id} is off by {self.change.total}")


def reserved(tip_id: TipId, *, amount: Msat, max_fee: Msat, at: Instant) -> LedgerEntry:
    """The most that the tip may cost is set aside."""
    most = amount + max_fee
    change = Balances(wallet=-most, held=most)
    return LedgerEntry(tip_id=tip_id, kind=EntryKind.RESERVED, at=at, change=change)


def settled(tip_id: TipId, *, amount: Msat, max_fee: Msat, fee: Msat, at: Instant) -> LedgerEntry:
    """The tip was paid with that fee; what is left of the reservation comes back."""
    change = Balances(wallet=max_fee - fee, held=-(amount + max_fee), tipped=amount, fees=fee)
    return LedgerEntry(tip_id=tip_id, kind=EntryKind.SETTLED, at=at, change=change)


def released(tip_id: TipId, *, amount: Msat, max_fee: Msat, at: Instant) -> LedgerEntry:
    """The tip was certainly not paid: all comes back."""
    most = amount + max_fee
    change = Balances(wallet=most, held=-most)
    return LedgerEntry(tip_id=tip_id, kind=EntryKind.RELEASED, at=at, change=change)


def balances(entries: Iterable[LedgerEntry]) -> Balances:
    """The accounts after all entries."""
    return sum((entry.change for entry in entries), Balances())
