"""Whole nodes without sockets or clocks: the loop, the wires and each process are held by hand."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes import FakeClock
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.hashes import hmac_sha256, sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import Feature
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.registry import encode
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import NodeConfig
from tipdesk.node.dispatch import GOSSIP
from tipdesk.node.node import LightningNode

NAMES = ("anna", "bea", "carl")
CHANNELS = ((0, 1, 101), (0, 1, 102), (1, 2, 103))
"""Funder, fundee, block of the funding."""
CAPACITY = Sat(1_000_000)
HEIGHT = 200
NOTHING = Signature(bytes(64))


class HandLoop(asyncio.SelectorEventLoop):
    """A loop whose time stands still until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.moved = 0.0

    def time(self) -> float:
        """Virtual seconds."""
        return self.moved

    def drain(self) -> None:
        """Runs all that can run without time passing."""
        while True:
            self.call_soon(self.stop)
            self.run_forever()
            if not self._ready:  # type: ignore[attr-defined]
                return

    def turn(self, work: Callable[[], object]) -> None:
        """Runs `work` and everything that follows from it."""
        self.call_soon(work)
        self.drain()


class Entropy:
    """Different bytes each time, for each node, the same in every run."""

    def __init__(self, name: str) -> None:
        self._name = name.encode()
        self.count = 0

    def random_bytes(self, count: int) -> bytes:
        self.count += 1
        return sha256(self._name + self.count.to_bytes(8, "big"))[:count]


class Outside:
    """Chain source, wallet and backups of a node that meets none; what is published is kept."""

    def __init__(self) -> None:
        self.published: list[Transaction] = []

    async def broadcast(self, transaction: Transaction) -> None:
        self.published.append(transaction)

    async def sync(self) -> None:
        pass

    async def save(self, data: bytes) -> None:
        pass


