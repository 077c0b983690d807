"""`PaymentBackend` and `ChannelAdmin` over the embedded node."""

from collections.abc import AsyncIterator, Callable

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel import limits
from tipdesk.lightning.channel.htlc import Fulfilled
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    Closed,
    ClosedBy,
    Closing,
    Failed,
    Live,
    Normal,
    Offline,
    Reestablishing,
    ShuttingDown,
    inner,
)
from tipdesk.lightning.invoice.bolt12 import decode as decode_bolt12
from tipdesk.lightning.invoice.bolt12_text import Kind, kind_of
from tipdesk.lightning.invoice.invoice_request import Bip353Name
from tipdesk.lightning.invoice.offer import decode as decode_offer
from tipdesk.lightning.onchain.resolution import Outlook
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.node import LightningNode
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ports.offers import AskedInvoice, OwnOffer
from tipdesk.ports.stores import StoredPayment, TakenWay
from tipdesk.tips.payment import (
    Balance,
    Capability,
    CreatedInvoice,
    IncomingPayment,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
)
from tipdesk.tips.payment import Failed as PaymentFailed

ALL_CAPABILITIES = frozenset(Capability)


class EmbeddedBackend:
    """The node as a wallet."""

    def __init__(self, node: LightningNode) -> None:
        self._node = node

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything."""
        return ALL_CAPABILITIES

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | PaymentFailed:
        """The likely fee now."""
        return await self._node.payments.quote(invoice, max_fee, amount)

    def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Pays, or joins a payment of the same hash."""
        return self._node.payments.pay(request)

    def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """bLIP 3: pays a node that did not ask."""
        return self._node.payments.keysend(request)

    def cancel(self, payment_hash: PaymentHash) -> bool:
        """Sends no more parts of a payment under way; what is on its way may still succeed."""
        return self._node.payments.cancel(payment_hash)

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What is known of a payment of ours."""
        return self._node.payments.lookup(payment_hash)

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """A new invoice."""
        return self._node.invoices.create(request)

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """The settled payment of one of our invoices."""
        return self._node.invoices.received(payment_hash)

    async def unasked_since(self, at: Instant) -> list[IncomingPayment]:
        """Payments that nobody asked for."""
        return self._node.invoices.unasked_since(at)

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """Calls `listener` for each invoice paid."""
        self._node.invoices.on_received(listener)

    async def balance(self) -> Balance:
        """The largest payment each way, in as many parts as it takes, and what is ours."""
        views = [view_of(channel, "") for channel in self._node.book.all()]
        online = [view for view in views if view.status is ChannelStatus.ONLINE]
        open_ones = [view for view in views if view.status in _OURS]
        return Balance(
            spendable=sum((view.spendable for view in online), Msat(0)),
            receivable=sum((view.receivable for view in online), Msat(0)),
            in_channels=sum((view.ours for view in open_ones), Msat(0)),
        )


_OURS = (ChannelStatus.ONLINE, ChannelStatus.OFFLINE, ChannelStatus.CONFIRMING)


class EmbeddedNodes:
    """`KnownNodes`: what our node knows of others without asking them."""

    def __init__(self, node: LightningNode) -> None:
        self._node = node

    def peers(self) -> frozenset[NodeId]:
        """See `KnownNodes.peers`."""
        return frozenset(channel.peer for channel in self._node.book.all())

    def last_seen(self, node_id: NodeId) -> Instant | None:
        """See `KnownNodes.last_seen`."""
        at = self._node.gossip.graph.announced_at(node_id)
        return None if at is None else Instant.from_unix_seconds(at)

    async def quote(self, request: KeysendRequest) -> Quote | PaymentFailed:
        """See `KnownNodes.quote`."""
        return await self._node.payments.quote_keysend(request)


class EmbeddedOffers:
    """The node's offers, and its questions for the offers of others (`OfferBackend`)."""

    def __init__(self, node: LightningNode) -> None:
        self._node = node

    async def create_offer(
        self, description: str, amount: Msat | None, *, expires_at: Instant | None = None
    ) -> OwnOffer:
        """A new offer."""
        return self._node.money.offers.create(description, amount, expires_at)

    def offers(self) -> tuple[OwnOffer, ...]:
        """All of ours."""
        return self._node.money.offers.offers()

    def close_offer(self, key: bytes) -> None:
        """No invoice is given for it any more."""
        self._node.money.offers.close(key)

    async def ask_invoice(
        self, offer: str, amount: Msat | None, note: str, *, name: str = ""
    ) -> AskedInvoice:
        """Asks whoever made an offer for an invoice."""
        user, _, domain = name.partition("@")
        found_by = Bip353Name(user, domain) if domain else None
        asker = self._node.money.asker
        invoice = await asker.ask(decode_offer(offer), amount, note, found_by)
        first_node = self._node.money.messenger.first_node
        return AskedInvoice(
            invoice=invoice.to_text(),
            payment_hash=invoice.payment_hash,
            amount=invoice.amount,
            expires_at=invoice.expires_at,
            begins_with_us=any(first_node(one.path) == self._node.node_id for one in invoice.paths),
        )

    def received_since(self, at: Instant) -> list[IncomingPayment]:
        """What was paid for our offers."""
        return self._node.invoices.bolt12_since(at)

    def can_prove(self, payment_hash: PaymentHash) -> bool:
        """Whether a payment settled that was for an offer."""
        payment = self._node.store.payment(payment_hash)
        if payment is None or payment.preimage is None:
            return False
        return kind_of(payment.invoice) is Kind.INVOICE

    def prove(self, payment_hash: PaymentHash, note: str) -> str:
        """A payer proof of a payment that settled."""
        payment = self._node.store.payment(payment_hash)
        if payment is None or payment.preimage is None or not self.can_prove(payment_hash):
            raise NothingToProve
        return self._node.money.asker.prove(decode_bolt12(payment.invoice), payment.preimage, note)


