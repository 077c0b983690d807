"""Brings messages to where their recipients take them, and a copy to where we do, nowhere else."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError, RequestError, StorageError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.phrase import Phrase, clause
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import UnsignedEvent
from tipdesk.nostr.nip17 import build_message
from tipdesk.ports.messages import Delivery, MessageStore, RelayWord, Sending, StoredMessage
from tipdesk.ports.relays import PublishResult, RelayPool
from tipdesk.services.gift_wrapping import GiftWrapper
from tipdesk.services.message_book import MessageBook
from tipdesk.services.message_places import MessagePlaces

TRY_FOR_MS: Final = 24 * 3_600_000
RETRY_SECONDS: Final = (2.0, 5.0, 15.0, 60.0, 300.0)
MAX_WORD_CHARS: Final = 200
NO_PLACE: Final = Phrase("They have no place for private messages now.")

log = logging.getLogger(__name__)


class MessageSender:
    """One task a message, until its recipient's relays have it or its time is over."""

    def __init__(
        self,
        *,
        store: MessageStore,
        book: MessageBook,
        places: MessagePlaces,
        relays: RelayPool,
        wrapper: GiftWrapper,
        clock: Clock,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        self._store = store
        self._book = book
        self._places = places
        self._relays = relays
        self._wrapper = wrapper
        self._clock = clock
        self._retry_seconds = retry_seconds
        self._under_way: set[EventId] = set()
        self._waiting: dict[EventId, list[asyncio.Future[Sending]]] = {}
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Takes up what the last run left, then sends until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for message in self._store.unfinished():
                    self.begin(message)
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None
                self._under_way.clear()

    def new_sending(self) -> Sending:
        """Of a message that nobody tried to send yet."""
        ends_at = self._clock.now().plus_ms(TRY_FOR_MS)
        return Sending(state=Delivery.WAITING, ends_at=ends_at)

    def begin(self, message: StoredMessage) -> None:
        """Keeps a message of ours and sends it, now or at the next start."""
        self._book.keep(message)
        if self._group is not None and message.id not in self._under_way:
            self._under_way.add(message.id)
            self._group.create_task(self._supervised(message), name=f"message {message.id}")

    async def outcome(self, message_id: EventId) -> Sending:
        """Waits until a message that was begun is delivered, or its time is over."""
        message = self._store.message(message_id)
        sending = None if message is None else message.sending
        if sending is not None and sending.state is not Delivery.WAITING:
            return sending
        future: asyncio.Future[Sending] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message_id, []).append(future)
        return await future

    async def _supervised(self, message: StoredMessage) -> None:
        """A bug over one message stops no other; the next start takes it up again."""
        try:
            await self._deliver(message)
        except StorageError:
            raise
        except Exception:
            log.exception("a message stays unsent until the next start")
        finally:
            self._under_way.discard(message.id)

    async def _deliver(self, message: StoredMessage) -> None:
        attempt = 0
        while message.sending is not None and not message.sending.is_over:
            sending = await self._attempt(message, message.sending)
            is_last = attempt >= len(self._retry_seconds)
            after = replace(message, sending=self._judged(sending, is_last=is_last))
            if after != message:
                self._book.keep(after)
            message = after
            self._tell(message)
            if message.sending is None or message.sending.is_over:
                return
            await asyncio.sleep(self._retry_seconds[min(attempt, len(self._retry_seconds) - 1)])
            attempt += 1

    def _judged(self, sending: Sending, *, is_last: bool) -> Sending:
        """What an attempt made of it; what is delivered is not pressed on slow relays for a day."""
        words = (*sending.relays, *sending.copies)
        is_late = self._clock.now() >= sending.ends_at
        if any(word.accepted for word in sending.relays):
            is_over = is_late or is_last or all(word.accepted for word in words)
            done = replace(sending, state=Delivery.SENT, problem="", is_over=is_over)
            return replace(done, wrap="", copy="") if is_over else done
        return replace(sending, state=Delivery.FAILED, is_over=True) if is_late else sending

    async def _attempt(self, message: StoredMessage, sending: Sending) -> Sending:
        try:
            theirs = await self._places.find(message.peer)
            if not theirs:
                return replace(sending, problem=NO_PLACE)
            if not sending.wrap:
                sending = await self._wrapped(message, sending)
        except (BackendError, RequestError, DecodeError) as error:
            return replace(sending, problem=Phrase("{why}.", why=clause(error)))
        own = tuple(url for url in self._places.own() if message.peer != self._wrapper.pubkey)
        relays = await self._offer(sending.wrap, theirs, sending.relays)
        copies = await self._offer(sending.copy, own, sending.copies)
        return replace(sending, relays=relays, copies=copies, problem=_problem(relays))

    async def _wrapped(self, message: StoredMessage, sending: Sending) -> Sending:
        """The events are kept before they are sent: every attempt sends these."""
        rumor = rumor_of(message, self._wrapper.pubkey)
        wrap = await self._wrapper.wrap(rumor, message.peer)
        copy = await self._wrapper.wrap(rumor, self._wrapper.pubkey)
        sending = replace(sending, wrap=wrap.to_json(), copy=copy.to_json())
        self._book.keep(replace(message, sending=sending))
        return sending

    async def _offer(
        self, event: str, urls: tuple[str, ...], before: tuple[RelayWord, ...]
    ) -> tuple[RelayWord, ...]:
        taken = {word.url: word for word in before if word.accepted}
        missing = tuple(url for url in urls if url not in taken)
        results: Mapping[str, PublishResult] = {}
        if missing:
            results = await self._relays.publish(nip01.parse(event), missing)
        return (
            *taken.values(),
            *(
                RelayWord(url, result.accepted, result.message[:MAX_WORD_CHARS])
                for url, result in results.items()
            ),
        )

    def _tell(self, message: StoredMessage) -> None:
        sending = message.sending
        if sending is not None and sending.state is not Delivery.WAITING:
            for future in self._waiting.pop(message.id, ()):
                if not future.done():
                    future.set_result(sending)


def rumor_of(message: StoredMessage, ours: XOnlyPubkey) -> UnsignedEvent:
    """The rumor of a message of ours: made again it is the same, with the same id."""
    return build_message(
        message.text,
        sender=ours,
        recipient=message.peer,
        created_at=message.sent_at.unix_seconds,
        reply_to=message.reply_to,
        tip=message.tip,
        ask=message.ask,
    )


def _problem(words: Iterable[RelayWord]) -> str:
    said = {word.message for word in words if not word.accepted and word.message}
    if not said:
        return Phrase("No relay of theirs took it.")
    return Phrase("No relay of theirs took it ({said}).", said="; ".join(sorted(said)))
