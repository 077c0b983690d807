"""Whom we follow, as the world may know it: the NIP-02 list that all our clients share.

A follow counts here at once. The public list follows when it safely can; until then the change is
remembered and tried again.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.nostr.event import Tags, parse_pubkey
from tipdesk.nostr.nip02 import KIND_FOLLOWS, read_follows, with_follow, without_follow
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import FollowsPublished
from tipdesk.services.feeds import FeedService
from tipdesk.services.own_lists import Draft, OwnLists

TRY_AGAIN_SECONDS: Final = 300.0
_PENDING = "follows_pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowOutcome:
    """What became of a follow or an unfollow. It holds on this computer in any case.

    `problem` says why the public list is not changed yet; empty if it is.
    """

    follows: bool
    published: bool
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What the public list brought: people who were not followed here, and who left it since."""

    added: tuple[XOnlyPubkey, ...]
    removed: tuple[XOnlyPubkey, ...]


class FollowService:
    """Follows and unfollows in public, and brings over what other clients did."""

    def __init__(
        self, *, feed: FeedService, lists: OwnLists, settings: SettingsStore, bus: Bus
    ) -> None:
        self._feed = feed
        self._lists = lists
        self._settings = settings
        self._bus = bus
        self._pending = _read_pending(settings.setting(_PENDING))

    def pending(self) -> tuple[XOnlyPubkey, ...]:
        """Those whose follow or unfollow the public list does not show yet."""
        return tuple(self._pending)

    async def follow(self, pubkey: XOnlyPubkey) -> FollowOutcome:
        """Follows somebody here and in the public list."""
        self._feed.follow(pubkey)
        return await self._change(pubkey, follows=pubkey in self._feed.follows())

    async def unfollow(self, pubkey: XOnlyPubkey) -> FollowOutcome:
        """Unfollows somebody here and in the public list."""
        self._feed.unfollow(pubkey)
        return await self._change(pubkey, follows=False)

    async def import_follows(self) -> ImportOutcome:
        """Follows whom the public list names, and unfollows who was taken out of it elsewhere.

        Changes made here that the list does not show yet stay. Raises `NewestUnknown`.
        """
        before = self._listed()
        await self._lists.newest(KIND_FOLLOWS, needs_relay=True)
        now = self._listed()
        here = set(self._feed.follows())
        added = tuple(p for p in now if p not in here and p not in self._pending)
        gone = before.keys() - now.keys() - self._pending.keys()
        removed = tuple(p for p in before if p in gone and p in here)
        self._feed.change_follows(added=added, removed=removed)
        return ImportOutcome(added=added, removed=removed)

    async def run(self) -> None:
        """Publishes what waits, until cancelled."""
        while True:
            if self._pending:
                await self._publish()
            await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _change(self, pubkey: XOnlyPubkey, *, follows: bool) -> FollowOutcome:
        self._pending[pubkey] = follows
        self._store_pending()
        problem = await self._publish()
        return FollowOutcome(follows=follows, published=not problem, problem=problem)

    async def _publish(self) -> str:
        """Why the public list is not changed; empty if it is."""
        changes = dict(self._pending)
        try:
            await self._lists.change(
                KIND_FOLLOWS, lambda draft: Draft(_changed(draft.tags, changes), draft.content)
            )
        except BackendError as error:
            return Phrase("So far on this computer only. {error}", error=in_words(error))
        for pubkey, follows in changes.items():
            if self._pending.get(pubkey) == follows:
                del self._pending[pubkey]
        self._store_pending()
        self._bus.publish(FollowsPublished())
        return ""

    def _listed(self) -> dict[XOnlyPubkey, None]:
        event = self._lists.known(KIND_FOLLOWS)
        return {} if event is None else {one.pubkey: None for one in read_follows(event)}

    def _store_pending(self) -> None:
        text = json.dumps({pubkey.hex(): follows for pubkey, follows in self._pending.items()})
        self._settings.put_setting(_PENDING, text)


def _changed(tags: Tags, changes: dict[XOnlyPubkey, bool]) -> Tags:
    for pubkey, follows in changes.items():
        tags = with_follow(tags, pubkey) if follows else without_follow(tags, pubkey)
    return tags


def _read_pending(text: str | None) -> dict[XOnlyPubkey, bool]:
    """Our own writing, so anything odd in it is a bug and may raise."""
    return {parse_pubkey(key): bool(value) for key, value in json.loads(text or "{}").items()}
