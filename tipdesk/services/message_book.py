"""Conversations: what was written, by whom, what of it is unread, and who is a stranger."""

from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip17 import Message
from tipdesk.ports.messages import Correspondent, Delivery, MessageStore, Sending, StoredMessage
from tipdesk.services.bus import Bus
from tipdesk.services.events import MessageChanged
from tipdesk.services.people import PeopleService
from tipdesk.services.views import AskView, ConversationView, MessageView, ProfileView

MAX_OF_ONE: Final = 2_000
MAX_OF_STRANGER: Final = 20
MAX_STRANGERS: Final = 100
"""People who wrote to us unasked; of more the one heard of longest ago is forgotten."""
MAX_MESSAGES: Final = 50_000


class MessageBook:
    """Keeps messages within bounds and tells the bus; `is_friend` says who is no stranger."""

    def __init__(
        self,
        *,
        store: MessageStore,
        ours: XOnlyPubkey,
        is_friend: Callable[[XOnlyPubkey], bool],
        profile: Callable[[XOnlyPubkey], ProfileView],
        people: PeopleService,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._ours = ours
        self._is_friend = is_friend
        self._profile = profile
        self._people = people
        self._bus = bus
        self._clock = clock
        self._note_listeners: list[Callable[[StoredMessage], bool]] = []
        self._listeners: list[Callable[[StoredMessage], None]] = []
        self._read_ask: Callable[[StoredMessage], AskView | None] = lambda _: None

    def on_note(self, listener: Callable[[StoredMessage], bool]) -> None:
        """Calls `listener` with every message of others that says it belongs to a payment.

        It says whether that is so; who wrote it is no stranger then.
        """
        self._note_listeners.append(listener)

    def on_message(self, listener: Callable[[StoredMessage], None]) -> None:
        """Calls `listener` with every message of others, once it is kept."""
        self._listeners.append(listener)

    def read_asks_with(self, read: Callable[[StoredMessage], AskView | None]) -> None:
        """Who says what a message asks for, and how that stands."""
        self._read_ask = read

    def conversations(self) -> tuple[ConversationView, ...]:
        """With people we know, the latest first."""
        return tuple(view for view in self._everybody() if not view.is_request)

    def requests(self) -> tuple[ConversationView, ...]:
        """What people wrote who are unknown to us, the latest first."""
        return tuple(view for view in self._everybody() if view.is_request)

    def unread(self) -> int:
        """How many messages of people we know were not read."""
        people = self._store.people()
        return sum(one.unread for one in people if not self._is_request(one))

    def messages(
        self, peer: XOnlyPubkey, limit: int = 50, offset: int = 0
    ) -> tuple[MessageView, ...]:
        """What was written with somebody, newest first."""
        return tuple(map(self._view, self._store.messages(peer, limit, offset)))

    def message(self, message_id: EventId) -> MessageView | None:
        """One message."""
        found = self._store.message(message_id)
        return None if found is None else self._view(found)

    def mark_read(self, peer: XOnlyPubkey) -> None:
        """The person has seen what they wrote."""
        if self._store.mark_read(peer):
            self._changed(peer)

    def accept(self, peer: XOnlyPubkey) -> None:
        """They are no stranger any more."""
        if not self._store.is_accepted(peer):
            self._store.accept(peer)
            self._changed(peer)

    def forget(self, peer: XOnlyPubkey) -> None:
        """Takes away all that was written with them; what comes later is a request again."""
        self._store.forget(peer)
        self._changed(peer)

    def title(self, peer: XOnlyPubkey) -> str:
        """What somebody is called."""
        return self._profile(peer).title

    def notes(self, payment_hash: PaymentHash) -> tuple[StoredMessage, ...]:
        """What others wrote to us that says it belongs to that payment, as it came."""
        about = self._store.about(payment_hash)
        return tuple(message for message in about if message.sending is None)

    def own_note(self, payment_hash: PaymentHash) -> StoredMessage | None:
        """What we wrote to go with a payment."""
        about = self._store.about(payment_hash)
        return next((message for message in about if message.sending is not None), None)

    def keep(self, message: StoredMessage) -> None:
        """A message of ours, new or moved on."""
        self._store.save(message)
        if not self._store.is_accepted(message.peer):
            self._store.accept(message.peer)
        self._trim(message.peer)
        self._changed(message.peer)

    def take(self, message: Message) -> bool:
        """A message that came, of others or of ours from elsewhere; False if it is there."""
        if self._store.message(message.id) is not None:
            return False
        now, is_ours = self._clock.now(), message.sender == self._ours
        stored = StoredMessage(
            id=message.id,
            peer=message.peer(self._ours),
            text=message.text,
            sent_at=min(now, Instant.from_unix_seconds(message.created_at)),
            seen_at=now,
            reply_to=message.reply_to,
            tip=message.tip,
            ask=message.ask,
            sending=_sent_elsewhere(now) if is_ours else None,
            is_read=is_ours,
        )
        if is_ours:
            self.keep(stored)
            return True
        self._store.save(stored)
        if stored.tip is not None:
            answers = [listener(stored) for listener in self._note_listeners]
            if any(answers):
                self._store.accept(stored.peer)
        for hear in self._listeners:
            hear(stored)
        self._trim(stored.peer)
        self._changed(stored.peer)
        return True

    def tell(self, peer: XOnlyPubkey) -> None:
        """What a message with somebody asks for stands differently."""
        self._changed(peer)

    def _trim(self, peer: XOnlyPubkey) -> None:
        if self.is_known(peer):
            self._store.trim(peer, MAX_OF_ONE)
        else:
            self._store.trim(peer, MAX_OF_STRANGER)
            strangers = [one.peer for one in self._store.people() if self._is_request(one)]
            for stranger in strangers[MAX_STRANGERS:]:
                self._store.forget(stranger)
        self._store.trim_all(MAX_MESSAGES)

    def _changed(self, peer: XOnlyPubkey) -> None:
        self._store.commit()
        self._bus.publish(MessageChanged(peer))

    def is_known(self, peer: XOnlyPubkey) -> bool:
        """Whether they are no stranger."""
        return self._store.is_accepted(peer) or peer == self._ours or self._is_friend(peer)

    def _is_request(self, one: Correspondent) -> bool:
        return not (one.is_accepted or one.peer == self._ours or self._is_friend(one.peer))

    def _everybody(self) -> tuple[ConversationView, ...]:
        return tuple(map(self._conversation, self._store.people()))

    def _conversation(self, one: Correspondent) -> ConversationView:
        self._people.ask_about(one.peer)
        return ConversationView(
            peer=self._profile(one.peer),
            latest=self._view(one.latest),
            unread=one.unread,
            is_request=self._is_request(one),
        )

    def _view(self, message: StoredMessage) -> MessageView:
        sending, tip = message.sending, message.tip
        return MessageView(
            message_id=message.id,
            peer=self._profile(message.peer),
            is_ours=sending is not None,
            text=message.text,
            at=message.sent_at,
            is_read=message.is_read,
            delivery=None if sending is None else sending.state,
            relays=() if sending is None else sending.relays,
            sentence="" if sending is None else delivery_sentence(sending),
            can_retry=sending is not None and sending.state is Delivery.FAILED,
            payment_hash=None if tip is None else tip.payment_hash,
            claimed=None if tip is None else tip.amount,
            ask=self._read_ask(message),
        )


def delivery_sentence(sending: Sending) -> str:
    """How it stands with a message of ours."""
    match sending.state:
        case Delivery.SENT if not sending.relays:
            return Phrase("Written with another app.")
        case Delivery.SENT:
            taken = sum(1 for word in sending.relays if word.accepted)
            return Phrase.counted(
                len(sending.relays),
                "Delivered: {taken} of their {count} relays took it.",
                "Delivered: {taken} of their {count} relays took it.",
                taken=taken,
            )
        case Delivery.WAITING if sending.problem:
            return Phrase(
                "Not delivered yet: {problem} TipDesk goes on trying.", problem=sending.problem
            )
        case Delivery.WAITING:
            return Phrase("On its way.")
        case Delivery.FAILED:
            return Phrase("Not delivered: {problem} You can try again.", problem=sending.problem)


def _sent_elsewhere(now: Instant) -> Sending:
    return Sending(state=Delivery.SENT, ends_at=now, is_over=True)
