"""What a commitment transaction has to say, before any key or script comes in."""

from dataclasses import dataclass
from enum import Enum

from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat


class HtlcSide(Enum):
    """Which way an HTLC goes, as the owner of the commitment sees it."""

    OFFERED = "offered"
    RECEIVED = "received"

    @property
    def opposite(self) -> "HtlcSide":
        """The same HTLC in the other side's commitment."""
        return HtlcSide.RECEIVED if self is HtlcSide.OFFERED else HtlcSide.OFFERED


@dataclass(frozen=True, slots=True)
class CommitmentHtlc:
    """An HTLC as a commitment carries it. `id` counts in its own direction (BOLT 2)."""

    side: HtlcSide
    id: int
    amount: Msat
    payment_hash: PaymentHash
    cltv_expiry: BlockHeight


@dataclass(frozen=True, slots=True)
class CommitmentSpec:
    """The balances, HTLCs and feerate of one commitment; `to_local` is its owner's share."""

    to_local: Msat
    to_remote: Msat
    feerate: FeeratePerKw
    htlcs: tuple[CommitmentHtlc, ...]
