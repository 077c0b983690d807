"""A served wallet and the apps that use it: real codecs, real storage, relays and wallet by script.

`Desk` is one profile on disk; `Desk.open` starts it as the app would, again after each `close`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fakes import NODE, RELAY, FakeClock, FakeEntropy, FakeRelays, FakeWallet, until
from tests.nodes import Member
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.embedded import EmbeddedBackend
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.serving import ServiceKeys
from tipdesk.adapters.storage.connections import MoneyConnectionStore
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.app.core import SCHEMA
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import EventId, NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip44, nip47
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip47 import Encryption
from tipdesk.nostr.nip47_asking import InfoResult
from tipdesk.nostr.nip47_link import WalletConnectLink, parse_link
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.relays import RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.services.connections import ConnectionService, ConnectionWish
from tipdesk.services.events import AppEvent
from tipdesk.services.nwc_methods import WalletMethods
from tipdesk.services.nwc_orders import OrderDesk
from tipdesk.services.nwc_relays import ServiceRelays
from tipdesk.services.nwc_server import NwcServer, Serving
from tipdesk.services.wallet import WalletService
from tipdesk.tips.connection import USUAL_PERMISSIONS, BudgetPeriod, Permission

SEED = bytes(range(64))
EVERYTHING = USUAL_PERMISSIONS
STRANGERS_NODE = NodeId(NODE.point)
OWN_NODE = NodeId(b"\x02" + bytes([7]) * 32)


class Served:
    """The services of one process around a wallet, a database and relays."""

    def __init__(
        self,
        database: MoneyDatabase,
        *,
        wallet: PaymentBackend,
        relays: RelayPool,
        clock: Clock,
        entropy: Entropy,
        relay: str = RELAY,
        node_id: NodeId = OWN_NODE,
    ) -> None:
        self.events: list[AppEvent] = []
        self.bus = Bus()
        self.bus.subscribe(AppEvent, self.events.append)
        self.store = MoneyConnectionStore(database)
        self.book = ConnectionBook(store=self.store, clock=clock)
        self.purse = WalletService(
            wallet=wallet,
            onchain=None,
            store=MoneyHistoryStore(database),
            bus=self.bus,
            clock=clock,
            network=Network.REGTEST,
        )
        signers = ServiceKeys(SEED, entropy)
        self.connections = ConnectionService(
            book=self.book,
            signers=signers,
            relays=(relay,),
            practice=True,
            bus=self.bus,
            clock=clock,
            entropy=entropy,
        )
        self.orders = OrderDesk(
            book=self.book,
            wallet=wallet,
            history=self.purse,
            clock=clock,
            ended=lambda order: self.server.order_ended(order),
        )
        self.methods = WalletMethods(
            book=self.book,
            orders=self.orders,
            wallet=wallet,
            history=self.purse,
            network=Network.REGTEST,
            facts=lambda: InfoResult(alias="Desk", pubkey=node_id, block_height=200),
            clock=clock,
            entropy=entropy,
        )
        self.server = NwcServer(
            Serving(
                book=self.book,
                orders=self.orders,
                methods=self.methods,
                relays=ServiceRelays(
                    relays=relays,
                    signers=signers,
                    connections=self.book.connections,
                    clock=clock,
                ),
                wallet=wallet,
                bus=self.bus,
                clock=clock,
            )
        )

    def connect(
        self,
        *,
        name: str = "Amethyst",
        permissions: frozenset[Permission] = EVERYTHING,
        budget: Msat | None = Msat(1_000_000),
        period: BudgetPeriod = BudgetPeriod.DAY,
        **wish: Any,
    ) -> WalletConnectLink:
        """A new connection, as its app reads the link."""
        link = self.connections.create(
            ConnectionWish(name=name, permissions=permissions, budget=budget, period=period, **wish)
        )
        return parse_link(link)


class Desk:
    """A profile, and relays that record what it says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.entropy = FakeEntropy()
        self.wallet = FakeWallet(self.clock)
        self.wallet.fee = Msat(1_000)
        self.relays = FakeRelays()
        self.open()

    def open(self) -> None:
        """The next process on the same folder."""
        self.relays.subscriptions.clear()
        self.wallet.listeners.clear()
        self.database = MoneyDatabase(self.folder / "money.db", SCHEMA)
        self.served = Served(
            self.database,
            wallet=self.wallet,
            relays=self.relays,
            clock=self.clock,
            entropy=self.entropy,
        )

    def close(self) -> None:
        self.database.close()

    def crash(self) -> None:
        """What is not committed is lost."""
        self.database._connection.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Served]:
        """The server runs; leaving is the death of the process."""
        task = asyncio.ensure_future(self.served.server.run())
        await until(lambda: task.done() or self.served.server._group is not None)
        try:
            yield self.served
            if self.served.server._group is None:
                await task
        finally:
            task.cancel()
            await asyncio.wait({task})


