"""What the window asks of the app: the services of layer 7, as far as a screen needs them.

The app's container satisfies `AppFacade`; so does the stage on which the tests play.
"""

from typing import Protocol

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import ChannelId, EventId, PaymentHash, TipId, XOnlyPubkey
from tipdesk.base.units import Msat, Sat
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.desk import TipSearch
from tipdesk.ports.desktop import AtLogin, Notifications
from tipdesk.services.bus import Bus
from tipdesk.services.creator import Bar, PostIncome, Tipper
from tipdesk.services.periods import Period
from tipdesk.services.preferences import PreferenceKeeper
from tipdesk.services.tip_amounts import TipAmounts
from tipdesk.services.tip_plan import DirectIntent, Leg, TipIntent
from tipdesk.services.views import (
    AppStatus,
    IncomingTip,
    InvoicePreview,
    PaymentView,
    PostView,
    ProfileView,
    TipView,
    WalletSummary,
)
from tipdesk.tips.payment import CreatedInvoice, Failed, PaymentUpdate, Quote
from tipdesk.ui.viewmodels.desk_facade import Desk, Goals, OwnAddresses
from tipdesk.ui.viewmodels.keys_facade import Diagnostics, Keys, ProfileShelf
from tipdesk.ui.viewmodels.message_facade import Asks, Messages
from tipdesk.ui.viewmodels.money_facade import (
    Allowance,
    Backups,
    Connections,
    Onchain,
    Pages,
    Rates,
    Routes,
    Timeline,
    Wallets,
)
from tipdesk.ui.viewmodels.network_facade import PaymentNames, Proxy
from tipdesk.ui.viewmodels.people_facade import (
    Follows,
    Names,
    OwnOffers,
    OwnRelays,
    People,
    PeopleBook,
    PrivateSends,
    Proofs,
    Publishing,
    Senders,
)
from tipdesk.ui.viewmodels.reading_facade import Reading
from tipdesk.ui.viewmodels.writing_facade import Writing


class Feeds(Protocol):
    """Posts and people."""

    def posts(self, limit: int | None = None, offset: int = 0) -> tuple[PostView, ...]:
        """Newest first."""
        ...

    def count(self) -> int:
        """How many posts there are."""
        ...

    def post(self, event_id: EventId) -> PostView | None:
        """One of them."""
        ...

    def profile(self, pubkey: XOnlyPubkey) -> ProfileView:
        """Somebody, as far as known."""
        ...

    def follows(self) -> tuple[XOnlyPubkey, ...]:
        """Whom this profile follows."""
        ...

    def is_ours(self, pubkey: XOnlyPubkey) -> bool:
        """Whether it is us, or somebody whom we follow."""
        ...


class Tips(Protocol):
    """Tips of ours."""

    @property
    def undo_window_ms(self) -> int:
        """How long a tip can be taken back; 0 if not at all. Remembered when set."""
        ...

    @undo_window_ms.setter
    def undo_window_ms(self, ms: int) -> None: ...

    def plan(self, intent: TipIntent | DirectIntent) -> tuple[Leg, ...]:
        """The tips that would be made of it; `RequestError` if there can be none."""
        ...

    def begin(
        self,
        intent: TipIntent | DirectIntent,
        *,
        tip_id: TipId | None = None,
        typed_again: Msat | None = None,
    ) -> TipId:
        """Stores the tip; its undo window starts. `RequestError` if it cannot.

        Asked again with the same `tip_id`, nothing is begun again.
        """
        ...

    def undo(self, tip_id: TipId) -> bool:
        """Takes it back if there is still time."""
        ...

    def retry(self, tip_id: TipId) -> TipId:
        """The same again as a new tip, after a failure that is certain."""
        ...

    def tips(self, limit: int | None = None, offset: int = 0) -> tuple[TipView, ...]:
        """Newest first."""
        ...

    def tip(self, tip_id: TipId) -> TipView | None:
        """One of them."""
        ...

    def fee_limit(self, amount: Msat) -> Msat:
        """The most that a tip of that amount may cost beside it."""
        ...

    def likely_fee(self, recipient: XOnlyPubkey, amount: Msat) -> Msat | None:
        """What it would cost, judged by the latest tip that got to them; None if none did."""
        ...


class Wallet(Protocol):
    """Money."""

    def summary(self) -> WalletSummary:
        """What can be spent, received, and is on chain."""
        ...

    async def refresh(self) -> None:
        """Asks the wallet and the chain anew."""
        ...

    async def create_invoice(self, amount: Msat | None, description: str) -> CreatedInvoice:
        """An invoice of ours."""
        ...

    def preview(self, text: str) -> InvoicePreview:
        """What an invoice asks for; `RequestError` with a sentence if it is none."""
        ...

    async def quote(self, preview: InvoicePreview) -> Quote | Failed:
        """The likely fee."""
        ...

    async def pay(self, preview: InvoicePreview) -> PaymentUpdate:
        """Pays; the answer is final, or `Unknown`."""
        ...

    def payments(self, limit: int | None = None, offset: int = 0) -> tuple[PaymentView, ...]:
        """The history, newest first."""
        ...

    async def new_address(self) -> str:
        """An address on chain that nobody has paid yet."""
        ...


class Channels(Protocol):
    """Channels."""

    def channels(self) -> tuple[ChannelView, ...]:
        """All that are not history."""
        ...

    async def open(self, peer_text: str, amount: Sat, announce: bool) -> ChannelId:  # noqa: FBT001
        """Opens one to `node_id@host:port`."""
        ...

    async def close(self, channel_id: ChannelId, force: bool) -> None:  # noqa: FBT001
        """Begins to close one."""
        ...


