"""The embedded node as a wallet: real nodes, real channels, over TCP."""

from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from tests.contract.wallet_rig import Fate, WalletRig
from tests.nodes import Member, world
from tests.waiting import eventually
from tipdesk.adapters.payments.embedded import EmbeddedBackend
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.wire.failures import Failure, FailureCode
from tipdesk.node.config import ForwardingPolicy
from tipdesk.ports.payments import PaymentBackend
from tipdesk.tips.payment import CreatedInvoice, InvoiceRequest, Succeeded

REFUSAL = Failure(code=FailureCode.TEMPORARY_NODE_FAILURE)


class Payee(Member):
    """A node that takes a payment, refuses it, or holds it until it is told."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fates: dict[PaymentHash, Fate] = {}
        self.paid: Counter[PaymentHash] = Counter()
        self.seen: set[PaymentHash] = set()

    def prepare(self) -> None:
        self.held: dict[PaymentHash, tuple[Any, ...]] = {}
        self.take = self.node._router._endpoint.receive
        self.node._router._endpoint.receive = self.receive  # type: ignore[method-assign]
        self.node.invoices.on_received(lambda payment: self.paid.update([payment.payment_hash]))

    def receive(self, channel: Any, htlc: Htlc, payload: Any, shared_secret: bytes) -> None:
        self.seen.add(htlc.payment_hash)
        self.held[htlc.payment_hash] = (channel, htlc, payload, shared_secret)
        self.decide(htlc.payment_hash)

    def decide(self, payment_hash: PaymentHash) -> None:
        fate = self.fates.get(payment_hash, Fate.PAID)
        if fate is Fate.HANGS or payment_hash not in self.held:
            return
        channel, htlc, payload, shared_secret = self.held.pop(payment_hash)
        if fate is Fate.PAID:
            self.take(channel, htlc, payload, shared_secret)
        else:
            self.node.invoices._returner.fail(channel, htlc, shared_secret, REFUSAL)


class EmbeddedRig(WalletRig):
    """The fan's node; `near` is its peer, `far` is behind a router that takes a satoshi."""

    asks_again_within = 20.0

    async def start(self) -> None:
        self._stack = AsyncExitStack()
        made = await self._stack.enter_async_context(world(self.folder, Payee))
        policy = ForwardingPolicy(fee_proportional_millionths=0)
        self.fan = await made.member("fan", listens=False)
        self.router = await made.member("router", forwards=True, policy=policy)
        near, far = [await made.member(name) for name in ("near", "far")]
        assert isinstance(near, Payee)
        assert isinstance(far, Payee)
        self.near, self.far = near, far
        await made.give(self.fan, self.router)
        half = Msat(500_000_000)
        await made.open(self.fan, self.near, Sat(1_000_000), announce=False, push=half)
        made.regtest.mine(1)
        await self.fan.wallet.sync()
        await made.open(self.fan, self.router, Sat(1_000_000), announce=False)
        await made.open(self.router, self.far, Sat(1_000_000))
        await made.confirm()
        self._world = made
        self._is_lost = False
        self._owed: list[partial[Any]] = []

    async def close(self) -> None:
        await self._stack.aclose()

    @property
    def wallet(self) -> PaymentBackend:
        return EmbeddedBackend(self.fan.node)

    async def invoice(
        self,
        amount: Msat | None,
        fate: Fate = Fate.PAID,
        *,
        fee: Msat = Msat(0),
        expiry_seconds: int = 3_600,
    ) -> CreatedInvoice:
        payee = self.far if fee else self.near
        created = payee.node.invoices.create(
            InvoiceRequest(amount=amount, description="a post", expiry_seconds=expiry_seconds)
        )
        payee.fates[created.payment_hash] = fate
        return created

    def _payees(self) -> tuple[Payee, ...]:
        return (self.near, self.far)

    async def let_go(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        for payee in self._payees():
            if payment_hash in payee.fates:
                payee.fates[payment_hash] = Fate.PAID if paid else Fate.REFUSED
                if not self._is_lost:
                    payee.decide(payment_hash)
                    payee.node.turn.flush()

    async def begun(self, payment_hash: PaymentHash) -> None:
        await eventually(
            lambda: any(payment_hash in payee.seen for payee in self._payees()),
            "the payment was not begun",
        )

    def times_paid(self, payment_hash: PaymentHash) -> int:
        return sum(payee.paid[payment_hash] for payee in self._payees())

    async def lose(self) -> None:
        self._is_lost = True
        await self.near.stop(killed=True)
        await self.router.stop(killed=True)

    async def find(self) -> None:
        await self.near.start()
        await self.router.start()
        self._is_lost = False
        await self._world.usable()
        for payment in self._owed:
            await payment()

    async def restart(self) -> None:
        await self.fan.restart()
        await self._world.usable()

    async def be_paid(self, invoice: str, amount: Msat) -> None:
        if self._is_lost:
            # Nobody can pay a node whose peers are gone: it is done as soon as one is back.
            self._owed.append(partial(self.be_paid, invoice, amount))
            return
        asked = bolt11.decode(invoice)
        created = CreatedInvoice(invoice, asked.payment_hash, asked.expires_at)
        updates = await self.near.pay(created, amount)
        assert isinstance(updates[-1], Succeeded), updates
