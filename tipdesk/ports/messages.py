"""What is kept of private messages. Writes take effect together at the next `commit`.

Called on the loop's thread only; every method may raise `StorageError`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip17 import TipClaim
from tipdesk.nostr.payment_ask import AskTags


class Delivery(Enum):
    """How far a message of ours has come."""

    WAITING = Phrase("Not delivered yet")
    SENT = Phrase("Delivered")
    """A relay where the recipient takes messages has it."""
    FAILED = Phrase("Not delivered")
    """Nobody took it within its time; it can be tried again."""


@dataclass(frozen=True, slots=True)
class RelayWord:
    """What one relay made of a message; `message` is its reason, or why there is no answer."""

    url: str
    accepted: bool
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A message of ours on its way. `wrap` is the event for the recipient, `copy` ours, as JSON.

    The events stay the same for all attempts, so that no relay keeps two of them.
    """

    state: Delivery
    ends_at: Instant
    """Until then it is tried."""
    is_over: bool = False
    """Nothing more is tried."""
    wrap: str = ""
    copy: str = ""
    relays: tuple[RelayWord, ...] = ()
    """The recipient's, each with its last word."""
    copies: tuple[RelayWord, ...] = ()
    """Our own."""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """One message with `peer`; `sending` is None for what they wrote."""

    id: EventId
    peer: XOnlyPubkey
    text: str
    sent_at: Instant
    """Its writer's word, but never later than when it came."""
    seen_at: Instant
    reply_to: EventId | None = None
    tip: TipClaim | None = None
    ask: AskTags | None = None
    sending: Sending | None = None
    is_read: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Somebody there are messages with; not accepted is who wrote to us unasked."""

    peer: XOnlyPubkey
    is_accepted: bool
    unread: int
    latest: StoredMessage


class MessageStore(Protocol):
    """Messages by the id of their rumor, and the people they are with."""

    def save(self, message: StoredMessage) -> None:
        """A new message, or one of ours that moved on."""
        ...

    def message(self, message_id: EventId) -> StoredMessage | None:
        """One of them."""
        ...

    def messages(self, peer: XOnlyPubkey, limit: int, offset: int = 0) -> list[StoredMessage]:
        """Those with somebody, newest first."""
        ...

    def about(self, payment_hash: PaymentHash) -> list[StoredMessage]:
        """Those that say they belong to that payment, the one seen first at the head."""
        ...

    def unfinished(self) -> list[StoredMessage]:
        """Those of ours that are still to be tried."""
        ...

    def people(self) -> list[Correspondent]:
        """Everybody there are messages with, the latest first."""
        ...

    def is_accepted(self, peer: XOnlyPubkey) -> bool:
        """Whether `accept` was called for them."""
        ...

    def accept(self, peer: XOnlyPubkey) -> None:
        """They are no stranger any more."""
        ...

    def mark_read(self, peer: XOnlyPubkey) -> bool:
        """All of theirs are read; False if they were."""
        ...

    def forget(self, peer: XOnlyPubkey) -> None:
        """Every message with them goes, but those still to be tried."""
        ...

    def trim(self, peer: XOnlyPubkey, keep: int) -> None:
        """Of the messages with somebody the latest `keep` stay, and those still to be tried."""
        ...

    def trim_all(self, keep: int) -> None:
        """Of all messages the latest `keep` stay, and those still to be tried."""
        ...

    def was_seen(self, wrap_id: EventId) -> bool:
        """Whether that gift wrap was opened before, whatever was in it."""
        ...

    def mark_seen(self, wrap_id: EventId, at: Instant, *, keep: int) -> None:
        """It was opened; of all that were the latest `keep` are remembered."""
        ...

    def last_seen_at(self) -> Instant | None:
        """When the latest gift wrap was opened; None if none ever was."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...
