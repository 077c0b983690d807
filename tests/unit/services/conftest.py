"""A fan's services over real stores, with a wallet, a web and relays that do as they are told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.fakes import (
    ADDRESS,
    CREATOR,
    FAN,
    START,
    CreatorServer,
    FakeClock,
    FakeEntropy,
    FakeRelays,
    FakeWallet,
    ScriptedHttp,
    sign,
)
from tests.words import FakeWords
from tipdesk.adapters.secrets.signer import KeySigner, one_time_signer
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.adapters.storage.ledger import TIP_MIGRATIONS, MoneyTipStore
from tipdesk.adapters.storage.records import (
    MoneyHistoryStore,
    MoneyIncomingStore,
    MoneyReceiptStore,
    MoneySettingsStore,
)
from tipdesk.base.ids import TipId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.services.addresses import AddressFinder
from tipdesk.services.allowance import Allowance
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent
from tipdesk.services.feeds import FeedService
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.own_payments import OwnPayments
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.providers import ProviderKeys
from tipdesk.services.receipts import ReceiptBook
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.tip_book import TipBook
from tipdesk.services.tip_effects import TipEffects
from tipdesk.services.tip_plan import TipIntent, TipPlanner
from tipdesk.services.tipping import TipService, TipSurroundings
from tipdesk.services.views import TipView
from tipdesk.services.wallet import WalletService

PROFILE = sign(CREATOR, 0, f'{{"name": "Ana", "lud16": "{ADDRESS}"}}')
POST = sign(CREATOR, 1, "a song", created_at=START.unix_seconds - 60)


class Fan:
    """A profile on disk; `open` starts it as the app would, again after each `close`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clock = FakeClock()
        self.entropy = FakeEntropy()
        self.wallet = FakeWallet(self.clock)
        self.http = ScriptedHttp()
        self.server = CreatorServer(self.http, self.wallet, self.clock)
        self.relays = FakeRelays()
        self.words = FakeWords()
        self.open()
        self.tips.undo_window_ms = 0

    def open(self) -> None:
        self.events: list[AppEvent] = []
        self.bus = Bus()
        self.bus.subscribe(AppEvent, self.events.append)
        self.database = MoneyDatabase(self._folder / "money.db", TIP_MIGRATIONS)
        self.cache = CacheFeedStore(self._folder / "cache.db")
        self.store = MoneyTipStore(self.database)
        self.verdicts = MoneyReceiptStore(self.database)
        settings = MoneySettingsStore(self.database)
        lnurl = LnurlClient(self.http, Network.REGTEST)
        signer = KeySigner(FAN, self.entropy)
        self.lists = OwnLists(
            signer=signer,
            relays=self.relays,
            store=self.cache,
            clock=self.clock,
            practice=True,
        )
        self.relay_lists = RelayLists(self.lists, practice=True)
        self.profiles = Profiles(Network.REGTEST)
        self.providers = ProviderKeys(self.verdicts, self.clock)
        self.book = TipBook(self.store, self.profiles, sender=signer.pubkey)
        self.receipts = ReceiptBook(
            store=self.verdicts,
            lnurl=lnurl,
            profiles=self.profiles,
            providers=self.providers,
            tips=self.book,
            own=OwnPayments(self.book, MoneyIncomingStore(self.database)),
            clock=self.clock,
        )
        self.feed = FeedService(
            relays=self.relays,
            store=self.cache,
            settings=settings,
            profiles=self.profiles,
            relay_lists=self.relay_lists,
            receipts=self.receipts,
            tips=self.book,
            bus=self.bus,
            clock=self.clock,
        )
        self.people = PeopleService(relays=self.relays, profiles=self.profiles, bus=self.bus)
        self.allowance = Allowance(book=self.book, settings=settings, clock=self.clock)
        self.tips = TipService(
            book=self.book,
            effects=TipEffects(
                lnurl=lnurl,
                providers=self.providers,
                signer=signer,
                receipt_relays=lambda _: tuple(one.url for one in self.relays.status()),
                wallet=self.wallet,
                clock=self.clock,
                entropy=self.entropy,
                addresses=AddressFinder(profiles=self.profiles, people=self.people, bus=self.bus),
                one_time_signer=lambda: one_time_signer(self.entropy),
            ),
            planner=TipPlanner(
                book=self.book,
                feed=self.feed,
                profiles=self.profiles,
                allowance=self.allowance,
            ),
            receipts=self.receipts,
            settings=settings,
            bus=self.bus,
            clock=self.clock,
            entropy=self.entropy,
            surroundings=TipSurroundings(Network.REGTEST, None),
            words=self.words,
        )
        self.purse = WalletService(
            wallet=self.wallet,
            onchain=None,
            store=MoneyHistoryStore(self.database),
            bus=self.bus,
            clock=self.clock,
            network=Network.REGTEST,
        )

    def close(self) -> None:
        self.database.close()
        self.cache.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The services run; leaving is the death of the process."""
        tasks = [
            asyncio.ensure_future(run)
            for run in (self.feed.run(), self.tips.run(), self.purse.run())
        ]
        await asyncio.sleep(0.01)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    def meet_ana(self) -> None:
        self.feed.follow(CREATOR.x_only)
        self.relays.deliver(PROFILE, POST)

    def begin(self, sat: int = 21, comment: str = "nice & warm") -> TipId:
        return self.tips.begin(TipIntent(CREATOR.x_only, POST.id, Msat(sat * 1_000), comment))

    def view(self, tip_id: TipId) -> TipView:
        view = self.tips.tip(tip_id)
        assert view is not None
        return view


@pytest.fixture
def fan(tmp_path: Path) -> Iterator[Fan]:
    fan = Fan(tmp_path)
    yield fan
    fan.close()
