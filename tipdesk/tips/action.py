"""What a tip asks for. Actions are done in order: `Store` and `Record` stand before `Pay`, and
both are durable before anything after them is begun."""

from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.lnurl.pay import PayParams
from tipdesk.tips.ledger import LedgerEntry
from tipdesk.tips.payment import KeysendRequest, PayRequest
from tipdesk.tips.rail import Rail
from tipdesk.tips.tip import Tip


@dataclass(frozen=True, slots=True)
class Store:
    """Keep the tip as it is now."""

    tip: Tip


@dataclass(frozen=True, slots=True)
class Record:
    """Append to the ledger."""

    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class StartUndoTimer:
    """Say `WindowOver` at that moment."""

    until: Instant


@dataclass(frozen=True, slots=True)
class FetchParams:
    """Ask the recipient's server what it accepts; answer `ParamsFetched`.

    Without an address, find it in the recipient's profile first.
    """

    address: str


@dataclass(frozen=True, slots=True)
class FetchInvoice:
    """Ask for an invoice, with a zap request if the rail wants one; answer `InvoiceFetched`."""

    params: PayParams
    rail: Rail


@dataclass(frozen=True, slots=True)
class PrepareKeysend:
    """See whether the wallet can pay a node unasked; answer `KeysendReady`."""


@dataclass(frozen=True, slots=True)
class QuotePayment:
    """Ask the wallet for the likely fee; answer `Quoted`."""

    invoice: str
    max_fee: Msat


@dataclass(frozen=True, slots=True)
class Pay:
    """Tell the wallet to pay, and hand on what it reports as `PaymentUpdated`."""

    request: PayRequest | KeysendRequest


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the wallet what became of the payment, after a while; answer `LookedUp`."""

    payment_hash: PaymentHash
    after_ms: int


@dataclass(frozen=True, slots=True)
class AwaitReceipt:
    """Say `ReceiptOverdue` if none came within that time."""

    for_ms: int


@dataclass(frozen=True, slots=True)
class SendNote:
    """Bring the words to the recipient by a private message that names the payment.

    Answer `NoteSent` once a relay of theirs took it, `NoteFailed` when a day is over. Asked again
    for the same payment nothing is written twice.
    """


TipAction = (
    Store
    | Record
    | StartUndoTimer
    | FetchParams
    | FetchInvoice
    | PrepareKeysend
    | QuotePayment
    | Pay
    | LookUp
    | AwaitReceipt
    | SendNote
)
