"""What became of messages that ask for money; it lives as long as the message does.

Called on the loop's thread only. Writes take effect together at the next `commit`; every method
may raise `StorageError`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey


class Answer(Enum):
    """What is known to have become of one; whether it expired or is on its way follows."""

    NONE = "none"
    PAID = "paid"
    REFUSED = "refused"
    ANSWERED = "answered"
    """A promise: the other side has said how it can be paid."""
    PROVEN = "proven"
    """It asks for nothing: by it, who wrote it proved that they sent that payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRecord:
    """What is remembered of one message."""

    message_id: EventId
    peer: XOnlyPubkey
    answer: Answer = Answer.NONE
    payment_hash: PaymentHash | None = None
    """The payment that it is, or was tried to be, paid with."""
    promise: EventId | None = None
    """The promise of ours that it answers."""
    offer_id: bytes | None = None
    """Of an offer of ours that it asks by: made for it alone."""


class PaymentAskStore(Protocol):
    """Records by the message that they are of."""

    def save(self, record: AskRecord) -> None:
        """A new one, or one that moved on; the message is there."""
        ...

    def record(self, message_id: EventId) -> AskRecord | None:
        """What is remembered of a message; None if it is nothing."""
        ...

    def paid_with(self, payment_hash: PaymentHash) -> list[AskRecord]:
        """Those that are or were to be paid with that payment."""
        ...

    def asked_by(self, offer_id: bytes) -> list[AskRecord]:
        """Those of ours that ask by that offer."""
        ...

    def payments_with(self, peer: XOnlyPubkey) -> list[PaymentHash]:
        """All payments that any was or was to be paid with, by or to somebody."""
        ...

    def promises(self, peer: XOnlyPubkey) -> list[EventId]:
        """Messages of ours that promise money to somebody and wait, the oldest first."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...
