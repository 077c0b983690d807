"""The chain driver against the real server: watches, restarts, reorganisations, publishing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import ShortChannelId
from tipdesk.base.units import BlockHeight, FeeratePerKw, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.bitcoin.watch import (
    ChainEvent,
    NewTip,
    OutputSpent,
    TxConfirmed,
    WatchConfirmed,
    WatchReorged,
    WatchSpent,
)
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.ports.chain import BroadcastRefused
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

OPEN = script(Op.TRUE)
FUNDING_SCRIPT = p2wsh(OPEN)


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


class Scene:
    """A chain, its server, a driver and what it told."""

    def __init__(self, folder: Path) -> None:
        self.regtest = Regtest(folder, Now())
        self.server = ElectrumServer(self.regtest)
        self.port = 0
        self.events: list[ChainEvent] = []
        self.driver: ChainDriver

    async def start_server(self) -> None:
        self.port = await self.server.start(port=self.port)

    async def restart_server(self) -> None:
        await self.server.stop()
        self.server = ElectrumServer(self.regtest)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.005)

    async def until_events(self, *expected: ChainEvent) -> None:
        await self.until(lambda: len(self.told()) >= len(expected))
        assert self.told() == list(expected)
        self.events.clear()

    async def until_height(self, height: int) -> None:
        await self.until(lambda: self.driver.height == BlockHeight(height))

    def told(self) -> list[ChainEvent]:
        return [event for event in self.events if not isinstance(event, NewTip)]


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    made = Scene(folder)
    await made.start_server()
    source = ElectrumSource("127.0.0.1", made.port, Network.REGTEST, WayOut())
    made.driver = ChainDriver(source, Network.REGTEST, made.events.append)
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(made.driver.run())
            try:
                await made.until_height(made.regtest.chain.height)
                yield made
            finally:
                task.cancel()
    finally:
        await made.server.stop()
        made.regtest.close()


def fund(made: Scene) -> tuple[Transaction, int]:
    txid = made.regtest.fund(FUNDING_SCRIPT, Sat(100_000))
    funding = made.regtest.mempool.entries[txid].transaction
    index = [out.script_pubkey for out in funding.outputs].index(FUNDING_SCRIPT)
    return funding, index


def spend(funding: Transaction, index: int, amount: int = 90_000) -> Transaction:
    txin = TxIn(funding.outpoint(index), 0xFFFFFFFD, witness=(OPEN,))
    return Transaction(2, (txin,), (TxOut(Sat(amount), FUNDING_SCRIPT),))


async def test_a_channel_is_funded_and_closed_under_our_eyes(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        funding, index = fund(made)
        confirmed = WatchConfirmed(funding.txid, FUNDING_SCRIPT, 2)
        spent = WatchSpent(funding.outpoint(index), FUNDING_SCRIPT)
        made.driver.watch(confirmed)
        made.driver.watch(spent)
        made.regtest.mine(2)
        await made.until_events(TxConfirmed(confirmed, funding, BlockHeight(111), 1))
        close = spend(funding, index)
        await made.driver.broadcast(close)
        await made.until_events(OutputSpent(spent, close, None))
        made.regtest.mine()
        await made.until_events(OutputSpent(spent, close, BlockHeight(113)))
        made.regtest.mine(10)
        await made.until_height(123)
        assert made.told() == []


async def test_what_happened_before_we_watched_is_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        funding, index = fund(made)
        made.regtest.mine()
        close = spend(funding, index)
        made.regtest.submit(close)
        made.regtest.mine()
        watch = WatchSpent(funding.outpoint(index), FUNDING_SCRIPT)
        made.driver.watch(watch)
        await made.until_events(OutputSpent(watch, close, BlockHeight(112)))


async def test_what_is_not_watched_any_more_is_not_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        funding, index = fund(made)
        watch = WatchSpent(funding.outpoint(index), FUNDING_SCRIPT)
        made.driver.watch(watch)
        made.driver.unwatch(watch)
        made.regtest.submit(spend(funding, index))
        made.regtest.mine()
        await made.until_height(111)
        await asyncio.sleep(0.05)
        assert made.told() == []


async def test_a_server_that_was_away_is_caught_up_with(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        funding, index = fund(made)
        watch = WatchSpent(funding.outpoint(index), FUNDING_SCRIPT)
        made.driver.watch(watch)
        await made.restart_server()
        close = spend(funding, index)
        made.regtest.submit(close)
        made.regtest.mine(3)
        with pytest.raises(BackendError):
            await made.driver.broadcast(spend(funding, index, 80_000))
        await made.start_server()
        await made.until_events(OutputSpent(watch, close, BlockHeight(111)))
        await made.until_height(113)


async def test_a_reorganisation_is_told_and_our_transaction_comes_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        funding, index = fund(made)
        made.regtest.mine()
        close = spend(funding, index)
        watch = WatchConfirmed(close.txid, FUNDING_SCRIPT, 1)
        made.driver.watch(watch)
        await made.driver.broadcast(close)
        made.regtest.mine()
        await made.until_events(TxConfirmed(watch, close, BlockHeight(112), 1))
        made.regtest.reorganise(1)
        made.regtest.mine()
        await made.until_events(WatchReorged(watch), TxConfirmed(watch, close, BlockHeight(114), 1))


async def test_a_forgotten_transaction_is_published_again_with_the_next_block(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as made:
        funding, index = fund(made)
        made.regtest.mine()
        close = spend(funding, index)
        await made.driver.broadcast(close)
        made.regtest.mempool._forget(made.regtest.mempool.entries[close.txid])
        made.regtest.mine()
        await made.until(lambda: close.txid in made.regtest.mempool.entries)
        made.regtest.mine(7)
        await made.until(lambda: not made.driver._published)


async def test_a_refused_transaction_is_said_and_tried_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        funding, index = fund(made)
        early = replace(spend(funding, index), locktime=111)
        with pytest.raises(BroadcastRefused, match="non-final"):
            await made.driver.broadcast(early)
        made.regtest.mine()
        await made.until(lambda: early.txid in made.regtest.mempool.entries)


async def test_a_short_channel_id_leads_to_its_output(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        _, index = fund(made)
        made.regtest.mine()
        await made.until_height(111)
        right = ShortChannelId.of(111, 1, index)
        assert await made.driver.funding_script_at(right) == (FUNDING_SCRIPT, Sat(100_000))
        assert await made.driver.funding_script_at(right) == (FUNDING_SCRIPT, Sat(100_000))
        for wrong in ((111, 1, 5), (111, 7, 0), (999, 0, 0)):
            assert await made.driver.funding_script_at(ShortChannelId.of(*wrong)) is None


async def test_feerates_are_the_servers(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        await made.until(lambda: made.driver.feerates.within(6) == FeeratePerKw(500))