class Ears(logging.Handler):
    """Hears what a turn swallowed so that others' bytes could leave: here it is a failure."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(f"{record.getMessage()}: {record.exc_info and record.exc_info[1]!r}")


class Wire:
    """One direction of a connection: bytes that wait to be delivered."""

    def __init__(self) -> None:
        self.messages: deque[bytes] = deque()


class HandPeer:
    """A ready peer, as `Peer` is to a node, over a wire held by hand."""

    def __init__(self, node: LightningNode, remote: NodeId, wire: Wire) -> None:
        self._turn = node.turn
        self._wire = wire
        self._outgoing: list[bytes] = []
        self.node_id = remote
        self.is_ready = True
        self.closing = False

    def offers(self, _: Feature) -> bool:
        return False

    def send(self, message: Message) -> None:
        if not isinstance(message, GOSSIP):
            self.send_bytes(encode(message))

    def send_bytes(self, data: bytes) -> None:
        if not self._outgoing:
            self._turn.after_commit(self._write)
        self._outgoing.append(data)

    def _write(self) -> None:
        messages, self._outgoing = self._outgoing, []
        if self.is_ready:
            self._wire.messages.extend(messages)

    def close_later(self) -> None:
        self._turn.after_commit(self._close)

    def _close(self) -> None:
        self.closing = True

    def drop(self, _: str) -> None:
        self.closing = True


class MortalStore(SqliteNodeStore):
    """Dies at a commit, before it or after it."""

    dies_in: int | None = None
    dies_after = False

    def commit(self) -> None:
        if not self.is_dirty:
            return
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in <= 0:
                if self.dies_after:
                    super().commit()
                raise StorageError("killed")
        super().commit()


class Tasks:
    """Owns the tasks of one process."""

    def __init__(self, loop: HandLoop) -> None:
        self._loop = loop
        self.all: list[asyncio.Task[None]] = []

    def create_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self.all.append(task)
        return task


class Station:
    """A node whose process can end while its database stays."""

    def __init__(self, number: int, loop: HandLoop, stored: bytes, clock: FakeClock) -> None:
        self.number = number
        self.name = NAMES[number]
        self._loop = loop
        self._clock = clock
        self._entropy = Entropy(self.name)
        self._sqlite = sqlite3.connect(":memory:", isolation_level=None)
        if stored:
            self._sqlite.deserialize(stored)
        self.outside = Outside()
        self.dead = False
        self.height = HEIGHT
        self._tasks = Tasks(loop)

    def begin(self) -> None:
        """A process on what is stored."""
        self.dead = False
        database = MoneyDatabase(Path("/none/money.db"), MIGRATIONS, lambda _: _Kept(self._sqlite))
        self.store = MortalStore(database)
        outside: Any = self.outside
        self.node = LightningNode(
            config=NodeConfig(network=Network.REGTEST, alias=self.name, forwards=True),
            seed=sha256(self.name.encode()),
            store=self.store,
            source=outside,
            wallet=outside,
            connector=outside,
            clock=self._clock,
            entropy=self._entropy,
            graph=public_graph(),
            backups=outside,
            on_storage_error=self._died,
        )
        node: Any = self.node
        self._tasks = Tasks(self._loop)
        node._tasks = self._tasks
        node._coins.shutdown_script = b"\x00\x14" + sha256(self.name.encode())[:20]
        node.chain._height = BlockHeight(self.height)
        self._loop.turn(node._restore)

    def _died(self, _: StorageError) -> None:
        self.dead = True

    def end(self) -> None:
        """The process is no more; what it had not committed is lost."""
        self.node.turn._stopped = True
        # Its timers outlive it in this loop: they find nothing to do.
        self.node.invoices._waiting.clear()
        for task in self._tasks.all:
            task.cancel()
        self._loop.drain()
        if self._sqlite.in_transaction:
            self._sqlite.rollback()

    def close(self) -> None:
        """Nothing of it is needed any more."""
        self.end()
        self._sqlite.close()

    def channels(self) -> list[ChannelDriver]:
        return list(self.node.book._by_id.values())

    def balance(self) -> int:
        """Msat in its channels."""
        return sum(c.commitments.local_balance.value for c in self.channels() if c.commitments)


class _Kept:
    """A connection that outlives the process: closing it does nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute

    def close(self) -> None:
        pass


def node_id_of(number: int) -> NodeId:
    """Who a station is."""
    seed = sha256(NAMES[number].encode())
    return NodeId(PrivateKey(hmac_sha256(seed, b"tipdesk node key")).point)


@cache
def public_graph() -> Graph:
    """All three channels as gossip tells of them; nothing in a program changes it."""
    chain, graph, now = Network.REGTEST.chain_hash, Graph(Network.REGTEST.chain_hash), FakeClock()
    for one, two, block in CHANNELS:
        first, second = sorted((node_id_of(one), node_id_of(two)))
        announcement = ChannelAnnouncement(
            node_signature_1=NOTHING,
            node_signature_2=NOTHING,
            bitcoin_signature_1=NOTHING,
            bitcoin_signature_2=NOTHING,
            features=b"",
            chain_hash=chain,
            short_channel_id=ShortChannelId.of(block, 1, 0),
            node_id_1=first,
            node_id_2=second,
            bitcoin_key_1=Point(first),
            bitcoin_key_2=Point(second),
        )
        graph.apply_channel(announcement, CAPACITY)
        for direction in (0, 1):
            update = ChannelUpdate(
                signature=NOTHING,
                chain_hash=chain,
                short_channel_id=announcement.short_channel_id,
                timestamp=now.now().unix_seconds,
                message_flags=1,
                channel_flags=direction,
                cltv_expiry_delta=CltvDelta(80),
                htlc_minimum_msat=Msat(1),
                fee_base_msat=1000,
                fee_proportional_millionths=100,
                htlc_maximum_msat=CAPACITY.to_msat(),
            )
            graph.apply_update(update, now.now())
    return graph
