"""Puts the app together: adapters into ports, ports into services. Starts and ends it in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from tipdesk.adapters.control.server import ControlServer
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.payments.embedded import EmbeddedRoutes
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.ledger import MoneyTipStore
from tipdesk.adapters.storage.records import (
    MoneyIncomingStore,
    MoneyReceiptStore,
    MoneySettingsStore,
)
from tipdesk.app.config import Settings
from tipdesk.app.connections import Connections, connection_methods
from tipdesk.app.core import Core, open_core
from tipdesk.app.desk import CreatorDesk
from tipdesk.app.desktop import at_login, notifications
from tipdesk.app.diagnostics import Diagnostics
from tipdesk.app.export import export_methods
from tipdesk.app.history import build_rates, build_timeline
from tipdesk.app.images import Images
from tipdesk.app.keys import Keys
from tipdesk.app.messages import Messages, Surroundings, message_methods
from tipdesk.app.methods import node_methods, publishing_methods
from tipdesk.app.money import (
    build_backups,
    build_onchain,
    build_onchain_history,
    build_pages,
    build_wallet,
)
from tipdesk.app.nostr import Nostr
from tipdesk.app.payment_asks import ask_methods, build_asks, build_senders, sender_methods
from tipdesk.app.payment_names import Names
from tipdesk.app.people import People, chosen_person, people_methods
from tipdesk.app.people_book import book_methods, build_people_book
from tipdesk.app.private import build_private, private_methods
from tipdesk.app.profile_shelf import ProfileShelf
from tipdesk.app.proxy import build_proxy
from tipdesk.app.reading import Reading, ReadingSurroundings
from tipdesk.app.receiving import Receiving
from tipdesk.app.routes import route_methods
from tipdesk.app.supervising import supervised
from tipdesk.app.tipping import build_tips
from tipdesk.app.wallets import build_wallets
from tipdesk.app.writing import Writing
from tipdesk.services.allowance import Allowance
from tipdesk.services.bus import Bus
from tipdesk.services.channels import ChannelService
from tipdesk.services.companions import Companions
from tipdesk.services.creator import CreatorService
from tipdesk.services.feeds import FeedService
from tipdesk.services.follows import FollowService
from tipdesk.services.goals import GoalService
from tipdesk.services.holdings import open_again_before
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.own_payments import OwnPayments
from tipdesk.services.people import PeopleService
from tipdesk.services.preferences import PreferenceKeeper, Preferences
from tipdesk.services.providers import ProviderKeys
from tipdesk.services.publishing import PublishingService
from tipdesk.services.receipt_relays import ReceiptRelays
from tipdesk.services.receipts import ReceiptBook
from tipdesk.services.routes import RouteService
from tipdesk.services.tip_amounts import TipAmounts
from tipdesk.services.tip_book import TipBook
from tipdesk.services.views import AppStatus
from tipdesk.tips.payment import Capability


class App:
    """Everything of one profile; made by `build_app`, alive inside `running`."""

    def __init__(self, core: Core, preferences: PreferenceKeeper) -> None:
        self.core = core
        self.preferences = preferences
        self.at_login, self.notifications = at_login(), notifications()
        self.clock = core.clock
        self.bus = Bus()
        self.profiles = ProfileShelf(core.folder)
        self.keys = Keys(core, has_money=self._has_money)
        self.proxy = build_proxy(core, self.bus, preferences)
        self._nostr = nostr = Nostr(core, self.bus)
        self._http = WebClient(core.settings.network, core.way)
        self.diagnostics = Diagnostics(core, nostr.relays.status)
        self.relay_lists, self.names = nostr.relay_lists, nostr.names
        database = core.database
        tip_book = TipBook(
            MoneyTipStore(database),
            nostr.profiles,
            sender=nostr.signer.pubkey,
            limits_fees=lambda: Capability.FEE_LIMIT in core.backend.capabilities,
        )
        lnurl = LnurlClient(self._http, core.settings.network)
        receipt_store = MoneyReceiptStore(database)
        providers = ProviderKeys(receipt_store, self.clock)
        self._receipts = ReceiptBook(
            store=receipt_store,
            lnurl=lnurl,
            profiles=nostr.profiles,
            providers=providers,
            tips=tip_book,
            own=OwnPayments(tip_book, MoneyIncomingStore(database)),
            clock=self.clock,
        )
        settings_store = MoneySettingsStore(database)
        self.feeds = FeedService(
            relays=nostr.relays,
            store=nostr.cache,
            settings=settings_store,
            profiles=nostr.profiles,
            relay_lists=nostr.relay_lists,
            receipts=self._receipts,
            tips=tip_book,
            bus=self.bus,
            clock=self.clock,
        )
        self.follows = FollowService(
            feed=self.feeds, lists=nostr.own_lists, settings=settings_store, bus=self.bus
        )
        self.goals = GoalService(
            signer=nostr.signer,
            lists=nostr.own_lists,
            relays=nostr.relays,
            store=receipt_store,
            receipts=self._receipts,
            bus=self.bus,
            clock=self.clock,
        )
        self.people = PeopleService(relays=nostr.relays, profiles=nostr.profiles, bus=self.bus)
        self.people_book = build_people_book(core, nostr, self.feeds, self.people, self.bus)
        companions = Companions(
            book=self.people_book,
            profile=nostr.profiles.view,
            sender=lambda payment_hash: self.senders.sender(payment_hash),
        )
        self.reading = Reading(
            ReadingSurroundings(
                signer=nostr.signer,
                own_lists=nostr.own_lists,
                relay_lists=nostr.relay_lists,
                relays=nostr.relays,
                feeds=self.feeds,
                people=self.people,
                settings=settings_store,
                bus=self.bus,
                practice=nostr.practice,
            ),
            core.way,
        )
        self.allowance = Allowance(book=tip_book, settings=settings_store, clock=self.clock)
        self.amounts = TipAmounts(
            settings=settings_store, budget=self.allowance.budget, bus=self.bus
        )
        self.messages = Messages(
            core,
            Surroundings(
                signer=nostr.signer,
                own_lists=nostr.own_lists,
                relay_lists=nostr.relay_lists,
                relays=nostr.relays,
                is_friend=lambda key: self.feeds.is_followed(key) or self.people_book.has(key),
                profile=companions.profile,
                people=self.people,
                bus=self.bus,
            ),
        )
        self.tips = build_tips(
            core,
            book=tip_book,
            feeds=self.feeds,
            receipts=self._receipts,
            profiles=nostr.profiles,
            people=self.people,
            allowance=self.allowance,
            lnurl=lnurl,
            providers=providers,
            signer=nostr.signer,
            receipt_relays=ReceiptRelays(
                goals=self.goals, lists=nostr.relay_lists, relays=nostr.relays
            ),
            settings=settings_store,
            bus=self.bus,
            words=self.messages.words,
        )
        self.wallets = build_wallets(core, self.bus, lambda key: self.connections.serves(key))
        self.wallet = build_wallet(core, self.wallets, self.bus)
        self._payment_names = Names(core, settings_store)
        self.payment_names = self._payment_names.service
        self.private = build_private(
            core,
            book=self.people_book,
            wallet=self.wallet,
            lnurl=lnurl,
            names=self.payment_names,
            bus=self.bus,
        )
        self.private_sends, self.own_offers = self.private.sends, self.private.offers
        self.proofs = self.private.proofs
        self._onchain_history = build_onchain_history(core, self.bus)
        self.onchain = build_onchain(core, self._onchain_history, self.bus)
        self.pages = build_pages(core, self.wallet, self._http)
        self.backups = build_backups(core, settings_store)
        self.channels = ChannelService(core.channels, self.bus)
        self.routes = RouteService(EmbeddedRoutes(core.node))
        self._receiving = Receiving(core, nostr, settings_store, self.bus)
        self._connections = Connections(
            core,
            wallet=core.backend,
            relays=nostr.relays,
            history=self.wallet,
            receiving=self._receiving.service,
            recipient=nostr.signer.pubkey,
            bus=self.bus,
        )
        self.connections = self._connections.service
        self.address = self._receiving.address
        self.creator = CreatorService(
            store=MoneyIncomingStore(database),
            desk=MoneyDeskStore(database),
            receiving=self._receiving.service,
            profiles=nostr.profiles,
            people=self.people,
            bus=self.bus,
        )
        self.messages.tell(self.creator)
        self.desk = CreatorDesk(
            core,
            creator=self.creator,
            settings=settings_store,
            signer=nostr.signer,
            lnurl=lnurl,
            relays=nostr.relays,
            address=lambda: nostr.profiles.view(nostr.signer.pubkey).lud16 or "",
            bus=self.bus,
        )
        self.publishing = PublishingService(
            signer=nostr.signer, lists=nostr.own_lists, people=self.people, clock=self.clock
        )
        self._writing = Writing(core, nostr, self.feeds, settings_store, self.bus)
        self.writing = self._writing.service
        self.images = Images(self._http, self._writing.pictures)
        self._methods_of_people = People(
            follows=self.follows,
            relay_lists=nostr.relay_lists,
            names=self.names,
            goals=self.goals,
            publishing=self.publishing,
        )
        self.rates = build_rates(core, self._http, settings_store, self.bus)
        self.timeline = build_timeline(core, companions, self.creator, self.bus)
        self.asks = build_asks(
            core,
            messages=self.messages.service,
            wallet=self.wallet,
            people=self.people_book,
            timeline=self.timeline,
            bus=self.bus,
        )
        self.private.income.on_paid(self.asks.offer_was_paid)
        self.senders = build_senders(
            core,
            messages=self.messages.service,
            wallet=self.wallet,
            people=self.people_book,
            proofs=self.proofs,
            profile=companions.profile,
            ours=nostr.signer.pubkey,
            bus=self.bus,
        )
        for text in core.settings.follows:
            self.feeds.follow(chosen_person(text))
        if core.settings.receive_user:
            # A creator sees which of the own posts was tipped.
            self.feeds.follow(nostr.signer.pubkey)

    def _has_money(self) -> bool:
        return bool(self.wallet.summary().holdings.total or self.core.channels.channels())

    def status(self) -> AppStatus:
        """How we stand to the world."""
        nostr, node = self._nostr, self.core.node
        relays = nostr.relays.status()
        port = node.gossip.own.listen_port
        return AppStatus(
            network=self.core.settings.network.value,
            relays_connected=sum(1 for relay in relays if relay.connected),
            relays_total=len(relays),
            chain_height=None if node.chain.height is None else node.chain.height.value,
            peers=node.connections.count,
            node_uri="" if port is None else f"{node.node_id}@127.0.0.1:{port}",
            myself=nostr.profiles.view(nostr.signer.pubkey),
            map_known=node.gossip.graph.channel_count,
            map_missing=node.gossip.missing,
            open_again_before=open_again_before(
                self.core.channels.channels(), node.height(), self.clock.now()
            ),
        )

    @asynccontextmanager
    async def running(self, *, control: bool = False) -> AsyncIterator[None]:
        """The app is alive inside; services end before the node, storage last."""
        server = ControlServer(
            self.core.folder,
            {
                **node_methods(self.core),
                **publishing_methods(self.publishing),
                **people_methods(self._methods_of_people),
                **message_methods(self.messages),
                **ask_methods(self.asks),
                **sender_methods(self.senders),
                **export_methods(self.timeline),
                **route_methods(self.routes),
                **connection_methods(self.connections),
                **book_methods(self.people_book, self.timeline),
                **private_methods(self.private),
            },
            self.core.entropy,
        )
        ready = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as outer:
                node = outer.create_task(self.core.node.run(ready))
                guard = outer.create_task(self._stop_with_storage())
                try:
                    started = outer.create_task(ready.wait())
                    await asyncio.wait({started, node}, return_when=asyncio.FIRST_COMPLETED)
                    started.cancel()
                    if node.done():
                        # It ended before it was ready: its error is why.
                        await node
                    async with asyncio.TaskGroup() as services:
                        tasks = self._start_services(services)
                        await self.address.open(must=control)
                        if self.address.now is not None or not control:
                            await self.desk.open()
                        if control:
                            await server.start()
                        try:
                            yield
                        finally:
                            await server.stop()
                            await self.address.close()
                            await self.desk.close()
                            await self._nostr.relays.stop()
                            for task in tasks:
                                task.cancel()
                finally:
                    guard.cancel()
                    node.cancel()
        finally:
            await self.notifications.close()
            await self._http.close()
            await self._writing.close()
            await self._payment_names.close()
            await self.reading.close()
            await self.core.chain.close()
            await self._nostr.close()
            self.core.close()

    async def _stop_with_storage(self) -> None:
        """Nothing can be promised any more once money.db fails: the app ends, and says why."""
        raise await self.core.storage_failed

    def _start_services(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        self._nostr.relays.start(group)
        self.people.ask_about(self._nostr.signer.pubkey)
        self.private.income.catch_up()
        work = [
            self.feeds.run,
            self.tips.run,
            self._receiving.service.run,
            self.wallet.run,
            self.wallets.run,
            self._connections.server.run,
            self.rates.run,
            self.timeline.run,
            self._onchain_history.run,
            self.people.run,
            *self.desk.work,
            *self.messages.work,
            self.follows.run,
            self.names.run,
            self.writing.run,
            *self.reading.work,
        ]
        if self.core.settings.profile_name:
            work.append(partial(self._receiving.publish_profile, self.publishing))
        return [group.create_task(supervised(one, self.bus)) for one in work]


async def build_app(
    folder: Path,
    settings: Settings,
    *,
    practice: bool,
    passphrase: bytes | None,
    preferences: PreferenceKeeper | None = None,
) -> App:
    """Opens a profile and builds the app around it; the folder exists.

    Without `preferences` it has the usual ones, which nobody keeps: a server looks like nothing.
    """
    core = await open_core(folder, settings, practice=practice, passphrase=passphrase)
    try:
        app = App(core, preferences or PreferenceKeeper(Preferences()))
        await app.keys.load()
        await app.wallets.load()
    except BaseException:
        await core.chain.close()
        core.close()
        raise
    return app
