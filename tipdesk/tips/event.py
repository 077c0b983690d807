"""What may happen to a tip: every input that `machine.step` accepts."""

from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, Preimage, XOnlyPubkey
from tipdesk.lnurl.pay import PayParams, PayResponse
from tipdesk.tips.payment import Failed, PaymentUpdate, Quote
from tipdesk.tips.rail import Rail


@dataclass(frozen=True, slots=True)
class Begin:
    """The person gave the tip."""


@dataclass(frozen=True, slots=True)
class UndoAsked:
    """The person wants it back."""


@dataclass(frozen=True, slots=True)
class WindowOver:
    """The undo window has ended; `until` is the end that its timer was set for."""

    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class ParamsFetched:
    """The recipient's server, at this address, told what it accepts."""

    params: PayParams
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFetched:
    """The recipient's server gave an invoice, not checked yet.

    `committed` is the text the invoice should commit to, `sender` who signed the zap request.
    `used_before`: the wallet knows its payment hash already.
    """

    response: PayResponse
    rail: Rail
    committed: str
    sender: XOnlyPubkey | None
    used_before: bool


@dataclass(frozen=True, slots=True)
class KeysendReady:
    """A payment to a node, which nobody asked for, can be made with this preimage."""

    preimage: Preimage


@dataclass(frozen=True, slots=True)
class PreparationFailed:
    """Address, invoice or signature could not be had; nothing was paid. A whole sentence."""

    problem: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The wallet's answer: a quote, the reason why it cannot be paid, or None if it cannot say."""

    quote: Quote | Failed | None


@dataclass(frozen=True, slots=True)
class PaymentUpdated:
    """The wallet reports on the payment that it was told to make."""

    update: PaymentUpdate


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The wallet was asked what became of the payment; None if it never began it."""

    update: PaymentUpdate | None


@dataclass(frozen=True, slots=True)
class ReceiptMatched:
    """A zap receipt for this very payment was seen and passed its checks."""

    event_id: EventId


@dataclass(frozen=True, slots=True)
class ReceiptOverdue:
    """The time in which receipts usually come is over."""


@dataclass(frozen=True, slots=True)
class NoteSent:
    """A relay where the recipient takes messages has the words."""


@dataclass(frozen=True, slots=True)
class NoteFailed:
    """Nobody took the words in their time, and nobody is asked any more. A whole sentence."""

    problem: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """TipDesk was stopped, or died, and has just read the tip from its store."""


TipEvent = (
    Begin
    | UndoAsked
    | WindowOver
    | ParamsFetched
    | InvoiceFetched
    | KeysendReady
    | PreparationFailed
    | Quoted
    | PaymentUpdated
    | LookedUp
    | ReceiptMatched
    | ReceiptOverdue
    | NoteSent
    | NoteFailed
    | Restarted
)
