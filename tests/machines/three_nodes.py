"""Three whole nodes without sockets or clocks, driven by bytes: delivery is in the test's hands.

Anna, Bea and Carl have two channels between Anna and Bea and one between Bea and Carl. Everything
between the streams and the chain is the node's own: router, payments, invoices, turns, store. A
program is bytes, two a command; what it did is judged when all has come to rest: nobody closed a
channel, every payment ended once and as its payer was told, every msat is where it belongs.
"""

import asyncio
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes import FakeClock
from tipdesk.adapters.storage.database import MIGRATIONS, Connection, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import NodeId, Point, ShortChannelId, Signature, Txid
from tipdesk.base.units import BlockHeight, CltvDelta, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.hashes import hmac_sha256, sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import action, command, limits
from tipdesk.lightning.channel.state import AwaitingFunding, Normal, OpenParameters
from tipdesk.lightning.features import Feature
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.invoice.bolt11 import decode as decode_invoice
from tipdesk.lightning.sphinx.packet import build
from tipdesk.lightning.sphinx.payload import FinalPayload, ForwardPayload
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.registry import decode, encode
from tipdesk.lightning.wire.setup import Error, Warning
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import NodeConfig
from tipdesk.node.dispatch import GOSSIP
from tipdesk.node.node import LightningNode
from tipdesk.node.router import htlcs_of
from tipdesk.tips.payment import CreatedInvoice, Failed, InvoiceRequest, PayRequest, Succeeded

NAMES = ("anna", "bea", "carl")
LINKS = ((0, 1), (1, 2))
CHANNELS = ((0, 1, 101), (0, 1, 102), (1, 2, 103))
"""Funder, fundee, block of the funding."""
CAPACITY = Sat(1_000_000)
HEIGHT = 200
NOTHING = Signature(bytes(64))
AMOUNTS = (1_000, 21_000, 354_000, 5_000_000, 60_000_000, 400_000_000, 600_000_000)
"""Msat: dust, about the dust limit, above it, most of a channel, more than one channel has."""
RATES = (500, 700, 1_000, 2_500)
MOST_BLOCKS = 12
"""Fewer than any HTLC's margin: no deadline comes near, so every closing is unexpected."""


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
        node._shutdown_script = b"\x00\x14" + sha256(self.name.encode())[:20]
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


def _checked(connection: _Kept) -> Connection:
    return connection


@dataclass
class Ordered:
    """A payment that was asked for."""

    payer: Station
    payee: Station
    invoice: CreatedInvoice
    amount: Msat
    told: list[object] = field(default_factory=list)


@dataclass
class Halves:
    """A payment in two equal parts made by hand; some are never completed."""

    payer: Station
    payee: Station
    invoice: CreatedInvoice
    half: Msat
    fee: Msat


