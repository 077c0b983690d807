"""The feed: profiles, posts and receipts of those we follow, from the cache first, then relays."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event, parse_pubkey
from tipdesk.nostr.feed import KIND_DELETION, Feed, Post
from tipdesk.nostr.nip02 import MAX_FOLLOWS
from tipdesk.nostr.nip22 import KIND_COMMENT
from tipdesk.nostr.nip57 import KIND_ZAP_RECEIPT
from tipdesk.nostr.nip65 import KIND_RELAY_LIST
from tipdesk.nostr.profile import KIND_PROFILE
from tipdesk.ports.relays import RelayPool, RelayStatus
from tipdesk.ports.stores_tips import FeedStore, SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import FeedChanged, ProfileChanged, RelaysChanged, TipChanged
from tipdesk.services.mute_rules import MuteRules
from tipdesk.services.profiles import Profiles
from tipdesk.services.reading import FeedSubscriptions
from tipdesk.services.receipts import ReceiptBook
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.shelf import Shelf
from tipdesk.services.tip_book import TipBook
from tipdesk.services.views import PostView, ProfileView
from tipdesk.tips.receipt import JudgedReceipt, UnverifiedReceipt
from tipdesk.tips.tip import Tip, TipStatus

_GATHER_SECONDS: Final = 0.03
_LISTS_SECONDS: Final = 1.0
"""Relay lists that come together are thought about together."""
_MAX_SAVED_AT_ONCE: Final = 200
_RELAY_CHECK_SECONDS: Final = 1.0
_CACHE_SLICE: Final = 50
_FOLLOWS = "follows"


class FeedService:
    """Posts newest first, with author and tips. `run` keeps it going; the getters read memory."""

    def __init__(
        self,
        *,
        relays: RelayPool,
        store: FeedStore,
        settings: SettingsStore,
        profiles: Profiles,
        relay_lists: RelayLists,
        receipts: ReceiptBook,
        tips: TipBook,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._relays = relays
        self._store = store
        self._settings = settings
        self._profiles = profiles
        self._receipts = receipts
        self._tips = tips
        self._bus = bus
        self._clock = clock
        self._feed = Feed()
        self._shelf = Shelf()
        self._shelf.on_gone = self._forget
        self.muted = MuteRules()
        self._follows = _read_follows(settings.setting(_FOLLOWS))
        self._views: dict[EventId, PostView] = {}
        self._by_address: dict[str, EventId] = {}
        self._watched: frozenset[XOnlyPubkey] = frozenset()
        self._added: list[EventId] = []
        self._changed: set[EventId] = set()
        self._unsaved: list[Event] = []
        self._news = asyncio.Event()
        self._relay_lists = relay_lists
        self._subscriptions = FeedSubscriptions(relays, relay_lists, self._on_event)
        self._lists_changed = asyncio.Event()
        self._is_running = False
        self.dropped: Counter[str] = Counter()
        """Events that were not used, by reason."""
        receipts.on_judged(self._on_receipt)
        receipts.on_doubted(self._on_doubted)
        bus.subscribe(TipChanged, self._on_tip)

    def follow(self, pubkey: XOnlyPubkey) -> None:
        """From now on their posts are in the feed; remembered."""
        self.change_follows(added=(pubkey,))

    def unfollow(self, pubkey: XOnlyPubkey) -> None:
        """No new posts of theirs; remembered."""
        self.change_follows(removed=(pubkey,))

    def change_follows(
        self, *, added: Iterable[XOnlyPubkey] = (), removed: Iterable[XOnlyPubkey] = ()
    ) -> None:
        """Many at once; beyond `MAX_FOLLOWS` nobody is added."""
        before = tuple(self._follows)
        for pubkey in removed:
            self._follows.pop(pubkey, None)
        for pubkey in added:
            if len(self._follows) < MAX_FOLLOWS:
                self._follows.setdefault(pubkey)
        if tuple(self._follows) != before:
            self._follows_changed()

    def follows(self) -> tuple[XOnlyPubkey, ...]:
        """Whom we follow, in the order of following."""
        return tuple(self._follows)

    def is_followed(self, pubkey: XOnlyPubkey) -> bool:
        """Whether we follow them."""
        return pubkey in self._follows

    def is_ours(self, pubkey: XOnlyPubkey) -> bool:
        """Whether it is us, or somebody whom we follow."""
        return pubkey in self._follows or pubkey == self._tips.sender

    def count(self) -> int:
        """How many posts there are."""
        return len(self._feed)

    def posts(self, limit: int | None = None, offset: int = 0) -> tuple[PostView, ...]:
        """Posts, newest first."""
        end = None if limit is None else offset + limit
        return tuple(self._view(post) for post in islice(self._feed, offset, end))

    def post(self, event_id: EventId) -> PostView | None:
        """One post, if it is here: in the feed, or fetched to be read once."""
        post = self.find(event_id)
        return None if post is None else self._view(post)

    def find(self, event_id: EventId) -> Post | None:
        """The same, without what it was tipped."""
        return self._feed.get(event_id) or self._shelf.get(event_id)

    def at(self, address: str) -> Post | None:
        """The latest version that is here of a post that can be replaced."""
        return self._feed.at(address) or self._shelf.at(address)

    def order(self) -> list[tuple[int, EventId]]:
        """What the feed's own posts are ordered by, newest first; without muted ones."""
        order = self._feed.order()
        if not self.muted.are_any:
            return order
        return [key for key in order if not self.hides(self._feed.get(key[1]))]

    def held(self) -> Iterator[Post]:
        """The feed's own posts, newest first; without muted ones."""
        return (post for post in self._feed if not self.muted.hides(post))

    def hides(self, post: Post | None) -> bool:
        """Whether a post is muted."""
        return post is not None and self.muted.hides(post)

    def is_in_feed(self, event_id: EventId) -> bool:
        """Whether it is one of the feed's own posts, and not muted."""
        post = self._feed.get(event_id)
        return post is not None and not self.muted.hides(post)

    def put_on_shelf(self, event: Event) -> Post | None:
        """The post in an authentic event that nobody we follow wrote, or an old one; kept a while.

        None if it holds none, or none that may be shown.
        """
        return self._feed.get(event.id) or self._shelf.take(event, self._clock.now())

    def take_own(self, event: Event) -> None:
        """An event that we signed ourselves: it stands here before any relay has it."""
        if event.kind == KIND_COMMENT:
            self._shelf.take(event, self._clock.now())
        elif self._use(event):
            self._unsaved.append(event)
        if event.kind == KIND_DELETION:
            self._shelf.take(event, self._clock.now())

    def is_known(self, pubkey: XOnlyPubkey) -> bool:
        """Whether a profile of theirs was seen."""
        return self._profiles.knows(pubkey)

    def profile(self, pubkey: XOnlyPubkey) -> ProfileView:
        """Somebody, known or not."""
        return self._profiles.view(pubkey)

    def relays(self) -> tuple[RelayStatus, ...]:
        """How it stands with each relay."""
        return self._relays.status()

    @property
    def flawed_receipts(self) -> Counter[str]:
        """Receipts that were worth nothing, by reason."""
        return self._receipts.flaws

    async def run(self) -> None:
        """Reads the cache, subscribes, and tells the bus of news until cancelled."""
        await self._load()
        try:
            async with asyncio.TaskGroup() as group:
                self._is_running = True
                self._subscribe()
                group.create_task(self._receipts.run(), name="receipts")
                group.create_task(self._tell_news(), name="feed news")
                group.create_task(self._watch_relays(), name="relay watch")
                group.create_task(self._ask_strangers(), name="outbox")
        finally:
            self._is_running = False
            self._subscriptions.close()
            while self._unsaved:
                self._save()

    async def _load(self) -> None:
        for number, event in enumerate(self._store.load()):
            if self.is_ours(event.pubkey):
                self._use(event)
            if number % _CACHE_SLICE == 0:
                await asyncio.sleep(0)

    def _subscribe(self) -> None:
        self._watched = frozenset(self._recipients())
        self._subscriptions.ask(self._follows, self._recipients())
        self._lists_changed.set()

    def _recipients(self) -> Iterable[XOnlyPubkey]:
        """Those we follow, and whom we tipped without following them any more."""
        tips = self._tips.tips()
        tipped = (tip.target.recipient for tip in tips if tip.target.recipient is not None)
        return islice(dict.fromkeys((*self._follows, *tipped)), 2 * MAX_FOLLOWS)

    async def _ask_strangers(self) -> None:
        while True:
            await self._lists_changed.wait()
            await asyncio.sleep(_LISTS_SECONDS)
            self._lists_changed.clear()
            self._subscriptions.ask_strangers(self._follows)

    def _follows_changed(self) -> None:
        text = json.dumps([pubkey.hex() for pubkey in self._follows])
        self._settings.put_setting(_FOLLOWS, text)
        self._views.clear()
        if self._is_running:
            self._subscribe()

    def _on_event(self, event: Event) -> None:
        if event.kind == KIND_ZAP_RECEIPT:
            self._receipts.take(event)
        elif event.pubkey not in self._follows:
            self.dropped["not asked for"] += 1
        elif self._use(event):
            self._unsaved.append(event)

    def _use(self, event: Event) -> bool:
        """Whether the event changed anything."""
        if event.kind == KIND_PROFILE:
            return self._use_profile(event)
        if event.kind == KIND_RELAY_LIST:
            return self._use_relay_list(event)
        if not self._feed.add(event, self._clock.now()):
            self.dropped["nothing new"] += 1
            return False
        if event.kind == KIND_DELETION:
            self._mark_deleted(event)
        else:
            self._added.append(event.id)
            self._mark_replaced(self._feed.get(event.id))
        self._news.set()
        return True

    def _mark_deleted(self, deletion: Event) -> None:
        named = [_event_id(value) for value in deletion.values("e")]
        named += [self._by_address.get(value) for value in deletion.values("a")]
        for event_id in named:
            if event_id is not None:
                self._changed.add(event_id)
                self._views.pop(event_id, None)

    def _mark_replaced(self, post: Post | None) -> None:
        """A newer version of a long post took the place of an older one."""
        if post is None or post.address is None:
            return
        older = self._by_address.get(post.address)
        self._by_address[post.address] = post.id
        if older is not None:
            self._changed.add(older)
            self._views.pop(older, None)

    def _use_profile(self, event: Event) -> bool:
        try:
            if not self._profiles.learn(event):
                return False
        except DecodeError:
            self.dropped["malformed profile"] += 1
            return False
        self._views.clear()
        self._news.set()
        self._bus.publish(ProfileChanged(event.pubkey))
        return True

    def _use_relay_list(self, event: Event) -> bool:
        try:
            is_news = self._relay_lists.learn(event)
        except DecodeError:
            self.dropped["malformed relay list"] += 1
            return False
        if is_news:
            self._lists_changed.set()
            self._news.set()
        return is_news

    def _on_receipt(self, receipt: JudgedReceipt) -> None:
        if receipt.target.event_id is not None:
            self._touch(receipt.target.event_id)

    def _on_doubted(self, receipt: UnverifiedReceipt) -> None:
        if receipt.event_id is not None and self.find(receipt.event_id) is not None:
            self._touch(receipt.event_id)

    def _on_tip(self, changed: TipChanged) -> None:
        tip = self._tips.tip(changed.tip_id)
        if tip is None:
            return
        self._receipts.count_tip(tip)
        recipient = tip.target.recipient
        if self._is_running and recipient is not None and recipient not in self._watched:
            self._subscribe()
        if tip.target.event_id is not None:
            self._touch(tip.target.event_id)

    def _touch(self, event_id: EventId) -> None:
        self._views.pop(event_id, None)
        self._changed.add(event_id)
        self._news.set()

    async def _tell_news(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._news.clear()
            self._save()
            if self._unsaved:
                self._news.set()
            added, self._added = self._added, []
            changed, self._changed = self._changed, set()
            posts = [post for post in map(self._feed.get, added) if post is not None]
            posts.sort(key=lambda post: (-post.created_at, post.id))
            ids = tuple(post.id for post in posts)
            if ids or changed:
                self._bus.publish(FeedChanged(ids, frozenset(changed.difference(ids))))

    def _save(self) -> None:
        """So many that the loop is not held; the rest next time."""
        events = self._unsaved[:_MAX_SAVED_AT_ONCE]
        del self._unsaved[:_MAX_SAVED_AT_ONCE]
        if events:
            self._store.save(events)

    async def _watch_relays(self) -> None:
        before = self._relays.status()
        while True:
            await asyncio.sleep(_RELAY_CHECK_SECONDS)
            now = self._relays.status()
            if [relay.connected for relay in now] != [relay.connected for relay in before]:
                before = now
                self._bus.publish(RelaysChanged())

    def _view(self, post: Post) -> PostView:
        view = self._views.get(post.id)
        if view is None:
            tips = self._receipts.of_post(post.id)
            mine = self._tips.for_post(post.id)
            view = self._views[post.id] = PostView(
                post=post,
                author=self._profiles.view(post.author),
                tips_total=tips.total,
                tips_count=tips.count,
                tips_proven=tips.proven,
                tips_unverified=tips.unverified,
                my_tip=self._tips.view(_to_show(mine)) if mine else None,
                is_strangers=not self.is_ours(post.author),
            )
        return view

    def _forget(self, event_id: EventId) -> None:
        self._views.pop(event_id, None)


def _to_show(tips: tuple[Tip, ...]) -> Tip:
    """The latest; one that was taken back does not hide one that was paid."""
    kept = [tip for tip in tips if tip.status is not TipStatus.CANCELLED]
    return (kept or tips)[-1]


def _read_follows(text: str | None) -> dict[XOnlyPubkey, None]:
    """In order; our own writing, so anything odd in it is a bug and may raise."""
    return {parse_pubkey(entry): None for entry in json.loads(text or "[]")}


def _event_id(text: str) -> EventId | None:
    try:
        return EventId.from_hex(text)
    except ValueError:
        return None
