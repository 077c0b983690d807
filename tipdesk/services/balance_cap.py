"""A limit on what a profile takes: invoices, addresses and channels beyond it are refused.

What the chain or a peer does on its own is beyond anybody's refusal: a coin sent twice to one
address, several invoices paid at once, may still go over it.
"""

from collections.abc import AsyncIterator, Callable, Sequence

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.ports.channels import ChannelAdmin, ChannelView
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.wallet import OnchainBalance, OnchainWallet
from tipdesk.tips.payment import (
    Balance,
    Capability,
    CreatedInvoice,
    Failed,
    IncomingPayment,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
)


class CapReached(RequestError):
    """More than the profile's cap would be in it."""

    def __init__(self, *, cap: Sat, leaves: Msat) -> None:
        super().__init__(
            Phrase(
                "This profile takes {most} in all, and {left} of that are left. The "
                "cap stands in its settings as balance_cap_sat. No money moved.",
                most=cap,
                left=Sat(leaves.value // 1_000),
            )
        )
        self.cap = cap
        self.leaves = leaves


class AmountNeeded(RequestError):
    """An invoice over any amount could be paid with more than the cap leaves."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "While the cap on this profile's balance is on, an invoice must name its amount."
            )
        )


def cap_leaves(cap: Sat, onchain: OnchainBalance, in_channels: Msat) -> Msat:
    """What may still come in: zero when it is full, coins that no block holds yet counted."""
    held = (onchain.confirmed + onchain.unconfirmed).to_msat() + in_channels
    return cap.to_msat() - held if held < cap.to_msat() else Msat(0)


class BalanceCap:
    """Knows what the profile holds, and refuses what would be too much."""

    def __init__(self, cap: Sat, wallet: OnchainWallet, backend: PaymentBackend) -> None:
        self._cap = cap
        self._wallet = wallet
        self._backend = backend

    async def leaves(self) -> Msat:
        """What may still come in."""
        held = await self._backend.balance()
        return cap_leaves(self._cap, await self._wallet.balance(), held.in_channels)

    async def check(self, amount: Msat) -> None:
        """`CapReached` if so much may not come in."""
        leaves = await self.leaves()
        if amount > leaves:
            raise CapReached(cap=self._cap, leaves=leaves)

    async def check_any(self) -> None:
        """`CapReached` if nothing more may come in."""
        await self.check(Msat(1))

    def check_channel(self, amount: Sat) -> None:
        """`CapReached` if a channel of ours would be larger than all we may hold."""
        if amount > self._cap:
            raise CapReached(cap=self._cap, leaves=self._cap.to_msat())


class CappedBackend:
    """A `PaymentBackend` that creates no invoice beyond the cap."""

    def __init__(self, backend: PaymentBackend, cap: BalanceCap) -> None:
        self._backend = backend
        self._cap = cap

    @property
    def capabilities(self) -> frozenset[Capability]:
        """The wallet's."""
        return self._backend.capabilities

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        """The wallet's."""
        return await self._backend.quote(invoice, max_fee, amount)

    def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Paying makes the balance smaller."""
        return self._backend.pay(request)

    def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """Paying makes the balance smaller."""
        return self._backend.keysend(request)

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """The wallet's."""
        return await self._backend.lookup(payment_hash)

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """`AmountNeeded` or `CapReached` instead of an invoice that could be too much."""
        if request.amount is None:
            raise AmountNeeded
        await self._cap.check(request.amount)
        return await self._backend.create_invoice(request)

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """The wallet's."""
        return await self._backend.received(payment_hash)

    async def unasked_since(self, at: Instant) -> Sequence[IncomingPayment]:
        """The wallet's."""
        return await self._backend.unasked_since(at)

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """The wallet's."""
        self._backend.on_received(listener)

    async def balance(self) -> Balance:
        """The wallet's."""
        return await self._backend.balance()


class CappedChannels:
    """A `ChannelAdmin` that opens no channel beyond the cap."""

    def __init__(self, admin: ChannelAdmin, cap: BalanceCap) -> None:
        self._admin = admin
        self._cap = cap

    @property
    def node_id(self) -> NodeId:
        """The node's."""
        return self._admin.node_id

    def channels(self) -> tuple[ChannelView, ...]:
        """The node's."""
        return self._admin.channels()

    async def open_channel(self, peer: str, amount: Sat, *, announce: bool) -> ChannelId:
        """`CapReached` instead of a channel that is too large."""
        self._cap.check_channel(amount)
        return await self._admin.open_channel(peer, amount, announce=announce)

    async def close_channel(self, channel_id: ChannelId, *, force: bool) -> None:
        """The node's."""
        await self._admin.close_channel(channel_id, force=force)

    def on_change(self, listener: Callable[[], None]) -> None:
        """The node's."""
        self._admin.on_change(listener)
