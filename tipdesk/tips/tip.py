"""A tip of ours: what it is for, how far it has come, and what it cost."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, TipId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.tips.payment import Quote, Succeeded
from tipdesk.tips.target import Target

LEAST_FEE_LIMIT: Final = Msat(3_000)
"""Three hops at the usual base fee of one satoshi: a lower limit would fail the small tips."""


class TipStatus(Enum):
    """How far a tip has come; the value is what a person reads."""

    DRAFT = "Draft"
    UNDO = "Can be undone"
    """Inside the undo window; address, invoice and fee are being found out meanwhile."""
    QUOTING = "Preparing"
    """The window is over, the invoice or the fee is not known yet; it can still be undone."""
    PAYING = "Paying"
    IN_FLIGHT = "In flight"
    """It may have been paid and may not: only the wallet can tell, and it is asked."""
    PAID = "Paid"
    RECEIPT_SEEN = "Receipt seen"
    CANCELLED = "Cancelled"
    FAILED = "Failed"

    @property
    def may_move_money(self) -> bool:
        """Whether a payment may be under way right now."""
        return self in (TipStatus.PAYING, TipStatus.IN_FLIGHT)

    @property
    def is_paid(self) -> bool:
        """Whether the money is known to have arrived."""
        return self in (TipStatus.PAID, TipStatus.RECEIPT_SEEN)

    @property
    def can_undo(self) -> bool:
        """Whether the tip can still be taken back."""
        return self in (TipStatus.UNDO, TipStatus.QUOTING)

    @property
    def can_retry(self) -> bool:
        """Whether it is certain that no money moved and none will."""
        return self in (TipStatus.CANCELLED, TipStatus.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The checked invoice of a tip: over the exact amount, of our network, not expired."""

    invoice: str
    payment_hash: PaymentHash
    expires_at: Instant
    fetched_at: Instant
    provider: XOnlyPubkey | None
    """Who will sign the zap receipt; None if there will be none (a payment without a zap)."""
    message: str = ""
    """LUD-09: the recipient's words, to be shown once the tip is paid. A stranger's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A tip. `problem` is the sentence on why it was cancelled or failed."""

    tip_id: TipId
    target: Target
    amount: Msat
    comment: str
    fee_limit: Msat
    created_at: Instant
    undo_until: Instant
    """When the undo window ends; `created_at` when it is off."""
    status: TipStatus = TipStatus.DRAFT
    bill: Bill | None = None
    quote: Quote | None = None
    is_quoted: bool = False
    """Whether the quote came; `quote` stays None if the wallet cannot quote."""
    settlement: Succeeded | None = None
    receipt: EventId | None = None
    is_receipt_overdue: bool = False
    problem: str = ""

    @property
    def payment_hash(self) -> PaymentHash | None:
        """Known as soon as there is an invoice."""
        return None if self.bill is None else self.bill.payment_hash

    @property
    def took_ms(self) -> int | None:
        """From the end of the undo window to the preimage."""
        if self.settlement is None:
            return None
        return max(0, self.settlement.settled_at.since(self.undo_until))

    @property
    def pay_ms(self) -> int | None:
        """From the moment when the window was over and the invoice in hand, to the preimage."""
        if self.settlement is None or self.bill is None:
            return None
        began = max(self.bill.fetched_at, self.undo_until)
        return max(0, self.settlement.settled_at.since(began))


def fee_limit(amount: Msat) -> Msat:
    """The most a payment may cost beside its amount: 1 %, but 3 sat at the least."""
    return max(LEAST_FEE_LIMIT, Msat(amount.value // 100))
