"""What must not be lost. Writes take effect together, at the next `commit`, or not at all."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash, PaymentSecret, Preimage
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat
from tipdesk.bitcoin.tx import OutPoint, Transaction
from tipdesk.lightning.channel.htlc import Htlc, HtlcKey
from tipdesk.lightning.channel.state import Live
from tipdesk.lightning.routing.query import Route
from tipdesk.tips.payment import FailureReason


@dataclass(frozen=True, slots=True)
class HtlcPlace:
    """An HTLC of the node: its channel and its id in the direction that the use implies."""

    channel_id: ChannelId
    htlc_id: int


@dataclass(frozen=True, slots=True)
class Forward:
    """An incoming HTLC and the outgoing one that carries it on."""

    incoming: HtlcPlace
    outgoing: HtlcPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInvoice:
    """An invoice of ours; settled once `received` is set."""

    payment_hash: PaymentHash
    preimage: Preimage
    payment_secret: PaymentSecret
    amount: Msat | None
    invoice: str
    description: str
    label: str
    created_at: Instant
    expires_at: Instant
    received: Msat | None = None
    settled_at: Instant | None = None
    records: tuple[tuple[int, bytes], ...] = ()
    """Custom records of a payment that came unasked; it has no `invoice`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOffer:
    """BOLT 12: an offer of ours."""

    key: bytes
    """What its metadata begin with."""
    text: str
    created_at: Instant
    is_open: bool = True


