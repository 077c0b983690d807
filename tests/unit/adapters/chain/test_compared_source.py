"""Two servers are better than one: what one hides or invents, the other can prove."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tipdesk.adapters.chain.compared import ComparedSource
from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.chain.header_file import HeaderFile
from tipdesk.adapters.chain.members import ServerState
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import Txid
from tipdesk.base.units import BlockHeight, Sat
from tipdesk.bitcoin.facts import HistoryItem
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script
from tipdesk.bitcoin.targets import rules_of
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.bitcoin.watch import ChainEvent, NewTip, OutputSpent, WatchSpent
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.ports.chain import (
    BroadcastRefused,
    ChainTip,
    Notice,
    SourceLost,
    SourceRefused,
    SourceUnreachable,
)
from tipdesk.practice.electrum_methods import RpcError
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

OPEN = script(Op.TRUE)
MINE = p2wsh(OPEN)
AGREED = [ServerState.CONNECTED, ServerState.CONNECTED]


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


class Pair:
    """Two servers, each of its own chain unless they share one, and the source over both."""

    def __init__(self, chains: list[Regtest], folder: Path) -> None:
        self.chains = chains
        self.servers = [ElectrumServer(chain) for chain in chains]
        self.ports = [0, 0]
        self.notices: list[Notice] = []
        self.path = folder / "headers"
        self.source: ComparedSource

    async def start(self) -> None:
        for number in (0, 1):
            self.ports[number] = await self.servers[number].start()
        self.source = self.made()

    def made(self) -> ComparedSource:
        members = [
            (f"server {n}", ElectrumSource("127.0.0.1", port, Network.REGTEST, WayOut(), timeout=2))
            for n, port in enumerate(self.ports)
        ]
        return ComparedSource(members, HeaderFile(self.path, rules_of(Network.REGTEST)))

    def lie(self, number: int, method: str, answer: Callable[..., Any]) -> None:
        """Puts another answer in place of a method's; it gets the honest one first."""
        server, name = self.servers[number], f"blockchain.{method}"
        honest = server._methods.table[name]
        for table in (server._methods.table, *(one._table for one in server._sessions.values())):
            table[name] = lambda a=None, b=None, c=None: answer(
                lambda: honest(*(x for x in (a, b, c) if x is not None))
            )

    def states(self) -> list[ServerState]:
        return [one.state for one in self.source.status()]

    async def tip(self) -> int:
        """The height that follows from the headers."""
        await self.source.subscribe_headers()
        start, height = 1, 0
        while found := await self.source.headers(start, 2016):
            height = start + len(found) - 1
            start = height + 1
        return height

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.005)


@asynccontextmanager
async def pair(folder: Path, *, shared: bool = True, connect: bool = True) -> AsyncIterator[Pair]:
    one = Regtest(folder / "one", Now())
    other = one if shared else Regtest(folder / "other", Now())
    made = Pair([one, other], folder)
    await made.start()
    try:
        if connect:
            await made.source.connect(made.notices.append)
            assert await made.tip() == 110
        yield made
    finally:
        await made.source.close()
        for server in made.servers:
            await server.stop()
        for chain in {id(c): c for c in made.chains}.values():
            chain.close()
        await asyncio.sleep(0.01)


def spend(funding: Transaction, amount: int = 90_000) -> Transaction:
    index = [out.script_pubkey for out in funding.outputs].index(MINE)
    txin = TxIn(funding.outpoint(index), 0xFFFFFFFD, witness=(OPEN,))
    return Transaction(2, (txin,), (TxOut(Sat(amount), b"\x00\x14" + b"\x07" * 20),))


def fund(chain: Regtest) -> Transaction:
    txid = chain.fund(MINE, Sat(100_000))
    return chain.mempool.entries[txid].transaction


def funded_and_spent(chain: Regtest) -> tuple[Transaction, Transaction]:
    funding = fund(chain)
    chain.mine()
    close = spend(funding)
    chain.submit(close)
    chain.mine()
    return funding, close


