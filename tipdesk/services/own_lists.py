"""Our own replaceable events (profile, follows, relays): read, merged, written.

Other clients of the same person write them too, and the latest replaces all others on every
relay. So nothing is written before the latest is known, and a change touches what it is about.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.event import Event, Tags, UnsignedEvent
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip65 import KIND_RELAY_LIST, read_relay_list
from tipdesk.nostr.relay_url import normalised, strangers_relays
from tipdesk.nostr.replaceable import latest
from tipdesk.ports.people import PeopleStore
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner

FETCH_SECONDS: Final = 5.0
MAX_OWN_RELAYS: Final = 10


class NewestUnknown(BackendError):
    """No relay could say what the latest version is: writing now could erase what others wrote."""

    def __init__(self, *, kind: int, asked: int, answered: int) -> None:
        super().__init__(
            Phrase(
                "Only {answered} of {asked} relays answered, and the latest version is not known "
                "here. Nothing was published, so that nothing is lost. Try again later.",
                answered=answered,
                asked=asked,
            )
        )
        self.kind = kind
        self.asked = asked
        self.answered = answered


class NotPublished(BackendError):
    """No relay took an event; the text is what they said."""

    def __init__(self, answers: Sequence[str]) -> None:
        said = "; ".join(answer for answer in answers if answer)
        super().__init__(
            Phrase("No relay took it: {said}. Try again later.", said=said)
            if said
            else Phrase("No relay took it. Try again later.")
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """What of an event a change may touch."""

    tags: Tags = ()
    content: str = ""


class OwnLists:
    """One change at a time; what is published is kept, so that the next change starts from it."""

    def __init__(
        self,
        *,
        signer: EventSigner,
        relays: RelayPool,
        store: PeopleStore,
        clock: Clock,
        practice: bool,
    ) -> None:
        self._signer = signer
        self._relays = relays
        self._store = store
        self._clock = clock
        self._practice = practice
        self._lock = asyncio.Lock()

    def known(self, kind: int) -> Event | None:
        """The latest version seen so far; a relay may have a later one."""
        return self._store.own(kind)

    def learn(self, event: Event) -> None:
        """An authentic event of ours that came by."""
        if event.pubkey == self._signer.pubkey:
            self._store.save_own(event)

    def write_relays(self) -> tuple[str, ...]:
        """Where we publish: the relays of the settings, then those our relay list says (NIP-65)."""
        settings = [normalised(status.url) for status in self._relays.status()]
        event = self.known(KIND_RELAY_LIST)
        listed = () if event is None else read_relay_list(event).writes
        usable = strangers_relays(listed, practice=self._practice, maximum=MAX_OWN_RELAYS)
        return tuple(dict.fromkeys((*settings, *usable)))

    async def newest(self, kind: int, *, needs_relay: bool = False) -> Event | None:
        """The latest version, None if there never was one. `NewestUnknown` if that is not certain.

        It is certain enough once a relay answered and a version is known. That there never was one
        takes the word of every relay. Without any answer the version kept here is good enough,
        unless `needs_relay`.
        """
        urls = self.write_relays()
        wanted = Filter(authors=(self._signer.pubkey,), kinds=(kind,))
        found = await self._relays.fetch([wanted], urls=urls, timeout=FETCH_SECONDS)
        for event in found.events:
            self.learn(event)
        known = latest(
            event for event in (*found.events, self._store.own(kind)) if event is not None
        )
        silent = set(map(normalised, urls)) - set(map(normalised, found.answered))
        is_certain = bool(found.answered) and (known is not None or not silent)
        if not is_certain and (needs_relay or known is None):
            raise NewestUnknown(kind=kind, asked=len(urls), answered=len(found.answered))
        return known

    async def change(
        self, kind: int, change: Callable[[Draft], Draft], *, needs_relay: bool = False
    ) -> Event:
        """The latest version with the change, published; itself if the change changes nothing.

        Raises `NewestUnknown` and `NotPublished`, and what `change` raises.
        """

        async def changed(draft: Draft) -> Draft:
            return change(draft)

        return await self.change_with(kind, changed, needs_relay=needs_relay)

    async def change_with(
        self, kind: int, change: Callable[[Draft], Awaitable[Draft]], *, needs_relay: bool = False
    ) -> Event:
        """As `change`, for what has to be decrypted and encrypted in between."""
        async with self._lock:
            newest = await self.newest(kind, needs_relay=needs_relay)
            before = Draft() if newest is None else Draft(newest.tags, newest.content)
            after = await change(before)
            if newest is not None and after == before:
                return newest
            event = await self._sign(kind, after, newest)
            await self.publish(event)
            self._store.save_own(event)
            return event

    async def publish(self, event: Event) -> None:
        """Sends an event of ours to where we write. `NotPublished` if no relay took it."""
        results = await self._relays.publish(event, self.write_relays())
        if not any(result.accepted for result in results.values()):
            raise NotPublished([result.message for result in results.values()])

    async def _sign(self, kind: int, draft: Draft, replaced: Event | None) -> Event:
        # A version dated in the future (another machine's clock) must still be replaced by ours.
        earliest = 0 if replaced is None else replaced.created_at + 1
        return await self._signer.sign(
            UnsignedEvent(
                pubkey=self._signer.pubkey,
                created_at=max(self._clock.now().unix_seconds, earliest),
                kind=kind,
                tags=draft.tags,
                content=draft.content,
            )
        )