class Creator(Protocol):
    """Tips that come in."""

    def tip(self, payment_hash: PaymentHash) -> IncomingTip | None:
        """One of them."""
        ...

    def incoming(self, limit: int | None = None, offset: int = 0) -> tuple[IncomingTip, ...]:
        """Newest first."""
        ...

    def count(self) -> int:
        """How many ever came in."""
        ...

    def count_today(self, now: Instant) -> int:
        """How many since midnight."""
        ...

    def largest(self) -> IncomingTip | None:
        """The largest of all."""
        ...

    def total_today(self, now: Instant) -> Msat:
        """Since midnight."""
        ...

    def total_all(self) -> Msat:
        """Since the beginning."""
        ...

    def chart(self, period: Period, since: Instant, before: Instant) -> tuple[Bar, ...]:
        """A bar for every hour, day or month that touches the time."""
        ...

    def top_tippers(self, since: Instant, before: Instant, limit: int = 20) -> tuple[Tipper, ...]:
        """Who gave the most."""
        ...

    def post_incomes(
        self, since: Instant, before: Instant, limit: int = 20
    ) -> tuple[PostIncome, ...]:
        """Which posts brought the most."""
        ...

    def search(
        self, wanted: TipSearch, limit: int = 50, offset: int = 0
    ) -> tuple[IncomingTip, ...]:
        """Tips of all history that keep every condition, newest first."""
        ...

    def note(self, payment_hash: PaymentHash, text: str) -> None:
        """Keeps the creator's own words about a tip; `RequestError` if there is none."""
        ...


class ImageSource(Protocol):
    """Fetches pictures from strangers' servers, warily."""

    async def fetch(self, url: str) -> bytes:
        """The bytes behind an address, bounded; `BackendError` if there are none to be had."""
        ...


class AppFacade(Protocol):
    """Everything the window needs."""

    @property
    def bus(self) -> Bus:
        """Tells what changed."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def feeds(self) -> Feeds:
        """Posts and people."""
        ...

    @property
    def tips(self) -> Tips:
        """Tips of ours."""
        ...

    @property
    def wallet(self) -> Wallet:
        """Money."""
        ...

    @property
    def channels(self) -> Channels:
        """Channels."""
        ...

    @property
    def creator(self) -> Creator:
        """Tips that come in."""
        ...

    @property
    def desk(self) -> Desk:
        """What tips set off."""
        ...

    @property
    def rates(self) -> Rates:
        """What a bitcoin costs."""
        ...

    @property
    def allowance(self) -> Allowance:
        """What may go out without asking twice."""
        ...

    @property
    def amounts(self) -> TipAmounts:
        """What one press tips."""
        ...

    @property
    def payment_names(self) -> PaymentNames:
        """What payment names stand for."""
        ...

    @property
    def proxy(self) -> Proxy:
        """How connections leave this computer."""
        ...

    @property
    def onchain(self) -> Onchain:
        """Payments on the chain."""
        ...

    @property
    def backups(self) -> Backups:
        """Copies of the channel backup."""
        ...

    @property
    def pages(self) -> Pages:
        """Pages that pay us or that we log in to."""
        ...

    @property
    def timeline(self) -> Timeline:
        """The one history."""
        ...

    @property
    def address(self) -> OwnAddresses:
        """The address that TipDesk itself answers for."""
        ...

    @property
    def connections(self) -> Connections:
        """Apps that use the wallet."""
        ...

    @property
    def wallets(self) -> Wallets:
        """The wallets that pay for the profile."""
        ...

    @property
    def routes(self) -> Routes:
        """The ways that payments took."""
        ...

    @property
    def messages(self) -> Messages:
        """Private messages."""
        ...

    @property
    def asks(self) -> Asks:
        """Money asked for in private messages."""
        ...

    @property
    def goals(self) -> Goals:
        """Zap goals."""
        ...

    @property
    def follows(self) -> Follows:
        """Whom we follow."""
        ...

    @property
    def people(self) -> People:
        """People whom we do not follow."""
        ...

    @property
    def people_book(self) -> PeopleBook:
        """The person's own book of people."""
        ...

    @property
    def private_sends(self) -> PrivateSends:
        """Money and a message to one person."""
        ...

    @property
    def own_offers(self) -> OwnOffers:
        """What others are given to pay us with, again and again."""
        ...

    @property
    def proofs(self) -> Proofs:
        """Proofs of payments of ours."""
        ...

    @property
    def senders(self) -> Senders:
        """Who proved that they sent something."""
        ...

    @property
    def names(self) -> Names:
        """Names under domains."""
        ...

    @property
    def publishing(self) -> Publishing:
        """Our public profile."""
        ...

    @property
    def relay_lists(self) -> OwnRelays:
        """Our public list of relays."""
        ...

    @property
    def reading(self) -> Reading:
        """Reading beyond the feed."""
        ...

    @property
    def writing(self) -> Writing:
        """Posts of ours."""
        ...

    @property
    def preferences(self) -> PreferenceKeeper:
        """How the person likes things on this machine."""
        ...

    @property
    def at_login(self) -> AtLogin:
        """Whether the system starts TipDesk by itself."""
        ...

    @property
    def notifications(self) -> Notifications:
        """What the desktop shows of us beside the window."""
        ...

    @property
    def keys(self) -> Keys:
        """What only the owner of the profile may see or do."""
        ...

    @property
    def profiles(self) -> ProfileShelf:
        """All profiles of this machine."""
        ...

    @property
    def diagnostics(self) -> Diagnostics:
        """The report for when something is wrong."""
        ...

    @property
    def images(self) -> ImageSource:
        """Pictures."""
        ...

    def status(self) -> AppStatus:
        """How we stand to the world."""
        ...
