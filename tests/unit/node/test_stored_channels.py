"""A channel's rows follow its state through one restart after another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels import Pair, Side
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.state import Opening, inner
from tipdesk.lightning.wire.message import Message
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.turn import Turn

AMOUNT = Msat(5_000_000)


def no_storage_error(error: StorageError) -> None:
    raise error


class Host:
    """As much of a node as a channel needs that only stores."""

    def __init__(self, database: MoneyDatabase, side: Side) -> None:
        self.store = SqliteNodeStore(database)
        self.turn = Turn(self.store, no_storage_error)
        self._side = side

    def context(self, _: ChannelDriver) -> ChannelContext:
        return self._side.context

    def send(self, peer: NodeId, message: Message) -> None:
        """Nobody is connected."""

    def restart(self) -> ChannelDriver:
        """The channel as the next process finds it."""
        self.store.commit()
        (state,) = self.store.channels()
        terms = inner(state).terms
        return ChannelDriver(self, terms.peer, b"channel", self._side.signer, state)  # type: ignore[arg-type]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[MoneyDatabase]:
    opened = MoneyDatabase(tmp_path / "money.db", MIGRATIONS)
    yield opened
    opened.close()


def stored(side: Side, database: MoneyDatabase) -> Host:
    assert not isinstance(side.state, Opening)
    host = Host(database, side)
    host.store.save_channel(side.state, None, ())
    return host


@pytest.mark.parametrize("by_us", [True, False])
async def test_an_htlc_that_nobody_signed_is_undone_once_however_often_one_starts(
    database: MoneyDatabase, by_us: bool
) -> None:
    pair = Pair(Msat(400_000_000))
    pair.open()
    adder = pair.alice if by_us else pair.bob
    adder.add(1, AMOUNT)
    pair.deliver()
    adder.add(2, AMOUNT)
    pair.deliver_one(adder)
    host = stored(pair.alice, database)

    for _ in range(3):
        driver = host.restart()
        c = driver.commitments
        assert c is not None
        assert (c.next_outgoing_id, c.next_incoming_id) == ((1, 0) if by_us else (0, 1))
        assert len(c.htlcs) == 1
        driver._persist(())
