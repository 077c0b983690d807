"""What is bitcoind's own: credentials, reading blocks only where it must, and mending."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.bitcoind_server import USER, BitcoindServer, RpcError
from tipdesk.adapters.chain.bitcoind import BitcoindSource
from tipdesk.adapters.chain.rpc import BitcoindRpc
from tipdesk.adapters.chain.scanning import read_block
from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.base.units import Sat
from tipdesk.bitcoin.facts import HistoryItem
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.ports.chain import (
    Notice,
    ScriptChanged,
    SourceMisbehaved,
    SourceRefused,
    SourceUnreachable,
)
from tipdesk.practice.regtest import Regtest

OPEN = script(Op.TRUE)
MINE, OTHER = p2wsh(OPEN), p2wsh(script(Op.TRUE, Op.TRUE))


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


class Scene:
    def __init__(self, regtest: Regtest, server: BitcoindServer, rpc: BitcoindRpc) -> None:
        self.regtest, self.server, self.rpc = regtest, server, rpc
        self.user = USER
        self.notices: list[Notice] = []

    async def source(self, birth: int = 0, patience: float = 5.0) -> BitcoindSource:
        source = BitcoindSource(
            self.rpc, Network.REGTEST, birth=birth, seconds=60, patience=patience
        )
        await source.connect(self.notices.append)
        return source

    def fund(self, script_pubkey: bytes = MINE) -> Transaction:
        txid = self.regtest.fund(script_pubkey, Sat(100_000))
        return self.regtest.mempool.entries[txid].transaction


@asynccontextmanager
async def scene(folder: Path, *, filters: bool = False) -> AsyncIterator[Scene]:
    regtest = Regtest(folder, Now())
    server = BitcoindServer(regtest, filters=filters)
    client = ChosenServerClient(WayOut())
    url = f"http://127.0.0.1:{await server.start()}/"
    made = Scene(regtest, server, BitcoindRpc(client, url, lambda: made.user, timeout=2))
    try:
        yield made
    finally:
        await client.close()
        await server.stop()
        regtest.close()


def spend(funding: Transaction) -> Transaction:
    index = [out.script_pubkey for out in funding.outputs].index(MINE)
    txin = TxIn(funding.outpoint(index), 0xFFFFFFFD, witness=(OPEN,))
    return Transaction(2, (txin,), (TxOut(Sat(90_000), OTHER),))


async def test_a_wrong_password_is_said_and_a_new_one_is_taken_up(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        made.user = "tipdesk:wrong"
        with pytest.raises(SourceUnreachable, match="user name or password"):
            await made.source()
        made.user = USER
        source = await made.source()
        assert (await source.subscribe_headers()).height == 110
        await source.close()


async def test_a_node_that_is_starting_is_away(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:

        def warming() -> object:
            raise RpcError(-28, "Loading block index...")

        made.server.spoilt["getblockhash"] = warming
        with pytest.raises(SourceUnreachable, match="Loading block index"):
            await made.source()


async def test_blocks_before_the_birth_are_not_read(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        early = made.fund()
        made.regtest.mine()
        late = spend(early)
        made.regtest.submit(late)
        made.regtest.mine()
        source = await made.source(birth=112)
        assert await source.script_history(OTHER) == (HistoryItem(late.txid, 112),)
        assert await source.script_history(MINE) == ()
        await source.close()


@pytest.mark.parametrize("filters", [True, False])
async def test_with_filters_only_blocks_that_may_hold_it_are_read(
    tmp_path: Path, filters: bool
) -> None:
    async with scene(tmp_path, filters=filters) as made:
        funding = made.fund()
        made.regtest.mine(10)
        close = spend(funding)
        made.regtest.submit(close)
        made.regtest.mine(10)
        source = await made.source()
        found = (HistoryItem(funding.txid, 111), HistoryItem(close.txid, 121))
        assert await source.script_history(MINE) == found
        read = made.server.asked.count("getblock")
        assert read == 3 if filters else read > 120
        await source.close()


async def test_what_is_known_is_told_while_a_new_script_is_still_searched(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        early = made.fund(OTHER)
        made.regtest.mine()
        source = await made.source(patience=0.05)
        await source.subscribe_script(MINE)
        assert await source.script_history(MINE) == ()
        go_on = asyncio.Event()
        search = source._search_through

        async def slowly(first: int, last: int, scripts: set[bytes]) -> None:
            await go_on.wait()
            await search(first, last, scripts)

        source._search_through = slowly  # type: ignore[method-assign]
        await source.subscribe_script(OTHER)
        assert await source.script_history(OTHER) == ()
        funding = made.fund()
        made.regtest.mine()
        assert await source.script_history(MINE) == (HistoryItem(funding.txid, 112),)
        close = spend(funding)
        made.regtest.submit(close)
        made.regtest.mine()
        assert len(await source.script_history(MINE)) == 2
        known = HistoryItem(close.txid, 113)
        assert await source.script_history(OTHER) == (known,)
        made.notices.clear()
        go_on.set()
        async with asyncio.timeout(5):
            while ScriptChanged(OTHER) not in made.notices:  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.005)
        assert await source.script_history(OTHER) == (HistoryItem(early.txid, 111), known)
        await source.close()


async def test_a_reorganisation_takes_back_what_only_its_blocks_held(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        source = await made.source()
        await source.subscribe_script(MINE)
        await source.script_history(MINE)
        funding = made.fund()
        made.regtest.mine(3)
        close = spend(funding)
        made.regtest.submit(close)
        made.regtest.mine()
        assert [i.height for i in await source.script_history(MINE)] == [111, 114]
        made.regtest.reorganise(2)
        first, second = await source.script_history(MINE)
        assert (first.height, second) == (111, HistoryItem(close.txid, 0))
        made.regtest.reorganise(6)
        assert {item.height for item in await source.script_history(MINE)} == {0}
        made.regtest.mine()
        height = made.regtest.chain.height
        assert [i.height for i in await source.script_history(MINE)] == [height, height]
        await source.close()


async def test_a_pruned_block_is_a_refusal_in_words(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:

        def pruned() -> object:
            raise RpcError(-1, "Block not available (pruned data)")

        source = await made.source()
        made.server.spoilt["getblock"] = pruned
        with pytest.raises(SourceRefused, match="pruned data"):
            await source.script_history(MINE)
        await source.close()


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b"[1]", b"null", b"<html>", json.dumps({"id": 0, "error": 5}).encode()],
)
async def test_an_answer_that_is_no_rpc_is_misbehaviour(tmp_path: Path, body: bytes) -> None:
    async with scene(tmp_path) as made:
        source = await made.source()
        made.server.body = lambda: body
        calls: list[Callable[[], object]] = [source.ping, lambda: source.headers(1, 5)]
        for call in calls:
            with pytest.raises(SourceMisbehaved):
                await call()  # type: ignore[misc]
        await source.close()


@pytest.mark.parametrize("raw", [b"", bytes(80), bytes(80) + b"\x01", bytes(81) + b"\x00"])
def test_bytes_that_are_no_block_are_misbehaviour(raw: bytes) -> None:
    with pytest.raises(SourceMisbehaved):
        list(read_block(raw))
