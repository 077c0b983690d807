"""What LND, Core Lightning and phoenixd have in common as wallets that are asked over HTTP."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from tipdesk.adapters.payments.orders import Orders
from tipdesk.adapters.payments.own_server import Outcome, OwnServer, Reply
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.errors import InvoiceError
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.plugged import (
    WalletAnswerUnreadable,
    WalletFacts,
    WalletKeyRefused,
    WalletNetworkDiffers,
    WalletRefused,
    WalletUnreachable,
)
from tipdesk.tips.payment import (
    Balance,
    Capability,
    CreatedInvoice,
    Failed,
    FailureReason,
    IncomingPayment,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
)
from tipdesk.tips.wallet_link import ServerLink

CLOCKS_APART_MS: Final = 120_000
"""How far the server's clock may be behind ours: until then it may take an invoice as good."""
MOST_SECONDS: Final = 60
"""After so long no new attempt starts."""
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 60.0
PAYMENTS: Final = Phrase("payments")
PAST: Final = Phrase("asking what became of payments")
INVOICES: Final = Phrase("making invoices")
INCOMING: Final = Phrase("reading invoices")
NODE: Final = Phrase("asking the node who it is")
CHANNELS: Final = Phrase("reading channels and balances")
_NETWORKS = {
    "mainnet": Network.MAINNET,
    "bitcoin": Network.MAINNET,
    # The third test network is another chain, and the profile of neither pays on the other.
    "testnet": Network.TESTNET,
    "testnet3": Network.TESTNET,
    "testnet4": Network.TESTNET,
    "signet": Network.SIGNET,
    "regtest": Network.REGTEST,
}

_log = logging.getLogger(__name__)


