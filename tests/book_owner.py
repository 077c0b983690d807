"""Somebody with a book of people, on disk."""

from pathlib import Path

from tests.fakes import CREATOR, FAN, FakeClock
from tests.histories import SCHEMA
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.people import PEOPLE_SCHEMA, MoneyPeopleStore
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.base.ids import NodeId, PaymentHash, XOnlyPubkey
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice.offer import OfferTerms, make
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.profiles import Profiles
from tipdesk.tips.person import PersonId, PersonWish, Reach
from tipdesk.tips.timeline import LineKind, Search

OFFER = make(OfferTerms(description="Ana", issuer_id=NodeId(CREATOR.point))).to_text()


class Owner:
    """A profile on disk with its book; `open` starts it as the app would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clock = FakeClock()
        self.follows: list[XOnlyPubkey] = []
        self.open()

    def open(self) -> None:
        self.events: list[AppEvent] = []
        bus = Bus()
        bus.subscribe(AppEvent, self.events.append)
        self.database = MoneyDatabase(self._folder / "money.db", (*SCHEMA, PEOPLE_SCHEMA))
        self.profiles = Profiles(Network.MAINNET)
        self.book = PeopleBook(
            store=MoneyPeopleStore(self.database),
            ours=FAN.x_only,
            follows=lambda: self.follows,
            profile=self.profiles.view,
            network=Network.MAINNET,
            bus=bus,
            clock=self.clock,
        )
        self.timeline = MoneyTimelineStore(self.database)

    def lines(self, person: PersonId) -> list[tuple[LineKind, PaymentHash | None]]:
        found = self.timeline.lines(Search(entry=person), before=None, limit=50)
        return [(line.kind, line.payment_hash) for line in found]


def wish(name: str = "", **ways: str) -> PersonWish:
    return PersonWish(name=name, ways={Reach(reach): text for reach, text in ways.items()})
