"""Nodes in one process, on a real chain, over real TCP: quick, and each can be killed alone.

A kill is a node whose store stops at a commit: what was not committed is lost, nothing more is
sent, the connections break. It is what SIGKILL at that moment would leave.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from tests.waiting import eventually
from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.net.tcp import TcpConnector
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.storage.backup_file import BackupFiles
from tipdesk.adapters.storage.database import MIGRATIONS, Connection, MoneyDatabase, connect
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.adapters.storage.wallet import SqliteWalletStore
from tipdesk.adapters.wallet.bdk import BdkWallet
from tipdesk.adapters.wallet.server import WalletPlace
from tipdesk.adapters.wallet.words import new_words, seed_from_words
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.clock import Instant
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.channel.state import Closing, inner
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.wire.registry import Message
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import NodeConfig
from tipdesk.node.node import LightningNode
from tipdesk.node.router import htlcs_of
from tipdesk.ports.chain import ChainSource
from tipdesk.ports.streams import Connector
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest
from tipdesk.tips.payment import (
    CreatedInvoice,
    InvoiceRequest,
    PaymentUpdate,
    PayRequest,
)

FEE_LIMIT = Msat(50_000)


class Killed(StorageError):
    """The process is no more."""


class MovableClock:
    """The machine's clock, and how far tests have moved it."""

    def __init__(self) -> None:
        self.moved_ms = 0
        self._clock = SystemClock()

    def now(self) -> Instant:
        return self._clock.now().plus_ms(self.moved_ms)


class MortalStore(SqliteNodeStore):
    """The real store, which counts its commits and can be told at which one to die."""

    def __init__(self, database: MoneyDatabase) -> None:
        super().__init__(database)
        self.commits = 0
        self.dies_at: int | None = None
        self.dies_after_commit = False
        """Whether the last commit is made: then it is the bytes after it that are lost."""

    def commit(self) -> None:
        if not self.is_dirty:
            return
        self.commits += 1
        if self.commits == self.dies_at:
            if self.dies_after_commit:
                super().commit()
            raise Killed(f"killed at commit {self.commits}")
        super().commit()


