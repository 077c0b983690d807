"""What came in on chain: told from its first sight on, taken back when another took its coins."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes import START, FakeClock
from tests.histories import SCHEMA
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.onchain import MoneyArrivalStore, MoneySentOnchainStore
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.base.ids import Txid
from tipdesk.base.units import Msat, Sat
from tipdesk.ports.wallet import ArrivedTx, TxStanding
from tipdesk.services.bus import Bus
from tipdesk.services.events import TimelineChanged
from tipdesk.services.onchain_history import FINAL_DEPTH, OnchainHistory
from tipdesk.tips.timeline import EVERYTHING, LineState

CHANNELS = """
    CREATE TABLE channels (channel_id BLOB PRIMARY KEY);
    CREATE TABLE claims (txid BLOB, output_index INTEGER)
"""
HOUR_MS = 3_600_000
COINS = ArrivedTx(
    txid=Txid(b"\x01" * 32),
    amount=Sat(70_000),
    address="bcrt1qours",
    spends=(),
    depth=0,
    confirmed_at=None,
)


@dataclass
class Sight:
    """A wallet that sees what it is told to."""

    seen: list[ArrivedTx] = field(default_factory=list)

    async def arrived(self) -> tuple[ArrivedTx, ...]:
        return tuple(self.seen)

    async def standing(self, txid: Txid) -> TxStanding | None:
        return None


@dataclass
class Desk:
    database: MoneyDatabase
    wallet: Sight = field(default_factory=Sight)
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[TimelineChanged] = field(default_factory=list)

    def history(self) -> OnchainHistory:
        bus = Bus()
        bus.subscribe(TimelineChanged, self.told.append)
        return OnchainHistory(
            store=MoneySentOnchainStore(self.database),
            arrivals=MoneyArrivalStore(self.database),
            wallet=self.wallet,
            bus=bus,
            clock=self.clock,
        )

    def states(self) -> list[LineState]:
        lines = MoneyTimelineStore(self.database).lines(EVERYTHING, before=None, limit=9)
        return [line.state for line in lines]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = MoneyDatabase(tmp_path / "money.db", (*SCHEMA, CHANNELS))
    yield Desk(database)
    database.close()


async def test_coins_are_counted_once_when_they_are_final(desk: Desk) -> None:
    history = desk.history()
    desk.wallet.seen = [COINS]
    await history.look()
    await history.look()
    assert (desk.states(), len(desk.told)) == ([LineState.UNDER_WAY], 1)
    for depth in (FINAL_DEPTH - 1, FINAL_DEPTH, FINAL_DEPTH + 1):
        desk.wallet.seen = [replace(COINS, depth=depth, confirmed_at=START)]
        await history.look()
    assert (desk.states(), len(desk.told)) == ([LineState.SETTLED], 2)
    desk.wallet.seen = []
    await history.look()
    assert desk.states() == [LineState.SETTLED]
    assert MoneyTimelineStore(desk.database).totals(EVERYTHING).received == Msat(70_000_000)


async def test_coins_that_another_transaction_took_are_taken_back_and_may_come_again(
    desk: Desk,
) -> None:
    history = desk.history()
    desk.wallet.seen = [COINS]
    await history.look()
    desk.wallet.seen = []
    await history.look()
    assert desk.states() == [LineState.CANCELLED]
    desk.wallet.seen = [COINS]
    await history.look()
    assert desk.states() == [LineState.UNDER_WAY]


async def test_what_was_there_before_the_history_is_not_told_later_coins_are(desk: Desk) -> None:
    old = replace(COINS, depth=9, confirmed_at=START.plus_ms(-3 * HOUR_MS))
    desk.wallet.seen = [old]
    await desk.history().look()
    assert desk.states() == []
    desk.clock.pass_ms(30 * HOUR_MS)
    away = replace(COINS, txid=Txid(b"\x02" * 32), depth=9, confirmed_at=START.plus_ms(5 * HOUR_MS))
    desk.wallet.seen = [old, away]
    await desk.history().look()
    assert desk.states() == [LineState.SETTLED]
