"""What the feed shows: whom one follows, or what is asked for and read once.

What is here already is shown at once. Relays are then asked, each by itself, so that a slow one
holds nobody up; older posts come page by page, from each relay where its last page ended.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import KIND_DELETION, POST_KINDS, Post
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip51 import FollowSet
from tipdesk.nostr.nip65 import KIND_RELAY_LIST
from tipdesk.nostr.profile import KIND_PROFILE
from tipdesk.nostr.relay_url import normalised
from tipdesk.ports.relays import Fetched, RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.events import FeedChanged, FollowSetsChanged, SelectionChanged
from tipdesk.services.feeds import FeedService
from tipdesk.services.follow_sets import FollowSets
from tipdesk.services.people import PeopleService
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.search_relays import SearchRelays
from tipdesk.services.selection import (
    Following,
    OfHashtag,
    OfList,
    OfPerson,
    OfSearch,
    Selection,
)

PAGE: Final = 100
"""Posts asked of a relay at once."""
MAX_FOUND: Final = 2_000
"""Of one selection; further ones are not asked for."""
FETCH_SECONDS: Final = 6.0
MAX_PLACES: Final = 12
"""Relays asked for one selection."""
_NO_SEARCH_RELAY: Final = Phrase(
    "Only what is here already was searched: none of your relays says that it can search. "
    "A search relay can be added under Settings, Privacy."
)
_NO_SUCH_LIST: Final = Phrase("This list is not on your relays any more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the asking is. `silent` are relays that did not answer."""

    is_asking: bool = False
    answered: int = 0
    silent: tuple[str, ...] = ()
    has_older: bool = False
    problem: Phrase | None = None

    @property
    def is_offline(self) -> bool:
        """Whether relays were asked and none answered."""
        return not self.is_asking and self.answered == 0 and bool(self.silent)


@dataclass(frozen=True, slots=True)
class Asking:
    """What browsing asks: relays for posts and lists, and for who wrote them."""

    relays: RelayPool
    relay_lists: RelayLists
    people: PeopleService
    search: SearchRelays
    sets: FollowSets


