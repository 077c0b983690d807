"""The stage's reading: selections over the stage's posts, and relays that answer when told to."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.ui import content
from tipdesk.base.ids import EventId
from tipdesk.nostr.feed import Post
from tipdesk.nostr.nip51 import FollowSet
from tipdesk.services.browse import Standing
from tipdesk.services.bus import Bus
from tipdesk.services.events import FeedChanged, FollowSetsChanged, SelectionChanged
from tipdesk.services.search_relays import NotASearchRelay
from tipdesk.services.selection import (
    Following,
    OfHashtag,
    OfList,
    OfPerson,
    OfSearch,
    Selection,
)

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


@dataclass
class StageReading:
    """All of it."""

    browse: StageBrowse
    search_relays: StageSearchRelays = field(default_factory=StageSearchRelays)

    @classmethod
    def of(cls, bus: Bus, feeds: "StageFeeds") -> "StageReading":
        return cls(StageBrowse(bus, feeds))
