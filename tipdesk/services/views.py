"""What front ends show: frozen, complete, with every text safe to show as plain text."""

from dataclasses import dataclass
from enum import Enum

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, NodeId, PaymentHash, TipId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.nostr.feed import Post
from tipdesk.nostr.payment_ask import AskKind
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.messages import Delivery, RelayWord
from tipdesk.services.holdings import NOTHING, Holdings
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.payment import RouteHop
from tipdesk.tips.tip import Reward, TipStatus
from tipdesk.tips.visibility import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """Somebody: `title` is never empty (the start of the npub if they gave no name)."""

    pubkey: XOnlyPubkey
    title: str
    npub: str
    picture: str | None
    about: str
    lud16: str | None
    can_be_tipped: bool
    nip05: str | None = None
    """A name that its domain confirmed (NIP-05); None for every other."""


@dataclass(frozen=True, slots=True)
class Nameless:
    """Somebody of whom nothing is known but the way to them, which is the `title`."""

    title: str
    pubkey: None = None
    picture: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TipView:
    """A tip of ours as it is now. `sentence`: what happened, whether money moved, what next."""

    tip_id: TipId
    target_event: EventId | None
    recipient: ProfileView | Nameless
    amount: Msat
    comment: str
    state: TipStatus
    created_at: Instant
    undo_until: Instant | None
    """While it can be undone without hurry; None otherwise."""
    expected_fee: Msat | None
    fee_limit: Msat | None
    """None while a wallet pays that keeps to none."""
    fee: Msat | None
    channels: int | None
    """How many the payment took, or is expected to take."""
    route: tuple[RouteHop, ...]
    payment_hash: PaymentHash | None
    settled_at: Instant | None
    took_ms: int | None
    """From the end of the undo window to the preimage."""
    pay_ms: int | None
    """From the invoice in hand (and the window over) to the preimage."""
    receipt: EventId | None
    picture: str | None
    """The picture of the post that it is for, if it is for one."""
    visibility: Visibility
    gift: TipId | None
    """What it is a part of, if that was shared among several."""
    app: str
    """The connected app that asked for it; empty for the person."""
    reward: Reward | None
    """What the recipient's server gave for it: to be shown large."""
    sentence: str
    can_undo: bool
    can_retry: bool
    ends_by: Instant | None = None
    """In flight: about when it has come back at the latest; None while the wallet cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """A post, who wrote it, and what it was tipped: verified receipts and our own tips."""

    post: Post
    author: ProfileView
    tips_total: Msat
    tips_count: int
    tips_proven: Msat
    """As much of the total as our own wallet settled; the rest is payment providers' word."""
    tips_unverified: int
    """Receipts that nothing vouches for: in no sum."""
    my_tip: TipView | None
    """Our latest tip for it that was not taken back; one that was, if there is no other."""
    is_strangers: bool = False
    """Whether somebody wrote it whom we do not follow: nobody keeps count of its tips here."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A wallet of the person's in another program."""

    name: str
    problem: str
    """Why it cannot be reached now."""
    channels: tuple[ChannelView, ...] = ()
    """As far as it shows them."""
    keeps_fee_limit: bool = True
    """Whether it spends no more on the way than it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletSummary:
    """What is ours, as of the last refresh."""

    spendable: Msat
    receivable: Msat | None
    """None if the wallet does not tell."""
    in_channels: Msat
    onchain_confirmed: Sat
    onchain_unconfirmed: Sat
    holdings: Holdings = NOTHING
    """Where all of it is."""
    chain_told_at: Instant | None = None
    """When the wallet's chain server last answered; None: not yet since the start."""
    is_known: bool = False
    """Whether the wallet was asked at all since the start."""
    elsewhere: Elsewhere | None = None
    """The wallet that pays, if it is not the own node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """One line of the wallet's history; `amount` is None for an invoice that leaves it open."""

    payment_hash: PaymentHash
    amount: Msat | None
    fee: Msat | None
    description: str
    direction: Direction
    status: PaymentState
    at: Instant
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePreview:
    """An invoice that may be paid. Without `amount` the payer sets one (`dataclasses.replace`)."""

    invoice: str
    payment_hash: PaymentHash
    amount: Msat | None
    description: str
    payee: NodeId
    expires_at: Instant
    fee_limit: Msat


