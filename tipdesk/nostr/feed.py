"""Posts: text notes (NIP-01, NIP-10), pictures (NIP-68), long posts (NIP-23), newest first.

Comments (NIP-22) are posts too where a thread is read; a feed does not ask for them.

What an author deleted (NIP-09) is gone, and stays gone if a relay sends it again. Everything is
bounded: a feed keeps its newest posts and lets the oldest go.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.text import many_lines, one_line
from tipdesk.nostr.event import Event, parse_pubkey
from tipdesk.nostr.nip10 import MAX_PEOPLE, thread_of
from tipdesk.nostr.nip22 import KIND_COMMENT, scope_of
from tipdesk.nostr.nip36 import warning_of
from tipdesk.nostr.nip57 import Share, read_shares
from tipdesk.nostr.profile import web_url

KIND_NOTE = 1
KIND_DELETION = 5
KIND_PICTURE = 20
KIND_LONG_POST = 30023
POST_KINDS = (KIND_NOTE, KIND_PICTURE, KIND_LONG_POST)
"""The kinds that a feed is made of."""
READABLE_KINDS = (*POST_KINDS, KIND_COMMENT)
"""The kinds of which a post can be made."""

MAX_POSTS = 20_000
MAX_FUTURE_SECONDS = 15 * 60
"""A post dated further ahead than this would sit on top of every feed: it is refused."""
_MAX_DELETIONS = 20_000
_MAX_IMAGES = 20
_MAX_TITLE = 200
_MAX_ALT = 500
_MAX_TEXT = {KIND_NOTE: 5_000, KIND_PICTURE: 5_000, KIND_LONG_POST: 100_000, KIND_COMMENT: 5_000}
_MAX_HASHTAGS = 30
MAX_HASHTAG = 100
_MAX_SIDE = 100_000
_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".apng")
_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_SIZE = re.compile(r"([0-9]{1,6})x([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a post: its address, words for those who cannot see it, its size if stated."""

    url: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Something to read and to tip. `created_at` in Unix seconds; texts are plain and bounded.

    `address` is the NIP-01 coordinate ``kind:pubkey:d`` of a post that can be replaced, and None
    for the others. `text` of a long post is its Markdown.
    """

    id: EventId
    author: XOnlyPubkey
    created_at: int
    kind: int
    text: str
    title: str = ""
    images: tuple[Image, ...] = ()
    address: str | None = None
    reply_to: EventId | None = None
    root: EventId | None = None
    """Where its thread begins, if it answers something."""
    root_address: str = ""
    """The coordinate of the long post that it comments on, if it does."""
    shares: tuple[Share, ...] = ()
    """Who gets what of its tips; empty if all goes to the author."""
    hashtags: tuple[str, ...] = ()
    """In small letters, without the sign."""
    people: tuple[XOnlyPubkey, ...] = ()
    """Who is named in its tags: those who take part in its thread."""
    warning: str | None = None
    """NIP-36: why its author covers it, empty if no reason is given; None: it is not covered."""


def parse_post(event: Event) -> Post | None:
    """The post in an event, or None if it is of another kind or has nothing to show."""
    if event.kind not in READABLE_KINDS:
        return None
    images = _images(event)
    reply_to, root, root_address = _place(event)
    post = Post(
        id=event.id,
        author=event.pubkey,
        created_at=event.created_at,
        kind=event.kind,
        text=many_lines(_text_without_links(event, images), maximum=_MAX_TEXT[event.kind]),
        title=one_line(event.first("title") or "", maximum=_MAX_TITLE),
        images=images,
        address=_address(event),
        reply_to=reply_to,
        root=root,
        root_address=root_address,
        shares=read_shares(event.tags),
        hashtags=_hashtags(event),
        people=_people(event),
        warning=warning_of(event),
    )
    return post if post.text or post.title or post.images else None


class Feed:
    """The newest posts, each once, in order; of a replaceable post only the latest version."""

    def __init__(self, maximum: int = MAX_POSTS) -> None:
        self._maximum = maximum
        self._order: list[tuple[int, EventId]] = []
        self._posts: dict[EventId, Post] = {}
        self._latest: dict[str, EventId] = {}
        self._deleted: dict[tuple[XOnlyPubkey, str], int] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Post]:
        """Newest first; of two posts of one second, the lower id first (as NIP-01 orders)."""
        return (self._posts[event_id] for _, event_id in self._order)

    def __contains__(self, event_id: EventId) -> bool:
        return event_id in self._posts

    def get(self, event_id: EventId) -> Post | None:
        """The post of that id, if the feed holds it."""
        return self._posts.get(event_id)

    def order(self) -> list[tuple[int, EventId]]:
        """What the posts are ordered by, in order: minus `created_at`, and the id."""
        return self._order.copy()

    def at(self, address: str) -> Post | None:
        """The latest version of a post that can be replaced, if the feed holds it."""
        event_id = self._latest.get(address)
        return None if event_id is None else self._posts[event_id]

    def add(self, event: Event, now: Instant) -> bool:
        """Takes an authentic event; whether the feed is now another than before."""
        if event.created_at > now.unix_seconds + MAX_FUTURE_SECONDS:
            return False
        if event.kind == KIND_DELETION:
            return self._delete(event)
        post = parse_post(event)
        if post is None or post.id in self._posts or self._is_deleted(post):
            return False
        return self._insert(post)

    def _insert(self, post: Post) -> bool:
        if post.address is not None:
            older = self._posts.get(self._latest.get(post.address, post.id))
            if older is not None and _key(older) <= _key(post):
                return False
            if older is not None:
                self._remove(older)
            self._latest[post.address] = post.id
        self._posts[post.id] = post
        insort(self._order, _key(post))
        if len(self._order) > self._maximum:
            oldest = self._posts[self._order[-1][1]]
            self._remove(oldest)
            return oldest is not post
        return True

    def _remove(self, post: Post) -> None:
        del self._order[bisect_left(self._order, _key(post))]
        del self._posts[post.id]
        if post.address is not None:
            del self._latest[post.address]

    def _delete(self, deletion: Event) -> bool:
        """NIP-09: only the author's own posts; an address up to the time of the deletion."""
        gone: list[Post] = []
        for name in (*deletion.values("e"), *deletion.values("a")):
            key = (deletion.pubkey, name)
            self._deleted[key] = max(deletion.created_at, self._deleted.get(key, 0))
            if len(self._deleted) > _MAX_DELETIONS:
                del self._deleted[next(iter(self._deleted))]
            post = self._named(name)
            if post is not None and self._is_deleted(post):
                gone.append(post)
                self._remove(post)
        return bool(gone)

    def _named(self, name: str) -> Post | None:
        if name in self._latest:
            return self._posts[self._latest[name]]
        try:
            return self._posts.get(EventId.from_hex(name))
        except ValueError:
            return None

    def _is_deleted(self, post: Post) -> bool:
        if (post.author, post.id.hex()) in self._deleted:
            return True
        if post.address is None:
            return False
        return self._deleted.get((post.author, post.address), -1) >= post.created_at


