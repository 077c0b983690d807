"""The on-chain wallet learns the same from every server that it can ask."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.esplora_server import EsploraServer
from tests.tls import Certificate, tls_before
from tipdesk.adapters.chain.pins import PinFile, PinnedTls
from tipdesk.adapters.chain.tunnel import Tunnel
from tipdesk.adapters.wallet.bdk import BdkWallet
from tipdesk.base.clock import Instant
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script
from tipdesk.ports.wallet import Locks, OnchainBalance, WalletServerFailed
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

Serving = Callable[[Regtest, Path], AbstractAsyncContextManager[str]]

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
async def electrum(regtest: Regtest, _: Path) -> AsyncIterator[str]:
    server = ElectrumServer(regtest)
    yield f"tcp://127.0.0.1:{await server.start()}"
    await server.stop()


@asynccontextmanager
async def esplora(regtest: Regtest, _: Path) -> AsyncIterator[str]:
    server = EsploraServer(regtest)
    yield f"http://127.0.0.1:{await server.start()}/api"
    await server.stop()


@asynccontextmanager
async def tunnelled(regtest: Regtest, folder: Path) -> AsyncIterator[str]:
    certificate = Certificate.make(folder / "server.pem")
    tls = PinnedTls(PinFile(folder / "pins"), demanded=certificate.digest)
    server = ElectrumServer(regtest)
    async with tls_before(certificate, await server.start()) as port:
        tunnel = Tunnel("127.0.0.1", port, tls)
        yield f"tcp://127.0.0.1:{await tunnel.start()}"
        await tunnel.stop()
    await server.stop()


async def started(url: str, store: Store) -> BdkWallet:
    wallet = BdkWallet(WORDS, Network.REGTEST, url, store)
    await wallet.start()
    return wallet


@pytest.mark.parametrize("serving", [electrum, esplora, tunnelled])
async def test_coins_come_and_go(serving: Serving, tmp_path: Path) -> None:
    regtest = Regtest(tmp_path / "chain", Now())
    async with serving(regtest, tmp_path) as url:
        store = Store()
        wallet = await started(url, store)
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
        again = await started(url, store)
        await again.sync()
        assert (await again.balance()).confirmed == left
    regtest.close()


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "http://127.0.0.1:1/api"])
async def test_a_server_that_is_away_is_said(url: str) -> None:
    wallet = await started(url, Store())
    with pytest.raises(WalletServerFailed):
        await wallet.sync()


async def test_the_tunnel_leads_to_the_pinned_server_only(tmp_path: Path) -> None:
    regtest = Regtest(tmp_path / "chain", Now())
    server = ElectrumServer(regtest)
    certificate = Certificate.make(tmp_path / "server.pem")
    tls = PinnedTls(PinFile(tmp_path / "pins"), demanded="00" * 32)
    async with tls_before(certificate, await server.start()) as port:
        tunnel = Tunnel("127.0.0.1", port, tls)
        wallet = await started(f"tcp://127.0.0.1:{await tunnel.start()}", Store())
        with pytest.raises(WalletServerFailed):
            await wallet.sync()
        await tunnel.stop()
    await server.stop()
    regtest.close()
