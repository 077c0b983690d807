"""The conversation around a post: what it answers, and what answers it.

Text notes are joined by NIP-10, comments on long posts by NIP-22. Everything is bounded: relays
asked, replies kept, steps upwards, and how far a reply is indented.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.nostr.event import parse_pubkey
from tipdesk.nostr.feed import KIND_DELETION, KIND_LONG_POST, KIND_NOTE, Post
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip19 import AddressPointer, EventPointer
from tipdesk.nostr.nip22 import KIND_COMMENT
from tipdesk.nostr.relay_url import normalised, strangers_relays
from tipdesk.ports.relays import RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.events import PostingChanged, ThreadChanged
from tipdesk.services.feeds import FeedService
from tipdesk.services.people import PeopleService
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.views import PostView

MAX_REPLIES: Final = 500
PAGE: Final = 50
MAX_ABOVE: Final = 12
MAX_DEPTH: Final = 4
MAX_RELAYS: Final = 10
FETCH_SECONDS: Final = 6.0
_STEPS: Final = 3
"""How often relays are asked for what a found post answers."""


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A reply, and how far it is indented: 0 for one to the post itself."""

    view: PostView
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """`above` from the beginning of the thread to what the post answers.

    `replies` are the first of `count`; `is_cut` says whether what the post answers is missing.
    """

    above: tuple[PostView, ...] = ()
    replies: tuple[ThreadLine, ...] = ()
    count: int = 0
    is_asking: bool = False
    is_cut: bool = False
    no_answer: bool = False
    """Whether relays were asked and none answered."""