class ThreeNodes:
    """The world of one program."""

    def __init__(self, stored: tuple[bytes, bytes, bytes] | None = None) -> None:
        self.loop = HandLoop()
        self.loop.set_exception_handler(self._failed)
        self.clock = FakeClock()
        self.errors: list[str] = []
        self.counts: Counter[str] = Counter()
        self.payments: list[Ordered] = []
        self.halves: list[Halves] = []
        self.blocks = 0
        self.stations = [
            Station(number, self.loop, stored[number] if stored else b"", self.clock)
            for number in range(3)
        ]
        self.wires = {(a, b): Wire() for one, two in LINKS for a, b in ((one, two), (two, one))}
        self.peers: dict[tuple[int, int], HandPeer] = {}
        for station in self.stations:
            station.begin()
        self.before = [station.balance() for station in self.stations]

    def _failed(self, _: object, context: dict[str, Any]) -> None:
        self.errors.append(f"{context.get('message')}: {context.get('exception')!r}")

    def close(self) -> None:
        """Ends everything."""
        for station in self.stations:
            station.close()
        self.loop.drain()
        self.loop.close()

    # -- wires ----------------------------------------------------------------------------------

    def connect(self, link: tuple[int, int]) -> None:
        if link in self.peers:
            return
        one, two = link
        for here, there in ((one, two), (two, one)):
            station, remote = self.stations[here], self.stations[there]
            self.peers[here, there] = HandPeer(
                station.node, remote.node.node_id, self.wires[here, there]
            )
        for here, there in ((one, two), (two, one)):
            peer: Any = self.peers[here, there]
            dispatcher = self.stations[here].node._dispatcher
            self.loop.turn(lambda d=dispatcher, p=peer: d.peer_ready(p))  # type: ignore[misc]

    def disconnect(self, link: tuple[int, int]) -> None:
        """What is on the wire is lost."""
        if link not in self.peers:
            return
        one, two = link
        for here, there in ((one, two), (two, one)):
            self.wires[here, there].messages.clear()
            peer: Any = self.peers.pop((here, there))
            peer.is_ready = False
            dispatcher = self.stations[here].node._dispatcher
            if not self.stations[here].dead:
                self.loop.turn(lambda d=dispatcher, p=peer: d.peer_lost(p))  # type: ignore[misc]
            self.wires[here, there].messages.clear()

    def deliver(self, here: int, there: int, count: int = 1) -> bool:
        """Carries some messages over one direction; whether there was any."""
        wire, moved = self.wires[here, there].messages, False
        for _ in range(count):
            if not wire or (there, here) not in self.peers:
                break
            moved = True
            data = wire.popleft()
            self.loop.turn(lambda d=data: self._receive(here, there, d))  # type: ignore[misc]
            self._after_step()
        return moved

    def _receive(self, here: int, there: int, data: bytes) -> None:
        message = decode(data)
        peer: Any = self.peers[there, here]
        if isinstance(message, Error | Warning):
            self.errors.append(f"{NAMES[here]} sent {message}")
        if message is not None:
            self.stations[there].node._dispatcher.peer_message(peer, message)

    def _after_step(self) -> None:
        """Who died is restarted; who hung up is called again later."""
        for station in self.stations:
            if station.dead:
                self.restart(station.number)
        for here, there in list(self.peers):
            peer = self.peers.get((here, there))
            if peer is not None and peer.closing:
                self.disconnect((min(here, there), max(here, there)))

    def restart(self, number: int) -> None:
        """A new process; its connections are gone."""
        station = self.stations[number]
        self.counts["restarts"] += 1
        self.counts["restarts with HTLCs"] += any(htlcs_of(c) for c in station.channels())
        station.dead = True
        station.node.turn._stopped = True
        for link in LINKS:
            if number in link:
                self.disconnect(link)
        station.end()
        station.begin()

    def settle(self) -> None:
        """Delivers everything until nothing moves."""
        moved = True
        while moved:
            moved = False
            for here, there in self.wires:
                moved |= self.deliver(here, there, 100)

    # -- commands -------------------------------------------------------------------------------

    def order(self, payer: int, payee: int, amount: Msat) -> None:
        """An invoice, and its payment by the payer's own choice of ways."""
        one, two = self.stations[payer], self.stations[payee]
        made: list[CreatedInvoice] = []
        request = InvoiceRequest(amount=amount, description="", expiry_seconds=86_400)
        self.loop.turn(lambda: made.append(two.node.invoices.create(request)))
        self._after_step()
        if not made:
            return
        ordered = Ordered(one, two, made[0], amount)
        self.payments.append(ordered)
        self.counts["payments"] += 1
        self.loop.turn(lambda: one._tasks.create_task(self._pay(ordered)))
        self._after_step()

    async def _pay(self, ordered: Ordered) -> None:
        request = PayRequest(
            invoice=ordered.invoice.invoice,
            payment_hash=ordered.invoice.payment_hash,
            amount=ordered.amount,
            max_fee=Msat(1_000_000),
        )
        async for update in ordered.payer.node.payments.pay(request):
            ordered.told.append(update)

    def order_halves(self, payer: int, payee: int, half: Msat, *, both: bool) -> None:
        """Parts of one invoice, each over a channel that has room; without the second one the first
        is held until it fails."""
        one, two = self.stations[payer], self.stations[payee]
        made: list[CreatedInvoice] = []
        request = InvoiceRequest(amount=half * 2, description="", expiry_seconds=86_400)
        self.loop.turn(lambda: made.append(two.node.invoices.create(request)))
        self._after_step()
        if not made:
            return
        direct = 1 in (payer, payee)
        fee = Msat(0) if direct else Msat(1_000 + half.value * 100 // 1_000_000)
        self.halves.append(Halves(one, two, made[0], half, fee))
        self.counts["payments in halves"] += 1
        for number in range(1 + both):
            self.loop.turn(lambda n=number: self._send_half(self.halves[-1], n, direct))  # type: ignore[misc]
            self._after_step()

    def _send_half(self, halves: Halves, number: int, direct: bool) -> None:
        last = BlockHeight(halves.payer.height).after(CltvDelta(60))
        final = FinalPayload(
            amt_to_forward=halves.half,
            outgoing_cltv_value=last,
            payment_secret=decode_invoice(halves.invoice.invoice).payment_secret,
            total_msat=halves.half * 2,
        )
        payloads = [(halves.payee.node.node_id, final.encode())]
        if not direct:
            block = 103 if halves.payee.number == 2 else 101 + number
            further = ForwardPayload(
                amt_to_forward=halves.half,
                outgoing_cltv_value=last,
                short_channel_id=ShortChannelId.of(block, 1, 0),
            )
            payloads.insert(0, (self.stations[1].node.node_id, further.encode()))
        key = PrivateKey(halves.payer._entropy.random_bytes(32))
        first = payloads[0][0]
        ways = [c for c in halves.payer.channels() if c.peer == first and c.is_usable]
        if not ways:
            return
        ways[number % len(ways)].add(
            command.AddHtlc(
                amount=halves.half + halves.fee,
                payment_hash=halves.invoice.payment_hash,
                cltv_expiry=last if direct else last.after(CltvDelta(80)),
                onion=build(key, tuple(payloads), halves.invoice.payment_hash).packet,
            )
        )

    def change_fee(self, number: int, rate: int) -> None:
        channels = [c for c in self.stations[number].channels() if c.terms.is_funder]
        for channel in channels:
            given = command.UpdateFeerate(FeeratePerKw(rate))
            self.loop.turn(lambda c=channel, g=given: c.handle(g))  # type: ignore[misc]
        self._after_step()

    def find_blocks(self, numbers: tuple[int, ...]) -> None:
        """One block, seen by some: the others see it with their next one."""
        if self.blocks >= MOST_BLOCKS:
            return
        self.blocks += 1
        for number in numbers:
            station: Any = self.stations[number]
            station.height = HEIGHT + self.blocks
            station.node.chain._height = BlockHeight(station.height)
            tip = station.node._new_tip
            self.loop.turn(lambda t=tip, h=station.height: t(BlockHeight(h)))  # type: ignore[misc]
        self._after_step()

    def pass_time(self, seconds: float) -> None:
        """Timers fire: incomplete sets of parts fail, patience ends."""
        self.loop.moved += seconds
        self.clock.pass_ms(int(seconds * 1000))
        self.loop.drain()
        self._after_step()

    def doom(self, number: int, commits: int, *, after: bool) -> None:
        store = self.stations[number].store
        store.dies_in, store.dies_after = commits, after

    # -- the end --------------------------------------------------------------------------------

    def rest(self) -> None:
        """Everybody is spared and connected; all that can move has moved."""
        for station in self.stations:
            station.store.dies_in = None
        for _ in range(3):
            for link in LINKS:
                self.connect(link)
            self.settle()
            self.pass_time(70.0)
            self.settle()

    def judge(self) -> None:
        """The oracle."""
        assert not self.errors, self.errors
        for station in self.stations:
            assert not station.outside.published, f"{station.name} published something"
            for channel in station.channels():
                assert isinstance(channel.state, Normal), f"{station.name}: {channel.state}"
                assert not htlcs_of(channel), f"{station.name}: HTLCs are left"
            assert not station.store.forwards(), f"{station.name}: a forward is left"
            assert not station.store.open_attempts(), f"{station.name}: an attempt is left"
        self._judge_channels()
        self._judge_payments()

    def _judge_channels(self) -> None:
        ends: dict[object, list[ChannelDriver]] = {}
        for station in self.stations:
            for channel in station.channels():
                ends.setdefault(channel.channel_id, []).append(channel)
        for one, two in ends.values():
            c, d = one.commitments, two.commitments
            assert c is not None
            assert d is not None
            assert c.is_quiet
            assert d.is_quiet
            assert (c.local_balance, c.remote_balance) == (d.remote_balance, d.local_balance)
            assert (c.local_number, c.remote_number) == (d.remote_number, d.local_number)
            assert c.feerate == d.feerate

    def _judge_payments(self) -> None:
        expected = list(self.before)
        for ordered in self.payments:
            hash_ = ordered.invoice.payment_hash
            outcome = ordered.payer.node.payments.lookup(hash_)
            received = ordered.payee.node.invoices.received(hash_)
            assert outcome is None or isinstance(outcome, Succeeded | Failed), outcome
            paid = isinstance(outcome, Succeeded)
            assert (received is not None) is paid, f"told {outcome}, received {received}"
            finals = [u for u in ordered.told if isinstance(u, Succeeded | Failed)]
            assert all(isinstance(u, Succeeded) is paid for u in finals), (finals, outcome)
            if isinstance(outcome, Succeeded):
                self.counts["payments that succeeded"] += 1
                expected[ordered.payer.number] -= ordered.amount.value + outcome.fee.value
                expected[ordered.payee.number] += ordered.amount.value
                if 1 not in (ordered.payer.number, ordered.payee.number):
                    expected[1] += outcome.fee.value
        for halves in self.halves:
            if halves.payee.node.invoices.received(halves.invoice.payment_hash) is not None:
                self.counts["payments in halves that arrived"] += 1
                expected[halves.payer.number] -= 2 * (halves.half + halves.fee).value
                expected[halves.payee.number] += 2 * halves.half.value
                expected[1] += 2 * halves.fee.value
        now = [station.balance() for station in self.stations]
        assert now == expected, f"balances {now}, expected {expected}"


# -- the beginning of every program ----------------------------------------------------------------


@cache
def _ids() -> tuple[NodeId, ...]:
    loop, clock = HandLoop(), FakeClock()
    stations = [Station(number, loop, b"", clock) for number in range(3)]
    try:
        return tuple(_id_of(station) for station in stations)
    finally:
        for station in stations:
            station._sqlite.close()
        loop.close()


def _id_of(station: Station) -> NodeId:
    seed = sha256(station.name.encode())
    return NodeId(PrivateKey(hmac_sha256(seed, b"tipdesk node key")).point)


@cache
def public_graph() -> Graph:
    """All three channels as gossip tells of them; nothing in a program changes it."""
    chain, graph, now = Network.REGTEST.chain_hash, Graph(Network.REGTEST.chain_hash), FakeClock()
    for one, two, block in CHANNELS:
        first, second = sorted((_ids()[one], _ids()[two]))
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


@cache
def opened() -> tuple[bytes, bytes, bytes]:
    """The three databases once all channels work."""
    world = ThreeNodes()
    for link in LINKS:
        world.connect(link)
    for one, two, block in CHANNELS:
        _open(world, one, two, block)
    world.settle()
    stored = []
    for station in world.stations:
        assert all(isinstance(c.state, Normal) for c in station.channels())
        stored.append(station._sqlite.serialize())
    world.close()
    return stored[0], stored[1], stored[2]


def _open(world: ThreeNodes, one: int, two: int, block: int) -> None:
    funder, fundee = world.stations[one].node, world.stations[two].node
    drivers: list[ChannelDriver] = []
    requests: list[action.RequestFunding] = []
    asked: Any = funder
    asked.fund = lambda _, request: requests.append(request)

    def begin() -> None:
        channel = funder._new_channel(fundee.node_id)
        drivers.append(channel)
        temporary = block.to_bytes(32, "big")
        funder.book.add_opening(channel, temporary)
        context = funder.context(channel)
        parameters = OpenParameters(
            channel_key_id=channel.key_id,
            temporary_channel_id=temporary,
            funding=CAPACITY,
            push=Msat(CAPACITY.to_msat().value // 2),
            feerate=context.feerate,
            announce=True,
            local=limits.local_side(context, CAPACITY),
        )
        channel.handle(command.Open(parameters))

    world.loop.turn(begin)
    world.settle()
    (channel,), (request,) = drivers, requests
    assert isinstance(channel.state, AwaitingFunding)
    funding = Transaction(
        2,
        (TxIn(OutPoint(Txid(block.to_bytes(32, "big")), 0)),),
        (TxOut(request.amount, request.script_pubkey),),
    )
    world.loop.turn(lambda: channel.handle(command.FundingReady(funding)))
    world.settle()
    scid = ShortChannelId.of(block, 1, 0)
    for node in (funder, fundee):
        for other in node.book.all():
            if other.terms.funding_outpoint.txid == funding.txid:
                given = command.FundingConfirmed(funding, scid)
                world.loop.turn(lambda o=other, g=given: o.handle(g))  # type: ignore[misc]
    world.settle()


# -- programs --------------------------------------------------------------------------------------

DIRECTIONS = ((0, 1), (1, 0), (1, 2), (2, 1))
WAYS = ((0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0), (0, 2), (2, 0))
"""Direct, and by a hop; amounts that no single channel has go by parts."""
SIGHTS = ((0, 1, 2), (0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2))
MAX_COMMANDS = 120


def run(program: bytes) -> Counter[str]:
    """Does what the bytes say, comes to rest, judges; what was done is counted."""
    world = ThreeNodes(opened())
    try:
        for link in LINKS:
            world.connect(link)
        world.settle()
        for at in range(0, min(len(program), 2 * MAX_COMMANDS) - 1, 2):
            _command(world, program[at], program[at + 1])
        world.rest()
        world.judge()
        return world.counts
    finally:
        world.close()


def _command(world: ThreeNodes, what: int, how: int) -> None:
    world.counts["commands"] += 1
    link = LINKS[how % 2]
    match what % 16:
        case 0 | 1 | 2 | 3:
            world.deliver(*DIRECTIONS[how % 4], 1 + (how >> 2) % 4)
        case 4:
            payer, payee = WAYS[how % 8]
            amount = Msat(AMOUNTS[(how >> 3) % (len(AMOUNTS) - 1)])
            world.order_halves(payer, payee, amount, both=how < 192)
        case 5:
            world.settle()
        case 6 | 7 | 8 | 9:
            payer, payee = WAYS[how % 8]
            world.order(payer, payee, Msat(AMOUNTS[(how >> 3) % len(AMOUNTS)]))
        case 10:
            world.disconnect(link)
        case 11:
            world.connect(link)
        case 12:
            world.restart(how % 3)
        case 13:
            world.doom(how % 3, 1 + (how >> 3) % 8, after=bool(how & 4))
        case 14:
            world.change_fee(how % 2, RATES[(how >> 1) % 4])
        case 15:
            world.find_blocks(SIGHTS[how % 8])