async def test_two_honest_servers_agree(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        funding, close = funded_and_spent(made.chains[0])
        await made.until(lambda: ChainTip(112, made.chains[0].chain.tip.header) in made.notices)
        history = await made.source.script_history(MINE)
        assert history == (HistoryItem(funding.txid, 111), HistoryItem(close.txid, 112))
        proof = await made.source.merkle_proof(close.txid, 112)
        assert await made.source.transaction_at(112, proof.position) == (close.txid, proof)
        assert await made.source.transaction_at(112, 9) is None
        assert await made.source.transaction(close.txid) == close
        assert await made.source.estimate_fee(6) == 2_000
        assert await made.source.minimum_fee() == 1_000
        assert made.states() == AGREED


@pytest.mark.parametrize("liar", [0, 1])
async def test_class_48_a_server_that_leaves_out_a_spend_is_dropped(
    tmp_path: Path, liar: int
) -> None:
    async with pair(tmp_path) as made:
        _, close = funded_and_spent(made.chains[0])
        made.lie(liar, "scripthash.get_history", lambda honest: honest()[:-1])
        await made.until(lambda: len(made.notices) >= 4)
        history = await made.source.script_history(MINE)
        assert HistoryItem(close.txid, 112) in history
        assert made.states()[liar] is ServerState.DROPPED
        assert made.states()[1 - liar] is ServerState.CONNECTED
        assert str(close.txid) in made.source.status()[liar].reason
        assert await made.source.script_history(MINE) == history


async def test_a_server_that_lags_behind_is_no_liar(tmp_path: Path) -> None:
    async with pair(tmp_path, shared=False) as made:
        _, close = funded_and_spent(made.chains[0])
        await made.until(lambda: len(made.notices) >= 2)
        assert await made.tip() == 112
        assert HistoryItem(close.txid, 112) in await made.source.script_history(MINE)
        assert made.states() == AGREED


async def test_an_invented_transaction_is_left_out_and_its_inventor_dropped(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        funded_and_spent(made.chains[0])
        await made.until(lambda: len(made.notices) >= 4)
        honest = await made.source.script_history(MINE)
        other = made.chains[0].chain.block_at(50).txids[0]
        invented = {"tx_hash": str(other), "height": 50}
        made.lie(0, "scripthash.get_history", lambda honest: [*honest(), invented])
        # The transaction is there and can be proven, but has nothing to do with the script.
        assert await made.source.script_history(MINE) == honest
        assert made.states() == [ServerState.DROPPED, ServerState.CONNECTED]


async def test_class_48_a_false_proof_drops_whoever_gave_it(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        _, close = funded_and_spent(made.chains[0])
        await made.until(lambda: len(made.notices) >= 4)
        made.lie(
            0, "transaction.get_merkle", lambda honest: {**honest(), "merkle": ["00" * 32] * 3}
        )
        proof = await made.source.merkle_proof(close.txid, 112)
        assert (proof.height, proof.position) == (112, 1)
        assert made.states() == [ServerState.DROPPED, ServerState.CONNECTED]


async def test_what_waits_at_one_server_only_is_told(tmp_path: Path) -> None:
    async with pair(tmp_path, shared=False) as made:
        funding = fund(made.chains[1])
        assert await made.source.script_history(MINE) == (HistoryItem(funding.txid, 0),)
        assert await made.source.transaction(funding.txid) == funding
        assert made.states() == AGREED


@pytest.mark.parametrize("winner", [0, 1])
async def test_the_chain_with_most_work_wins(tmp_path: Path, winner: int) -> None:
    async with pair(tmp_path, shared=False) as made:
        made.chains[1 - winner].mine(2)
        made.chains[winner].reorganise(3)
        made.chains[winner].mine(4)
        await made.until(lambda: len(made.notices) >= 3)
        assert await made.tip() == 115
        tip = (await made.source.headers(115, 1))[0]
        assert tip == made.chains[winner].chain.tip.header
        assert made.states() == AGREED


async def test_headers_without_work_drop_their_server(tmp_path: Path) -> None:
    async with pair(tmp_path, connect=False) as made:

        def lazy(honest: Callable[[], dict[str, str]]) -> dict[str, str]:
            raw = bytearray.fromhex(honest()["hex"])
            raw[-1] ^= 0xFF
            return {"hex": raw.hex()}

        made.lie(0, "block.headers", lazy)
        await made.source.connect(made.notices.append)
        assert await made.tip() == 110
        assert made.states() == [ServerState.DROPPED, ServerState.CONNECTED]


async def test_one_server_away_is_said_and_the_other_goes_on(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        await made.source.subscribe_script(MINE)
        await made.servers[0].stop()
        await made.until(lambda: made.states()[0] is ServerState.AWAY)
        assert SourceLost() not in made.notices
        funding, close = funded_and_spent(made.chains[0])
        await made.until(lambda: len(made.notices) >= 4)
        assert len(await made.source.script_history(MINE)) == 2
        made.servers[0] = ElectrumServer(made.chains[0])
        await made.servers[0].start(port=made.ports[0])
        await made.source.ping()
        assert made.states() == AGREED
        made.lie(1, "scripthash.get_history", lambda honest: [])
        assert len(await made.source.script_history(MINE)) == 2
        assert made.states() == [ServerState.CONNECTED, ServerState.DROPPED]
        assert funding.txid != close.txid


async def test_all_servers_away_is_told(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        for server in made.servers:
            await server.stop()
        await made.until(lambda: SourceLost() in made.notices)
        for ask in (made.source.ping, made.source.subscribe_headers):
            if ask == made.source.ping:
                with pytest.raises(SourceUnreachable):
                    await ask()
        with pytest.raises(SourceUnreachable):
            await made.source.connect(made.notices.append)


async def test_when_all_are_dropped_they_are_asked_again_later(tmp_path: Path) -> None:
    async with pair(tmp_path, connect=False) as made:
        table = made.servers[0]._methods.table
        honest = table["blockchain.block.headers"]
        for number in (0, 1):
            made.lie(number, "block.headers", lambda _: {"hex": "00" * 80})
        await made.source.connect(made.notices.append)
        with pytest.raises(BackendError):
            await made.tip()
        assert made.states() == [ServerState.DROPPED] * 2
        assert made.notices == [SourceLost()]
        for server in made.servers:
            server._methods.table["blockchain.block.headers"] = honest
        await made.source.connect(made.notices.append)
        assert await made.tip() == 110


async def test_a_transaction_that_one_server_takes_is_published(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        funding = fund(made.chains[0])
        made.chains[0].mine()

        def refuse(_: object) -> None:
            raise RpcError(1, "not today")

        made.lie(0, "transaction.broadcast", refuse)
        await made.source.broadcast(spend(funding))
        made.lie(1, "transaction.broadcast", refuse)
        with pytest.raises(BroadcastRefused, match="not today"):
            await made.source.broadcast(spend(funding))
        with pytest.raises(SourceRefused):
            await made.source.transaction(Txid(bytes(32)))


async def test_headers_are_on_disk_at_the_next_start(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        await made.source.close()
        assert made.path.stat().st_size == 110 * 80
        for number in (0, 1):
            made.lie(number, "block.headers", lambda _: {"hex": ""})
        again = made.made()
        await again.connect(made.notices.append)
        assert len(await again.headers(1, 2016)) == 110
        await again.close()


async def test_the_driver_hears_of_a_spend_that_one_server_hides(tmp_path: Path) -> None:
    async with pair(tmp_path, connect=False) as made:
        funding = fund(made.chains[0])
        made.chains[0].mine()
        made.lie(0, "scripthash.get_history", lambda honest: honest()[:1])
        events: list[ChainEvent] = []
        driver = ChainDriver(made.source, Network.REGTEST, events.append)
        index = [out.script_pubkey for out in funding.outputs].index(MINE)
        watch = WatchSpent(funding.outpoint(index), MINE)
        driver.watch(watch)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(driver.run())
            await made.until(lambda: driver.height == BlockHeight(111))
            close = spend(funding)
            made.chains[0].submit(close)
            made.chains[0].mine()
            told = OutputSpent(watch, close, BlockHeight(112))
            await made.until(lambda: told in events)
            made.chains[0].reorganise(2)
            await made.until(lambda: driver.height == BlockHeight(113))
            task.cancel()
        assert [type(e) for e in events if isinstance(e, NewTip)]
        assert made.states() == [ServerState.DROPPED, ServerState.AWAY]