@dataclass
class Member:
    """One node: its folder outlives its process."""

    name: str
    config: NodeConfig
    folder: Path
    electrum_port: int
    schema: ClassVar[Sequence[str]] = MIGRATIONS
    clock: MovableClock = field(default_factory=MovableClock)
    died: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._words = new_words(sha256(self.name.encode())[:16])
        self._task: asyncio.Task[None] | None = None
        self._database: MoneyDatabase | None = None
        self.sent: list[tuple[NodeId, Message]] = []

    # -- what harsher members change --------------------------------------------------------------

    def connect(self, path: Path) -> Connection:
        """Opens the database."""
        return connect(path)

    def source(self) -> ChainSource:
        """The chain as this member sees it."""
        return ElectrumSource("127.0.0.1", self.electrum_port, Network.REGTEST, WayOut())

    def connector(self) -> Connector:
        """The wires of this member."""
        return TcpConnector(WayOut())

    def prepare(self) -> None:
        """The node is made and does not run yet."""

    # -- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """A new process on the same folder."""
        self.died.clear()
        self._database = database = MoneyDatabase(
            self.folder / "money.db", self.schema, self.connect
        )
        self.store = MortalStore(database)
        self.wallet = BdkWallet(
            self._words,
            Network.REGTEST,
            WalletPlace(f"tcp://127.0.0.1:{self.electrum_port}"),
            SqliteWalletStore(database),
        )
        self.node = LightningNode(
            config=self.config,
            seed=seed_from_words(self._words),
            store=self.store,
            source=self.source(),
            wallet=self.wallet,
            connector=self.connector(),
            clock=self.clock,
            entropy=SystemEntropy(),
            backups=BackupFiles(self.folder),
            graph=Graph(Network.REGTEST.chain_hash),
            on_storage_error=lambda _: self.died.set(),
        )
        database.end_turns_with(self.node.turn.flush)
        self.prepare()
        ready = asyncio.Event()
        self._task = asyncio.create_task(self.node.run(ready))
        await ready.wait()
        if self.config.listen_port is not None:
            self.port = self.node.gossip.own.listen_port

    async def stop(self, *, killed: bool = False) -> None:
        """Ends in order, or with all that is not committed lost."""
        task, self._task = self._task, None
        database, self._database = self._database, None
        if task is None or database is None:
            return
        if killed:
            self.store.dies_at = self.store.commits + 1
            self.node.turn._stopped = True
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
        if killed:
            database._connection.close()
        else:
            database.close()

    async def restart(self, *, killed: bool = True) -> None:
        """The next process on the same folder."""
        await self.stop(killed=killed)
        await self.start()

    # -- asked ----------------------------------------------------------------------------------

    @property
    def database(self) -> MoneyDatabase:
        """While it runs."""
        assert self._database is not None
        return self._database

    @property
    def uri(self) -> str:
        return f"{self.node.node_id}@127.0.0.1:{self.port}"

    @property
    def channels(self) -> list[ChannelDriver]:
        return self.node.book.all()

    @property
    def channel(self) -> ChannelDriver:
        """The only one, or the only one that is not closing."""
        (only,) = [c for c in self.channels if not isinstance(c.live, Closing)] or self.channels
        return only

    @property
    def htlcs(self) -> list[Htlc]:
        return [htlc for channel in self.channels for htlc in htlcs_of(channel)]

    def stored_balance(self) -> int:
        """What the database calls ours in channels, in msat."""
        states = self.store.channels()
        return sum(inner(state).commitments.local_balance.value for state in states)

    def invoice(
        self, amount: Msat | None = Msat(5_000_000), *, expiry_seconds: int = 3_600
    ) -> CreatedInvoice:
        return self.node.invoices.create(
            InvoiceRequest(amount=amount, description="thanks", expiry_seconds=expiry_seconds)
        )

    async def pay(
        self, invoice: CreatedInvoice, amount: Msat = Msat(5_000_000), max_fee: Msat = FEE_LIMIT
    ) -> list[PaymentUpdate]:
        """Every update up to the last."""
        request = PayRequest(
            invoice=invoice.invoice,
            payment_hash=invoice.payment_hash,
            amount=amount,
            max_fee=max_fee,
        )
        return [update async for update in self.node.payments.pay(request)]


class World:
    """A chain with its server, and the nodes on it."""

    def __init__(
        self, folder: Path, regtest: Regtest, port: int, make: type[Member] = Member
    ) -> None:
        self._folder = folder
        self._make = make
        self.regtest = regtest
        self.port = port
        self.members: dict[str, Member] = {}

    async def member(
        self, name: str, *, listens: bool = True, forwards: bool = False, **settings: object
    ) -> Member:
        config = NodeConfig(
            network=Network.REGTEST,
            alias=name,
            listen_port=0 if listens else None,
            forwards=forwards,
            **settings,  # type: ignore[arg-type]  # the settings of NodeConfig by name
        )
        made = self._make(name, config, self._folder / name, self.port)
        self.members[name] = made
        await made.start()
        if listens:
            # The same place after a restart.
            made.config = NodeConfig(
                network=Network.REGTEST,
                alias=name,
                listen_port=made.port,
                forwards=forwards,
                **settings,  # type: ignore[arg-type]
            )
        return made

    async def give(self, *members: Member, amount: Sat = Sat(50_000_000)) -> None:
        """Confirmed coins from the faucet."""
        for member in members:
            self.regtest.fund(await member.wallet.new_address(), amount)
        self.regtest.mine(1)
        for member in members:
            await member.wallet.sync()
            assert (await member.wallet.balance()).confirmed >= amount

    async def open(
        self,
        opener: Member,
        peer: Member,
        amount: Sat = Sat(2_000_000),
        *,
        announce: bool = True,
        push: Msat = Msat(0),
    ) -> ChannelId:
        return await opener.node.open_channel(peer.uri, amount, announce=announce, push=push)

    async def confirm(self) -> None:
        """Blocks until every channel works."""
        self.regtest.mine(8)
        await self.usable()

    async def usable(self) -> None:
        """Every channel that is not closing works, and everybody knows all that is announced."""
        await eventually(self._all_usable, "not every channel works")

    def _all_usable(self) -> bool:
        everybody = [m for m in self.members.values() if m._task is not None]
        announced = {
            scid
            for member in everybody
            for channel in member.channels
            if channel.is_usable and channel.terms.announce
            if (scid := getattr(channel.state, "short_channel_id", None)) is not None
        }
        return all(
            channel.is_usable or isinstance(channel.live, Closing)
            for member in everybody
            for channel in member.channels
        ) and all(
            member.node.gossip.graph.policy(scid, direction) is not None
            for member in everybody
            for scid in announced
            for direction in (0, 1)
        )

    async def quiet(self) -> None:
        """Nobody has an HTLC under way."""
        await eventually(
            lambda: not any(member.htlcs for member in self.members.values()),
            f"HTLCs are left: {[(m.name, m.htlcs) for m in self.members.values() if m.htlcs]}",
        )

    def balances(self) -> dict[str, int]:
        """In msat, from each one's database."""
        return {name: member.stored_balance() for name, member in self.members.items()}


