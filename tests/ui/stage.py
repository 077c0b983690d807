"""A stage for the window: an `AppFacade` with rich content, whose tips run through every state."""

import time
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QLinearGradient, QPainter

from tests.ui import content
from tests.ui.stage_asks import StageAsks
from tests.ui.stage_book import StageBook
from tests.ui.stage_connections import StageConnections
from tests.ui.stage_desk import StageDesk, StageGoals
from tests.ui.stage_desktop import StageLogin, StageNotifications
from tests.ui.stage_keys import StageDiagnostics, StageKeys, StageProfiles, StageSettings
from tests.ui.stage_messages import PEOPLE, StageMessages
from tests.ui.stage_money import StageRates, StageTimeline
from tests.ui.stage_network import StagePaymentNames, StageProxy
from tests.ui.stage_people import (
    StageFollows,
    StageNames,
    StagePeople,
    StagePublishing,
    StageRelayList,
)
from tests.ui.stage_private import StageOwnOffers, StagePrivateSends, StageProofs, StageSenders
from tests.ui.stage_reading import StageReading
from tests.ui.stage_routes import StageRoutes
from tests.ui.stage_sending import StageBackups, StageOnchain, StagePages
from tests.ui.stage_tips import StageAllowance, StageTips
from tests.ui.stage_wallets import StageAddress, StageWallets
from tests.ui.stage_writing import StageWriting
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import ChannelId, EventId, NodeId, PaymentHash, Preimage, XOnlyPubkey
from tipdesk.base.units import BlockHeight, Msat, Sat
from tipdesk.nostr.feed import Post
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ports.desk import Income, TipSearch
from tipdesk.services.bus import Bus
from tipdesk.services.creator import Bar, NoSuchTip, PostIncome, Tipper
from tipdesk.services.events import (
    BalanceChanged,
    ChannelsChanged,
    FeedChanged,
    IncomingTipSeen,
    PaymentChanged,
    ProfileChanged,
)
from tipdesk.services.holdings import Holdings, holdings, open_again_before
from tipdesk.services.periods import Period, bounds
from tipdesk.services.preferences import PreferenceKeeper, Preferences
from tipdesk.services.tip_amounts import TipAmounts
from tipdesk.services.views import (
    AppStatus,
    Elsewhere,
    IncomingTip,
    InvoicePreview,
    PaymentView,
    PostView,
    ProfileView,
    WalletSummary,
)
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.payment import CreatedInvoice, Failed, PaymentUpdate, Quote, Succeeded
from tipdesk.ui.viewmodels.creator import spoken

INVOICE = "lnbcrt500u1p5stage" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l" * 7


class StageClock:
    """The content's time, moving on only when it is told to, or with the loop."""

    def __init__(self) -> None:
        self.offset_ms = 0
        self.runs = False
        self._started = 0.0

    def now(self) -> Instant:
        """The present moment of the play."""
        passed = 0
        if self.runs:
            passed = int((time.monotonic() - self._started) * 1_000)
        return Instant(content.NOW.ms + self.offset_ms + passed)

    def run(self) -> None:
        """Time passes from now on."""
        self._started = time.monotonic()
        self.runs = True


