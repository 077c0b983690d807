"""A wallet over Nostr Wallet Connect (NIP-47) as a `PluggedWallet`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from tipdesk.adapters.payments import nwc_outcomes as told
from tipdesk.adapters.payments.nwc_incoming import NwcIncoming
from tipdesk.adapters.payments.nwc_lookup import NwcLookup
from tipdesk.adapters.payments.nwc_paying import NwcPaying, order_ends
from tipdesk.adapters.payments.nwc_wire import LinkRelays, NwcWire, Patience
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47 import Encryption, Method, Response
from tipdesk.nostr.nip47_asking import BalanceResult, InfoResult
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.plugged import (
    WalletAnswerUnreadable,
    WalletEncryptionUnknown,
    WalletFacts,
    WalletNetworkDiffers,
    WalletRefused,
    WalletSpeaksOldEncryption,
)
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

_NODE: Final = Phrase("asking the wallet who it is")
_BALANCE: Final = Phrase("asking for the balance")

_log = logging.getLogger(__name__)


class NwcWallet:
    """One connection with one wallet. `relays` are the link's, kept for it alone."""

    def __init__(
        self,
        link: WalletConnectLink,
        *,
        relays: LinkRelays,
        network: Network,
        clock: Clock,
        entropy: Entropy,
        facts: WalletFacts | None = None,
        allow_nip04: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self._network = network
        self._clock = clock
        self._entropy = entropy
        self._allow_nip04 = allow_nip04
        self._patience = patience or Patience()
        self._capabilities = frozenset[Capability]() if facts is None else facts.capabilities
        self._methods: frozenset[str] | None = None
        """None until the wallet said so itself in this process."""
        self._checking = asyncio.Lock()
        self._wire = NwcWire(
            link,
            relays=relays,
            clock=clock,
            entropy=entropy,
            patience=self._patience,
            on_notification=lambda notification: self._incoming.notified(notification),
        )
        self._lookup = NwcLookup(self._wire, self._offered)
        self._incoming = NwcIncoming(self._wire, self._lookup, network, clock, self._patience)
        self._paying = NwcPaying(
            self._wire,
            self._lookup,
            network=network,
            clock=clock,
            entropy=entropy,
            patience=self._patience,
            offered=self._offered,
            on_limit_passed=self._forget_limit,
        )
        self._watchers: list[Callable[[BackendError | None], None]] = []
        self._told_state: type[BackendError] | type[None] | None = None

    # -- for whoever plugs it in ------------------------------------------------------------------

    @property
    def capabilities(self) -> frozenset[Capability]:
        """As of the last `check`, or what was kept of it."""
        return self._capabilities

    @property
    def uses_old_encryption(self) -> bool:
        """Whether what is said goes in NIP-04."""
        return self._wire.encryption is Encryption.NIP04

    async def check(self) -> WalletFacts:
        """Who it is and what it offers. Needs `run` beside it."""
        async with self._checking:
            return await self._check()

    async def run(self) -> None:
        """Keeps the relays connected and hears what comes in."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._wire.run(), name="the relays of a wallet")
            group.create_task(self._incoming.run(), name="what a wallet receives")
            await self._watch()

    async def close(self) -> None:
        """Waits for no order any more; the relays were left when `run` ended."""
        await self._paying.close()

    def on_state(self, listener: Callable[[BackendError | None], None]) -> None:
        """Calls `listener` with why the connection broke, and with None when it stands."""
        self._watchers.append(listener)

    def order_ends(self, begun_at: Instant, expires_at: Instant) -> Instant:
        """See `nwc_paying.order_ends`."""
        return order_ends(begun_at, expires_at)

    async def channels(self) -> Sequence[ChannelView]:
        """None are told over Nostr Wallet Connect."""
        return ()

    # -- paying -----------------------------------------------------------------------------------

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        """Not told over Nostr Wallet Connect: `Capability.QUOTE` is absent."""
        del invoice, max_fee, amount
        raise WalletRefused(self._wire.where, "QUOTE")

    def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Pays, or joins what is under way."""
        return self._paying.pay(request)

    def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """NWC-04, with a preimage of ours."""
        return self._paying.keysend(request)

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What became of a payment."""
        return await self._paying.lookup(payment_hash)

    def _forget_limit(self) -> None:
        self._capabilities -= {Capability.FEE_LIMIT}

    # -- being paid -------------------------------------------------------------------------------

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """A new invoice of the wallet's, checked against what was asked."""
        await self._offered()
        return await self._incoming.create(request)

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """The settled payment of one of its invoices."""
        return await self._incoming.received(payment_hash)

    async def unasked_since(self, at: Instant) -> Sequence[IncomingPayment]:
        """Keysends that it lists; none where it lists nothing."""
        return await self._incoming.unasked_since(at)

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """Calls `listener` for each payment that it received from now on, once it is verified."""
        self._incoming.on_received(listener)

    async def balance(self) -> Balance:
        """What it holds; what it could receive it does not tell."""
        response = await self._wire.ask(Method.GET_BALANCE, {})
        if response.error is not None:
            raise told.refusal(self._wire.where, response.error, _BALANCE)
        try:
            held = BalanceResult.read(response.result).balance
        except DecodeError:
            raise self._unreadable(Method.GET_BALANCE) from None
        return Balance(spendable=held, receivable=None, in_channels=held)

    # -- who it is --------------------------------------------------------------------------------

    async def _offered(self) -> frozenset[str]:
        """The methods, asked for if nobody did yet."""
        if self._methods is None:
            async with self._checking:
                if self._methods is None:
                    await self._check()
        return self._methods or frozenset()

    async def _check(self) -> WalletFacts:
        info = await self._wire.info()
        if info is not None:
            self._wire.encryption = self._agreed(info.best_encryption)
        said = InfoResult()
        # One that offers nothing at all says why if it is asked: the key was revoked, mostly.
        if info is None or not info.methods or Method.GET_INFO in info.methods:
            response = await self._wire.ask(Method.GET_INFO, {})
            said = self._said_of_itself(response, is_all=info is None)
        if said.network is not None and said.network is not self._network:
            raise WalletNetworkDiffers(theirs=said.network, ours=self._network)
        methods = said.methods if said.methods is not None else (info.methods if info else ())
        notifications = said.notifications
        if notifications is None:
            notifications = info.notifications if info else ()
        self._methods = frozenset(methods)
        self._capabilities = told.capabilities_of(methods)
        self._incoming.is_told = bool(notifications)
        return WalletFacts(
            alias=said.alias,
            network=said.network,
            node_id=said.pubkey,
            capabilities=self._capabilities,
        )

    def _agreed(self, best: Encryption | None) -> Encryption:
        if best is None:
            raise WalletEncryptionUnknown(self._wire.where)
        if best is Encryption.NIP04 and not self._allow_nip04:
            raise WalletSpeaksOldEncryption(self._wire.where)
        return best

    def _said_of_itself(self, response: Response, *, is_all: bool) -> InfoResult:
        error = response.error
        if error is not None:
            problem = told.refusal(self._wire.where, error, _NODE)
            if is_all or not told.is_not_offered(error):
                raise problem
            return InfoResult()
        try:
            return InfoResult.read(response.result)
        except DecodeError:
            raise self._unreadable(Method.GET_INFO) from None

    def _unreadable(self, method: Method) -> WalletAnswerUnreadable:
        return WalletAnswerUnreadable(self._wire.where, method.value)

    # -- the connection ---------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Tells whether it stands; asks who it is until that was answered, and when in doubt."""
        pause = self._patience.first_pause
        while True:
            try:
                await self._wire.connected()
                if self._wire.is_in_doubt:
                    self._methods, self._wire.is_in_doubt = None, False
                await self._offered()
                self._tell_state(None)
                pause = self._patience.first_pause
                problem: BackendError | None = await self._wire.broken()
            except BackendError as error:
                problem = error
            if problem is not None:
                self._tell_state(problem)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._patience.longest_pause)

    def _tell_state(self, problem: BackendError | None) -> None:
        if type(problem) is not self._told_state:
            self._told_state = type(problem)
            for watcher in tuple(self._watchers):
                watcher(problem)