class BrowseService:
    """One selection at a time. `run` asks for it; the getters read memory."""

    def __init__(self, *, feeds: FeedService, asking: Asking, bus: Bus) -> None:
        self._feeds = feeds
        self._asking = asking
        self._bus = bus
        self._selection: Selection = Following()
        self._is_asking = False
        self._begin()
        self._wake = asyncio.Event()

    @property
    def selection(self) -> Selection:
        """What is shown now."""
        return self._selection

    @property
    def standing(self) -> Standing:
        """How far the asking for it is."""
        older = bool(self._cursors) and not set(self._cursors) <= self._done
        return Standing(
            is_asking=self._is_asking,
            answered=len(self._answered),
            silent=tuple(sorted(self._silent)),
            has_older=older and len(self._found) < MAX_FOUND,
            problem=self._problem,
        )

    def lists(self) -> tuple[FollowSet, ...]:
        """Our own lists of people, as far as they were read."""
        return self._asking.sets.all()

    def choose(self, selection: Selection) -> None:
        """Shows another selection, and asks relays for it."""
        if selection != self._selection:
            self._selection = selection
            self._begin()
            self._ask()

    def ask_older(self) -> None:
        """The next page of each relay that has one."""
        if self.standing.has_older and not self._is_asking:
            self._ask()

    def ask_again(self) -> None:
        """Once more, from the newest."""
        self._cursors.clear()
        self._done.clear()
        self._answered.clear()
        self._silent.clear()
        self._ask()

    def order(self) -> list[tuple[int, EventId]]:
        """The posts shown, newest first: (minus `created_at`, id), as they are ordered."""
        if isinstance(self._selection, Following):
            return self._feeds.order()
        here = {post.id: post for post in self._feeds.held() if self._fits(post)}
        for event_id in self._found:
            post = self._feeds.find(event_id)
            if post is not None and not self._feeds.hides(post):
                here[event_id] = post
        return sorted((-post.created_at, post.id) for post in here.values())

    def holds(self, event_id: EventId) -> bool:
        """Whether the selection shows this post."""
        if isinstance(self._selection, Following):
            return self._feeds.is_in_feed(event_id)
        post = self._feeds.find(event_id)
        if post is None or self._feeds.hides(post):
            return False
        return event_id in self._found or self._fits_here(post)

    async def run(self) -> None:
        """Asks for what is chosen, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read_sets(), name="follow sets")
            asking: asyncio.Task[None] | None = None
            while True:
                await self._wake.wait()
                self._wake.clear()
                if asking is not None:
                    asking.cancel()
                asking = group.create_task(self._ask_relays(self._selection), name="browsing")

    def _begin(self) -> None:
        self._found: dict[EventId, None] = {}
        self._cursors: dict[str, int | None] = {}
        self._done: set[str] = set()
        self._answered: set[str] = set()
        self._silent: set[str] = set()
        self._problem: Phrase | None = None
        self._words = self._selection.words if isinstance(self._selection, OfSearch) else ()
        self._members = self._people_of(self._selection)

    def _people_of(self, selection: Selection) -> frozenset[XOnlyPubkey]:
        match selection:
            case OfPerson():
                return frozenset({selection.pubkey})
            case OfList():
                found = self._asking.sets.get(selection.identifier)
                return frozenset() if found is None else frozenset(found.members)
            case _:
                return frozenset()

    def _ask(self) -> None:
        is_for_relays = not isinstance(self._selection, Following)
        self._is_asking = is_for_relays
        self._wake.set()
        self._bus.publish(SelectionChanged())

    def _fits_here(self, post: Post) -> bool:
        return self._feeds.is_in_feed(post.id) and self._fits(post)

    def _fits(self, post: Post) -> bool:
        match self._selection:
            case OfPerson() | OfList():
                return post.author in self._members
            case OfHashtag(tag):
                return tag in post.hashtags
            case OfSearch():
                name = self._feeds.profile(post.author).title
                text = f"{name}\n{post.title}\n{post.text}".casefold()
                return all(word in text for word in self._words)
            case _:
                return False

    async def _read_sets(self) -> None:
        while True:
            if await self._asking.sets.refresh():
                self._bus.publish(FollowSetsChanged())
                return
            await asyncio.sleep(FETCH_SECONDS)

    async def _ask_relays(self, selection: Selection) -> None:
        if isinstance(selection, Following):
            return
        try:
            if isinstance(selection, OfSearch):
                await self._ask_all(selection, await self._asking.search.places())
            else:
                ours = (normalised(one.url) for one in self._asking.relays.status())
                await self._ask_all(selection, ours)
                await self._ask_all(selection, self._outboxes())
            self._problem = self._find_problem()
        finally:
            if selection == self._selection and not self._wake.is_set():
                self._is_asking = False
                self._bus.publish(SelectionChanged())

    def _find_problem(self) -> Phrase | None:
        if isinstance(self._selection, OfSearch) and not self._cursors:
            return _NO_SEARCH_RELAY
        if isinstance(self._selection, OfList) and not self._members:
            return _NO_SUCH_LIST
        return None

    def _outboxes(self) -> Iterable[str]:
        """Where these people write, beside our own relays."""
        if len(self._members) == 1:
            (person,) = self._members
            return self._asking.relay_lists.writes(person)
        ours = [status.url for status in self._asking.relays.status()]
        return self._asking.relay_lists.choose(self._members, ours=ours, connected=())

    async def _ask_all(self, selection: Selection, urls: Iterable[str]) -> None:
        asked = [url for url in urls if url not in self._done]
        async with asyncio.TaskGroup() as group:
            for url in dict.fromkeys(asked):
                if url in self._cursors or len(self._cursors) < MAX_PLACES:
                    until = self._cursors.setdefault(url, None)
                    group.create_task(self._ask_one(selection, url, until))

    async def _ask_one(self, selection: Selection, url: str, until: int | None) -> None:
        filters = _filters(selection, self._members, until)
        if filters:
            fetch = self._asking.relays.fetch(filters, urls=(url,), timeout=FETCH_SECONDS)
            self._take(url, await fetch)

    def _take(self, url: str, fetched: Fetched) -> None:
        posts = [post for event in fetched.events if (post := self._post(event)) is not None]
        news = tuple(post for post in posts if post.id not in self._found)
        (self._answered if fetched.answered else self._silent).add(url)
        if fetched.answered:
            self._silent.discard(url)
        if posts:
            self._cursors[url] = min(post.created_at for post in posts)
        if fetched.answered and (not news or isinstance(self._selection, OfSearch)):
            self._done.add(url)
        room = MAX_FOUND - len(self._found)
        for post in news[:room]:
            self._found[post.id] = None
            if not self._feeds.is_known(post.author):
                self._asking.people.ask_about(post.author)
        if news:
            self._bus.publish(FeedChanged(tuple(post.id for post in news[:room]), frozenset()))

    def _post(self, event: Event) -> Post | None:
        """What comes beside posts is learnt by whom it concerns."""
        try:
            if event.kind == KIND_PROFILE:
                self._asking.people.learn(event)
                return None
            if event.kind == KIND_RELAY_LIST:
                self._asking.relay_lists.learn(event)
                return None
        except DecodeError:
            return None
        return self._feeds.put_on_shelf(event)


def _filters(
    selection: Selection, people: frozenset[XOnlyPubkey], until: int | None
) -> list[Filter]:
    match selection:
        case OfPerson() | OfList():
            authors = tuple(sorted(people))
            if not authors:
                return []
            kinds = (*POST_KINDS, KIND_DELETION)
            filters = [Filter(authors=authors, kinds=kinds, until=until, limit=PAGE)]
            if until is None:
                filters.append(Filter(authors=authors, kinds=(KIND_PROFILE, KIND_RELAY_LIST)))
            return filters
        case OfHashtag(tag):
            return [Filter(kinds=POST_KINDS, tags={"t": (tag,)}, until=until, limit=PAGE)]
        case OfSearch(query):
            return [Filter(kinds=POST_KINDS, search=query, limit=PAGE)]
        case _:
            return []
