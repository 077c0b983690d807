"""The stage's reading: selections over the stage's posts, and relays that answer when told to."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.ui import content
from tipdesk.base.ids import EventId
from tipdesk.nostr.feed import Post
from tipdesk.nostr.nip19 import AddressPointer, EventPointer
from tipdesk.nostr.nip51 import FollowSet, Mute
from tipdesk.services.browse import Standing
from tipdesk.services.bus import Bus
from tipdesk.services.events import (
    FeedChanged,
    FollowSetsChanged,
    MutesChanged,
    SelectionChanged,
    ThreadChanged,
)
from tipdesk.services.mutes import Muted
from tipdesk.services.search_relays import NotASearchRelay
from tipdesk.services.selection import (
    Following,
    OfHashtag,
    OfList,
    OfPerson,
    OfSearch,
    Selection,
)
from tipdesk.services.threads import ThreadLine, ThreadView
from tipdesk.services.views import PostView

if TYPE_CHECKING:
    from tests.ui.stage import StageFeeds

BAND = FollowSet(
    identifier="band", name="Band & friends", members=(content.ANA.pubkey, content.BELA.pubkey)
)


class StageBrowse:
    """Asking stays under way until `answer` or `fall_silent`."""

    def __init__(self, bus: Bus, feeds: "StageFeeds") -> None:
        self._bus = bus
        self._feeds = feeds
        self._found: set[EventId] = set()
        self.sets: tuple[FollowSet, ...] = (BAND,)
        self.selection: Selection = Following()
        self.standing = Standing()
        self.pages_asked = 0

    def lists(self) -> tuple[FollowSet, ...]:
        return self.sets

    def choose(self, selection: Selection) -> None:
        if selection != self.selection:
            self.selection = selection
            self._found.clear()
            asking = not isinstance(selection, Following)
            self._stand(Standing(is_asking=asking))

    def ask_older(self) -> None:
        if self.standing.is_asking:
            return
        self.pages_asked += 1
        self._stand(replace(self.standing, is_asking=True))

    def ask_again(self) -> None:
        self._stand(Standing(is_asking=True))

    def answer(self, *posts: Post, has_older: bool = False, **standing: object) -> None:
        """Relays found these."""
        self._found |= {post.id for post in posts}
        self._feeds.put_aside(*posts)
        self._bus.publish(FeedChanged(tuple(post.id for post in posts), frozenset()))
        self._stand(Standing(answered=1, has_older=has_older, **standing))  # type: ignore[arg-type]

    def fall_silent(self, *urls: str, answered: int = 0) -> None:
        """These did not answer."""
        self._stand(Standing(silent=urls, answered=answered))

    def bring_lists(self, *sets: FollowSet) -> None:
        """Lists were read."""
        self.sets = sets
        self._bus.publish(FollowSetsChanged())

    def order(self) -> list[tuple[int, EventId]]:
        posts = (post for post in self._feeds.all_posts() if self.holds(post.id))
        return sorted((-post.created_at, post.id) for post in posts)

    def holds(self, event_id: EventId) -> bool:
        post = self._feeds.find(event_id)
        if post is None:
            return False
        is_fed = self._feeds.is_in_feed(event_id)
        match self.selection:
            case OfPerson(pubkey):
                fits = post.author == pubkey
            case OfList():
                fits = post.author in BAND.members
            case OfHashtag(tag):
                fits = tag in post.hashtags
            case OfSearch() as search:
                fits = all(word in post.text.casefold() for word in search.words)
            case _:
                fits = is_fed
        return (is_fed and fits) or event_id in self._found

    def _stand(self, standing: Standing) -> None:
        self.standing = standing
        self._bus.publish(SelectionChanged())


@dataclass
class StageSearchRelays:
    """Takes whatever begins right."""

    urls: list[str] = field(default_factory=list)

    def named(self) -> tuple[str, ...]:
        return tuple(self.urls)

    def add(self, text: str) -> None:
        if not text.startswith("wss://"):
            raise NotASearchRelay(text)
        self.urls.append(text)

    def drop(self, url: str) -> None:
        self.urls.remove(url)


class StageThreads:
    """Threads that are given."""

    def __init__(self, bus: Bus, feeds: "StageFeeds") -> None:
        self._bus = bus
        self._feeds = feeds
        self.opened: list[EventId] = []
        self.elsewhere: dict[EventId, Post] = {}
        self.now = ThreadView(is_asking=True)

    def open(self, event_id: EventId) -> None:
        self.opened.append(event_id)
        self.now = ThreadView(is_asking=True)

    def close(self) -> None:
        self.now = ThreadView()

    def show_more(self) -> None:
        self.now = replace(self.now, count=len(self.now.replies))
        self._bus.publish(ThreadChanged())

    def view(self) -> ThreadView:
        return self.now

    def answer(self, *replies: tuple[Post, int], above: tuple[Post, ...] = (), **more: Any) -> None:
        """Relays had these."""
        posts = [post for post, _ in replies]
        self._feeds.put_aside(*posts, *above)
        lines = tuple(ThreadLine(self._view(post), depth) for post, depth in replies)
        views = tuple(self._view(post) for post in above)
        whole = ThreadView(above=views, replies=lines, count=len(lines))
        self.now = replace(whole, **more)
        self._bus.publish(ThreadChanged())

    async def find(self, pointer: EventPointer | AddressPointer) -> EventId | None:
        await asyncio.sleep(0.01)
        if not isinstance(pointer, EventPointer) or pointer.id not in self.elsewhere:
            return None
        self._feeds.put_aside(self.elsewhere[pointer.id])
        return pointer.id

    def _view(self, post: Post) -> PostView:
        view = self._feeds.post(post.id)
        assert view is not None
        return view


@dataclass
class StageMutes:
    """Mutes; while `problem` is set, the shared list is not changed."""

    bus: Bus
    now: dict[Mute, bool] = field(default_factory=dict)
    problem: str = ""

    def all(self) -> tuple[Muted, ...]:
        return tuple(Muted(m, private, bool(self.problem)) for m, private in self.now.items())

    def is_muted(self, mute: Mute) -> bool:
        return mute in self.now

    async def mute(self, mute: Mute, *, private: bool = True) -> str:
        self.now[mute] = private
        self.bus.publish(MutesChanged())
        await asyncio.sleep(0.01)
        return self.problem

    async def unmute(self, mute: Mute) -> str:
        self.now.pop(mute, None)
        self.bus.publish(MutesChanged())
        await asyncio.sleep(0.01)
        return self.problem


@dataclass
class StageReading:
    """All of it."""

    browse: StageBrowse
    threads: StageThreads
    mutes: StageMutes
    search_relays: StageSearchRelays = field(default_factory=StageSearchRelays)

    @classmethod
    def of(cls, bus: Bus, feeds: "StageFeeds") -> "StageReading":
        return cls(StageBrowse(bus, feeds), StageThreads(bus, feeds), StageMutes(bus))
