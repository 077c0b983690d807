"""Five nodes in a line, a server and a watcher, and each way to send to one person, once.

The fan's services are the real ones, over a real node. What a party knows is worked out here from
what it was told, by rules that know nothing of the table.
"""

import itertools
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from tests.nodes import World, world
from tests.practice.seeing import Line, Seen, Watched, holds
from tests.socks_server import SocksServer, socks_server
from tests.tls import Certificate
from tests.waiting import eventually
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.embedded import EmbeddedBackend, EmbeddedOffers
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.people import MoneyPeopleStore
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.app.core import SCHEMA
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.ids import NodeId, XOnlyPubkey
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import bolt12
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice
from tipdesk.services.bus import Bus
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.private_sends import PrivateSends, ReadySend, SendWish
from tipdesk.services.profiles import Profiles
from tipdesk.services.wallet import WalletService
from tipdesk.tips.leaks import Learns, Party, SendWay
from tipdesk.tips.payment import InvoiceRequest, Succeeded
from tipdesk.tips.person import PersonId, PersonWish, Reach

CAPACITY = Sat(2_000_000)
AMOUNT = Msat(1_234_567)
NOTE = "für den leisen Schluß ♪ 7c1f-sotto-voce"
HOST = "shop.example"
ADDRESS = f"ana@{HOST}"
NODES = ("fan", "first", "between", "last", "creator")
PARTIES = {
    Party.RECEIVER: "creator",
    Party.FIRST: "first",
    Party.BETWEEN: "between",
    Party.LAST: "last",
}

NO, GUESS, ABOUT, YES = Learns.NO, Learns.GUESS, Learns.ABOUT, Learns.YES
WAYS = (SendWay.OFFER, SendWay.KEYSEND, SendWay.ADDRESS)
Told = tuple[Learns, Learns, Learns, Learns]


@dataclass
class Server:
    """A lightning address's server, which keeps its requests and from where they came."""

    made: World
    requests: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        assert request.remote is not None
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        self.requests.append((request.remote, f"{request.raw_path}\n{headers}"))
        if request.path != "/pay":
            return web.json_response(
                {
                    "tag": "payRequest",
                    "callback": f"https://{HOST}/pay",
                    "minSendable": 1_000,
                    "maxSendable": 100_000_000,
                    "commentAllowed": 500,
                    "metadata": json.dumps([["text/plain", "Ana"]]),
                }
            )
        creator = self.made.members["creator"]
        amount = Msat(int(dict(parse_qsl(request.query_string))["amount"]))
        made = creator.node.invoices.create(InvoiceRequest(amount=amount, description="Ana"))
        return web.json_response({"pr": made.invoice, "routes": []})


@asynccontextmanager
async def serving(made: World, certificate: Certificate) -> AsyncIterator[tuple[Server, int]]:
    server = Server(made)
    application = web.Application()
    application.router.add_get("/{rest:.*}", server.answer)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.path)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield server, runner.addresses[0][1]
    finally:
        await runner.cleanup()


