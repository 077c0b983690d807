"""Anna, Bea and Carl: two channels between Anna and Bea, one between Bea and Carl.

Everything between the streams and the chain is the node's own: router, payments, invoices, turns,
store. What can be done to them is a method each.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.fakes import FakeClock
from tests.machines.stations import (
    CAPACITY,
    CHANNELS,
    HEIGHT,
    NAMES,
    Ears,
    HandLoop,
    HandPeer,
    Station,
    Wire,
)
from tipdesk.base.ids import ShortChannelId, Txid
from tipdesk.base.units import BlockHeight, CltvDelta, FeeratePerKw, Msat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import action, command, limits
from tipdesk.lightning.channel.state import AwaitingFunding, Normal, OpenParameters
from tipdesk.lightning.invoice.bolt11 import decode as decode_invoice
from tipdesk.lightning.sphinx.packet import build
from tipdesk.lightning.sphinx.payload import FinalPayload, ForwardPayload
from tipdesk.lightning.wire.registry import decode
from tipdesk.lightning.wire.setup import Error, Warning
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.router import htlcs_of
from tipdesk.tips.payment import CreatedInvoice, InvoiceRequest, PayRequest

LINKS = ((0, 1), (1, 2))
MOST_BLOCKS = 12
"""Fewer than any HTLC's margin: no deadline comes near, so every closing is unexpected."""


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
        self._ears = Ears(self.errors)
        logging.getLogger("tipdesk").addHandler(self._ears)
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
        logging.getLogger("tipdesk").removeHandler(self._ears)
        for station in self.stations:
            station.close()
        self.loop.drain()
        self.loop.close()

    # -- wires ----------------------------------------------------------------------------------

    def connect(self, link: tuple[int, int]) -> None:
        if link not in self.peers:
            self._meet(link)

    def connect_again(self, link: tuple[int, int], *, noticed_by: int | None) -> None:
        """A new connection while the old one stands, but for one side that saw it break."""
        if link not in self.peers:
            return
        for here, there in (link, link[::-1]):
            self.wires[here, there].messages.clear()
            peer: Any = self.peers[here, there]
            peer.is_ready = False
            if here == noticed_by:
                dispatcher = self.stations[here].node._dispatcher
                self.loop.turn(lambda d=dispatcher, p=peer: d.peer_lost(p))  # type: ignore[misc]
        self._after_step()
        if link in self.peers:
            self._meet(link)

    def _meet(self, link: tuple[int, int]) -> None:
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
        self._after_step()

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
    asked: Any = funder.host
    asked.fund = lambda _, request: requests.append(request)

    def begin() -> None:
        channel = funder.host.new_channel(fundee.node_id)
        drivers.append(channel)
        temporary = block.to_bytes(32, "big")
        funder.book.add_opening(channel, temporary)
        context = funder.host.context(channel)
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