class StageFeeds:
    """Posts that can be added to."""

    def __init__(self, bus: Bus, tips: StageTips, posts: list[Post], follows: StageFollows) -> None:
        self._bus = bus
        self._tips = tips
        self._follows = follows
        self._posts = {post.id: post for post in posts}
        self._aside: dict[EventId, Post] = {}
        self._people = {**PEOPLE, content.ME.pubkey: content.ME}

    def add(self, *posts: Post) -> None:
        """Posts come in."""
        self._posts |= {post.id: post for post in posts}
        self._bus.publish(FeedChanged(tuple(post.id for post in posts), frozenset()))

    def remove(self, event_id: EventId) -> None:
        """A post is deleted."""
        del self._posts[event_id]
        self._bus.publish(FeedChanged((), frozenset({event_id})))

    def put_aside(self, *posts: Post) -> None:
        """Posts that are here, though not in the feed."""
        self._aside |= {post.id: post for post in posts}

    def find(self, event_id: EventId) -> Post | None:
        """One, in the feed or aside."""
        return self._posts.get(event_id) or self._aside.get(event_id)

    def all_posts(self) -> tuple[Post, ...]:
        """In the feed and aside."""
        return (*self._posts.values(), *self._aside.values())

    def is_in_feed(self, event_id: EventId) -> bool:
        """Whether it is one of the feed's own."""
        return event_id in self._posts

    def posts(self, limit: int | None = None, offset: int = 0) -> tuple[PostView, ...]:
        """Newest first."""
        ordered = sorted(self._posts.values(), key=lambda p: (-p.created_at, p.id))
        end = None if limit is None else offset + limit
        return tuple(self._view(post) for post in ordered[offset:end])

    def count(self) -> int:
        """How many."""
        return len(self._posts)

    def post(self, event_id: EventId) -> PostView | None:
        """One."""
        post = self.find(event_id)
        return None if post is None else self._view(post)

    def profile(self, pubkey: XOnlyPubkey) -> ProfileView:
        """Somebody."""
        return self._people.get(pubkey) or content.unknown(pubkey)

    def put_person(self, profile: ProfileView) -> None:
        """Somebody is now this."""
        self._people[profile.pubkey] = profile
        self._bus.publish(ProfileChanged(profile.pubkey))

    def follows(self) -> tuple[XOnlyPubkey, ...]:
        """The cast."""
        return tuple(self._follows.now)

    def _view(self, post: Post) -> PostView:
        mine = next((t for t in self._tips.tips() if t.target_event == post.id), None)
        count = post.id[-1] * 7 % 23
        return PostView(
            post=post,
            author=self.profile(post.author),
            tips_total=Msat(count * 83_000 + (500 if count % 5 == 1 else 0)),
            tips_count=count,
            tips_proven=Msat(0) if mine is None or not mine.state.is_paid else mine.amount,
            tips_unverified=count // 9,
            my_tip=mine,
            is_strangers=not self.is_ours(post.author),
        )

    def is_ours(self, pubkey: XOnlyPubkey) -> bool:
        """The cast, and oneself."""
        return pubkey in PEOPLE or pubkey == content.ME.pubkey


