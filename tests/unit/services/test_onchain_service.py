"""Coins on chain: what a payment costs before it is made, and that it is made as shown."""

import asyncio
from pathlib import Path

import pytest

from tests.histories import SCHEMA
from tests.nodes import Member, MovableClock, pair
from tests.waiting import eventually
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.onchain import MoneyArrivalStore, MoneySentOnchainStore
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import Txid
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.ports.chain import BroadcastRefused, SourceUnreachable
from tipdesk.services.bus import Bus
from tipdesk.services.onchain import (
    CannotSendOnchain,
    OnchainService,
    RefusedByNetwork,
    SentLedger,
    Speed,
)
from tipdesk.services.onchain_history import FINAL_DEPTH, OnchainHistory
from tipdesk.tips.timeline import EVERYTHING, LineKind, LineState, Search

CHANNELS = """
    CREATE TABLE channels (channel_id BLOB PRIMARY KEY);
    CREATE TABLE claims (txid BLOB, output_index INTEGER)
"""
ELSEWHERE = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


class Nowhere:
    """A ledger for tests that do not read it."""

    def begun(self, txid: Txid, address: str, amount: Sat, fee: Sat) -> None:
        """Nothing."""

    def refused(self, txid: Txid) -> None:
        """Nothing."""


def service(
    member: Member, refusal: BackendError | None = None, ledger: SentLedger | None = None
) -> OnchainService:
    async def publish(transaction: Transaction) -> None:
        if refusal is not None:
            raise refusal
        await member.node.chain.broadcast(transaction)

    return OnchainService(
        ledger=ledger or Nowhere(),
        wallet=member.wallet,
        feerates=lambda: member.node.chain.feerates,
        kept=member.node.coins_kept,
        publish=publish,
        forget=member.node.chain.forget,
        bus=Bus(),
    )


async def test_a_payment_costs_what_was_shown_and_leaves_the_wallet(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.wallet.sync()
        before = (await fan.wallet.balance()).confirmed
        desk = service(fan)
        first = await desk.cost(ELSEWHERE, Sat(30_000), Speed.NORMAL)
        assert await desk.cost(ELSEWHERE, Sat(30_000), Speed.NORMAL) == first
        assert (await fan.wallet.balance()).confirmed == before
        sent = await desk.send(first)
        assert sent.is_published
        assert sent.total == Sat(30_000) + first.fee
        made.regtest.mine(1)
        await fan.wallet.sync()
        assert (await fan.wallet.balance()).confirmed == before - sent.total


async def test_what_channels_need_for_their_fees_stays(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.wallet.sync()
        desk, free = service(fan), (await fan.wallet.balance()).confirmed
        assert desk.kept() > Sat(0)
        with pytest.raises(CannotSendOnchain, match="stay for the fees of closing channels"):
            await desk.cost(ELSEWHERE, free - desk.kept(), Speed.SLOW)
        with pytest.raises(CannotSendOnchain, match="That address cannot be used"):
            await desk.cost("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Sat(9_000), Speed.SLOW)


async def test_a_refused_payment_frees_its_coins_and_an_unknown_one_keeps_them(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.wallet.sync()
        before = await fan.wallet.balance()
        refused = service(fan, BroadcastRefused(Txid(bytes(32)), "min relay fee not met"))
        cost = await refused.cost(ELSEWHERE, Sat(30_000), Speed.SLOW)
        with pytest.raises(RefusedByNetwork, match="No money moved"):
            await refused.send(cost)
        assert await fan.wallet.balance() == before
        sent = await service(fan, SourceUnreachable("gone")).send(cost)
        assert not sent.is_published
        assert await fan.wallet.balance() != before
        assert sent.txid in await fan.wallet.unpublished()


async def test_what_the_history_says_was_sent_is_what_left_the_wallet(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.wallet.sync()
        before = (await fan.wallet.balance()).confirmed
        database = MoneyDatabase(tmp_path / "history.db", (*SCHEMA, CHANNELS))
        sends, store = MoneySentOnchainStore(database), MoneyTimelineStore(database)
        ledger = OnchainHistory(
            store=sends,
            arrivals=MoneyArrivalStore(database),
            wallet=fan.wallet,
            bus=Bus(),
            clock=MovableClock(),
        )
        desk = service(fan, ledger=ledger)
        own = await fan.wallet.new_address()
        for address, amount in ((ELSEWHERE, 30_000), (own, 20_000), (ELSEWHERE, 1_234)):
            await desk.send(await desk.cost(address, Sat(amount), Speed.NORMAL))
            made.regtest.mine(1)
            await fan.wallet.sync()
        refused = service(fan, BroadcastRefused(Txid(bytes(32)), "too little"), ledger)
        with pytest.raises(RefusedByNetwork):
            await refused.send(await refused.cost(ELSEWHERE, Sat(5_000), Speed.SLOW))
        await ledger.look()
        assert store.totals(EVERYTHING).count_sent == 1
        made.regtest.mine(FINAL_DEPTH)
        await fan.wallet.sync()
        await ledger.look()
        totals, left = store.totals(EVERYTHING), before - (await fan.wallet.balance()).confirmed
        assert totals.count_sent == 3
        assert totals.sent == Sat(31_234).to_msat()
        assert totals.sent + totals.fees == left.to_msat()
        sent = Search(kinds=frozenset({LineKind.ONCHAIN_SENT}))
        states = [line.state for line in store.lines(sent, before=None, limit=9)]
        assert sorted(state.name for state in states) == ["FAILED", *["SETTLED"] * 3]
        database.close()


async def test_what_came_from_outside_is_a_line_and_what_came_out_of_a_channel_is_none(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        creator = made.members["creator"]
        database = MoneyDatabase(tmp_path / "history.db", (*SCHEMA, CHANNELS))
        store, clock = MoneyTimelineStore(database), MovableClock()
        (channel,) = creator.channels
        database.write("INSERT INTO channels VALUES (?)", (bytes(channel.channel_id),))
        history = OnchainHistory(
            store=MoneySentOnchainStore(database),
            arrivals=MoneyArrivalStore(database),
            wallet=creator.wallet,
            bus=Bus(),
            clock=clock,
        )
        await creator.wallet.sync()
        await history.look()
        made.regtest.fund(await creator.wallet.new_address(), Sat(70_000))
        await creator.wallet.sync()
        await history.look()
        (pending,) = store.lines(EVERYTHING, before=None, limit=9)
        assert pending.state is LineState.UNDER_WAY
        assert store.totals(EVERYTHING).received == Msat(0)
        await creator.node.close_channel(channel.channel_id, force=False)
        await eventually(lambda: not creator.channels[0].is_usable, "the channel is open")
        await asyncio.sleep(0.3)
        made.regtest.mine(FINAL_DEPTH)
        await creator.wallet.sync()
        await history.look()
        (line,) = store.lines(EVERYTHING, before=None, limit=9)
        assert (line.kind, line.state) == (LineKind.ONCHAIN_RECEIVED, LineState.SETTLED)
        assert store.totals(EVERYTHING).received == Sat(70_000).to_msat()
        assert (await creator.wallet.balance()).confirmed > Sat(900_000)
        database.close()