class NothingToProve(RequestError):
    """Only what was paid for an offer has a payer's key."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("Only a settled payment for an offer can be proved to others in this way.")
        )


class EmbeddedChannels:
    """The node's channels."""

    def __init__(self, node: LightningNode) -> None:
        self._node = node

    @property
    def node_id(self) -> NodeId:
        """Our public key."""
        return self._node.node_id

    def channels(self) -> tuple[ChannelView, ...]:
        """All channels that are not history."""
        return tuple(
            view_of(
                channel,
                self._node.gossip.alias_of(channel.peer),
                *self._node.closing_told(channel.channel_id),
            )
            for channel in self._node.book.all()
        )

    async def open_channel(self, peer: str, amount: Sat, *, announce: bool) -> ChannelId:
        """Opens a channel to `node_id@host:port`."""
        return await self._node.open_channel(peer, amount, announce=announce)

    async def close_channel(self, channel_id: ChannelId, *, force: bool) -> None:
        """Begins to close."""
        await self._node.close_channel(channel_id, force=force)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after any change."""
        self._node.on_change(listener)


class EmbeddedRoutes:
    """What the node keeps of the ways that payments took."""

    def __init__(self, node: LightningNode) -> None:
        self._node = node

    def payment(self, payment_hash: PaymentHash) -> StoredPayment | None:
        """One of our payments."""
        return self._node.store.payment(payment_hash)

    def ways(self, payment_hash: PaymentHash) -> list[TakenWay]:
        """The parts of a payment that arrived, as far as they are kept."""
        return self._node.store.ways(payment_hash)

    def alias_of(self, node_id: NodeId) -> str:
        """What a node calls itself: a stranger's words."""
        return self._node.gossip.alias_of(node_id)