class StageWallet:
    """A wallet that knows one invoice."""

    def __init__(self, bus: Bus, clock: StageClock, channels: "StageChannels") -> None:
        self._bus = bus
        self._clock = clock
        self._channels = channels
        self.confirmed, self.unconfirmed = Sat(2_450_118), Sat(80_000)
        self.chain_told_at: Instant | None = clock.now()
        self.is_known = True
        self.elsewhere: Elsewhere | None = None
        self._payments = content.payments()
        self.paid: list[InvoicePreview] = []
        self._told: tuple[object, Holdings] | None = None

    def settle(self, payment_hash: PaymentHash, amount: Msat) -> None:
        """An invoice of ours is paid."""
        line = replace(
            self._payments[0],
            payment_hash=payment_hash,
            amount=amount,
            direction=Direction.IN,
            status=PaymentState.SUCCEEDED,
        )
        self._payments.insert(0, line)
        self._bus.publish(PaymentChanged(payment_hash))

    def add_payment(self, direction: Direction, status: PaymentState) -> PaymentView:
        """A line more, of this moment."""
        line = replace(
            self._payments[0],
            payment_hash=PaymentHash(content.number(9_000 + len(self._payments))),
            direction=direction,
            status=status,
            at=self._clock.now(),
        )
        self._payments.insert(0, line)
        self._bus.publish(PaymentChanged(line.payment_hash))
        return line

    def forget(self) -> None:
        """No payment was ever made."""
        self._payments = []
        self._bus.publish(BalanceChanged())

    def summary(self) -> WalletSummary:
        """Figures with millisats."""
        held = self._holdings()
        online = [v for v in self._channels.views if v.status is ChannelStatus.ONLINE]
        return WalletSummary(
            spendable=held.spendable,
            receivable=sum((v.receivable for v in online), Msat(0)),
            in_channels=sum((v.ours for v in self._channels.views), Msat(0)),
            onchain_confirmed=self.confirmed,
            onchain_unconfirmed=self.unconfirmed,
            holdings=held,
            chain_told_at=self.chain_told_at,
            is_known=self.is_known,
            elsewhere=self.elsewhere,
        )

    def _holdings(self) -> Holdings:
        """As the wallet's service, which is asked at every card, counts only what is new."""
        of = (tuple(self._channels.views), self.confirmed, self.unconfirmed)
        if self._told is None or self._told[0] != of:
            self._told = of, holdings(*of)
        return self._told[1]

    async def refresh(self) -> None:
        """Nothing new."""

    async def create_invoice(self, amount: Msat | None, description: str) -> CreatedInvoice:
        """Always the same."""
        return CreatedInvoice(
            INVOICE, PaymentHash(content.number(1)), self._clock.now().plus_ms(3_600_000)
        )

    def preview(self, text: str) -> InvoicePreview:
        """Knows its own invoice only."""
        if text.removeprefix("lightning:") != INVOICE:
            raise RequestError("this is not a Lightning invoice")
        return InvoicePreview(
            invoice=INVOICE,
            payment_hash=PaymentHash(content.number(1)),
            amount=Msat(50_000_000),
            description="A print, 30 x 40 cm <b>signed</b>",
            payee=NodeId(b"\x02" + content.number(77)),
            expires_at=self._clock.now().plus_ms(55 * content.MINUTE),
            fee_limit=Msat(500_000),
        )

    async def quote(self, preview: InvoicePreview) -> Quote | Failed:
        """Three channels."""
        return Quote(Msat(52_340), 3)

    async def pay(self, preview: InvoicePreview) -> PaymentUpdate:
        """Settles."""
        self.paid.append(preview)
        self._bus.publish(PaymentChanged(preview.payment_hash))
        return Succeeded(
            payment_hash=preview.payment_hash,
            preimage=Preimage(bytes(32)),
            amount=preview.amount or Msat(0),
            fee=Msat(52_340),
            route=(),
            settled_at=self._clock.now(),
        )

    def payments(self, limit: int | None = None, offset: int = 0) -> tuple[PaymentView, ...]:
        """Newest first."""
        return tuple(self._payments[offset:][:limit])

    async def new_address(self) -> str:
        """An address of the regtest chain."""
        return "bcrt1q" + "qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9"


