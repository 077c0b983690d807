"""The tips of a fan, put together."""

from tipdesk.adapters.secrets.signer import one_time_signer
from tipdesk.app.core import Core
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.addresses import AddressFinder
from tipdesk.services.allowance import Allowance
from tipdesk.services.bus import Bus
from tipdesk.services.feeds import FeedService
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.providers import ProviderKeys
from tipdesk.services.receipt_relays import ReceiptRelays
from tipdesk.services.receipts import ReceiptBook
from tipdesk.services.tip_book import TipBook
from tipdesk.services.tip_effects import TipEffects
from tipdesk.services.tip_plan import TipPlanner
from tipdesk.services.tip_words import TipWords
from tipdesk.services.tipping import TipService, TipSurroundings


def build_tips(
    core: Core,
    *,
    book: TipBook,
    feeds: FeedService,
    receipts: ReceiptBook,
    profiles: Profiles,
    people: PeopleService,
    allowance: Allowance,
    lnurl: LnurlClient,
    providers: ProviderKeys,
    signer: EventSigner,
    receipt_relays: ReceiptRelays,
    settings: SettingsStore,
    bus: Bus,
    words: TipWords,
) -> TipService:
    """The service that plans tips, sends them and follows them to their end."""
    effects = TipEffects(
        lnurl=lnurl,
        providers=providers,
        signer=signer,
        receipt_relays=receipt_relays.of,
        wallet=core.backend,
        clock=core.clock,
        entropy=core.entropy,
        addresses=AddressFinder(profiles=profiles, people=people, bus=bus),
        one_time_signer=lambda: one_time_signer(core.entropy),
    )
    planner = TipPlanner(book=book, feed=feeds, profiles=profiles, allowance=allowance)
    return TipService(
        book=book,
        effects=effects,
        planner=planner,
        receipts=receipts,
        settings=settings,
        bus=bus,
        clock=core.clock,
        entropy=core.entropy,
        surroundings=TipSurroundings(core.settings.network, core.node.node_id),
        words=words,
    )