@asynccontextmanager
async def world(folder: Path, make: type[Member] = Member) -> AsyncIterator[World]:
    """A chain and its server; the nodes made in it are stopped at the end."""
    regtest = Regtest(folder / "chain", SystemClock())
    server = ElectrumServer(regtest)
    made = World(folder, regtest, await server.start(), make)
    try:
        yield made
    finally:
        for member in made.members.values():
            await member.stop()
        # Wallets of earlier processes hold connections that the server would wait for.
        gc.collect()
        await server.stop()
        regtest.close()


@asynccontextmanager
async def line(
    folder: Path,
    capacity: Sat = Sat(2_000_000),
    *,
    push: Msat = Msat(0),
    make: type[Member] = Member,
) -> AsyncIterator[World]:
    """Fan, two routers and creator in a line; the fan's channel is private, as on a phone."""
    async with world(folder, make) as made:
        fan = await made.member("fan", listens=False)
        first = await made.member("first", forwards=True)
        second = await made.member("second", forwards=True)
        creator = await made.member("creator")
        await made.give(fan, first, second)
        await made.open(fan, first, capacity, announce=False, push=push)
        await made.open(first, second, capacity, push=push)
        await made.open(second, creator, capacity, push=push)
        await made.confirm()
        yield made


@asynccontextmanager
async def pair(
    folder: Path,
    capacity: Sat = Sat(2_000_000),
    limits: ChannelLimits | None = None,
    make: type[Member] = Member,
) -> AsyncIterator[World]:
    """Fan and creator with one channel between them, half of it the creator's."""
    async with world(folder, make) as made:
        limits = limits or ChannelLimits()
        fan = await made.member("fan", listens=False, limits=limits)
        creator = await made.member("creator", limits=limits)
        await made.give(fan)
        await made.open(fan, creator, capacity, push=Msat(capacity.to_msat().value // 2))
        await made.confirm()
        yield made


@asynccontextmanager
async def two_ways(folder: Path, capacity: Sat = Sat(1_000_000)) -> AsyncIterator[World]:
    """From fan to creator over `left` or over `right`; left and right know each other too."""
    async with world(folder) as made:
        fan = await made.member("fan", listens=False)
        left = await made.member("left", forwards=True)
        right = await made.member("right", forwards=True)
        creator = await made.member("creator")
        await made.give(fan, left, right)
        for router in (left, right):
            await made.open(fan, router, capacity, announce=False)
        made.regtest.mine(1)
        for member in (fan, left, right):
            await member.wallet.sync()
        await made.open(left, creator, capacity)
        await made.open(right, creator, capacity)
        made.regtest.mine(1)
        await right.wallet.sync()
        await made.open(right, left, capacity)
        await made.confirm()
        yield made
