"""People who write to each other in tests: real stores and services over relays held in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes import RELAY, FakeClock, FakeEntropy, FakeRelays, FakeSubscription
from tipdesk.adapters.secrets.signer import KeySigner, one_time_signer
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.adapters.storage.messages import MESSAGES_SCHEMA, MoneyMessageStore
from tipdesk.adapters.storage.payment_asks import ASKS_SCHEMA
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.ports.relays import PublishResult
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent
from tipdesk.services.gift_wrapping import GiftWrapper
from tipdesk.services.message_book import MessageBook
from tipdesk.services.message_places import MessagePlaces
from tipdesk.services.message_receiving import MessageReceiver
from tipdesk.services.message_sending import MessageSender
from tipdesk.services.messages import MessageService
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.relay_lists import RelayLists


@dataclass
class Net:
    """Relays by address, each with what it stores; those in `refusing` take nothing."""

    stored: dict[str, list[Event]] = field(default_factory=dict)
    refusing: dict[str, str] = field(default_factory=dict)
    people: "list[NetRelays]" = field(default_factory=list)

    def take(self, event: Event, url: str) -> PublishResult:
        if url in self.refusing:
            return PublishResult(accepted=False, message=self.refusing[url])
        events = self.stored.setdefault(url, [])
        if event not in events:
            events.append(event)
            for person in self.people:
                person.deliver_from(url, event)
        return PublishResult(accepted=True)

    def all(self, kind: int) -> list[tuple[str, Event]]:
        return [(u, e) for u, events in self.stored.items() for e in events if e.kind == kind]


class NetRelays(FakeRelays):
    """One person's connections to the net."""

    def __init__(self, net: Net) -> None:
        super().__init__(stored=net.stored)
        self.net = net
        net.people.append(self)

    def subscribe(
        self,
        filters: Sequence[Filter],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None = None,
        *,
        urls: Sequence[str] | None = None,
    ) -> FakeSubscription:
        subscription = super().subscribe(filters, on_event, on_eose, urls=urls)
        for url in subscription.urls or (RELAY,):
            for event in tuple(self.net.stored.get(url, ())):
                self._offer(subscription, event)
        return subscription

    async def publish(
        self, event: Event, urls: Sequence[str] | None = None, *, timeout: float = 10.0
    ) -> Mapping[str, PublishResult]:
        await super().publish(event, urls, timeout=timeout)
        return {url: self.net.take(event, url) for url in urls or (RELAY,)}

    def deliver_from(self, url: str, event: Event) -> None:
        for subscription in tuple(self.subscriptions):
            if subscription.is_open and url in (subscription.urls or (RELAY,)):
                self._offer(subscription, event)

    @staticmethod
    def _offer(subscription: FakeSubscription, event: Event) -> None:
        if any(entry.matches(event) for entry in subscription.filters):
            subscription.on_event(event)


class Correspondent:
    """A profile on disk with its messages; `open` starts it as the app would."""

    schema: tuple[str, ...] = (MESSAGES_SCHEMA, ASKS_SCHEMA)

    def __init__(self, folder: Path, key: PrivateKey, net: Net) -> None:
        folder.mkdir()
        self.folder = folder
        self.key = key
        self.net = net
        self.clock = FakeClock()
        self.entropy = FakeEntropy()
        self.follows: set[XOnlyPubkey] = set()
        self.open()

    @property
    def pubkey(self) -> XOnlyPubkey:
        return self.key.x_only

    def connect(self) -> NetRelays:
        """Their connections to the relays."""
        return NetRelays(self.net)

    def open(self) -> None:
        self.events: list[AppEvent] = []
        self.bus = bus = Bus()
        bus.subscribe(AppEvent, self.events.append)
        self.relays = self.connect()
        self.database = MoneyDatabase(self.folder / "money.db", self.schema)
        self.cache = CacheFeedStore(self.folder / "cache.db")
        self.store = MoneyMessageStore(self.database)
        signer = KeySigner(self.key, self.entropy)
        own = OwnLists(
            signer=signer,
            relays=self.relays,
            store=self.cache,
            clock=self.clock,
            practice=True,
        )
        self.lists = RelayLists(own, practice=True)
        profiles = Profiles(Network.REGTEST)
        self.places = MessagePlaces(
            own=own,
            lists=self.lists,
            relays=self.relays,
            ours=self.pubkey,
            bus=bus,
            clock=self.clock,
            practice=True,
        )
        self.book = MessageBook(
            store=self.store,
            ours=self.pubkey,
            is_friend=self.follows.__contains__,
            profile=profiles.view,
            people=PeopleService(relays=self.relays, profiles=profiles, bus=bus),
            bus=bus,
            clock=self.clock,
        )
        self.wrapper = GiftWrapper(
            signer=signer,
            one_time_signer=lambda: one_time_signer(self.entropy),
            clock=self.clock,
            entropy=self.entropy,
        )
        self.sender = MessageSender(
            store=self.store,
            book=self.book,
            places=self.places,
            relays=self.relays,
            wrapper=self.wrapper,
            clock=self.clock,
            retry_seconds=(0.005, 0.005, 0.005),
        )
        self.receiver = MessageReceiver(
            store=self.store,
            book=self.book,
            places=self.places,
            relays=self.relays,
            wrapper=self.wrapper,
            clock=self.clock,
        )
        self.messages = MessageService(
            store=self.store,
            book=self.book,
            places=self.places,
            sender=self.sender,
            receiver=self.receiver,
            ours=self.pubkey,
            clock=self.clock,
        )

    def close(self) -> None:
        self.net.people.remove(self.relays)
        self.database.close()
        self.cache.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The service runs; leaving is the death of the process."""
        task = asyncio.ensure_future(self.messages.run())
        await asyncio.sleep(0.005)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def texts(self, peer: "Correspondent") -> list[str]:
        """What was written with somebody, oldest first."""
        return [view.text for view in reversed(self.book.messages(peer.pubkey))]
