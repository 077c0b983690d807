"""The stage's book of people: the real service, over a database in memory."""

import sqlite3
from pathlib import Path

from tests.ui import content
from tests.ui.stage_people import StageFollows
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.people import PEOPLE_SCHEMA, MoneyPeopleStore
from tipdesk.base.clock import Clock
from tipdesk.base.ids import NodeId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice.offer import OfferTerms, chains_of, make
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.bus import Bus
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.views import ProfileView
from tipdesk.tips.person import PersonId, PersonWish, Reach

NODE = "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
OFFER = make(
    OfferTerms(
        chains=chains_of(Network.REGTEST),
        description="Whatever you like",
        issuer_id=NodeId.from_hex(NODE),
    )
).to_text()


class StageBook(PeopleBook):
    """Nobody, until some are put in."""

    def __init__(self, bus: Bus, clock: Clock, follows: StageFollows) -> None:
        database = MoneyDatabase(
            Path("money.db"),
            (PEOPLE_SCHEMA,),
            lambda _: sqlite3.connect(":memory:", isolation_level=None),
        )
        super().__init__(
            store=MoneyPeopleStore(database),
            ours=content.ME.pubkey,
            follows=lambda: follows.now,
            profile=self._look_up,
            network=Network.REGTEST,
            bus=bus,
            clock=clock,
        )

    def put_several(self) -> dict[str, PersonId]:
        """Somebody with every way, one imported, one without Nostr, and awkward ones."""
        npub = encode_npub
        wishes = {
            "sister": PersonWish(
                name="My sister",
                ways={
                    Reach.NPUB: npub(content.ANA.pubkey),
                    Reach.NIP05: "ana@music.example",
                    Reach.ADDRESS: "ana@music.example",
                    Reach.PAYMENT_NAME: "\u20bfana@music.example",
                    Reach.OFFER: OFFER,
                    Reach.NODE: NODE,
                },
                notes="Birthday on 4 May.\nStill owes me a kettle.",
                usual_amount=Msat(21_000_000),
            ),
            "bela": PersonWish(ways={Reach.NPUB: npub(content.BELA.pubkey)}),
            "baker": PersonWish(name="The baker at the corner", ways={Reach.OFFER: OFFER}),
            "dana": PersonWish(ways={Reach.NPUB: npub(content.DANA.pubkey)}),
            "eve": PersonWish(
                name="<b>Eve</b>",
                ways={Reach.NPUB: npub(content.EVIL.pubkey)},
                notes="<img src=x onerror=alert(1)>",
            ),
            "fran": PersonWish(name="Fran", ways={Reach.NPUB: npub(content.FRAN.pubkey)}),
            "flat": PersonWish(name="Flat share", notes="No way written down yet."),
        }
        return {name: self.add(wish) for name, wish in wishes.items()}

    @staticmethod
    def _look_up(npub: XOnlyPubkey) -> ProfileView:
        known = {profile.pubkey: profile for profile in content.PEOPLE}
        return known.get(npub) or content.unknown(npub)