class PaymentStatus(Enum):
    """How far an outgoing payment has come; only the last two are final."""

    UNDER_WAY = "under way"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayment:
    """An outgoing payment."""

    payment_hash: PaymentHash
    invoice: str
    """Empty for one that nobody asked for."""
    amount: Msat
    max_fee: Msat
    status: PaymentStatus
    created_at: Instant
    preimage: Preimage | None = None
    fee: Msat | None = None
    """Of all parts."""
    route: Route | None = None
    """Of the largest part."""
    settled_at: Instant | None = None
    reason: FailureReason | None = None
    detail: str = ""
    parts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttempt:
    """One part of a payment, sent as an HTLC; open until the HTLC's end is known."""

    payment_hash: PaymentHash
    place: HtlcPlace
    session_key: bytes = field(repr=False)
    route: Route
    """What the part brings and costs, too."""
    sent_at: Instant | None = None
    """None for one that an earlier version sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenWay:
    """A part of a payment that arrived."""

    payment_hash: PaymentHash
    route: Route
    sent_at: Instant | None
    settled_at: Instant
    hold_times: tuple[int, ...] = ()
    """In milliseconds, of the first hops, by their own word (BOLT 4, `attribution_data`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredClaim:
    """What we published last to take an output of a closed channel: its fee never falls."""

    channel_id: ChannelId
    outpoint: OutPoint
    since: BlockHeight
    feerate: FeeratePerKw
    transaction: Transaction


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where a peer can be reached."""

    node_id: NodeId
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.node_id}@{self.host}:{self.port}"


class BackupSink(Protocol):
    """Where the sealed channel backup is kept, outside the database."""

    async def save(self, sealed: bytes) -> None:
        """Replaces the backup, all at once; `StorageError` if it cannot be kept anywhere."""
        ...


class NodeStore(Protocol):
    """The node's part of the money database, called on the loop's thread only."""

    @property
    def is_dirty(self) -> bool:
        """Whether anything was written since the last commit."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable; `StorageError` if that fails."""
        ...

    def save_channel(
        self, state: Live, before: dict[HtlcKey, Htlc] | None, finished: tuple[Htlc, ...]
    ) -> None:
        """Writes the head and the HTLCs that are not the same objects as in `before`."""
        ...

    def channels(self) -> list[Live]:
        """Every channel that is not closed for good."""
        ...

    def forget_channel(self, channel_id: ChannelId) -> None:
        """A channel that never came to be is dropped with all its rows."""
        ...

    def finished_htlcs(self, channel_id: ChannelId) -> list[Htlc]:
        """HTLCs of an open channel that are history, and had an output of the peer's (BOLT 5).

        Without onion and outcome: only what punishing a revoked commitment takes.
        """
        ...

    def save_claim(self, claim: StoredClaim) -> None:
        """A claim is about to be published."""
        ...

    def claims(self, channel_id: ChannelId) -> list[StoredClaim]:
        """A closed channel's claims."""
        ...

    def known_preimage(self, payment_hash: PaymentHash) -> Preimage | None:
        """A preimage that is ours to use: revealed to us, or of an invoice that was settled."""
        ...

    def save_forward(self, forward: Forward) -> None:
        """An HTLC was forwarded."""
        ...

    def delete_forward(self, outgoing: HtlcPlace) -> None:
        """The forwarded HTLC is settled upstream."""
        ...

    def forwards(self) -> list[Forward]:
        """All forwards that are not settled."""
        ...

    def save_preimage(self, payment_hash: PaymentHash, preimage: Preimage) -> None:
        """A preimage that was revealed to us."""
        ...

    def save_invoice(self, invoice: StoredInvoice) -> None:
        """A new invoice, or one that was settled."""
        ...

    def invoice(self, payment_hash: PaymentHash) -> StoredInvoice | None:
        """One of our invoices."""
        ...

    def unasked_since(self, at: Instant) -> list[StoredInvoice]:
        """Payments that came without an invoice of ours, from that moment on, oldest first."""
        ...

    def paid_bolt12_since(self, at: Instant) -> list[StoredInvoice]:
        """Invoices for offers of ours that were paid from that moment on, oldest first."""
        ...

    def forget_unpaid_invoices(self, expired_before: Instant, at_most: int) -> int:
        """Deletes invoices that expired unpaid; how many."""
        ...

    def forget_unpaid_bolt12(self, expired_before: Instant, at_most: int) -> int:
        """The same of invoices that strangers asked for (BOLT 12)."""
        ...

    def save_offer(self, offer: StoredOffer) -> None:
        """A new offer of ours."""
        ...

    def offer(self, key: bytes) -> StoredOffer | None:
        """One of our offers."""
        ...

    def offers(self) -> list[StoredOffer]:
        """All of them, the latest first."""
        ...

    def close_offer(self, key: bytes) -> None:
        """It is not answered any more."""
        ...

    def save_payment(self, payment: StoredPayment) -> None:
        """A new payment, or its new status."""
        ...

    def payment(self, payment_hash: PaymentHash) -> StoredPayment | None:
        """One of our payments."""
        ...

    def payments_under_way(self) -> list[StoredPayment]:
        """Our payments whose end is not known."""
        ...

    def save_attempt(self, attempt: StoredAttempt) -> None:
        """An HTLC is about to leave for a payment."""
        ...

    def close_attempt(self, place: HtlcPlace) -> None:
        """The HTLC's end is known."""
        ...

    def open_attempts(self) -> list[StoredAttempt]:
        """Attempts whose end is not known."""
        ...

    def save_way(self, way: TakenWay) -> None:
        """A part of a payment arrived."""
        ...

    def ways(self, payment_hash: PaymentHash) -> list[TakenWay]:
        """The parts of a payment that arrived, as far as they are kept."""
        ...

    def forget_ways(self, kept: int, at_most: int) -> int:
        """Deletes the oldest ways beyond so many; how many."""
        ...

    def save_peer_blob(self, peer: NodeId, blob: bytes) -> None:
        """What a peer has us keep for it (BOLT 1, "Peer Storage")."""
        ...

    def peer_blob(self, peer: NodeId) -> bytes | None:
        """What we keep for a peer."""
        ...

    @property
    def recovering_since(self) -> Instant | None:
        """When the profile was restored from its words, None if it never was."""
        ...

    def set_recovering(self, since: Instant) -> None:
        """The profile was restored from its words: peers may still have its channels."""
        ...

    def save_peer(self, address: PeerAddress) -> None:
        """Where to find a peer again."""
        ...

    def peers(self) -> list[PeerAddress]:
        """Every peer whose address is known."""
        ...
