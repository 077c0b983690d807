"""Puts the app together: adapters into ports, ports into services. Starts and ends it in order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tipdesk.adapters.control.server import ControlServer
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.net.upload import UploadClient
from tipdesk.adapters.payments.embedded import EmbeddedRoutes
from tipdesk.adapters.relays.auth import Prover
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.linking import LinkingSigner
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.adapters.storage.ledger import MoneyTipStore
from tipdesk.adapters.storage.picture_files import PictureFiles
from tipdesk.adapters.storage.records import (
    MoneyHistoryStore,
    MoneyIncomingStore,
    MoneyReceiptStore,
    MoneySettingsStore,
)
from tipdesk.adapters.storage.writing import MoneyWritingStore
from tipdesk.adapters.web.requesters import Requesters
from tipdesk.adapters.web.server import Handlers, WebServer
from tipdesk.app.config import Settings
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
from tipdesk.app.people import People, chosen_person, people_methods
from tipdesk.app.reading import Reading, ReadingSurroundings
from tipdesk.app.routes import route_methods
from tipdesk.app.tipping import build_tips
from tipdesk.base.errors import BackendError, StorageError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.backup import backup_key, open_backup
from tipdesk.services.allowance import Allowance
from tipdesk.services.backups import BackupService
from tipdesk.services.bus import Bus
from tipdesk.services.channels import ChannelService
from tipdesk.services.creator import CreatorService
from tipdesk.services.events import Notice
from tipdesk.services.feeds import FeedService
from tipdesk.services.follows import FollowService
from tipdesk.services.goals import GoalService
from tipdesk.services.holdings import open_again_before
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.lnurl_pages import LnurlPages
from tipdesk.services.names import Names, NameService
from tipdesk.services.onchain import OnchainService
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.own_payments import OwnPayments
from tipdesk.services.people import PeopleService
from tipdesk.services.pictures import PictureService
from tipdesk.services.preferences import PreferenceKeeper, Preferences
from tipdesk.services.profiles import Profiles
from tipdesk.services.providers import ProviderKeys
from tipdesk.services.publishing import PublishingService
from tipdesk.services.receipt_relays import ReceiptRelays
from tipdesk.services.receipts import ReceiptBook
from tipdesk.services.receiving import ReceiveService, ReceivingAddress
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.routes import RouteService
from tipdesk.services.tip_book import TipBook
from tipdesk.services.views import AppStatus
from tipdesk.services.wallet import WalletService
from tipdesk.services.writing import WritingService

PUBLISH_AGAIN_SECONDS: Final = 5.0
RESTART_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class App:
    """Everything of one profile; made by `build_app`, alive inside `running`."""

    def __init__(self, core: Core, preferences: PreferenceKeeper) -> None:
        self.core = core
        self.preferences = preferences
        self.at_login, self.notifications = at_login(), notifications()
        settings, network = core.settings, core.settings.network
        self.clock = core.clock
        self.bus = Bus()
        self.keys = Keys(core, has_money=self._has_money)
        self._http = WebClient(network)
        self._upload_http = UploadClient(network)
        draft_pictures = PictureFiles(core.folder / "draft-pictures")
        self.images = Images(self._http, draft_pictures)
        self._signer = KeySigner(core.identity.nostr_key, core.entropy)
        self._relays = WebsocketRelayPool(
            settings.relays,
            network=network,
            entropy=core.entropy,
            prover=Prover(self._signer, self.clock),
        )
        self.diagnostics = Diagnostics(core, self._relays.status)
        self._cache = CacheFeedStore(core.folder / "cache.db")
        practice = network is Network.REGTEST
        self._own_lists = OwnLists(
            signer=self._signer,
            relays=self._relays,
            store=self._cache,
            clock=self.clock,
            practice=practice,
        )
        self.relay_lists = RelayLists(self._own_lists, practice=practice)
        names = Names(self._cache, self.clock, practice=practice)
        self._profiles = Profiles(network, names)
        # NIP-05 wants redirects ignored: whoever runs one page of a domain does not own its names.
        self._names_http = WebClient(network, max_redirects=0)
        self.names = NameService(
            http=self._names_http,
            names=names,
            bus=self.bus,
            clock=self.clock,
            practice=practice,
        )
        database = core.database
        tip_book = TipBook(MoneyTipStore(database), self._profiles, sender=self._signer.pubkey)
        lnurl = LnurlClient(self._http, network)
        receipt_store = MoneyReceiptStore(database)
        providers = ProviderKeys(receipt_store, self.clock)
        self._receipts = ReceiptBook(
            store=receipt_store,
            lnurl=lnurl,
            profiles=self._profiles,
            providers=providers,
            tips=tip_book,
            own=OwnPayments(tip_book, MoneyIncomingStore(database)),
            clock=self.clock,
        )
        settings_store = MoneySettingsStore(database)
        self.feeds = FeedService(
            relays=self._relays,
            store=self._cache,
            settings=settings_store,
            profiles=self._profiles,
            relay_lists=self.relay_lists,
            receipts=self._receipts,
            tips=tip_book,
            bus=self.bus,
            clock=self.clock,
        )
        self.follows = FollowService(
            feed=self.feeds, lists=self._own_lists, settings=settings_store, bus=self.bus
        )
        self.goals = GoalService(
            signer=self._signer,
            lists=self._own_lists,
            relays=self._relays,
            store=receipt_store,
            receipts=self._receipts,
            bus=self.bus,
            clock=self.clock,
        )
        self.people = PeopleService(relays=self._relays, profiles=self._profiles, bus=self.bus)
        self.reading = Reading(
            ReadingSurroundings(
                signer=self._signer,
                own_lists=self._own_lists,
                relay_lists=self.relay_lists,
                relays=self._relays,
                feeds=self.feeds,
                people=self.people,
                settings=settings_store,
                bus=self.bus,
                practice=practice,
            )
        )
        self.allowance = Allowance(book=tip_book, settings=settings_store, clock=self.clock)
        self.messages = Messages(
            core,
            Surroundings(
                signer=self._signer,
                own_lists=self._own_lists,
                relay_lists=self.relay_lists,
                relays=self._relays,
                feeds=self.feeds,
                profiles=self._profiles,
                people=self.people,
                bus=self.bus,
            ),
        )
        self.tips = build_tips(
            core,
            book=tip_book,
            feeds=self.feeds,
            receipts=self._receipts,
            profiles=self._profiles,
            people=self.people,
            allowance=self.allowance,
            lnurl=lnurl,
            providers=providers,
            signer=self._signer,
            receipt_relays=ReceiptRelays(
                goals=self.goals, lists=self.relay_lists, relays=self._relays
            ),
            settings=settings_store,
            bus=self.bus,
            words=self.messages.words,
        )
        self.wallet = WalletService(
            wallet=core.backend,
            onchain=core.wallet,
            store=MoneyHistoryStore(database),
            bus=self.bus,
            clock=self.clock,
            network=network,
            cap=core.cap,
            channels=core.channels.channels,
        )
        self.onchain = OnchainService(
            wallet=core.wallet,
            feerates=lambda: core.node.chain.feerates,
            kept=core.node.coins_kept,
            publish=core.node.chain.broadcast,
            forget=core.node.chain.forget,
            bus=self.bus,
        )
        self.pages = LnurlPages(
            http=self._http,
            network=network,
            wallet=self.wallet,
            signer=LinkingSigner(core.identity.seed),
        )
        key = backup_key(core.identity.seed)
        self.backups = BackupService(
            files=core.backups,
            write=core.node.backup.write_now,
            read=lambda sealed: open_backup(sealed, key),
            holders=lambda: core.node.backup.holders,
            channels=core.channels.channels,
            settings=settings_store,
        )
        self.channels = ChannelService(core.channels, self.bus)
        self.routes = RouteService(EmbeddedRoutes(core.node))
        incoming = MoneyIncomingStore(database)
        self._receiving = ReceiveService(
            address=_address(core, self._signer.pubkey),
            wallet=core.backend,
            signer=self._signer,
            relays=self._relays,
            store=incoming,
            bus=self.bus,
            clock=self.clock,
        )
        self.creator = CreatorService(
            store=incoming,
            desk=MoneyDeskStore(database),
            receiving=self._receiving,
            profiles=self._profiles,
            people=self.people,
            bus=self.bus,
        )
        self.messages.tell(self.creator)
        self.desk = CreatorDesk(
            core,
            creator=self.creator,
            settings=settings_store,
            signer=self._signer,
            lnurl=lnurl,
            relays=self._relays,
            bus=self.bus,
        )
        self.publishing = PublishingService(
            signer=self._signer, lists=self._own_lists, people=self.people, clock=self.clock
        )
        self.writing = WritingService(
            signer=self._signer,
            lists=self._own_lists,
            relay_lists=self.relay_lists,
            relays=self._relays,
            store=MoneyWritingStore(database),
            pictures=PictureService(
                signer=self._signer,
                uploader=self._upload_http,
                shelf=draft_pictures,
                settings=settings_store,
                network=network,
                usual_server=settings.media_server,
                clock=self.clock,
            ),
            feeds=self.feeds,
            bus=self.bus,
            clock=self.clock,
            entropy=core.entropy,
        )
        self._methods_of_people = People(
            follows=self.follows,
            relay_lists=self.relay_lists,
            names=self.names,
            goals=self.goals,
            publishing=self.publishing,
        )
        self.rates = build_rates(core, self._http, settings_store, self.bus)
        self.timeline = build_timeline(core, self._profiles, self.creator, self.bus)
        for text in settings.follows:
            self.feeds.follow(chosen_person(text))
        if settings.receive_user:
            # A creator sees which of the own posts was tipped.
            self.feeds.follow(self._signer.pubkey)

    def _has_money(self) -> bool:
        return bool(self.wallet.summary().holdings.total or self.core.channels.channels())

    def status(self) -> AppStatus:
        """How we stand to the world."""
        relays, node = self._relays.status(), self.core.node
        port = node.gossip.own.listen_port
        return AppStatus(
            network=self.core.settings.network.value,
            relays_connected=sum(1 for relay in relays if relay.connected),
            relays_total=len(relays),
            chain_height=None if node.chain.height is None else node.chain.height.value,
            peers=node.connections.count,
            node_uri="" if port is None else f"{node.node_id}@127.0.0.1:{port}",
            myself=self._profiles.view(self._signer.pubkey),
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
                **export_methods(self.timeline),
                **route_methods(self.routes),
            },
            self.core.entropy,
        )
        web = self._web_server()
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
                        if web is not None:
                            await web.start()
                            await self.desk.open()
                        if control:
                            await server.start()
                        try:
                            yield
                        finally:
                            await server.stop()
                            if web is not None:
                                await web.stop()
                            await self.desk.close()
                            await self._relays.stop()
                            for task in tasks:
                                task.cancel()
                finally:
                    guard.cancel()
                    node.cancel()
        finally:
            await self.notifications.close()
            await self._http.close()
            await self._names_http.close()
            await self._upload_http.close()
            await self.reading.close()
            await self.core.chain.close()
            self._cache.close()
            self.core.close()

    async def _stop_with_storage(self) -> None:
        """Nothing can be promised any more once money.db fails: the app ends, and says why."""
        raise await self.core.storage_failed

    def _start_services(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        self._relays.start(group)
        self.people.ask_about(self._signer.pubkey)
        work = [
            self.feeds.run,
            self.tips.run,
            self._receiving.run,
            self.wallet.run,
            self.rates.run,
            self.timeline.run,
            self.people.run,
            *self.desk.work,
            *self.messages.work,
            self.follows.run,
            self.names.run,
            self.writing.run,
            *self.reading.work,
        ]
        if self.core.settings.profile_name:
            work.append(self._publish_profile)
        return [group.create_task(self._supervised(one)) for one in work]

    async def _supervised(self, run: Callable[[], Awaitable[None]]) -> None:
        """A bug in one service ends that service for a moment, shown; the others go on."""
        while True:
            try:
                await run()
            except Exception as error:
                if isinstance(error, StorageError) or (
                    isinstance(error, ExceptionGroup) and error.subgroup(StorageError)
                ):
                    raise
                _log.exception("a service failed and is started again")
                text = Phrase("A part of TipDesk failed and was started again.")
                self.bus.publish(Notice(text, serious=True))
                await asyncio.sleep(RESTART_SECONDS)
            else:
                return

    def _web_server(self) -> WebServer | None:
        settings = self.core.settings
        if not settings.receive_user:
            return None
        handlers = Handlers(
            params=self._receiving.lnurl_params,
            invoice=self._receiving.lnurl_invoice,
            images=self.core.folder / "images",
        )
        return WebServer(handlers, requesters=Requesters(self.clock), port=settings.receive_port)

    async def _publish_profile(self) -> None:
        """Tells the relays where we are tipped, as soon as one of them listens."""
        settings = self.core.settings
        while True:
            try:
                await self.publishing.publish_profile(
                    name=settings.profile_name,
                    about=settings.profile_about,
                    picture=settings.profile_picture,
                    lightning_address=_address(self.core, self._signer.pubkey).identifier
                    if settings.receive_user
                    else "",
                )
            except BackendError as error:
                _log.info("the profile is not published yet: %s", error)
                await asyncio.sleep(PUBLISH_AGAIN_SECONDS)
            else:
                return


def _address(core: Core, pubkey: XOnlyPubkey) -> ReceivingAddress:
    settings = core.settings
    place = f"127.0.0.1:{settings.receive_port}"
    return ReceivingAddress(
        user=settings.receive_user,
        recipient=pubkey,
        identifier=f"{settings.receive_user}@{place}",
        callback=f"http://{place}/lnurlp/{settings.receive_user}/callback",
        description=f"A tip for {settings.profile_name or settings.receive_user}",
    )


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
    except BaseException:
        await core.chain.close()
        core.close()
        raise
    return app
