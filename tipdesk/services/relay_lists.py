"""Which relays people write to and read (NIP-65), and our own list of them."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip65 import (
    KIND_RELAY_LIST,
    RelayList,
    RelayUse,
    read_relay_list,
    with_relay,
    without_relay,
)
from tipdesk.nostr.outbox import choose_relays
from tipdesk.nostr.relay_url import is_relay_url, normalised, strangers_relays
from tipdesk.services.own_lists import Draft, OwnLists

MAX_LISTS: Final = 20_000
MAX_RELAYS_OF_ONE: Final = 6


class NotARelay(DecodeError):
    """What was typed as a relay's address is none."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase("{text} is not the address of a relay (wss://...).", text=f"{text[:80]!a}")
        )
        self.text = text


class RelayLists:
    """Relay lists by public key, bounded: the one learnt longest ago goes first."""

    def __init__(self, own: OwnLists, *, practice: bool) -> None:
        self._own = own
        self._practice = practice
        self._lists: dict[XOnlyPubkey, RelayList] = {}

    def learn(self, event: Event) -> bool:
        """Takes an authentic kind 10002 event; whether it is news. `DecodeError` if it is none."""
        learnt = read_relay_list(event)
        self._own.learn(event)
        known = self._lists.get(learnt.pubkey)
        if known is not None and known.created_at >= learnt.created_at:
            return False
        self._lists.pop(learnt.pubkey, None)
        self._lists[learnt.pubkey] = learnt
        if len(self._lists) > MAX_LISTS:
            del self._lists[next(iter(self._lists))]
        return True

    def writes(self, pubkey: XOnlyPubkey) -> tuple[str, ...]:
        """Where somebody's events are to be had; only relays a stranger may name."""
        known = self._lists.get(pubkey)
        return () if known is None else self._usable(known.writes)

    def reads(self, pubkey: XOnlyPubkey) -> tuple[str, ...]:
        """Where somebody hears of what names them, such as a receipt for them."""
        known = self._lists.get(pubkey)
        return () if known is None else self._usable(known.reads)

    def choose(
        self, people: Iterable[XOnlyPubkey], *, ours: Collection[str], connected: Collection[str]
    ) -> dict[str, tuple[XOnlyPubkey, ...]]:
        """Further relays at which to read these people, and whom at each (outbox model)."""
        writes = {person: self.writes(person) for person in people if person in self._lists}
        return choose_relays(writes, ours=frozenset(map(normalised, ours)), connected=connected)

    def own(self) -> RelayList | None:
        """Our own list as last seen."""
        event = self._own.known(KIND_RELAY_LIST)
        return None if event is None else read_relay_list(event)

    async def newest_own(self) -> RelayList | None:
        """Our own list as the relays have it, None if there is none. Raises `NewestUnknown`."""
        event = await self._own.newest(KIND_RELAY_LIST, needs_relay=True)
        return None if event is None else read_relay_list(event)

    async def use_relay(self, use: RelayUse) -> RelayList:
        """Puts a relay into our own list, or changes its use; all else in it stays.

        Raises `NotARelay`, `NewestUnknown` and `NotPublished`.
        """
        if not is_relay_url(use.url):
            raise NotARelay(use.url)
        return await self._change(lambda draft: Draft(with_relay(draft.tags, use), draft.content))

    async def drop_relay(self, url: str) -> RelayList:
        """Takes a relay out of our own list. Raises `NewestUnknown` and `NotPublished`."""
        return await self._change(
            lambda draft: Draft(without_relay(draft.tags, url), draft.content)
        )

    async def _change(self, change: Callable[[Draft], Draft]) -> RelayList:
        return read_relay_list(await self._own.change(KIND_RELAY_LIST, change, needs_relay=True))

    def _usable(self, urls: tuple[str, ...]) -> tuple[str, ...]:
        return strangers_relays(urls, practice=self._practice, maximum=MAX_RELAYS_OF_ONE)
