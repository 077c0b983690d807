"""People who ask each other for money in tests: correspondents with a wallet and a book."""

import itertools
from pathlib import Path

from tests.correspondents import Correspondent, Net
from tests.fakes import FakeWallet
from tipdesk.adapters.storage.payment_asks import MoneyAskStore
from tipdesk.adapters.storage.people import MoneyPeopleStore
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.app.core import SCHEMA
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.services.payment_asks import PaymentAsks
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.profiles import Profiles
from tipdesk.services.views import AskState, AskView, MessageView
from tipdesk.services.wallet import WalletService
from tipdesk.tips.payment import PaymentUpdate

_NUMBERS = itertools.count(10_000, 1_000)


class Asker(Correspondent):
    """A correspondent who asks, and is asked."""

    schema = SCHEMA

    def __init__(self, folder: Path, key: PrivateKey, net: Net) -> None:
        self.notes: dict[PaymentHash, str] = {}
        self.purse: FakeWallet | None = None
        super().__init__(folder, key, net)

    def open(self) -> None:
        super().open()
        if self.purse is None:
            self.purse = FakeWallet(self.clock)
            self.purse._numbers = itertools.count(next(_NUMBERS))
        self.wallet = WalletService(
            wallet=self.purse,
            onchain=None,
            store=MoneyHistoryStore(self.database),
            bus=self.bus,
            clock=self.clock,
            network=Network.REGTEST,
        )
        self.people = PeopleBook(
            store=MoneyPeopleStore(self.database),
            ours=self.pubkey,
            follows=lambda: self.follows,
            profile=Profiles(Network.REGTEST).view,
            network=Network.REGTEST,
            bus=self.bus,
            clock=self.clock,
        )
        self.timeline = MoneyTimelineStore(self.database)
        self.asks = PaymentAsks(
            messages=self.messages,
            store=MoneyAskStore(self.database),
            wallet=self.wallet,
            people=self.people,
            network=Network.REGTEST,
            bus=self.bus,
            clock=self.clock,
            note=self.notes.__setitem__,
        )

    def latest(self, peer: Correspondent) -> MessageView:
        """The last message with somebody."""
        return self.book.messages(peer.pubkey)[0]

    def asked(self, peer: Correspondent, message_id: EventId | None = None) -> AskView:
        """What a message asks for; the last one's, if none is named."""
        view = self.latest(peer) if message_id is None else self.book.message(message_id)
        assert view is not None
        assert view.ask is not None
        return view.ask

    def state(self, peer: Correspondent, message_id: EventId | None = None) -> AskState:
        return self.asked(peer, message_id).state

    async def pay(self, invoice: str) -> PaymentUpdate:
        """As the page that sends does, once the person pressed."""
        return await self.wallet.pay(self.wallet.preview(invoice))

    def be_paid(self, payment_hash: PaymentHash) -> None:
        """Somebody paid an invoice of ours."""
        assert self.purse is not None
        self.purse.be_paid(payment_hash)
