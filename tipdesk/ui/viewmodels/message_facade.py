"""What the window asks of the app about private messages."""

from typing import Protocol

from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.services.payment_asks import AskToPay
from tipdesk.services.views import ConversationView, MessageView


class Places(Protocol):
    """Where people take messages, and where we do."""

    def known(self, person: XOnlyPubkey) -> tuple[str, ...] | None:
        """Where they take messages, nothing if nowhere; None while that is not known."""
        ...

    def ask_about(self, person: XOnlyPubkey) -> None:
        """Finds out in the background; `MessagePlaceFound` tells when it is known."""
        ...

    def own(self) -> tuple[str, ...]:
        """Where we take messages, as far as that is known."""
        ...

    async def refresh_own(self) -> tuple[str, ...]:
        """The same by the latest list; `BackendError` if no relay knows it."""
        ...

    async def open_first(self) -> tuple[str, ...]:
        """If we never said where, says so; `BackendError` if that was not published."""
        ...

    async def use_relay(self, url: str) -> tuple[str, ...]:
        """There too; `DecodeError` for no address, `BackendError` if it was not published."""
        ...

    async def drop_relay(self, url: str) -> tuple[str, ...]:
        """There no more; `BackendError` if it was not published."""
        ...


class Book(Protocol):
    """What was written."""

    def conversations(self) -> tuple[ConversationView, ...]:
        """With people we know, the latest first."""
        ...

    def requests(self) -> tuple[ConversationView, ...]:
        """With strangers who wrote unasked, the latest first."""
        ...

    def messages(
        self, peer: XOnlyPubkey, limit: int = 50, offset: int = 0
    ) -> tuple[MessageView, ...]:
        """What was written with somebody, newest first."""
        ...

    def mark_read(self, peer: XOnlyPubkey) -> None:
        """The person has seen what they wrote."""
        ...

    def accept(self, peer: XOnlyPubkey) -> None:
        """They are no stranger any more."""
        ...

    def forget(self, peer: XOnlyPubkey) -> None:
        """Takes away all that was written with them."""
        ...


class Sender(Protocol):
    """Sends messages."""

    async def send(
        self, peer: XOnlyPubkey, text: str, *, reply_to: EventId | None = None
    ) -> EventId:
        """Keeps a message and sends it; a `RequestError` or `BackendError` keeps nothing."""
        ...

    def retry(self, message_id: EventId) -> None:
        """Tries one again that was not delivered; `RequestError` if it cannot be."""
        ...


class Asks(Protocol):
    """Money asked for and promised in messages; nothing is paid here."""

    async def ask(self, peer: XOnlyPubkey, amount: Msat | None, words: str = "") -> EventId:
        """Asks somebody for money; `RequestError` or `BackendError` says why not."""
        ...

    async def offer_to_pay_later(
        self, peer: XOnlyPubkey, amount: Msat | None, words: str = ""
    ) -> EventId:
        """Tells somebody that we want to send them money."""
        ...

    async def answer_promise(self, message_id: EventId) -> EventId:
        """Sends an invoice to somebody who wants to send us money."""
        ...

    async def refuse(self, message_id: EventId, words: str = "", *, tell: bool) -> None:
        """We do not pay a request; with `tell` they hear of it."""
        ...

    def begin_paying(self, message_id: EventId) -> AskToPay:
        """What is to be paid; `RequestError` if it was, or cannot be."""
        ...

    def paying(self, message_id: EventId, payment_hash: PaymentHash) -> None:
        """That payment is what it is paid with; `RequestError` if another one may be."""
        ...

    def never_began(self, payment_hash: PaymentHash) -> None:
        """That payment was not begun after all."""
        ...

    def open_with(self, peer: XOnlyPubkey) -> tuple[MessageView, ...]:
        """What waits between us and somebody, newest first."""
        ...


class Messages(Protocol):
    """Private messages."""

    @property
    def places(self) -> Places:
        """Where messages are taken."""
        ...

    @property
    def book(self) -> Book:
        """What was written."""
        ...

    @property
    def service(self) -> Sender:
        """Sends messages."""
        ...
