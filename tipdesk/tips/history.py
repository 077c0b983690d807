"""One line of a wallet's history, beside the tips."""

from dataclasses import dataclass
from enum import Enum

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat


class Direction(Enum):
    """Whose money it was."""

    IN = Phrase("received")
    OUT = Phrase("sent")


class PaymentState(Enum):
    """How far a payment has come; the value is what a person reads."""

    WAITING = Phrase("Waiting for payment")
    """An invoice of ours that nobody paid yet."""
    EXPIRED = Phrase("Expired")
    """An invoice of ours that nobody paid in time."""
    IN_FLIGHT = Phrase("In flight")
    SUCCEEDED = Phrase("Paid")
    FAILED = Phrase("Failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRecord:
    """A payment made or an invoice given out. `amount` is None until an open invoice is paid."""

    payment_hash: PaymentHash
    direction: Direction
    invoice: str
    amount: Msat | None
    description: str
    state: PaymentState
    at: Instant
    """When it was settled, or else when it was begun."""
    expires_at: Instant
    fee: Msat | None = None
    problem: str = ""