@dataclass(frozen=True, slots=True)
class PrivateNote:
    """What came with a tip in a private message; who wrote it is proven."""

    sender: ProfileView
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingTip:
    """A tip that came in: settled, in our channels."""

    payment_hash: PaymentHash
    amount: Msat
    sender: ProfileView | None
    anonymous: bool
    """The payer did not say who they are."""
    target_event: EventId | None
    comment: str
    at: Instant
    receipt_published: bool
    awaits_receipt: bool
    claimed_name: str = ""
    """What the payer called themselves without signing for it: to be shown as less than a name."""
    note: str = ""
    """The creator's own words about it."""
    in_private: PrivateNote | None = None
    """Who it is from and what they say, for the creator alone: never on an alert or overlay."""


class AskState(Enum):
    """How it stands with money that a message asks for or promises."""

    OPEN = Phrase("Open")
    ANSWERED = Phrase("Answered")
    """A promise whose other side said how it can be paid."""
    PAYING = Phrase("On its way")
    PAID = Phrase("Paid")
    REFUSED = Phrase("Refused")
    EXPIRED = Phrase("Expired")
    UNUSABLE = Phrase("Cannot be paid")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """What a message asks for or promises. `sentence`: how it stands, and what to know of it."""

    kind: AskKind
    is_ours: bool
    amount: Msat | None
    """What would be paid; None if that is left to who pays."""
    words: str
    """What for, in its writer's words."""
    state: AskState
    expires_at: Instant | None
    sentence: str
    payable: str = ""
    """The invoice or offer of a request."""
    payment_hash: PaymentHash | None = None
    """Of an invoice; an offer has none."""
    is_strangers: bool = False
    """Nothing can be done with it before they are accepted."""

    @property
    def can_pay(self) -> bool:
        """Whether we are asked, and may pay or refuse now."""
        is_asked = self.kind is AskKind.REQUEST and not self.is_ours and not self.is_strangers
        return is_asked and self.state is AskState.OPEN

    @property
    def can_answer(self) -> bool:
        """Whether they want to send money, and wait for an invoice of ours."""
        is_offered = self.kind is AskKind.PROMISE and not self.is_ours and not self.is_strangers
        return is_offered and self.state is AskState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A private message. `sentence` says how it stands with one of ours."""

    message_id: EventId
    peer: ProfileView
    is_ours: bool
    text: str
    at: Instant
    is_read: bool
    delivery: Delivery | None
    """None for what they wrote."""
    relays: tuple[RelayWord, ...]
    """The recipient's, each with its last word."""
    sentence: str
    can_retry: bool
    payment_hash: PaymentHash | None
    """The payment that it says it belongs to."""
    claimed: Msat | None
    """How much that was by the writer's word; what came is in `IncomingTip`."""
    ask: AskView | None = None
    """The money that it asks for or promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """All messages with somebody; `is_request` while they are a stranger to us."""

    peer: ProfileView
    latest: MessageView
    unread: int
    is_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AppStatus:
    """How the app stands to the world, for the status line and the place where one is paid."""

    network: str
    relays_connected: int
    relays_total: int
    chain_height: int | None
    """None while the chain server is away."""
    peers: int
    node_uri: str
    """``node_id@host:port``, empty if the wallet has no node of its own."""
    myself: ProfileView | None
    """The profile's own public face."""
    map_known: int = 0
    """Channels of the public network that we know."""
    map_missing: int = 0
    """How many more peers have named; 0 once they are asked for all."""
    open_again_before: Instant | None = None
    """By when this node must look at the chain again, if it is closed now; None: no channels."""