def _key(post: Post) -> tuple[int, EventId]:
    return (-post.created_at, post.id)


def _address(event: Event) -> str | None:
    if event.kind != KIND_LONG_POST:
        return None
    return f"{event.kind}:{event.pubkey.hex()}:{event.first('d') or ''}"


def _place(event: Event) -> tuple[EventId | None, EventId | None, str]:
    """What it answers, where that thread begins, and the long post that it comments on."""
    if event.kind == KIND_NOTE:
        thread = thread_of(event)
        return (None, None, "") if thread is None else (thread.reply.id, thread.root.id, "")
    if event.kind == KIND_COMMENT:
        scope = scope_of(event)
        return scope.parent, scope.root, scope.address
    return None, None, ""


def _hashtags(event: Event) -> tuple[str, ...]:
    found = (tag.strip().lower() for tag in event.values("t"))
    kept = (tag for tag in found if tag and len(tag) <= MAX_HASHTAG)
    return tuple(dict.fromkeys(kept))[:_MAX_HASHTAGS]


def _people(event: Event) -> tuple[XOnlyPubkey, ...]:
    found: dict[XOnlyPubkey, None] = {}
    for value in event.values("p")[:MAX_PEOPLE]:
        with suppress(DecodeError):
            found[parse_pubkey(value)] = None
    return tuple(found)


def _text_without_links(event: Event, images: tuple[Image, ...]) -> str:
    if event.kind == KIND_LONG_POST:
        return event.content
    shown = {image.url for image in images}
    return _LINK.sub(lambda link: "" if link.group() in shown else link.group(), event.content)


def _images(event: Event) -> tuple[Image, ...]:
    """NIP-92 ``imeta`` tags first, then what the kind has besides: links, a cover."""
    images: dict[str, Image] = {}
    for tag in event.tags:
        if tag[0] == "imeta" and (image := _imeta(tag)):
            images.setdefault(image.url, image)
    if event.kind in (KIND_NOTE, KIND_COMMENT):
        links = _image_links(event.content)
    else:
        links = event.values("image") if event.kind == KIND_LONG_POST else ()
    for link in links:
        if url := web_url(link):
            images.setdefault(url, Image(url))
    return tuple(images.values())[:_MAX_IMAGES]


def _image_links(text: str) -> tuple[str, ...]:
    links = (match.group() for match in _LINK.finditer(text))
    return tuple(link for link in links if _path(link).endswith(_IMAGE_ENDINGS))


def _path(link: str) -> str:
    return link.partition("?")[0].partition("#")[0].lower()


def _imeta(tag: tuple[str, ...]) -> Image | None:
    fields: dict[str, str] = {}
    for item in tag[1:]:
        name, _, value = item.partition(" ")
        fields.setdefault(name, value)
    url = web_url(fields.get("url", ""))
    if not url or not fields.get("m", "image/").startswith("image/"):
        return None
    width, height = _size(fields.get("dim", ""))
    return Image(url, one_line(fields.get("alt", ""), maximum=_MAX_ALT), width, height)


def _size(text: str) -> tuple[int | None, int | None]:
    match = _SIZE.fullmatch(text)
    if match is None:
        return None, None
    width, height = int(match[1]), int(match[2])
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        return None, None
    return width, height
