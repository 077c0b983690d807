"""Mutes (NIP-51): people, words, hashtags and threads that are not to be seen.

A mute counts here at once. The list that all our clients share follows when it safely can; until
then the change is remembered and tried again. Private ones stand in its encrypted part. Only
reading is concerned: tips come in, and alerts are shown, whoever they are from.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.nip04 import is_old_payload
from tipdesk.nostr.nip51 import (
    KIND_MUTES,
    Mute,
    MuteKind,
    read_mutes,
    read_private,
    with_mute,
    without_mute,
    write_private,
)
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import MutesChanged
from tipdesk.services.feeds import FeedService
from tipdesk.services.own_lists import Draft, OwnLists

MAX_MUTES: Final = 1_500
TRY_AGAIN_SECONDS: Final = 300.0
_SETTING: Final = "mutes"
_PENDING: Final = "mutes_pending"


class MutesLeftAlone(BackendError):
    """The private part of the list cannot be read: writing it anew would lose what is in it."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The private part of your mute list cannot be read here, so the list was left as "
                "it is and nothing was published."
            )
        )


class TooManyMutes(RequestError):
    """The list would not fit into an event any more."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("{most} things are muted already. Unmute something first.", most=MAX_MUTES)
        )


@dataclass(frozen=True, slots=True)
class Muted:
    """A muted thing; `is_waiting` while the list on the relays does not say so yet."""

    mute: Mute
    is_private: bool
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class _Change:
    wanted: bool
    is_private: bool


class MuteService:
    """Keeps the mutes, and makes the feed obey them."""

    def __init__(
        self,
        *,
        feeds: FeedService,
        lists: OwnLists,
        signer: EventSigner,
        settings: SettingsStore,
        bus: Bus,
    ) -> None:
        self._feeds = feeds
        self._lists = lists
        self._signer = signer
        self._settings = settings
        self._bus = bus
        self._mutes = _read(settings.setting(_SETTING))
        self._pending = _read_pending(settings.setting(_PENDING))
        self._read_event: Event | None = None
        self._obey()

    def all(self) -> tuple[Muted, ...]:
        """Everything muted, in the order of muting."""
        return tuple(
            Muted(mute, private, mute in self._pending) for mute, private in self._mutes.items()
        )

    def is_muted(self, mute: Mute) -> bool:
        """Whether that is muted."""
        return mute in self._mutes

    async def mute(self, mute: Mute, *, private: bool = True) -> str:
        """Here at once; why the shared list does not say so yet, empty if it does."""
        if len(self._mutes) >= MAX_MUTES and mute not in self._mutes:
            raise TooManyMutes
        self._mutes[mute] = private
        return await self._change(mute, _Change(wanted=True, is_private=private))

    async def unmute(self, mute: Mute) -> str:
        """The same the other way round."""
        self._mutes.pop(mute, None)
        return await self._change(mute, _Change(wanted=False, is_private=False))

    async def run(self) -> None:
        """Reads the shared list, publishes what waits, until cancelled."""
        while True:
            await self._refresh()
            if self._pending:
                await self._publish()
            await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _change(self, mute: Mute, change: _Change) -> str:
        self._pending[mute] = change
        self._keep()
        return await self._publish()

    async def _refresh(self) -> None:
        try:
            event = await self._lists.newest(KIND_MUTES, needs_relay=True)
            if event is not None and event != self._read_event:
                await self._learn(event)
        except BackendError:
            return  # What is known here goes on to count; it is asked again.

    async def _publish(self) -> str:
        """Why the list is not changed; empty if it is."""
        changes = dict(self._pending)
        try:
            event = await self._lists.change_with(
                KIND_MUTES, lambda draft: self._apply(draft, changes), needs_relay=True
            )
            await self._learn(event, done=changes)
        except BackendError as error:
            return Phrase.joined((Phrase("So far on this computer only."), error.args[0]))
        return ""

    async def _apply(self, draft: Draft, changes: dict[Mute, _Change]) -> Draft:
        private = before = await self._private(draft.content)
        tags = draft.tags
        for mute, change in changes.items():
            tags, private = without_mute(tags, mute), without_mute(private, mute)
            if change.wanted and change.is_private:
                private = with_mute(private, mute)
            elif change.wanted:
                tags = with_mute(tags, mute)
        if private == before:
            return Draft(tags, draft.content)
        sealed = await self._signer.encrypt(self._signer.pubkey, write_private(private))
        return Draft(tags, sealed)

    async def _private(self, content: str) -> Tags:
        if not content:
            return ()
        myself = self._signer.pubkey
        try:
            if is_old_payload(content):
                return read_private(await self._signer.decrypt_old(myself, content))
            return read_private(await self._signer.decrypt(myself, content))
        except DecodeError:
            raise MutesLeftAlone from None

    async def _learn(self, event: Event, done: dict[Mute, _Change] | None = None) -> None:
        """The shared list, with what waits here."""
        private = read_mutes(await self._private(event.content))
        for mute, change in (done or {}).items():
            if self._pending.get(mute) == change:
                del self._pending[mute]
        known = dict.fromkeys(read_mutes(event.tags), False) | dict.fromkeys(private, True)
        for mute, change in self._pending.items():
            known.pop(mute, None)
            if change.wanted:
                known[mute] = change.is_private
        self._read_event = event
        self._mutes = dict(list(known.items())[:MAX_MUTES])
        self._keep()

    def _keep(self) -> None:
        kept = [[m.kind.value, m.value, private] for m, private in self._mutes.items()]
        self._settings.put_setting(_SETTING, json.dumps(kept))
        waiting = [
            [mute.kind.value, mute.value, change.wanted, change.is_private]
            for mute, change in self._pending.items()
        ]
        self._settings.put_setting(_PENDING, json.dumps(waiting))
        self._obey()
        self._bus.publish(MutesChanged())

    def _obey(self) -> None:
        self._feeds.muted.set(self._mutes)


def _read(text: str | None) -> dict[Mute, bool]:
    """Our own writing, so anything odd in it is a bug and may raise."""
    return {
        Mute(MuteKind(kind), value): private for kind, value, private in json.loads(text or "[]")
    }


def _read_pending(text: str | None) -> dict[Mute, _Change]:
    return {
        Mute(MuteKind(kind), value): _Change(wanted=wanted, is_private=private)
        for kind, value, wanted, private in json.loads(text or "[]")
    }
