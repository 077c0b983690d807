"""Every chain source over the same practice chain, for the contract that all of them keep."""

import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from aiohttp import web

from tests.contract.bitcoind_server import USER, BitcoindServer
from tests.contract.esplora_server import EsploraServer
from tipdesk.adapters.chain.bitcoind import BitcoindSource
from tipdesk.adapters.chain.compared import ComparedSource
from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.chain.esplora import EsploraSource
from tipdesk.adapters.chain.header_file import HeaderFile
from tipdesk.adapters.chain.rpc import BitcoindRpc
from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.targets import rules_of
from tipdesk.ports.chain import ChainSource, Notice
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

SECONDS = 0.03
HUGE = 21_000_000


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


class Scene(ABC):
    """A chain, a server of it that can be stopped and spoilt, and the source in question."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.regtest = Regtest(folder / "chain", Now())
        self.notices: list[Notice] = []
        self.port = 0
        self.source: ChainSource

    async def start(self) -> None:
        await self.start_server()
        self.source = self.made(Network.REGTEST)

    async def close(self) -> None:
        await self.source.close()
        await self.stop_server()
        self.regtest.close()

    @abstractmethod
    def made(self, network: Network) -> ChainSource:
        """The source, for a network."""

    @abstractmethod
    async def start_server(self) -> None:
        """Listens on the same port as before."""

    @abstractmethod
    async def stop_server(self) -> None:
        """Nobody listens any more."""

    @abstractmethod
    def answer(self, question: str, value: object) -> None:
        """From now on a question is answered with this value, until the server is started anew.

        Questions: transaction, headers, history, proof, tip, fee, broadcast.
        """


class ElectrumScene(Scene):
    """The practice network's own server."""

    METHODS: ClassVar = {
        "transaction": "blockchain.transaction.get",
        "headers": "blockchain.block.headers",
        "history": "blockchain.scripthash.get_history",
        "proof": "blockchain.transaction.get_merkle",
        "tip": "blockchain.headers.subscribe",
        "fee": "blockchain.estimatefee",
        "minimum": "blockchain.relayfee",
        "broadcast": "blockchain.transaction.broadcast",
    }

    def made(self, network: Network) -> ChainSource:
        return ElectrumSource("127.0.0.1", self.port, network, WayOut(), timeout=2)

    async def start_server(self) -> None:
        self.server = ElectrumServer(self.regtest)
        self.port = await self.server.start(port=self.port)

    async def stop_server(self) -> None:
        await self.server.stop()

    def answer(self, question: str, value: object) -> None:
        sessions = self.server._sessions.values()
        for table in (self.server._methods.table, *(one._table for one in sessions)):
            table[self.METHODS[question]] = lambda *_: value


class ComparedScene(ElectrumScene):
    """The same server twice: what is spoilt is spoilt in both."""

    def made(self, network: Network) -> ChainSource:
        members = [(str(number), super(ComparedScene, self).made(network)) for number in (1, 2)]
        file = HeaderFile(self.folder / "headers", rules_of(network))
        return ComparedSource(members, file)


class HttpScene(Scene):
    """A server that is asked over HTTP."""

    async def start(self) -> None:
        self.client = ChosenServerClient(WayOut())
        await super().start()

    async def close(self) -> None:
        await super().close()
        await self.client.close()


class EsploraScene(HttpScene):
    """Esplora."""

    HANDLERS: ClassVar = {
        "transaction": ["raw"],
        "headers": ["blocks"],
        "history": ["history"],
        "proof": ["proof"],
        "tip": ["blocks"],
        "fee": ["estimates"],
        "broadcast": ["broadcast"],
    }

    def made(self, network: Network) -> ChainSource:
        url = f"http://127.0.0.1:{self.port}/api/"
        return EsploraSource(self.client, url, network, seconds=SECONDS, timeout=2)

    async def start_server(self) -> None:
        self.server = EsploraServer(self.regtest)
        self.port = await self.server.start(self.port)

    async def stop_server(self) -> None:
        await self.server.stop()

    def answer(self, question: str, value: object) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        for name in self.HANDLERS[question]:
            self.server.spoilt[name] = lambda: web.Response(text=text)


class BitcoindScene(HttpScene):
    """bitcoind as it comes."""

    FILTERS: ClassVar = False
    METHODS: ClassVar = {
        "transaction": ["getrawtransaction"],
        "headers": ["getblockheader"],
        "history": ["getblock", "getrawmempool"],
        "proof": ["getblock"],
        "tip": ["getbestblockhash"],
        "fee": ["estimatesmartfee"],
        "minimum": ["getmempoolinfo"],
        "broadcast": ["sendrawtransaction"],
    }

    def made(self, network: Network) -> ChainSource:
        url = f"http://127.0.0.1:{self.port}/"
        rpc = BitcoindRpc(self.client, url, lambda: USER, timeout=2)
        return BitcoindSource(rpc, network, seconds=SECONDS)

    async def start_server(self) -> None:
        self.server = BitcoindServer(self.regtest, filters=self.FILTERS)
        self.port = await self.server.start(self.port)

    async def stop_server(self) -> None:
        await self.server.stop()

    def answer(self, question: str, value: object) -> None:
        for name in self.METHODS[question]:
            self.server.spoilt[name] = lambda: value


class FilteredScene(BitcoindScene):
    """bitcoind with an index of block filters."""

    FILTERS: ClassVar = True


SCENES: list[type[Scene]] = [
    ElectrumScene,
    ComparedScene,
    EsploraScene,
    BitcoindScene,
    FilteredScene,
]
