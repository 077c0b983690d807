"""Takes in gift wraps that are for us: in slices, each once, however many strangers send."""

import asyncio
import logging
from collections import Counter, deque
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip17 import read_message
from tipdesk.nostr.nip59 import KIND_GIFT_WRAP
from tipdesk.ports.messages import MessageStore
from tipdesk.ports.relays import RelayPool, Subscription
from tipdesk.services.gift_wrapping import GiftWrapper
from tipdesk.services.message_book import MessageBook
from tipdesk.services.message_places import MessagePlaces

MAX_WAITING: Final = 2_000
STORED_WRAPS_ASKED: Final = 2_000
REMEMBERED_WRAPS: Final = 20_000
OVERLAP_SECONDS: Final = 4 * 86_400
"""A wrap is dated up to two days early, and may have been kept back for a day."""
SLICE: Final = 10
PAUSE_SECONDS: Final = 0.02
"""After each slice: a flood of wraps takes a tenth of the time, whoever sends it."""
ASK_AGAIN_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


class MessageReceiver:
    """Asks the relays where we take messages, and opens what they bring."""

    def __init__(
        self,
        *,
        store: MessageStore,
        book: MessageBook,
        places: MessagePlaces,
        relays: RelayPool,
        wrapper: GiftWrapper,
        clock: Clock,
    ) -> None:
        self._store = store
        self._book = book
        self._places = places
        self._relays = relays
        self._wrapper = wrapper
        self._clock = clock
        self._waiting: deque[Event] = deque()
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._has_missed = False
        self.dropped: Counter[str] = Counter()
        """Wraps that brought no message, by reason."""
        places.on_own_change(self._moved.set)

    async def run(self) -> None:
        """Receives until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._learn_places(), name="our message relays")
            group.create_task(self._listen(), name="message places")
            group.create_task(self._open_all(), name="gift wraps")

    async def _learn_places(self) -> None:
        """What is known here will do until the relays can be asked."""
        while True:
            try:
                await self._places.refresh_own()
            except BackendError as error:
                log.info("where we take messages is not certain: %s", error)
                await asyncio.sleep(ASK_AGAIN_SECONDS)
            else:
                return

    async def _listen(self) -> None:
        """A subscription at our places, a new one when these are others."""
        while True:
            self._moved.clear()
            subscription = self._subscribe()
            try:
                await self._moved.wait()
            finally:
                if subscription is not None:
                    subscription.close()

    def _subscribe(self) -> Subscription | None:
        urls = self._places.own()
        if not urls:
            return None
        last = self._store.last_seen_at()
        wanted = Filter(
            kinds=(KIND_GIFT_WRAP,),
            tags={"p": (self._wrapper.pubkey.hex(),)},
            since=None if last is None else max(0, last.unix_seconds - OVERLAP_SECONDS),
            limit=STORED_WRAPS_ASKED,
        )
        return self._relays.subscribe([wanted], self._on_wrap, urls=urls)

    def _on_wrap(self, wrap: Event) -> None:
        if self._store.was_seen(wrap.id):
            return
        if len(self._waiting) >= MAX_WAITING:
            self._has_missed = True
            self.dropped["too many at once"] += 1
            return
        self._waiting.append(wrap)
        self._wake.set()

    async def _open_all(self) -> None:
        while True:
            await self._wake.wait()
            while self._waiting:
                for _ in range(min(SLICE, len(self._waiting))):
                    await self._open(self._waiting.popleft())
                    await asyncio.sleep(0)
                self._store.commit()
                await asyncio.sleep(PAUSE_SECONDS)
            self._wake.clear()
            if self._has_missed:
                # The relays still have what there was no room for.
                await asyncio.sleep(ASK_AGAIN_SECONDS)
                self._has_missed = False
                self._moved.set()

    async def _open(self, wrap: Event) -> None:
        try:
            self._book.take(read_message(await self._wrapper.unwrap(wrap)))
        except DecodeError as error:
            self.dropped[type(error).__name__] += 1
        self._store.mark_seen(wrap.id, self._clock.now(), keep=REMEMBERED_WRAPS)
