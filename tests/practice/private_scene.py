"""Five nodes in a line, a server and a watcher, and each way to send to one person, once.

The fan's services are the real ones, over a real node.
"""

import itertools
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from tests.fakes import FakeClock
from tests.nodes import World, world
from tests.practice.judging import (
    ADDRESS,
    AMOUNT,
    HOST,
    NAME_SERVER,
    NO,
    NODES,
    NOTE,
    PARTIES,
    RECORD,
    Told,
    judged,
    judged_line,
    judged_resolver,
    judged_server,
)
from tests.practice.seeing import Line, Seen, Watched
from tests.socks_server import SocksServer, socks_server
from tests.tls import Certificate
from tests.waiting import eventually
from tests.zones import NOW as SIGNED_AT
from tests.zones import DnsServer, Zone, dns_server, usual_tree
from tipdesk.adapters.net.http import ChosenServerClient, WebClient
from tipdesk.adapters.net.name_server import name_server
from tipdesk.adapters.net.payment_names import DnsPaymentNames
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.embedded import EmbeddedBackend, EmbeddedNodes, EmbeddedOffers
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.people import MoneyPeopleStore
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.app.core import SCHEMA
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.clock import Instant
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
from tipdesk.tips.leaks import Party, SendWay
from tipdesk.tips.payment import InvoiceRequest, Succeeded
from tipdesk.tips.person import PersonId, PersonWish, Reach

CAPACITY = Sat(2_000_000)
WAYS = (SendWay.OFFER, SendWay.NAME, SendWay.KEYSEND, SendWay.ADDRESS)


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


class Finder:
    """BIP 353, over a name server of the tests."""

    def __init__(self, way: WayOut, place: str, root: Zone) -> None:
        self._names = DnsPaymentNames(
            lambda there: name_server(there, way, ChosenServerClient(way)),
            place=lambda: place,
            clock=FakeClock(Instant.from_unix_seconds(SIGNED_AT)),
            anchors=(root.anchor,),
        )

    async def offer_of(self, name: str) -> str:
        return (await self._names.find(name)).offer


