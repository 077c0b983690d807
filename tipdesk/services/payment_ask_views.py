"""What a message asks for, and how that stands: read from the message, the wallet and the records.

Nothing is paid here, and nobody is asked anything.
"""

from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.payment_ask import AskKind, AskTags
from tipdesk.ports.messages import StoredMessage
from tipdesk.ports.payment_asks import Answer, AskRecord, PaymentAskStore
from tipdesk.services.views import AskState, AskView, PaymentView
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.payment_ask import Payable, Unpayable, find_payable, words_in

_REMEMBERED: Final = 500
_NOT_FOUND: Final = Unpayable(
    Phrase("They ask for money, and do not say where to. Ask them for an invoice.")
)
_THEIRS: Final = {
    AskState.PAYING: Phrase("Your payment is on its way. It is not paid a second time."),
    AskState.PAID: Phrase("You paid it."),
    AskState.REFUSED: Phrase("You refused it."),
    AskState.EXPIRED: Phrase("It has expired. Ask them for a new one."),
}
_OURS: Final = {
    AskState.OPEN: Phrase("Nobody has paid it yet."),
    AskState.PAID: Phrase("It was paid."),
    AskState.REFUSED: Phrase("They refused it."),
    AskState.EXPIRED: Phrase("It expired unpaid."),
}
_BY_OFFER: Final = Phrase("It can be paid. What comes in stands in your history.")
_THEIR_PROMISE: Final = {
    AskState.OPEN: Phrase("They want to send it to you, and wait for an invoice."),
    AskState.ANSWERED: Phrase("You sent them an invoice."),
}
_OUR_PROMISE: Final = {
    AskState.OPEN: Phrase("They have not said yet how it can be paid."),
    AskState.ANSWERED: Phrase("They answered: pay their request when you like."),
    AskState.PAID: Phrase("You sent it."),
}


class AskReader:
    """`payment` is what the wallet knows of a payment hash; `is_known` tells strangers apart."""

    def __init__(
        self,
        *,
        store: PaymentAskStore,
        payment: Callable[[PaymentHash], PaymentView | None],
        is_known: Callable[[XOnlyPubkey], bool],
        network: Network,
        clock: Clock,
    ) -> None:
        self._store = store
        self._payment = payment
        self._is_known = is_known
        self._network = network
        self._clock = clock
        self._found: dict[EventId, Payable | Unpayable | None] = {}

    def view(self, message: StoredMessage) -> AskView | None:
        """What it asks for or promises; None for every other message."""
        ask = message.ask
        if ask is not None and ask.kind is AskKind.PROMISE:
            return self._promise(message, ask)
        if ask is not None and ask.kind is AskKind.REFUSAL:
            return None
        found = self.payable(message)
        if ask is None and (message.sending is not None or not isinstance(found, Payable)):
            return None
        return self._request(message, ask or AskTags(AskKind.REQUEST), found or _NOT_FOUND)

    def payable(self, message: StoredMessage) -> Payable | Unpayable | None:
        """The invoice or offer in its text; read once."""
        if message.id not in self._found:
            self._found[message.id] = find_payable(message.text, self._network)
            if len(self._found) > _REMEMBERED:
                del self._found[next(iter(self._found))]
        return self._found[message.id]

    def amount(self, message: StoredMessage) -> Msat | None:
        """What would be paid: the invoice's or offer's word before that of the tags."""
        found = self.payable(message)
        fixed = found.amount if isinstance(found, Payable) else None
        return fixed or _said(message)

    def _request(self, message: StoredMessage, ask: AskTags, found: Payable | Unpayable) -> AskView:
        amount, is_ours = self.amount(message), message.sending is not None
        expires_at = _earlier(
            found.expires_at if isinstance(found, Payable) else None,
            None if ask.expires_at is None else Instant.from_unix_seconds(ask.expires_at),
        )
        state = self._state(message, found, expires_at)
        return AskView(
            kind=AskKind.REQUEST,
            is_ours=is_ours,
            amount=amount,
            words=words_in(message.text, ask.amount),
            state=state,
            expires_at=expires_at,
            sentence=self._sentence(message, state, found),
            payable=found.text if isinstance(found, Payable) else "",
            payment_hash=found.payment_hash if isinstance(found, Payable) else None,
            is_strangers=not is_ours and not self._is_known(message.peer),
        )

    def _promise(self, message: StoredMessage, ask: AskTags) -> AskView:
        is_ours = message.sending is not None
        answer = _answer(self._store.record(message.id))
        state = {Answer.PAID: AskState.PAID, Answer.ANSWERED: AskState.ANSWERED}.get(
            answer, AskState.OPEN
        )
        sentences = _OUR_PROMISE if is_ours else _THEIR_PROMISE
        return AskView(
            kind=AskKind.PROMISE,
            is_ours=is_ours,
            amount=ask.amount,
            words=words_in(message.text, ask.amount),
            state=state,
            expires_at=None,
            sentence=sentences.get(state, ""),
            is_strangers=not is_ours and not self._is_known(message.peer),
        )

    def _state(
        self, message: StoredMessage, found: Payable | Unpayable, expires_at: Instant | None
    ) -> AskState:
        record = self._store.record(message.id)
        answer = _answer(record)
        if answer is Answer.PAID:
            return AskState.PAID
        way = Direction.OUT if message.sending is None else Direction.IN
        paid = self._paid_state(record, found, way)
        if paid is not None:
            return paid
        if answer is Answer.REFUSED:
            return AskState.REFUSED
        if isinstance(found, Unpayable):
            return AskState.UNUSABLE
        is_over = expires_at is not None and self._clock.now() >= expires_at
        return AskState.EXPIRED if is_over else AskState.OPEN

    def _paid_state(
        self, record: AskRecord | None, found: Payable | Unpayable, way: Direction
    ) -> AskState | None:
        """What the wallet knows: an invoice that was paid by hand counts too.

        Not what went the other way: they may send us an invoice of our own.
        """
        payment_hash = None if record is None else record.payment_hash
        if payment_hash is None and isinstance(found, Payable):
            payment_hash = found.payment_hash
        known = None if payment_hash is None else self._payment(payment_hash)
        match None if known is None or known.direction is not way else known.status:
            case PaymentState.SUCCEEDED:
                return AskState.PAID
            case PaymentState.IN_FLIGHT:
                return AskState.PAYING
            case _:
                return None

    def _sentence(self, message: StoredMessage, state: AskState, found: Payable | Unpayable) -> str:
        if isinstance(found, Unpayable) and state is AskState.UNUSABLE:
            return found.why
        if message.sending is not None:
            by_offer = isinstance(found, Payable) and found.is_offer and state is AskState.OPEN
            return _BY_OFFER if by_offer else _OURS.get(state, "")
        if state is not AskState.OPEN:
            return _THEIRS.get(state, "")
        said, amount = _said(message), self.amount(message)
        if said is not None and amount is not None and said != amount:
            return Phrase(
                "Their words say {said}. What would be paid is {amount}.", said=said, amount=amount
            )
        return self._promised(message)

    def _promised(self, message: StoredMessage) -> str:
        """That it answers what we offered."""
        record = self._store.record(message.id)
        is_answer = record is not None and record.promise is not None
        return Phrase("You wanted to send it to them.") if is_answer else ""


def _said(message: StoredMessage) -> Msat | None:
    return None if message.ask is None else message.ask.amount


def _answer(record: AskRecord | None) -> Answer:
    return Answer.NONE if record is None else record.answer


def _earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
