"""What a tip asks of a wallet, and what a wallet may answer.

A payment is known by its payment hash. Only `Succeeded` and `Failed` are final; a time-out or a
lost connection is `Unknown`, and an invoice that may be in flight is never paid a second time.
"""

from dataclasses import dataclass, field
from enum import Enum

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, Preimage, ShortChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import BlockHeight, Msat


class Capability(Enum):
    """What a wallet can do."""

    PAY_INVOICE = "pays BOLT 11 invoices"
    QUOTE = "tells the fee of a payment before it is made"
    KEYSEND = "pays nodes that did not ask (bLIP 3)"
    OFFERS = "asks for the invoices of offers, and makes offers (BOLT 12)"
    CREATE_INVOICE = "creates invoices"
    DESCRIPTION_HASH = "creates invoices that commit to a hash, as zaps need"
    BALANCE = "tells what can be spent and received"
    CHANNELS = "shows and manages channels"
    FEE_LIMIT = "keeps the fee limit that it is given"
    """Without it the wallet decides what a payment may cost."""
    LOOKUP = "tells what became of a payment"
    """Without it nothing is paid: what was not answered could not be found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayRequest:
    """An invoice to be paid, with the most that may be spent on it."""

    invoice: str
    payment_hash: PaymentHash
    amount: Msat
    max_fee: Msat
    deadline: Instant | None = None
    """After this moment no new attempt starts; attempts under way are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysendRequest:
    """A payment to a node that did not ask for it (bLIP 3)."""

    node_id: NodeId
    amount: Msat
    max_fee: Msat
    records: tuple[tuple[int, bytes], ...] = ()
    """Sent along: types from 65,536 on, each once, 600 bytes together."""
    deadline: Instant | None = None
    preimage: Preimage | None = None
    """Chosen by the payer, so that the payment is known before it is begun; else by the wallet.
    The same one again joins the payment: it never pays twice."""


class FailureReason(Enum):
    """Why a payment is certain not to have happened; the text is a sentence for a person."""

    NO_BALANCE = Phrase("There is not enough in your channels for this amount.")
    NO_ROUTE = Phrase("No way through the network to the receiver was found.")
    FEE_OVER_LIMIT = Phrase("Every way to the receiver costs more than your fee limit.")
    PEER_OFFLINE = Phrase("Your channel's other side is not connected.")
    EXPIRED = Phrase("The invoice has expired.")
    REFUSED = Phrase("The receiver refused the payment.")
    TRIED_EVERYTHING = Phrase("Every way to the receiver was tried and failed.")
    ALREADY_PAID = Phrase("This invoice was paid before.")
    TO_OURSELVES = Phrase("This invoice is your own.")
    UNSUPPORTED = Phrase("This wallet cannot pay this invoice.")
    CALLED_OFF = Phrase("You called the payment off.")
    WALLET_REFUSED = Phrase("Your wallet refused to pay.")
    """One that is plugged in; the detail is a sentence, of ours or of the wallet's."""
    WALLET_AWAY = Phrase("Your wallet could not be reached.")
    """Certain: it has no order of ours."""


@dataclass(frozen=True, slots=True)
class RouteHop:
    """One channel that a payment took."""

    node_id: NodeId
    """The node at the channel's far end."""
    short_channel_id: ShortChannelId
    fee: Msat
    """What the node at the near end took for it; nothing on the first."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """Sent and not settled: it may still succeed."""

    payment_hash: PaymentHash
    parts: int = field(default=1, compare=False)
    """How many parts are on their way."""
    expiry: BlockHeight | None = field(default=None, compare=False)
    """If it hangs: the height at which the last part of it begins to come back."""
    ends_by: Instant | None = field(default=None, compare=False)
    """About when that height is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """Settled: the preimage is in hand."""

    payment_hash: PaymentHash
    preimage: Preimage
    amount: Msat
    fee: Msat
    route: tuple[RouteHop, ...]
    """Of the largest part."""
    settled_at: Instant
    parts: int = 1

    @property
    def channels(self) -> int:
        """How many channels the payment crossed; 0 when the wallet does not tell."""
        return len(self.route)


@dataclass(frozen=True, slots=True)
class Failed:
    """Certain: no money moved for good."""

    payment_hash: PaymentHash
    reason: FailureReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The wallet cannot say; ask it again. Never pay the same invoice elsewhere meanwhile."""

    payment_hash: PaymentHash
    detail: str = ""


PaymentUpdate = InFlight | Succeeded | Failed | Unknown


@dataclass(frozen=True, slots=True)
class Quote:
    """What a payment would likely cost now, and over how many channels."""

    fee: Msat
    channels: int
    """Of the longest part."""
    parts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRequest:
    """An invoice to be created: exactly one of description and description_hash is set."""

    amount: Msat | None
    description: str | None = None
    description_hash: bytes | None = None
    committed: str = ""
    """The text that the hash is of: Core Lightning makes an invoice for no hash alone."""
    expiry_seconds: int = 3600
    label: str = ""
    """Ours, handed back with the payment: for a zap, the zap request as received."""


@dataclass(frozen=True, slots=True)
class CreatedInvoice:
    """An invoice of ours."""

    invoice: str
    payment_hash: PaymentHash
    expires_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPayment:
    """An invoice of ours that was paid, or what nobody asked for: settled, in our channels."""

    payment_hash: PaymentHash
    preimage: Preimage
    amount: Msat
    settled_at: Instant
    invoice: str
    """Empty for a payment that came unasked (bLIP 3)."""
    description: str
    label: str
    records: tuple[tuple[int, bytes], ...] = ()
    """Custom records that came with a payment unasked: a stranger's bytes."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What one payment could carry at the most, each way, and what is ours in channels."""

    spendable: Msat
    receivable: Msat | None
    """None if the wallet does not tell."""
    in_channels: Msat