class Talker:
    """Writes requests of a connection, and reads what is said to it."""

    def __init__(self, link: WalletConnectLink, clock: Clock, entropy: Entropy) -> None:
        self.link = link
        self._clock = clock
        self._entropy = entropy
        self._key = nip44.conversation_key(link.key, link.pubkey)

    def request(
        self,
        method: str,
        params: Mapping[str, object] | None = None,
        *,
        age: int = 0,
        expiration: int | None = None,
        encryption: Encryption = Encryption.NIP44_V2,
        content: str | None = None,
    ) -> Event:
        """The event, signed now."""
        text = nip47.request_text(method, params or {})
        unsigned = nip47.build_request(
            content or nip44.encrypt(text, self._key, self._entropy.random_bytes(32)),
            client=self.link.key.x_only,
            wallet=self.link.pubkey,
            encryption=encryption,
            created_at=self._clock.now().unix_seconds - age,
            expiration=expiration,
        )
        return nip01.sign(unsigned, self.link.key, bytes(32))

    def read(self, event: Event) -> dict[str, Any]:
        """A content for us."""
        assert event.is_authentic()
        assert event.pubkey == self.link.pubkey
        found = json.loads(nip44.decrypt(event.content, self._key))
        assert isinstance(found, dict)
        return found


class App(Talker):
    """An app at the relays of a desk: what it sends is there at once."""

    def __init__(self, desk: Desk, link: WalletConnectLink) -> None:
        super().__init__(link, desk.clock, desk.entropy)
        self.desk = desk

    def send(self, method: str, params: Mapping[str, object] | None = None, **how: Any) -> Event:
        """Brings a request to the relay."""
        event = self.request(method, params, **how)
        self.desk.relays.deliver(event)
        return event

    async def ask(
        self, method: str, params: Mapping[str, object] | None = None, **how: Any
    ) -> dict[str, Any]:
        """The whole answer."""
        return await self.answer(self.send(method, params, **how))

    async def answer(self, event: Event) -> dict[str, Any]:
        """The answer to a request, once it is there."""
        await until(lambda: self.answers(event.id))
        return self.answers(event.id)[-1]

    def answers(self, request_id: EventId) -> list[dict[str, Any]]:
        """All that was said to a request so far."""
        return [
            self.read(event)
            for event, _ in self.desk.relays.published
            if event.kind == nip47.KIND_RESPONSE
            and event.first("p") == self.link.key.x_only.hex()
            and event.first("e") == request_id.hex()
        ]

    @property
    def told(self) -> list[dict[str, Any]]:
        """What was said unasked."""
        return [
            self.read(event)
            for event, _ in self.desk.relays.published
            if event.kind == nip47.KIND_NOTIFICATION
            and event.first("p") == self.link.key.x_only.hex()
        ]

    @property
    def infos(self) -> list[Event]:
        """What the wallet said that it can do, from the first time to the last."""
        return [
            event
            for event, _ in self.desk.relays.published
            if event.kind == nip47.KIND_INFO and event.pubkey == self.link.pubkey
        ]


def code_of(answer: Mapping[str, Any]) -> str:
    """The code of a refusal, or nothing."""
    return answer["error"]["code"] if answer["error"] else ""


class WireApp(Talker):
    """An app at a real relay."""

    def __init__(self, link: WalletConnectLink, relays: RelayPool) -> None:
        super().__init__(link, SystemClock(), SystemEntropy())
        self._relays = relays
        self._waiting: dict[EventId, asyncio.Future[dict[str, Any]]] = {}
        mine = {"p": (link.key.x_only.hex(),)}
        wanted = Filter(kinds=(nip47.KIND_RESPONSE,), authors=(link.pubkey,), tags=mine)
        relays.subscribe((wanted,), self._on_event)

    def _on_event(self, event: Event) -> None:
        waiting = self._waiting.pop(EventId(bytes.fromhex(event.first("e") or "")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(self.read(event))

    async def ask(self, method: str, params: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The whole answer."""
        event = self.request(method, params)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[event.id] = answer
        await self._relays.publish(event)
        async with asyncio.timeout(20):
            return await answer


class ServingMember(Member):
    """A node whose database holds what the whole app keeps."""

    schema = SCHEMA


@asynccontextmanager
async def relay_pool(relay: str) -> AsyncIterator[WebsocketRelayPool]:
    """Connected with one relay."""
    async with asyncio.TaskGroup() as group:
        opened = WebsocketRelayPool(
            (relay,), network=Network.REGTEST, entropy=SystemEntropy(), way=WayOut()
        )
        opened.start(group)
        await until(lambda: opened.status()[0].connected)
        yield opened
        await opened.stop()


@asynccontextmanager
async def served_over(
    relay: str,
    database: MoneyDatabase,
    wallet: PaymentBackend,
    node_id: NodeId = OWN_NODE,
) -> AsyncIterator[Served]:
    """The server of a wallet, over one real relay."""
    async with relay_pool(relay) as relays:
        made = Served(
            database,
            wallet=wallet,
            relays=relays,
            clock=SystemClock(),
            entropy=SystemEntropy(),
            relay=relay,
            node_id=node_id,
        )
        task = asyncio.create_task(made.server.run())
        try:
            yield made
        finally:
            task.cancel()
            await asyncio.wait({task})


def served_by(member: Member, relay: str) -> AbstractAsyncContextManager[Served]:
    """The server of an embedded node."""
    wallet = EmbeddedBackend(member.node)
    return served_over(relay, member.database, wallet, member.node.node_id)