class ThreadService:
    """One thread at a time. `run` asks for it; `view` reads memory."""

    def __init__(
        self,
        *,
        feeds: FeedService,
        relays: RelayPool,
        relay_lists: RelayLists,
        people: PeopleService,
        bus: Bus,
        practice: bool,
    ) -> None:
        self._feeds = feeds
        self._relays = relays
        self._relay_lists = relay_lists
        self._people = people
        self._bus = bus
        self._practice = practice
        self._post: Post | None = None
        self._known: dict[EventId, Post] = {}
        self._shown = PAGE
        self._is_asking = False
        self._answered = False
        self._wake = asyncio.Event()
        bus.subscribe(PostingChanged, self._posted)

    def open(self, event_id: EventId) -> None:
        """Reads the thread of a post that is here."""
        self._post = self._feeds.find(event_id)
        self._known = {}
        self._shown = PAGE
        if self._post is not None:
            self._is_asking, self._answered = True, True
            root = self._post.root or self._post.id
            for post in self._feeds.held():
                if root in (post.id, post.root):
                    self._known[post.id] = post
            self._wake.set()
        self._bus.publish(ThreadChanged())

    def close(self) -> None:
        """Nobody reads it any more."""
        self._post, self._known, self._is_asking = None, {}, False
        self._wake.set()

    def _posted(self, posting: PostingChanged) -> None:
        """A reply of ours stands in the thread at once."""
        reply = self._feeds.find(posting.event_id)
        if self._post is None or reply is None or reply.id in self._known:
            return
        root = self._post.root or self._post.id
        address = self._post.address or self._post.root_address
        if reply.root == root or (address and reply.root_address == address):
            self._known[reply.id] = reply
            self._bus.publish(ThreadChanged())

    def show_more(self) -> None:
        """A page of replies more."""
        self._shown += PAGE
        self._bus.publish(ThreadChanged())

    def view(self) -> ThreadView:
        """The thread as it is known now."""
        if self._post is None:
            return ThreadView()
        above = self._above(self._post)
        first = above[0] if above else self._post
        replies = list(self._replies(self._post))
        lines = [(self._feeds.post(post.id), depth) for post, depth in replies[: self._shown]]
        views = [self._feeds.post(post.id) for post in above]
        return ThreadView(
            above=tuple(view for view in views if view is not None),
            replies=tuple(ThreadLine(view, depth) for view, depth in lines if view is not None),
            count=len(replies),
            is_asking=self._is_asking,
            is_cut=first.reply_to is not None,
            no_answer=not self._is_asking and not self._answered,
        )

    async def find(self, pointer: EventPointer | AddressPointer) -> EventId | None:
        """A post that a link names: here, at our relays, or where the link or its author say."""
        if (post := self._here(pointer)) is not None:
            return post.id
        named = strangers_relays(pointer.relays, practice=self._practice, maximum=3)
        theirs = () if pointer.author is None else self._relay_lists.writes(pointer.author)
        if isinstance(pointer, EventPointer):
            wanted = Filter(ids=(pointer.id,))
        else:
            tags = {"d": (pointer.identifier,)}
            wanted = Filter(authors=(pointer.author,), kinds=(pointer.kind,), tags=tags)
        await self._ask([wanted], self._places((*named, *theirs)))
        post = self._here(pointer)
        return None if post is None else post.id

    async def run(self) -> None:
        """Asks for the thread that is open, until cancelled."""
        async with asyncio.TaskGroup() as group:
            asking: asyncio.Task[None] | None = None
            while True:
                await self._wake.wait()
                self._wake.clear()
                if asking is not None:
                    asking.cancel()
                if self._post is not None:
                    asking = group.create_task(self._read(self._post), name="thread")

    async def _read(self, post: Post) -> None:
        root = post.root or post.id
        authors = [post.author]
        if (first := self._feeds.find(root)) is not None:
            authors.append(first.author)
        places = self._places(
            url
            for author in dict.fromkeys(authors)
            for url in (*self._relay_lists.reads(author), *self._relay_lists.writes(author))
        )
        is_answered = await self._ask(_questions(post, root), places)
        for _ in range(_STEPS):
            missing = self._missing(post)
            if missing is None or not await self._ask([Filter(ids=(missing,))], places):
                break
        self._is_asking, self._answered = False, is_answered
        self._bus.publish(ThreadChanged())

    async def _ask(self, filters: list[Filter], urls: tuple[str, ...]) -> bool:
        """Whether a relay answered."""
        fetched = await self._relays.fetch(filters, urls=urls, timeout=FETCH_SECONDS)
        for event in fetched.events:
            post = self._feeds.put_on_shelf(event)
            if post is not None and len(self._known) < MAX_REPLIES:
                self._known[post.id] = post
                if not self._feeds.is_known(post.author):
                    self._people.ask_about(post.author)
        self._bus.publish(ThreadChanged())
        return bool(fetched.answered)

    def _places(self, others: Iterable[str]) -> tuple[str, ...]:
        ours = (normalised(status.url) for status in self._relays.status())
        return tuple(dict.fromkeys((*ours, *others)))[:MAX_RELAYS]

    def _here(self, pointer: EventPointer | AddressPointer) -> Post | None:
        if isinstance(pointer, EventPointer):
            return self._feeds.find(pointer.id)
        return self._feeds.at(pointer.coordinate)

    def _find(self, event_id: EventId) -> Post | None:
        return self._known.get(event_id) or self._feeds.find(event_id)

    def _parent(self, post: Post) -> Post | None:
        if post.reply_to is not None:
            return self._find(post.reply_to)
        return self._feeds.at(post.root_address) if post.root_address else None

    def _above(self, post: Post) -> list[Post]:
        """From the top; a chain that goes round is left where it was met before."""
        above: list[Post] = []
        parent = self._parent(post)
        while parent is not None and parent not in above and parent is not post:
            above.insert(0, parent)
            if len(above) == MAX_ABOVE:
                break
            parent = self._parent(parent)
        return above

    def _missing(self, post: Post) -> EventId | None:
        """What the uppermost known post answers, if it is not here."""
        above = self._above(post)
        top = above[0] if above else post
        is_here = top.reply_to is None or self._find(top.reply_to) is not None
        return None if is_here else top.reply_to

    def _replies(self, post: Post) -> Iterator[tuple[Post, int]]:
        """Depth first, older ones first; what is muted goes with all that answers it."""
        answers: dict[EventId, list[Post]] = {}
        for one in sorted(self._known.values(), key=lambda one: (one.created_at, one.id)):
            parent = self._parent(one)
            if parent is not None and parent is not one and not self._feeds.hides(one):
                answers.setdefault(parent.id, []).append(one)
        seen = {post.id}
        waiting = [(one, 0) for one in reversed(answers.get(post.id, []))]
        while waiting:
            one, depth = waiting.pop()
            if one.id in seen:
                continue
            seen.add(one.id)
            yield one, depth
            further = min(depth + 1, MAX_DEPTH)
            waiting += [(answer, further) for answer in reversed(answers.get(one.id, []))]


def _questions(post: Post, root: EventId) -> list[Filter]:
    """What may belong to the thread of a post."""
    kinds = (KIND_NOTE, KIND_COMMENT)
    asked = [Filter(kinds=(*kinds, KIND_DELETION), tags={"e": (root.hex(),)}, limit=MAX_REPLIES)]
    ids = tuple(one for one in (post.root, post.reply_to) if one is not None)
    if ids:
        asked.append(Filter(ids=tuple(dict.fromkeys(ids))))
    if post.kind != KIND_NOTE:
        asked.append(Filter(kinds=(KIND_COMMENT,), tags={"E": (root.hex(),)}, limit=MAX_REPLIES))
    address = post.address or post.root_address
    if address:
        asked.append(Filter(kinds=(KIND_COMMENT,), tags={"A": (address,)}, limit=MAX_REPLIES))
        if post.address is None and (wanted := _latest_of(address)) is not None:
            asked.append(wanted)
    return asked


def _latest_of(address: str) -> Filter | None:
    """Asks for a long post by its coordinate; nothing if that names none."""
    kind, _, rest = address.partition(":")
    author, _, identifier = rest.partition(":")
    if kind != str(KIND_LONG_POST):
        return None
    try:
        key = parse_pubkey(author)
    except DecodeError:
        return None
    return Filter(authors=(key,), kinds=(KIND_LONG_POST,), tags={"d": (identifier,)})