class StageChannels:
    """Channels that remember what was asked."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.views = content.channels()
        self.opened: list[tuple[str, Sat]] = []
        self.closed: list[tuple[ChannelId, bool]] = []

    def channels(self) -> tuple[ChannelView, ...]:
        """All."""
        return tuple(self.views)

    async def open(self, peer_text: str, amount: Sat, announce: bool) -> ChannelId:
        """Refuses what is no peer."""
        if "@" not in peer_text:
            raise RequestError("write the peer as node_id@host:port")
        self.opened.append((peer_text, amount))
        self._bus.publish(ChannelsChanged())
        return ChannelId(content.number(1))

    async def close(self, channel_id: ChannelId, force: bool) -> None:
        """Remembers."""
        self.closed.append((channel_id, force))


class StageCreator:
    """Tips that come in."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._tips = content.incoming()

    def land(self, tip: IncomingTip) -> None:
        """One more."""
        self._tips.insert(0, tip)
        self._bus.publish(IncomingTipSeen(tip.payment_hash))

    def tip(self, payment_hash: PaymentHash) -> IncomingTip | None:
        """One."""
        return next((tip for tip in self._tips if tip.payment_hash == payment_hash), None)

    def incoming(self, limit: int | None = None, offset: int = 0) -> tuple[IncomingTip, ...]:
        """Newest first."""
        return tuple(self._tips[offset:][:limit])

    def fill(self, tips: list[IncomingTip]) -> None:
        """More of the past."""
        self._tips = sorted((*self._tips, *tips), key=lambda tip: tip.at, reverse=True)

    def chart(self, period: Period, since: Instant, before: Instant) -> tuple[Bar, ...]:
        """Bars of the clock here."""
        edges = pairwise(bounds(period, since, before, None))
        return tuple(Bar(begin, end, _income(self._between(begin, end))) for begin, end in edges)

    def top_tippers(self, since: Instant, before: Instant, limit: int = 20) -> tuple[Tipper, ...]:
        """The largest sum first."""
        sums: dict[ProfileView | None, list[IncomingTip]] = {}
        for tip in self._between(since, before):
            sums.setdefault(tip.sender, []).append(tip)
        found = [Tipper(who, _income(tips)) for who, tips in sums.items()]
        return tuple(sorted(found, key=lambda t: t.income.total, reverse=True)[:limit])

    def post_incomes(
        self, since: Instant, before: Instant, limit: int = 20
    ) -> tuple[PostIncome, ...]:
        """The largest sum first."""
        sums: dict[EventId | None, list[IncomingTip]] = {}
        for tip in self._between(since, before):
            sums.setdefault(tip.target_event, []).append(tip)
        found = [PostIncome(post, _income(tips)) for post, tips in sums.items()]
        return tuple(sorted(found, key=lambda p: p.income.total, reverse=True)[:limit])

    def search(
        self, wanted: TipSearch, limit: int = 50, offset: int = 0
    ) -> tuple[IncomingTip, ...]:
        """By every condition."""
        text = wanted.text.casefold()
        found = [
            tip
            for tip in self._between(wanted.since, wanted.before)
            if wanted.least <= tip.amount <= wanted.most
            and text in f"{tip.comment} {tip.note} {spoken(tip)}".casefold()
        ]
        return tuple(found[offset:][:limit])

    def note(self, payment_hash: PaymentHash, text: str) -> None:
        """Keeps it."""
        places = [i for i, tip in enumerate(self._tips) if tip.payment_hash == payment_hash]
        if not places:
            raise NoSuchTip(payment_hash)
        self._tips[places[0]] = replace(self._tips[places[0]], note=text)

    def _between(self, since: Instant, before: Instant) -> list[IncomingTip]:
        return [tip for tip in self._tips if since <= tip.at < before]

    def count(self) -> int:
        """All."""
        return len(self._tips)

    def count_today(self, now: Instant) -> int:
        """The last day's."""
        return sum(now.since(t.at) < 12 * content.HOUR for t in self._tips)

    def largest(self) -> IncomingTip | None:
        """Of all."""
        return max(self._tips, key=lambda tip: tip.amount, default=None)

    def total_today(self, now: Instant) -> Msat:
        """The last day's."""
        recent = (t for t in self._tips if now.since(t.at) < 12 * content.HOUR)
        return sum((t.amount for t in recent), Msat(0))

    def total_all(self) -> Msat:
        """All."""
        return sum((t.amount for t in self._tips), Msat(0))


def _income(tips: list[IncomingTip]) -> Income:
    return Income(len(tips), sum((tip.amount for tip in tips), Msat(0)))


