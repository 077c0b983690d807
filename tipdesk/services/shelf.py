"""Posts that were fetched to be read once: of people we do not follow, or old ones.

They are bounded in number, kept in memory alone, and looked up by the same ids as the feed's.
"""

from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import KIND_DELETION, MAX_FUTURE_SECONDS, Post, parse_post

MAX_POSTS: Final = 5_000
_MAX_DELETIONS: Final = 5_000


class Shelf:
    """The post put here longest ago goes first; `on_gone` is told of each that goes."""

    def __init__(self, maximum: int = MAX_POSTS) -> None:
        self._maximum = maximum
        self._posts: dict[EventId, Post] = {}
        self._latest: dict[str, EventId] = {}
        self._deleted: dict[tuple[XOnlyPubkey, str], int] = {}
        self.on_gone: Callable[[EventId], None] = lambda _: None

    def get(self, event_id: EventId) -> Post | None:
        """The post of that id, if it is here."""
        return self._posts.get(event_id)

    def at(self, address: str) -> Post | None:
        """The latest version seen of a post that can be replaced."""
        event_id = self._latest.get(address)
        return None if event_id is None else self._posts.get(event_id)

    def take(self, event: Event, now: Instant) -> Post | None:
        """The post in an authentic event, kept; None if it is none, deleted, or from the future."""
        if event.created_at > now.unix_seconds + MAX_FUTURE_SECONDS:
            return None
        if event.kind == KIND_DELETION:
            self._delete(event)
            return None
        post = self._posts.pop(event.id, None) or parse_post(event)
        if post is None or self._is_deleted(post) or not self._is_latest(post):
            return None
        self._posts[post.id] = post
        if len(self._posts) > self._maximum:
            self._remove(next(iter(self._posts.values())))
        return post

    def _is_latest(self, post: Post) -> bool:
        if post.address is None:
            return True
        older = self.at(post.address)
        if older is not None and older.id != post.id:
            if (-older.created_at, older.id) < (-post.created_at, post.id):
                return False
            self._remove(older)
        self._latest[post.address] = post.id
        return True

    def _delete(self, deletion: Event) -> None:
        """NIP-09, as the feed has it: only the author's own posts."""
        for name in (*deletion.values("e"), *deletion.values("a")):
            key = (deletion.pubkey, name)
            self._deleted[key] = max(deletion.created_at, self._deleted.get(key, 0))
            if len(self._deleted) > _MAX_DELETIONS:
                del self._deleted[next(iter(self._deleted))]
            post = self.at(name) or self._named(name)
            if post is not None and self._is_deleted(post):
                self._remove(post)

    def _named(self, name: str) -> Post | None:
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

    def _remove(self, post: Post) -> None:
        del self._posts[post.id]
        if post.address is not None and self._latest.get(post.address) == post.id:
            del self._latest[post.address]
        self.on_gone(post.id)