def view_of(
    channel: ChannelDriver, alias: str, outlook: Outlook | None = None, problem: str = ""
) -> ChannelView:
    """A channel as it is shown."""
    state = channel.live
    if state is None:
        raise TypeError("a channel that is not open yet has no view")
    live = inner(state)
    c, terms = live.commitments, live.terms
    usable = isinstance(state, Normal)
    share = limits.NO_SHARE if isinstance(live, Closing | Closed) else limits.share(c, terms)
    under_way = [h for h in c.htlcs.values() if not _is_decided_for_us(h.removal)]
    return ChannelView(
        channel_id=terms.channel_id,
        peer=channel.peer,
        peer_alias=alias,
        status=_status(state),
        capacity=terms.capacity,
        ours=c.local_balance,
        theirs=c.remote_balance,
        our_reserve=terms.remote.channel_reserve,
        their_reserve=terms.local.channel_reserve,
        spendable=share.spendable if usable else Msat(0),
        receivable=limits.receivable(c, terms) if usable else Msat(0),
        in_flight=sum((h.amount for h in under_way), Msat(0)),
        is_funder=terms.is_funder,
        announced=terms.announce,
        short_channel_id=getattr(live, "short_channel_id", None),
        share=share,
        coming=Sat(0) if outlook is None else outlook.unclaimed,
        free_at=None if outlook is None else outlook.free_at,
        flight_ends=max((h.cltv_expiry for h in under_way if h.by_us), default=None),
        first_expiry=min((h.cltv_expiry for h in under_way), default=None),
        answer_within=terms.local.to_self_delay if _can_be_cheated(live, outlook) else None,
        own_delay=None if share is limits.NO_SHARE else terms.remote.to_self_delay,
        detail=_detail(state, outlook, problem),
    )


def _can_be_cheated(live: object, outlook: Outlook | None) -> bool:
    """Whether there may be an old state of the channel to answer on the chain."""
    if isinstance(live, Closing) and live.by is ClosedBy.AGREEMENT:
        return outlook is None or not outlook.is_mined
    return not isinstance(live, Closed)


def _is_decided_for_us(removal: object) -> bool:
    return isinstance(getattr(removal, "outcome", None), Fulfilled)


def _status(state: Live) -> ChannelStatus:
    match state:
        case AwaitingReady() | Offline(of=AwaitingReady()) | Reestablishing(of=AwaitingReady()):
            return ChannelStatus.CONFIRMING
        case Normal():
            return ChannelStatus.ONLINE
        case Offline(of=Normal()) | Reestablishing(of=Normal()):
            return ChannelStatus.OFFLINE
        case Closed():
            return ChannelStatus.CLOSED
        case Failed():
            return ChannelStatus.FAILED
        case _:
            return ChannelStatus.CLOSING


def _detail(state: Live, outlook: Outlook | None, problem: str) -> str:
    match inner(state):
        case Failed(reason=reason):
            return reason
        case Closing(reason=reason):
            why = Phrase("Closed because: {reason}", reason=reason) if reason else ""
            return Phrase.joined((*_closing(outlook), problem, why), ". ")
        case ShuttingDown():
            return Phrase("Waiting for payments under way")
        case AwaitingReady(terms=terms):
            return Phrase("{n} confirmations are needed", n=terms.minimum_depth)
        case _:
            return ""


def _closing(outlook: Outlook | None) -> list[str]:
    if outlook is None or not outlook.is_mined:
        return [Phrase("Waiting for the closing transaction to be mined")]
    told: list[str] = []
    if outlook.coming and outlook.free_at is not None:
        told.append(
            Phrase(
                "{amount} are free at block {height}",
                amount=outlook.coming,
                height=outlook.free_at.value,
            )
        )
    elif outlook.coming:
        told.append(Phrase("{amount} are on their way to your wallet", amount=outlook.coming))
    if outlook.htlcs:
        told.append(
            Phrase.counted(
                outlook.htlcs,
                "{count} payment is being settled on chain",
                "{count} payments are being settled on chain",
            )
        )
    return told or [Phrase("Waiting for confirmations")]