class StageImages:
    """Paints what it is asked for."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    async def fetch(self, url: str) -> bytes:
        """A PNG, drawn from the address."""
        self.fetched.append(url)
        if "missing" in url:
            raise BackendError("there is no such picture")
        return paint(url)


@dataclass
class Stage:
    """Everything that `AppFacade` asks for."""

    bus: Bus
    clock: StageClock
    tips: StageTips
    feeds: StageFeeds
    wallet: StageWallet
    channels: StageChannels
    creator: StageCreator
    desk: StageDesk
    goals: StageGoals
    images: StageImages
    rates: StageRates
    allowance: StageAllowance
    amounts: TipAmounts
    timeline: StageTimeline
    routes: StageRoutes
    onchain: StageOnchain
    pages: StagePages
    backups: StageBackups
    wallets: StageWallets
    address: StageAddress
    connections: StageConnections
    messages: StageMessages
    follows: StageFollows
    people: StagePeople
    people_book: StageBook
    private_sends: StagePrivateSends
    own_offers: StageOwnOffers
    proofs: StageProofs
    senders: StageSenders
    asks: StageAsks
    names: StageNames
    publishing: StagePublishing
    relay_lists: StageRelayList
    reading: StageReading
    writing: StageWriting
    payment_names: StagePaymentNames
    proxy: StageProxy
    preferences: PreferenceKeeper
    at_login: StageLogin
    notifications: StageNotifications
    keys: StageKeys
    profiles: StageProfiles
    diagnostics: StageDiagnostics
    map_missing: int = 0

    def status(self) -> AppStatus:
        """A practice network in good health."""
        return AppStatus(
            network="regtest",
            relays_connected=1,
            relays_total=1,
            chain_height=214,
            map_known=1_200,
            map_missing=self.map_missing,
            peers=1,
            node_uri="02" + content.number(5).hex() + "@127.0.0.1:9735",
            myself=self.feeds.profile(content.ME.pubkey),
            open_again_before=open_again_before(
                self.channels.views, BlockHeight(214), self.clock.now()
            ),
        )


def make_stage(posts: list[Post] | None = None) -> Stage:
    """A stage with the usual content, or with other posts."""
    bus, clock = Bus(), StageClock()
    allowance, channels = StageAllowance(), StageChannels(bus)
    tips, creator = StageTips(bus, clock, allowance), StageCreator(bus)
    played = content.posts() if posts is None else posts
    tips.shares = {post.id: post.shares for post in played}
    follows = StageFollows()
    feeds = StageFeeds(bus, tips, played, follows)
    book, messages = StageBook(bus, clock, follows), StageMessages.of(bus, clock)
    return Stage(
        reading=StageReading.of(bus, feeds),
        writing=StageWriting(bus, clock, feeds),
        follows=follows,
        people=StagePeople(bus),
        people_book=book,
        private_sends=StagePrivateSends(book, clock),
        own_offers=StageOwnOffers(bus, clock),
        proofs=StageProofs(),
        senders=StageSenders(),
        asks=StageAsks(messages, clock),
        names=StageNames(),
        publishing=StagePublishing(),
        relay_lists=StageRelayList(),
        payment_names=StagePaymentNames(),
        proxy=StageProxy(bus),
        preferences=PreferenceKeeper(Preferences()),
        at_login=StageLogin(),
        notifications=StageNotifications(),
        keys=StageKeys(clock),
        profiles=StageProfiles(clock),
        diagnostics=StageDiagnostics(),
        bus=bus,
        clock=clock,
        tips=tips,
        feeds=feeds,
        wallet=StageWallet(bus, clock, channels),
        channels=channels,
        creator=creator,
        desk=StageDesk(bus, clock, creator),
        goals=StageGoals(bus, clock),
        images=StageImages(),
        rates=StageRates(bus, clock),
        allowance=allowance,
        amounts=TipAmounts(settings=StageSettings(), budget=allowance.budget, bus=bus),
        timeline=StageTimeline(bus, book),
        routes=StageRoutes(),
        onchain=StageOnchain(),
        pages=StagePages(clock),
        backups=StageBackups(clock),
        wallets=StageWallets(bus),
        address=StageAddress(bus),
        connections=StageConnections(bus, clock),
        messages=messages,
    )


@cache
def paint(url: str) -> bytes:
    """A small landscape in colours that follow from the address."""
    seed = sum(url.encode()) * 7
    image = QImage(800, 500, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sky = QLinearGradient(QPointF(0, 0), QPointF(0, 500))
    sky.setColorAt(0, QColor.fromHsl(seed % 360, 120, 150))
    sky.setColorAt(1, QColor.fromHsl((seed + 40) % 360, 170, 215))
    painter.fillRect(image.rect(), sky)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromHsl((seed + 30) % 360, 220, 225))
    painter.drawEllipse(QRectF(300 + seed % 200, 90 + seed % 60, 120, 120))
    for layer in range(3):
        painter.setBrush(QColor.fromHsl((seed + 190) % 360, 70, 120 - layer * 30))
        left = (seed * (layer + 3)) % 500 - 250
        painter.drawEllipse(QRectF(left, 330 + layer * 45, 1100, 500))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(QByteArray(buffer.data()).data())
