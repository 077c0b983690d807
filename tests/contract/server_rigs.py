"""LND, Core Lightning and phoenixd as wallets, each with a local server that speaks its API."""

import asyncio
from contextlib import suppress

from tests.contract.cln_server import RUNE, ClnServer
from tests.contract.http_server import FaultyServer
from tests.contract.ledger import Ledger
from tests.contract.lnd_server import ADMIN, LndServer
from tests.contract.phoenixd_server import FULL, PhoenixdServer
from tests.contract.wallet_rig import Fate, WalletRig
from tests.waiting import eventually
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.cln import CoreLightningWallet
from tipdesk.adapters.payments.http_wallet import HttpWallet
from tipdesk.adapters.payments.lnd import LndWallet
from tipdesk.adapters.payments.phoenixd import PhoenixdWallet
from tipdesk.app.system import SystemClock
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.tips.payment import CreatedInvoice
from tipdesk.tips.wallet_link import ServerLink, WalletKind, from_form


class ServerRig(WalletRig):
    """The wallet speaks to its server over the network; the server's books outlive its process."""

    async def start(self) -> None:
        self.ledger = Ledger()
        self.server = self.make_server()
        await self.server.start()
        await self._begin()

    async def close(self) -> None:
        await self._end()
        await self.server.stop()

    def make_server(self) -> FaultyServer:
        raise NotImplementedError

    def make_wallet(self) -> HttpWallet:
        raise NotImplementedError

    async def _begin(self) -> None:
        self._wallet = self.make_wallet()
        states: list[BackendError | None] = []
        self._wallet.on_state(states.append)
        await self._wallet.check()
        self._running = asyncio.create_task(self._wallet.run())
        await eventually(lambda: states == [None] and self.is_heard(), "it does not listen")

    def is_heard(self) -> bool:
        """Whether our side hears what comes in."""
        raise NotImplementedError

    async def _end(self) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        await self._wallet.close()

    @property
    def wallet(self) -> HttpWallet:
        return self._wallet

    async def invoice(
        self,
        amount: Msat | None,
        fate: Fate = Fate.PAID,
        *,
        fee: Msat = Msat(0),
        expiry_seconds: int = 3_600,
    ) -> CreatedInvoice:
        return self.ledger.third_invoice(amount, fate, fee, expiry_seconds)

    async def let_go(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        self.ledger.let_go(payment_hash, paid=paid)

    async def begun(self, payment_hash: PaymentHash) -> None:
        await eventually(lambda: payment_hash in self.ledger.payments, "it was not begun")

    def times_paid(self, payment_hash: PaymentHash) -> int:
        return self.ledger.times_paid[payment_hash]

    async def lose(self) -> None:
        await self.server.stop()

    async def find(self) -> None:
        await self.server.start()

    async def restart(self) -> None:
        await self._end()
        await self._begin()

    async def be_paid(self, invoice: str, amount: Msat) -> None:
        self.ledger.be_paid(invoice, amount.value)

    def link(self, kind: WalletKind, secret: str) -> ServerLink:
        """What connects with the server."""
        certificate = self.server.certificate
        scheme = "http" if certificate is None else "https"
        pin = "" if certificate is None else certificate.digest
        return from_form(kind, f"{scheme}://127.0.0.1:{self.server.port}", secret, pin)


class LndRig(ServerRig):
    """Over TLS with a pinned certificate of the server's own."""

    server: LndServer

    def make_server(self) -> LndServer:
        return LndServer(self.ledger, self.folder)

    def make_wallet(self) -> LndWallet:
        return LndWallet(
            self.link(WalletKind.LND, ADMIN), Network.REGTEST, SystemClock(), way=WayOut()
        )

    def is_heard(self) -> bool:
        return bool(self.server._streams)


class CoreLightningRig(ServerRig):
    """As LND; that nothing more is tried shows once the node's clock has run on."""

    server: ClnServer

    def make_server(self) -> ClnServer:
        return ClnServer(self.ledger, self.folder)

    def make_wallet(self) -> CoreLightningWallet:
        link = self.link(WalletKind.CORE_LIGHTNING, RUNE)
        return CoreLightningWallet(link, Network.REGTEST, SystemClock(), way=WayOut())

    def is_heard(self) -> bool:
        return self.server.asked[-1] == "POST /v1/waitanyinvoice"

    async def let_go(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        await super().let_go(payment_hash, paid=paid)
        self.server.clock_ahead += 90


class PhoenixdRig(ServerRig):
    """Over plain http on this machine, as it comes."""

    server: PhoenixdServer

    def make_server(self) -> PhoenixdServer:
        return PhoenixdServer(self.ledger)

    def make_wallet(self) -> PhoenixdWallet:
        return PhoenixdWallet(
            self.link(WalletKind.PHOENIXD, FULL), Network.REGTEST, SystemClock(), way=WayOut()
        )

    def is_heard(self) -> bool:
        return bool(self.server.sockets)


SERVER_RIGS: tuple[type[ServerRig], ...] = (LndRig, CoreLightningRig, PhoenixdRig)
