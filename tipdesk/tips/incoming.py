"""A tip that may come in: an invoice we gave out over LNURL, and what became of it."""

from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.tips.payment import IncomingPayment
from tipdesk.tips.podcast import Boost, read_boost


@dataclass(frozen=True, slots=True)
class Settlement:
    """The invoice was paid: settled, in our channels."""

    preimage: Preimage
    amount: Msat
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRecord:
    """An invoice given out, its payment, its receipt; `invoice` is empty for what came unasked.

    `zap_request` is the raw text that the invoice commits to, empty for a plain payment, whose
    comment is `comment`. `receipt` is the signed event, made once, as JSON.
    """

    payment_hash: PaymentHash
    invoice: str
    amount: Msat
    zap_request: str
    comment: str
    created_at: Instant
    expires_at: Instant
    settlement: Settlement | None = None
    receipt: str = ""
    claimed_name: str = ""
    """What the payer calls themselves, unsigned."""
    taken_by: tuple[str, ...] = ()
    """The relays that have the receipt."""
    is_published: bool = False
    """A relay that the payer named has it: it can be found."""
    is_delivered: bool = False
    """Every relay that the payer named has it."""
    is_given_up: bool = False
    """Nobody here brings it anywhere any more: its time is over, or a provider signs its own."""

    @property
    def owes_receipt(self) -> bool:
        """Whether the receipt is still to be brought to a relay."""
        return (
            self.settlement is not None
            and bool(self.zap_request)
            and not (self.is_delivered or self.is_given_up)
        )


def unasked(payment: IncomingPayment) -> IncomingRecord:
    """A tip that came without an invoice (bLIP 3), with what it says of itself (bLIP 10)."""
    boost = read_boost(payment.records) or Boost()
    return IncomingRecord(
        payment_hash=payment.payment_hash,
        invoice="",
        amount=payment.amount,
        zap_request="",
        comment=boost.message,
        claimed_name=boost.sender_name,
        created_at=payment.settled_at,
        expires_at=payment.settled_at,
    )
