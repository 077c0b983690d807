"""Nostr Wallet Connect: our wallet and a service of these tests, over two relays of nostr-sdk's."""

import asyncio
from contextlib import suppress

import nostr_sdk

from tests.contract.nwc_service import MODERN, NwcService
from tests.contract.wallet_rig import Fate, WalletRig
from tests.waiting import eventually
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.nwc import NwcWallet
from tipdesk.adapters.payments.nwc_wire import Patience
from tipdesk.app.nwc import nwc_wallet
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47_link import parse_link
from tipdesk.tips.payment import CreatedInvoice

QUICK = Patience(
    connecting=3.0, info=3.0, answer=1.0, payment=1.0, first_pause=0.05, longest_pause=0.2, poll=0.1
)


class TwoRelays:
    """Real relays on free ports."""

    def __init__(self) -> None:
        self._relays: list[nostr_sdk.LocalRelay] = []
        self.urls: list[str] = []

    async def start(self) -> None:
        limit = nostr_sdk.RateLimit(max_reqs=500, notes_per_minute=10**6)
        for _ in range(2):
            relay = nostr_sdk.LocalRelayBuilder().rate_limit(limit).build()
            await relay.run()
            self._relays.append(relay)
            self.urls.append(str(await relay.url()).rstrip("/"))

    def stop(self) -> None:
        for number in range(len(self._relays)):
            self.stop_one(number)

    def stop_one(self, number: int) -> None:
        self._relays[number].shutdown()


class NwcRig(WalletRig):
    """A wallet as they are now: fee limits, states, notifications."""

    methods = MODERN
    notifications = "payment_received payment_sent"

    async def start(self) -> None:
        self.relays = TwoRelays()
        await self.relays.start()
        self.service = NwcService(
            self.relays.urls, methods=self.methods, notifications=self.notifications
        )
        await self.service.start()
        await self._begin()

    async def close(self) -> None:
        await self._end()
        await self.service.stop()
        self.relays.stop()

    async def _begin(self) -> None:
        self._wallet = nwc_wallet(
            parse_link(self.service.uri),
            network=Network.REGTEST,
            clock=SystemClock(),
            entropy=SystemEntropy(),
            patience=QUICK,
            way=WayOut(),
        )
        states: list[BackendError | None] = []
        self._wallet.on_state(states.append)
        self._running = asyncio.create_task(self._wallet.run())
        await self._wallet.check()
        await eventually(lambda: states == [None], "it does not stand")

    async def _end(self) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        await self._wallet.close()

    @property
    def wallet(self) -> NwcWallet:
        return self._wallet

    async def invoice(
        self,
        amount: Msat | None,
        fate: Fate = Fate.PAID,
        *,
        fee: Msat = Msat(0),
        expiry_seconds: int = 3_600,
    ) -> CreatedInvoice:
        return self.service.third_invoice(amount, fate, fee, expiry_seconds)

    async def let_go(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        self.service.let_go(payment_hash, paid=paid)

    async def begun(self, payment_hash: PaymentHash) -> None:
        await eventually(lambda: payment_hash.hex() in self.service.entries, "it was not begun")

    def times_paid(self, payment_hash: PaymentHash) -> int:
        return self.service.times_paid[payment_hash.hex()]

    async def lose(self) -> None:
        await self.service.stop()

    async def find(self) -> None:
        await self.service.start()

    async def restart(self) -> None:
        await self._end()
        await self._begin()

    async def be_paid(self, invoice: str, amount: Msat) -> None:
        await self.service.be_paid(invoice, amount.value)


class NwcOlderRig(NwcRig):
    """A wallet without fee limits and notifications, that shows what it did in a list only."""

    methods = "pay_invoice pay_keysend make_invoice list_transactions get_balance get_info"
    notifications = ""


NWC_RIGS: tuple[type[WalletRig], ...] = (NwcRig, NwcOlderRig)