class Fan:
    """The services that send, over a node of the line."""

    def __init__(
        self, member: Watched, folder: Path, way: WayOut, names: Finder | None = None
    ) -> None:
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
            names=names,
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
            nodes=EmbeddedNodes(member.node),
            through_proxy=lambda: False,
        )

    def knows(self, creator: Watched) -> PersonId:
        """The creator's entry, with all their ways."""
        offer = creator.node.money.offers.create("", None).text
        ways = {
            Reach.OFFER: offer,
            Reach.PAYMENT_NAME: ADDRESS,
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


@dataclass
class Stage:
    """Who is there."""

    made: World
    server: Server
    server_port: int
    resolver: DnsServer
    root: Zone

    @property
    def creator(self) -> Watched:
        return watched(self.made, "creator")

    def fan(self, file: Path, way: WayOut, name_server: str) -> Fan:
        """The fan's services, leaving by a way."""
        names = Finder(way, name_server, self.root)
        return Fan(watched(self.made, "fan"), file, way, names)

    def publish(self, offer: str, zone: Zone) -> None:
        """From now on the payment name leads to this offer."""
        uri = f"bitcoin:?lno={offer}"
        strings = " ".join(f'"{uri[at : at + 250]}"' for at in range(0, len(uri), 250))
        self.resolver.tree.put(zone, RECORD, "TXT", strings)

    async def one(
        self, scene: Scene, fan: Fan, person: PersonId, way: SendWay, *, in_clear: bool = False
    ) -> dict[Party, Told]:
        """One send, and what each party knows by it alone."""
        lines = fan.member.way.lines
        self.clear(lines)
        scene.sent[way] = await fan.send(person, way, in_clear=in_clear)
        await self.made.quiet()
        seen = {name: watched(self.made, name).seen for name in NODES}
        scene.seen[way] = {name: Seen(one.key, list(one.messages)) for name, one in seen.items()}
        found = {party: judged(seen[name], name, scene.ids) for party, name in PARTIES.items()}
        found[Party.WATCHER] = judged_line(lines, scene.ids)
        # Nobody was called but our one peer, the address's server and the name server.
        assert {line.host for line in lines} <= {"127.0.0.1", HOST}
        found[Party.RELAYS] = (NO, NO, NO, NO)
        if self.server.requests:
            found[Party.SERVER] = judged_server(self.server.requests)
        if self.resolver.heard:
            found[Party.RESOLVER] = judged_resolver(self.resolver.heard)
        return found

    def clear(self, lines: Sequence[Line] = ()) -> None:
        """What was seen before does not count."""
        self.server.requests.clear()
        self.resolver.heard.clear()
        for name in NODES:
            watched(self.made, name).seen.clear()
        for line in lines:
            line.bytes.clear()


async def played(stage: Stage, scene: Scene, fan: Fan, zone: Zone) -> None:
    """Each way once, and what was seen of it; then the offer ten times, and another one."""
    scene.ids = {name: stage.made.members[name].node.node_id for name in NODES}
    person = fan.knows(stage.creator)
    view = fan.book.person(person)
    assert view is not None
    stage.publish(view.person.offer, zone)
    for way in WAYS:
        scene.told[way] = await stage.one(scene, fan, person, way)
    kept = scene.sent[SendWay.ADDRESS], scene.seen[SendWay.ADDRESS]
    scene.in_clear = await stage.one(scene, fan, person, SendWay.ADDRESS, in_clear=True)
    scene.sent[SendWay.ADDRESS], scene.seen[SendWay.ADDRESS] = kept
    another = stage.creator.node.money.offers.create("", None).text
    bea = fan.book.add(PersonWish(name="Bea", ways={Reach.OFFER: another}))
    for one in [*[person] * 10, bea]:
        ready = await fan.send(one, SendWay.OFFER)
        scene.offers.append(bolt12.decode(ready.invoice))


async def proxied(stage: Stage, scene: Scene, file: Path, proxy: SocksServer) -> None:
    """Address and name once more, with every connection through a proxy that leaves elsewhere."""
    proxy.places[HOST, 443] = stage.server_port
    proxy.places[NAME_SERVER] = stage.resolver.port
    way = WayOut(proxy.choice())
    fan = stage.fan(file, way, "tcp://{}:{}".format(*NAME_SERVER))
    stage.clear()
    try:
        person = fan.knows(stage.creator)
        await fan.send(person, SendWay.ADDRESS)
        await fan.send(person, SendWay.NAME)
        roads = {one.road.name for one in way._state.open}
    finally:
        await fan.close()
    await eventually(lambda: not proxy.running, "the proxy's connections are open")
    scene.proxied[Party.SERVER] = judged_server(stage.server.requests)
    scene.proxied[Party.RESOLVER] = judged_resolver(stage.resolver.heard)
    assert proxy.hosts == {HOST, NAME_SERVER[0]}
    # Outside there is the proxy's traffic alone.
    assert roads == {"PROXY"}
    scene.proxied[Party.WATCHER] = (NO, NO, NO, NO)


@asynccontextmanager
async def sends_seen(folder: Path) -> AsyncIterator[Scene]:
    """All of it, and what everybody saw."""
    certificate = Certificate.make(folder / "certificate", HOST)
    tree, root, _, zone = usual_tree()
    found = Scene()
    async with AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        trusting = ssl.create_default_context(cafile=str(certificate.path))
        patch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
        made = await stack.enter_async_context(world(folder, Watched))
        await five_in_a_line(made)
        server, port = await stack.enter_async_context(serving(made, certificate))
        resolver = await stack.enter_async_context(dns_server(tree))
        stage = Stage(made, server, port, resolver, root)
        way = watched(made, "fan").way
        way.places[HOST, 443] = port
        fan = stage.fan(folder / "services.db", way, f"tcp://127.0.0.1:{resolver.port}")
        stack.push_async_callback(fan.close)
        await played(stage, found, fan, zone)
        proxy = await stack.enter_async_context(socks_server(leaves_from="127.0.0.2"))
        await proxied(stage, found, folder / "proxied.db", proxy)
    yield found
