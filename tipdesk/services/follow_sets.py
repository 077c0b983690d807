"""One's own named lists of people (NIP-51 follow sets), read from where one writes."""

from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip51 import KIND_FOLLOW_SET, FollowSet, read_follow_set, read_private
from tipdesk.nostr.replaceable import latest
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner
from tipdesk.services.own_lists import OwnLists

MAX_SETS: Final = 50
FETCH_SECONDS: Final = 5.0


class FollowSets:
    """Read only: who is in a list is changed in the app that made it."""

    def __init__(self, *, signer: EventSigner, lists: OwnLists, relays: RelayPool) -> None:
        self._signer = signer
        self._lists = lists
        self._relays = relays
        self._sets: dict[str, FollowSet] = {}

    def all(self) -> tuple[FollowSet, ...]:
        """By name."""
        return tuple(sorted(self._sets.values(), key=lambda one: one.name.casefold()))

    def get(self, identifier: str) -> FollowSet | None:
        """One of them."""
        return self._sets.get(identifier)

    async def refresh(self) -> bool:
        """Asks the relays we write to; whether one of them answered."""
        wanted = Filter(authors=(self._signer.pubkey,), kinds=(KIND_FOLLOW_SET,), limit=200)
        urls = self._lists.write_relays()
        found = await self._relays.fetch([wanted], urls=urls, timeout=FETCH_SECONDS)
        by_name: dict[str, list[Event]] = {}
        for event in found.events:
            by_name.setdefault(event.first("d") or "", []).append(event)
        for name in list(by_name)[:MAX_SETS]:
            newest = latest(by_name[name])
            one = None if newest is None else read_follow_set(newest, await self._private(newest))
            if one is not None:
                self._sets[one.identifier] = one
        return bool(found.answered)

    async def _private(self, event: Event) -> Tags:
        """Members that only we can see; what cannot be decrypted is as if it were not there."""
        if not event.content:
            return ()
        try:
            return read_private(await self._signer.decrypt(self._signer.pubkey, event.content))
        except DecodeError:
            return ()
