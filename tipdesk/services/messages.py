"""Private messages between people (NIP-17), and the words that go with private tips."""

import asyncio
from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines
from tipdesk.nostr.nip17 import MAX_MESSAGE_CHARS, TipClaim
from tipdesk.nostr.payment_ask import AskTags
from tipdesk.ports.messages import Delivery, MessageStore, StoredMessage
from tipdesk.services.message_book import MessageBook
from tipdesk.services.message_places import MessagePlaces
from tipdesk.services.message_receiving import MessageReceiver
from tipdesk.services.message_sending import MessageSender, rumor_of

_NO_ID: Final = EventId(bytes(32))


class NoPlaceForMessages(RequestError):
    """The recipient published no relays for messages: nothing is sent anywhere else."""

    def __init__(self, title: str) -> None:
        super().__init__(
            Phrase(
                "{name} has no place for private messages, so nothing was sent. They can choose "
                "one in an app that knows private messages (NIP-17).",
                name=title,
            )
        )
        self.title = title


class MessageRefused(RequestError):
    """Nothing was written, or more than fits into a message."""

    def __init__(self, length: int) -> None:
        super().__init__(
            Phrase(
                "A message has 1 to {most} characters; this one has {length}.",
                most=MAX_MESSAGE_CHARS,
                length=length,
            )
        )
        self.length = length


class CannotSendAgain(RequestError):
    """The message was delivered, or is being tried."""

    def __init__(self) -> None:
        super().__init__(Phrase("Only a message that was not delivered can be sent again."))


class NoteNotTaken(BackendError):
    """The words of a tip reached nobody within a day; the text is why."""


class MessageService:
    """Sends and receives; what was written is in the `book`, where it goes in `places`."""

    def __init__(
        self,
        *,
        store: MessageStore,
        book: MessageBook,
        places: MessagePlaces,
        sender: MessageSender,
        receiver: MessageReceiver,
        ours: XOnlyPubkey,
        clock: Clock,
    ) -> None:
        self._store = store
        self.book = book
        self.places = places
        self.sender = sender
        self.receiver = receiver
        self._ours = ours
        self._clock = clock

    async def run(self) -> None:
        """Sends, receives and looks for places until cancelled."""
        async with asyncio.TaskGroup() as group:
            for run in (self.sender.run, self.receiver.run, self.places.run):
                group.create_task(run())

    async def send(
        self,
        peer: XOnlyPubkey,
        text: str,
        *,
        reply_to: EventId | None = None,
        ask: AskTags | None = None,
    ) -> EventId:
        """Keeps a message and sends it to where they take messages; delivery goes on by itself.

        `ask` says to machines what a message about money asks for. Raises `MessageRefused`,
        `NoPlaceForMessages` with nothing kept, and `PlaceUnknown`.
        """
        words = many_lines(text, maximum=MAX_MESSAGE_CHARS)
        if not words or len(text) > MAX_MESSAGE_CHARS:
            raise MessageRefused(len(text))
        await self.check_place(peer)
        return self._begin(peer, words, reply_to=reply_to, ask=ask)

    async def check_place(self, peer: XOnlyPubkey) -> None:
        """Raises `NoPlaceForMessages` if they take none, and `PlaceUnknown`."""
        if not await self.places.find(peer):
            raise NoPlaceForMessages(self.book.title(peer))

    async def send_note(self, peer: XOnlyPubkey, words: str, tip: TipClaim) -> None:
        """The words of a tip that was paid: done once a relay of theirs has them.

        Asked again for the same payment, after a restart for one, nothing is written twice.
        Raises `NoteNotTaken` when a day is over.
        """
        note = self.book.own_note(tip.payment_hash)
        message_id = self._begin(peer, words, tip=tip) if note is None else note.id
        sending = await self.sender.outcome(message_id)
        if sending.state is not Delivery.SENT:
            raise NoteNotTaken(sending.problem)

    def retry(self, message_id: EventId) -> None:
        """Tries a message again that was not delivered. Raises `CannotSendAgain`."""
        message = self._store.message(message_id)
        if message is None or message.sending is None:
            raise CannotSendAgain
        if message.sending.state is not Delivery.FAILED:
            raise CannotSendAgain
        fresh = self.sender.new_sending()
        wrap, copy = message.sending.wrap, message.sending.copy
        self.sender.begin(replace(message, sending=replace(fresh, wrap=wrap, copy=copy)))

    def _begin(
        self,
        peer: XOnlyPubkey,
        text: str,
        *,
        reply_to: EventId | None = None,
        tip: TipClaim | None = None,
        ask: AskTags | None = None,
    ) -> EventId:
        now = self._clock.now()
        message = StoredMessage(
            id=_NO_ID,
            peer=peer,
            text=text,
            # NIP-01 counts in seconds: the rumor is made from what is kept.
            sent_at=Instant.from_unix_seconds(now.unix_seconds),
            seen_at=now,
            reply_to=reply_to,
            tip=tip,
            ask=ask,
            sending=self.sender.new_sending(),
        )
        message = replace(message, id=rumor_of(message, self._ours).id)
        known = self._store.message(message.id)
        if known is None:
            self.sender.begin(message)
        return message.id
