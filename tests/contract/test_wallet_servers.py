"""The on-chain wallet learns the same from every server that it can ask."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.esplora_server import EsploraServer
from tests.socks_server import socks_server
from tests.tls import Certificate, tls_before
from tipdesk.adapters.chain.pins import PinFile, PinnedTls
from tipdesk.adapters.chain.tunnel import HttpTunnel, Tunnel
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.wallet.bdk import BdkWallet
from tipdesk.adapters.wallet.server import WalletPlace
from tipdesk.base.clock import Instant
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script
from tipdesk.ports.wallet import Locks, OnchainBalance, WalletServerFailed
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

Serving = Callable[[Regtest, Path], AbstractAsyncContextManager[WalletPlace]]

WORDS = ["abandon"] * 11 + ["about"]


class Store:
    def __init__(self) -> None:
        self.changes: list[bytes] = []

    def load(self) -> list[bytes]:
        return list(self.changes)

    def append(self, change: bytes) -> None:
        self.changes.append(change)

    def replace(self, change: bytes) -> None:
        self.changes = [change]

    def load_locks(self) -> Locks:
        return {}

    def save_locks(self, locks: Locks) -> None:
        del locks


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


@asynccontextmanager
async def electrum(regtest: Regtest, _: Path) -> AsyncIterator[WalletPlace]:
    server = ElectrumServer(regtest)
    yield WalletPlace(f"tcp://127.0.0.1:{await server.start()}")
    await server.stop()


@asynccontextmanager
async def esplora(regtest: Regtest, _: Path) -> AsyncIterator[WalletPlace]:
    server = EsploraServer(regtest)
    yield WalletPlace(f"http://127.0.0.1:{await server.start()}/api")
    await server.stop()


@asynccontextmanager
async def esplora_tunnelled(regtest: Regtest, _: Path) -> AsyncIterator[WalletPlace]:
    server = EsploraServer(regtest)
    port = await server.start()
    tunnel = HttpTunnel("127.0.0.1", port, WayOut())
    proxy = f"http://127.0.0.1:{await tunnel.start()}"
    yield WalletPlace(f"http://127.0.0.1:{port}/api", proxy)
    await tunnel.stop()
    await server.stop()


@asynccontextmanager
async def esplora_proxied(regtest: Regtest, _: Path) -> AsyncIterator[WalletPlace]:
    """By a name that only the proxy knows: bdk would find no other way."""
    server = EsploraServer(regtest)
    port = await server.start()
    async with socks_server() as proxy:
        tunnel = HttpTunnel("esplora.example", port, WayOut(proxy.choice()))
        here = f"http://127.0.0.1:{await tunnel.start()}"
        yield WalletPlace(f"http://esplora.example:{port}/api", here)
        await tunnel.stop()
        assert proxy.hosts == {"esplora.example"}
    await server.stop()


@asynccontextmanager
async def tunnelled(regtest: Regtest, folder: Path) -> AsyncIterator[WalletPlace]:
    certificate = Certificate.make(folder / "server.pem")
    tls = PinnedTls(PinFile(folder / "pins"), WayOut(), demanded=certificate.digest)
    server = ElectrumServer(regtest)
    async with tls_before(certificate, await server.start()) as port:
        tunnel = Tunnel("127.0.0.1", port, WayOut(), tls=tls)
        yield WalletPlace(f"tcp://127.0.0.1:{await tunnel.start()}")
        await tunnel.stop()
    await server.stop()


async def started(place: WalletPlace, store: Store) -> BdkWallet:
    wallet = BdkWallet(WORDS, Network.REGTEST, place, store)
    await wallet.start()
    return wallet


@pytest.mark.parametrize(
    "serving", [electrum, esplora, tunnelled, esplora_tunnelled, esplora_proxied]
)
async def test_coins_come_and_go(serving: Serving, tmp_path: Path) -> None:
    regtest = Regtest(tmp_path / "chain", Now())
    async with serving(regtest, tmp_path) as place:
        store = Store()
        wallet = await started(place, store)
        await wallet.sync()
        assert await wallet.balance() == OnchainBalance(Sat(0), Sat(0))
        regtest.fund(await wallet.new_script_pubkey(), Sat(50_000))
        await wallet.sync()
        assert await wallet.balance() == OnchainBalance(Sat(0), Sat(50_000))
        regtest.mine()
        await wallet.sync()
        assert await wallet.balance() == OnchainBalance(Sat(50_000), Sat(0))
        payment = await wallet.fund(p2wsh(script(Op.TRUE)), Sat(20_000), FeeratePerKw(500))
        regtest.submit(payment)
        regtest.mine()
        await wallet.sync()
        left = (await wallet.balance()).confirmed
        assert Sat(29_000) < left < Sat(30_000)
        again = await started(place, store)
        await again.sync()
        assert (await again.balance()).confirmed == left
    regtest.close()


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "http://127.0.0.1:1/api"])
async def test_a_server_that_is_away_is_said(url: str) -> None:
    wallet = await started(WalletPlace(url), Store())
    with pytest.raises(WalletServerFailed):
        await wallet.sync()


async def test_the_tunnel_leads_to_the_pinned_server_only(tmp_path: Path) -> None:
    regtest = Regtest(tmp_path / "chain", Now())
    server = ElectrumServer(regtest)
    certificate = Certificate.make(tmp_path / "server.pem")
    tls = PinnedTls(PinFile(tmp_path / "pins"), WayOut(), demanded="00" * 32)
    async with tls_before(certificate, await server.start()) as port:
        tunnel = Tunnel("127.0.0.1", port, WayOut(), tls=tls)
        place = WalletPlace(f"tcp://127.0.0.1:{await tunnel.start()}")
        wallet = await started(place, Store())
        with pytest.raises(WalletServerFailed):
            await wallet.sync()
        await tunnel.stop()
    await server.stop()
    regtest.close()


async def test_the_tunnel_of_an_http_client_leads_to_its_server_only(tmp_path: Path) -> None:
    regtest = Regtest(tmp_path / "chain", Now())
    server = EsploraServer(regtest)
    port = await server.start()
    tunnel = HttpTunnel("127.0.0.1", 1, WayOut())
    proxy = f"http://127.0.0.1:{await tunnel.start()}"
    wallet = await started(WalletPlace(f"http://127.0.0.1:{port}/api", proxy), Store())
    with pytest.raises(WalletServerFailed):
        await wallet.sync()
    await tunnel.stop()
    await server.stop()
    regtest.close()