class Fan:
    """The services that send, over a node of the line."""

    def __init__(self, member: Watched, folder: Path, way: WayOut) -> None:
        self.member = member
        self.http = WebClient(Network.MAINNET, way)
        self._database = MoneyDatabase(folder, SCHEMA)
        backend, bus, clock = EmbeddedBackend(member.node), Bus(), SystemClock()
        self.book = PeopleBook(
            store=MoneyPeopleStore(self._database),
            ours=XOnlyPubkey(bytes(PrivateKey(b"\x07" * 32).x_only)),
            follows=list,
            profile=Profiles(Network.REGTEST).view,
            network=Network.REGTEST,
            bus=bus,
            clock=clock,
        )
        self.sends = PrivateSends(
            book=self.book,
            backend=backend,
            offers=EmbeddedOffers(member.node),
            names=None,
            lnurl=LnurlClient(self.http, Network.MAINNET),
            wallet=WalletService(
                wallet=backend,
                onchain=None,
                store=MoneyHistoryStore(self._database),
                bus=bus,
                clock=clock,
                network=Network.REGTEST,
            ),
            clock=clock,
            entropy=SystemEntropy(),
            network=Network.REGTEST,
            own_node=member.node.node_id,
            peers=lambda: frozenset(channel.peer for channel in member.channels),
            through_proxy=lambda: False,
        )

    def knows(self, creator: Watched) -> PersonId:
        """The creator's entry, with all their ways."""
        offer = creator.node.money.offers.create("", None).text
        ways = {
            Reach.OFFER: offer,
            Reach.NODE: str(creator.node.node_id),
            Reach.ADDRESS: ADDRESS,
        }
        return self.book.add(PersonWish(name="Ana", ways=ways))

    async def send(self, person: PersonId, way: SendWay, *, in_clear: bool = False) -> ReadySend:
        """Asks and pays."""
        ready = await self.sends.prepare(
            SendWish(
                person=person,
                way=way,
                amount=AMOUNT,
                message=NOTE if way is not SendWay.ADDRESS or in_clear else "",
                accepts_loss=True,
                message_in_clear=in_clear,
            )
        )
        ended = await self.sends.send(ready)
        assert isinstance(ended, Succeeded), ended
        return ready

    async def close(self) -> None:
        await self.http.close()
        self._database.close()


@dataclass
class Scene:
    """What everybody saw of each way, once all were gone."""

    told: dict[SendWay, dict[Party, Told]] = field(default_factory=dict)
    in_clear: dict[Party, Told] = field(default_factory=dict)
    proxied: dict[Party, Told] = field(default_factory=dict)
    sent: dict[SendWay, ReadySend] = field(default_factory=dict)
    seen: dict[SendWay, dict[str, Seen]] = field(default_factory=dict)
    ids: dict[str, NodeId] = field(default_factory=dict)
    offers: list[Bolt12Invoice] = field(default_factory=list)


def judged(seen: Seen, name: str, ids: dict[str, NodeId]) -> Told:
    """What a node knows by what it was told."""
    told, fan, creator = seen.told, ids["fan"], ids["creator"]
    htlcs = seen.htlcs
    sender = YES if bytes(fan) in told else NO
    if any(one.came and one.peer == fan for one in htlcs):
        # That it comes from there is not said to be its beginning; after the payee comes nobody.
        sender = YES if name == "creator" else GUESS
    receiver = YES if bytes(creator) in told else NO
    if any(not one.came and one.peer == creator for one in htlcs):
        receiver = GUESS
    if name == "creator":
        receiver = YES
    amount = NO
    if any(AMOUNT <= one.amount <= AMOUNT + Msat(10_000) for one in htlcs):
        amount = ABOUT
    if AMOUNT in seen.totals:
        amount = YES
    return sender, receiver, amount, YES if holds(told, NOTE) else NO


def judged_server(server: Server) -> Told:
    """What a server knows by its requests; the fan's computer is 127.0.0.1."""
    text = "\n".join(said for _, said in server.requests)
    sender = GUESS if any(place == "127.0.0.1" for place, _ in server.requests) else NO
    amount = YES if f"amount={AMOUNT.value}" in text else NO
    told = text.encode()
    return sender, YES if "/ana" in text else NO, amount, YES if holds(told, NOTE) else NO


def judged_line(lines: list[Line], ids: dict[str, NodeId]) -> Told:
    """What somebody knows who sees all bytes that leave the fan's computer, and where they go."""
    told = b"".join(bytes(line.bytes) for line in lines)
    receiver = NO
    if HOST.encode() in told:
        receiver = GUESS
    if bytes(ids["creator"]) in told or b"/ana" in told:
        receiver = YES
    amount = YES if str(AMOUNT.value).encode() in told else NO
    return GUESS if told else NO, receiver, amount, YES if holds(told, NOTE) else NO


async def five_in_a_line(made: World) -> None:
    for name in NODES:
        on_the_way = name in ("first", "between", "last")
        await made.member(
            name, listens=name != "fan", forwards=on_the_way, accepts_keysend=name == "creator"
        )
    await made.give(*(made.members[name] for name in NODES[:-1]))
    for one, other in itertools.pairwise(NODES):
        await made.open(made.members[one], made.members[other], CAPACITY, announce=one != "fan")
    await made.confirm()