class HttpWallet(ABC):
    """A `PluggedWallet` but for what is particular to its API."""

    def __init__(
        self,
        link: ServerLink,
        server: OwnServer,
        network: Network,
        clock: Clock,
        facts: WalletFacts | None,
    ) -> None:
        self._link = link
        self._server = server
        self._network = network
        self._clock = clock
        self._capabilities = frozenset[Capability]() if facts is None else facts.capabilities
        self._orders = Orders(
            clock, lookup=self._ask, order_ends=self.order_ends, follow=self._follow
        )
        self._listeners: list[Callable[[IncomingPayment], None]] = []
        self._watchers: list[Callable[[BackendError | None], None]] = []
        self._told_state: type[BackendError] | type[None] | None = None
        self._pause = FIRST_PAUSE

    # -- for whoever plugs it in ------------------------------------------------------------------

    @property
    def capabilities(self) -> frozenset[Capability]:
        """As of the last `check`, or what was kept of it."""
        return self._capabilities

    async def check(self) -> WalletFacts:
        """Who it is; `WalletNetworkDiffers` if its coins are others than the profile's."""
        facts = await self._facts()
        if facts.network is not None and facts.network is not self._network:
            raise WalletNetworkDiffers(theirs=facts.network, ours=self._network)
        self._capabilities = facts.capabilities
        return facts

    def order_ends(self, begun_at: Instant, expires_at: Instant) -> Instant:
        """The server takes no expired invoice, by its own clock; a request may lie there long."""
        return max(begun_at, expires_at).plus_ms(CLOCKS_APART_MS)

    async def close(self) -> None:
        """Ends every connection."""
        await self._orders.close()
        await self._server.close()

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """Calls `listener` for each invoice paid from now on."""
        self._listeners.append(listener)

    def on_state(self, listener: Callable[[BackendError | None], None]) -> None:
        """Calls `listener` with why the connection broke, and with None when it stands."""
        self._watchers.append(listener)

    async def run(self) -> None:
        """Hears what comes in; a server that is away is tried again, later each time."""
        while True:
            try:
                await self._listen()
                problem: BackendError = WalletUnreachable(self._server.where)
            except BackendError as error:
                problem = error
            self._tell_state(problem)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    # -- paying -----------------------------------------------------------------------------------

    def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Pays, or joins what is under way."""
        return self._orders.pay(
            request, lambda invoice: self._order(request, invoice), self._network
        )

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What became of a payment."""
        return await self._orders.lookup(payment_hash)

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        """Not without `Capability.QUOTE`."""
        del invoice, max_fee, amount
        raise WalletRefused(self._server.where, Phrase("what a payment costs shows afterwards"))

    async def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """Not without `Capability.KEYSEND`."""
        yield Failed(PaymentHash(bytes(32)), FailureReason.UNSUPPORTED)

    # -- being paid -------------------------------------------------------------------------------

    @abstractmethod
    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """A new invoice."""

    @abstractmethod
    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """The settled payment of an invoice."""

    async def unasked_since(self, at: Instant) -> Sequence[IncomingPayment]:
        """What comes unasked may be for other programs of the same wallet: it is left alone."""
        del at
        return ()

    @abstractmethod
    async def balance(self) -> Balance:
        """What can be spent and received now."""

    @abstractmethod
    async def channels(self) -> Sequence[ChannelView]:
        """The node's channels."""

    # -- particular to each -----------------------------------------------------------------------

    @abstractmethod
    async def _facts(self) -> WalletFacts:
        """Asks who it is."""

    @abstractmethod
    async def _ask(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What the server knows of a payment."""

    @abstractmethod
    def _order(
        self, request: PayRequest, invoice: bolt11.Bolt11Invoice
    ) -> AsyncIterator[PaymentUpdate]:
        """Gives the one order, and tells what becomes of it."""

    async def _follow(self, payment_hash: PaymentHash) -> AsyncIterator[PaymentUpdate]:
        """Waits for the end of a payment that the server knows, if it can."""
        nothing: tuple[PaymentUpdate, ...] = ()
        for update in nothing:
            yield update

    @abstractmethod
    async def _listen(self) -> None:
        """Hears what comes in until the connection breaks; calls `_stands` once it is there."""

    # -- for those --------------------------------------------------------------------------------

    async def _ask_after(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What the server knows once it has answered an order with no.

        If it cannot be asked now, that says nothing about the order, whatever the reason.
        """
        try:
            return await self._ask(payment_hash)
        except BackendError as error:
            raise WalletUnreachable(self._server.where, in_words(error)) from None

    def _stands(self) -> None:
        self._pause = FIRST_PAUSE
        self._tell_state(None)

    def _tell_state(self, problem: BackendError | None) -> None:
        if type(problem) is not self._told_state:
            self._told_state = type(problem)
            for watcher in tuple(self._watchers):
                watcher(problem)

    def _tell(self, payment: IncomingPayment) -> None:
        for listener in tuple(self._listeners):
            listener(payment)

    def _named_network(self, name: str) -> Network:
        """The network by the name that the server has for it."""
        if name not in _NETWORKS:
            raise WalletAnswerUnreadable(self._server.where, name[:20])
        return _NETWORKS[name]

    def _created(self, text: str, request: InvoiceRequest) -> CreatedInvoice:
        """An invoice of the server's, if it asks for what was requested."""
        try:
            invoice = bolt11.decode(text)
        except InvoiceError:
            raise WalletAnswerUnreadable(self._server.where, "BOLT 11") from None
        is_asked = (invoice.amount_msat, invoice.description_hash) == (
            request.amount,
            request.description_hash,
        )
        if not is_asked or invoice.network is not self._network:
            raise WalletAnswerUnreadable(self._server.where, "BOLT 11")
        return CreatedInvoice(text, invoice.payment_hash, invoice.expires_at)

    def _no(self, reply: Reply) -> BackendError:
        """The error for an answer that is none of what was expected, where an API says no more."""
        if reply.outcome is Outcome.KEY:
            return WalletKeyRefused(self._server.where, reply.words())
        if reply.outcome is Outcome.BROKEN:
            return WalletUnreachable(self._server.where, reply.words())
        return reply.unreadable()


def seconds_left(deadline: Instant | None, now: Instant) -> int:
    """For how long the server may begin new attempts."""
    if deadline is None:
        return MOST_SECONDS
    return max(1, min(deadline.since(now) // 1000, MOST_SECONDS))