def watched(made: World, name: str) -> Watched:
    member = made.members[name]
    assert isinstance(member, Watched)
    return member


async def played(made: World, scene: Scene, fan: Fan, server: Server) -> None:
    """Each way once, and what was seen of it."""
    creator = watched(made, "creator")
    person = fan.knows(creator)
    scene.ids = {name: made.members[name].node.node_id for name in NODES}
    way_out = watched(made, "fan").way

    async def one(way: SendWay, *, in_clear: bool = False) -> dict[Party, Told]:
        for name in NODES:
            watched(made, name).seen.clear()
        server.requests.clear()
        for line in way_out.lines:
            line.bytes.clear()
        scene.sent[way] = await fan.send(person, way, in_clear=in_clear)
        await made.quiet()
        found = {
            party: judged(watched(made, name).seen, name, scene.ids)
            for party, name in PARTIES.items()
        }
        scene.seen[way] = {
            name: Seen(watched(made, name).seen.key, list(watched(made, name).seen.messages))
            for name in NODES
        }
        found[Party.WATCHER] = judged_line(way_out.lines, scene.ids)
        # Nobody was called but the one peer, and the address's server.
        hosts = {line.host for line in way_out.lines}
        assert hosts == ({"127.0.0.1", HOST} if fan.http._session else {"127.0.0.1"})
        found[Party.RELAYS] = (NO, NO, NO, NO)
        if server.requests:
            found[Party.SERVER] = judged_server(server)
        return found

    for way in WAYS:
        scene.told[way] = await one(way)
    scene.in_clear = await one(SendWay.ADDRESS, in_clear=True)
    scene.in_clear[Party.RECEIVER] = scene.told[SendWay.ADDRESS][Party.RECEIVER]
    for _ in range(10):
        ready = await fan.send(person, SendWay.OFFER)
        scene.offers.append(bolt12.decode(ready.invoice))
    another = fan.book.add(
        PersonWish(name="Bea", ways={Reach.OFFER: creator.node.money.offers.create("", None).text})
    )
    ready = await fan.send(another, SendWay.OFFER)
    scene.offers.append(bolt12.decode(ready.invoice))


async def proxied(
    made: World, scene: Scene, folder: Path, server: Server, proxy: SocksServer, port: int
) -> None:
    """The address once more, with every connection through a proxy that leaves elsewhere."""
    proxy.places[HOST, 443] = port
    server.requests.clear()
    way = WayOut(proxy.choice())
    fan = Fan(watched(made, "fan"), folder / "proxied.db", way)
    try:
        await fan.send(fan.knows(watched(made, "creator")), SendWay.ADDRESS)
        roads = {one.road.name for one in way._state.open}
    finally:
        await fan.close()
    await eventually(lambda: not proxy.running, "the proxy's connections are open")
    scene.proxied[Party.SERVER] = judged_server(server)
    assert roads == {"PROXY"}
    assert proxy.hosts == {HOST}
    scene.proxied[Party.WATCHER] = (NO, NO, NO, NO)


@asynccontextmanager
async def sends_seen(folder: Path) -> AsyncIterator[Scene]:
    """All of it, and what everybody saw."""
    certificate = Certificate.make(folder / "certificate", HOST)
    found = Scene()
    async with AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        trusting = ssl.create_default_context(cafile=str(certificate.path))
        patch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
        made = await stack.enter_async_context(world(folder, Watched))
        await five_in_a_line(made)
        server, port = await stack.enter_async_context(serving(made, certificate))
        way = watched(made, "fan").way
        way.places[HOST, 443] = port
        fan = Fan(watched(made, "fan"), folder / "services.db", way)
        stack.push_async_callback(fan.close)
        await played(made, found, fan, server)
        proxy = await stack.enter_async_context(socks_server(leaves_from="127.0.0.2"))
        await proxied(made, found, folder, server, proxy, port)
    yield found
