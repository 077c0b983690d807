"""Asking for money privately (NIP-17), and being asked; wanting to send to who cannot be paid now.

Nothing here pays. `begin_paying` says what is to be paid, once the person pressed for it, and
refuses what was paid or is on its way; the payment itself is the wallet's, which is then heard.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice import offer as offers
from tipdesk.lightning.invoice.bolt12_text import Kind, kind_of
from tipdesk.nostr.payment_ask import AskKind, AskTags
from tipdesk.ports.messages import StoredMessage
from tipdesk.ports.payment_asks import Answer, AskRecord, PaymentAskStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice, PaymentChanged, PersonChanged
from tipdesk.services.messages import MessageService
from tipdesk.services.payment_ask_views import AskReader
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.views import AskState, AskView, MessageView, PaymentView
from tipdesk.tips.history import PaymentState
from tipdesk.tips.payment import CreatedInvoice
from tipdesk.tips.payment_ask import (
    Payable,
    checked_amount,
    checked_words,
    promise_text,
    refusal_text,
    request_text,
)
from tipdesk.tips.person import PersonId

EXPIRY_SECONDS: Final = 3 * 86_400
"""A request of ours waits for somebody who is not at their machine."""
MAX_LOOKED_AT: Final = 100
"""Of the messages with somebody, so many of the latest are looked at for what is open."""

log = logging.getLogger(__name__)

OfferMaker = Callable[[Msat, Instant], Awaitable[str]]
"""An offer of ours for an amount, until a moment; an error where none can be made."""


class AskWallet(Protocol):
    """What asking needs of the wallet's history."""

    async def create_invoice(
        self, amount: Msat | None, description: str, *, expiry_seconds: int = 3_600
    ) -> CreatedInvoice:
        """An invoice of ours; `RequestError` if it cannot be made."""
        ...

    def payment(self, payment_hash: PaymentHash) -> PaymentView | None:
        """What is known of a payment."""
        ...


class NoSuchAsk(RequestError):
    """The message asks for nothing, or is gone."""

    def __init__(self, message_id: EventId) -> None:
        super().__init__(Phrase("This message asks for nothing that can be paid. No money moved."))
        self.message_id = message_id


class AskNotOpen(RequestError):
    """It was paid, refused, is on its way, has expired, or cannot be paid."""

    def __init__(self, state: AskState) -> None:
        super().__init__(_NOT_OPEN[state])
        self.state = state


class AskOfStranger(RequestError):
    """Who asks was not accepted yet."""

    def __init__(self) -> None:
        super().__init__(Phrase("You do not know this person. Accept their message first."))


_NOT_OPEN: Final = {
    AskState.OPEN: Phrase("This waits for the other side. No money moved."),
    AskState.PAYING: Phrase("This is being paid already. It is not paid a second time."),
    AskState.PAID: Phrase("This was paid already. It is not paid a second time."),
    AskState.REFUSED: Phrase("You refused this. Ask them for a new request to pay it after all."),
    AskState.EXPIRED: Phrase("This has expired. Ask them for a new one. No money moved."),
    AskState.ANSWERED: Phrase("This was answered already."),
    AskState.UNUSABLE: Phrase("This cannot be paid. Ask them for another one. No money moved."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToPay:
    """A request that the person wants to pay: what a page that sends begins with."""

    message_id: EventId
    peer: XOnlyPubkey
    title: str
    """Who asks."""
    person_id: PersonId | None
    payable: str
    """An invoice or an offer."""
    is_offer: bool
    amount: Msat | None
    """None if it is left to us; a promise of ours says it then."""
    words: str


class PaymentAsks:
    """Requests and promises, ours and theirs; how each stands is in `MessageView.ask`."""

    def __init__(
        self,
        *,
        messages: MessageService,
        store: PaymentAskStore,
        wallet: AskWallet,
        people: PeopleBook,
        network: Network,
        bus: Bus,
        clock: Clock,
        note: Callable[[PaymentHash, str], None],
        make_offer: OfferMaker | None = None,
    ) -> None:
        self._messages = messages
        self._store = store
        self._wallet = wallet
        self._people = people
        self._bus = bus
        self._clock = clock
        self._note = note
        self._make_offer = make_offer
        self._begun: set[PaymentHash] = set()
        """Payments of offers that were begun in this run; what an earlier one began, the wallet's
        history has."""
        self._reader = AskReader(
            store=store,
            payment=wallet.payment,
            is_known=messages.book.is_known,
            network=network,
            clock=clock,
        )
        messages.book.read_asks_with(self._reader.view)
        messages.book.on_message(self._heard)
        bus.subscribe(PaymentChanged, self._payment_changed)
        bus.subscribe(PersonChanged, self._person_changed)

    async def ask(self, peer: XOnlyPubkey, amount: Msat | None, words: str = "") -> EventId:
        """Asks somebody for money. Raises what sending a message does, and the wallet's refusal.

        The words stand in the message alone: not in the invoice, which other wallets may show.
        """
        return await self._request(peer, checked_amount(amount), checked_words(words))

    async def offer_to_pay_later(
        self, peer: XOnlyPubkey, amount: Msat | None, words: str = ""
    ) -> EventId:
        """Tells somebody who cannot be paid now that we want to; their answer is never paid by
        itself."""
        asked, said = checked_amount(amount), checked_words(words)
        tags = AskTags(AskKind.PROMISE, asked)
        return await self._messages.send(peer, promise_text(asked, said), ask=tags)

    async def answer_promise(self, message_id: EventId) -> EventId:
        """Sends an invoice to who wants to send us money. Raises what `ask` does, `AskNotOpen`."""
        view, ask = self._known(message_id)
        if not ask.can_answer or ask.amount is None:
            raise AskOfStranger if ask.is_strangers else AskNotOpen(ask.state)
        peer = view.peer.pubkey
        sent = await self._request(peer, ask.amount, ask.words, reply_to=message_id)
        self._save(self._record(message_id, peer), answer=Answer.ANSWERED)
        return sent

    async def refuse(self, message_id: EventId, words: str = "", *, tell: bool) -> None:
        """We do not pay it. With `tell` they hear it first: raises what sending does."""
        view, ask = self._known(message_id)
        if not ask.can_pay:
            raise AskOfStranger if ask.is_strangers else AskNotOpen(ask.state)
        peer = view.peer.pubkey
        if tell:
            text = refusal_text(ask.amount, checked_words(words))
            tags = AskTags(AskKind.REFUSAL)
            await self._messages.send(peer, text, reply_to=message_id, ask=tags)
        self._save(self._record(message_id, peer), answer=Answer.REFUSED)

    def begin_paying(self, message_id: EventId) -> AskToPay:
        """What is to be paid. Raises `AskNotOpen`, `AskOfStranger`, `NoSuchAsk`."""
        view, ask = self._known(message_id)
        if not ask.can_pay:
            raise AskOfStranger if ask.is_strangers else AskNotOpen(ask.state)
        peer = view.peer.pubkey
        if ask.payment_hash is not None:
            self._bind(message_id, peer, ask.payment_hash)
        person = self._people.with_npub(peer)
        return AskToPay(
            message_id=message_id,
            peer=peer,
            title=view.peer.title,
            person_id=None if person is None else person.id,
            payable=ask.payable,
            is_offer=kind_of(ask.payable) is Kind.OFFER,
            amount=ask.amount or self._promised(message_id),
            words=ask.words,
        )

    def paying(self, message_id: EventId, payment_hash: PaymentHash) -> None:
        """An offer: that payment is the one it is paid with; told right before it is begun.

        Raises `AskNotOpen` if it was paid, or another payment for it may be on its way.
        """
        view, ask = self._known(message_id)
        before = self._record(message_id, view.peer.pubkey).payment_hash
        if before != payment_hash:
            if not ask.can_pay:
                raise AskNotOpen(ask.state)
            if before in self._begun and not self._has_failed(before):
                raise AskNotOpen(AskState.PAYING)
        self._begun.add(payment_hash)
        self._bind(message_id, view.peer.pubkey, payment_hash)

    def never_began(self, payment_hash: PaymentHash) -> None:
        """What was told to be paid was not begun after all: another payment may be."""
        self._begun.discard(payment_hash)

    def offer_was_paid(self, offer_id: bytes, payment_hash: PaymentHash) -> None:
        """A payment came for an offer of ours: what we asked by it is paid with that."""
        for record in self._store.asked_by(offer_id):
            if record.payment_hash is None:
                self._bind(record.message_id, record.peer, payment_hash)

    def open_with(self, peer: XOnlyPubkey) -> tuple[MessageView, ...]:
        """What is asked and promised between us and waits, or is on its way; newest first."""
        waiting = (AskState.OPEN, AskState.PAYING)
        latest = self._messages.book.messages(peer, MAX_LOOKED_AT)
        return tuple(view for view in latest if view.ask is not None and view.ask.state in waiting)

    async def _request(
        self, peer: XOnlyPubkey, amount: Msat, words: str, *, reply_to: EventId | None = None
    ) -> EventId:
        await self._messages.check_place(peer)
        payable, payment_hash, expires_at = await self._payable(amount)
        message_id = await self._messages.send(
            peer,
            request_text(amount, words, payable),
            reply_to=reply_to,
            ask=AskTags(AskKind.REQUEST, amount, expires_at.unix_seconds),
        )
        if payment_hash is None:
            offer_id = offers.decode(payable).offer_id
            self._save(replace(self._record(message_id, peer), offer_id=offer_id))
        else:
            self._bind(message_id, peer, payment_hash)
            if words:
                self._note(payment_hash, words)
        return message_id

    async def _payable(self, amount: Msat) -> tuple[str, PaymentHash | None, Instant]:
        """An offer of ours, or an invoice if none can be made; neither says what it is for."""
        if self._make_offer is not None:
            expires_at = self._clock.now().plus_ms(EXPIRY_SECONDS * 1_000)
            try:
                return await self._make_offer(amount, expires_at), None, expires_at
            except (RequestError, BackendError) as error:
                log.info("no offer can be made, so an invoice is: %s", error)
        created = await self._wallet.create_invoice(amount, "", expiry_seconds=EXPIRY_SECONDS)
        return created.invoice, created.payment_hash, created.expires_at

    def _known(self, message_id: EventId) -> tuple[MessageView, AskView]:
        view = self._messages.book.message(message_id)
        if view is None or view.ask is None:
            raise NoSuchAsk(message_id)
        return view, view.ask

    def _record(self, message_id: EventId, peer: XOnlyPubkey) -> AskRecord:
        known = self._store.record(message_id)
        return known or AskRecord(message_id=message_id, peer=peer)

    def _save(self, record: AskRecord, *, answer: Answer | None = None) -> None:
        self._store.save(record if answer is None else replace(record, answer=answer))
        self._messages.book.tell(record.peer)

    def _bind(self, message_id: EventId, peer: XOnlyPubkey, payment_hash: PaymentHash) -> None:
        self._save(replace(self._record(message_id, peer), payment_hash=payment_hash))
        self._link(peer, payment_hash)

    def _has_failed(self, payment_hash: PaymentHash) -> bool:
        known = self._wallet.payment(payment_hash)
        return known is not None and known.status is PaymentState.FAILED

    def _link(self, peer: XOnlyPubkey, payment_hash: PaymentHash) -> None:
        person = self._people.with_npub(peer)
        if person is not None:
            self._people.note_payment(person.id, payment_hash)

    # -- what comes in --------------------------------------------------------------------------

    def _heard(self, message: StoredMessage) -> None:
        ask = message.ask
        if ask is not None and ask.kind is AskKind.REFUSAL:
            self._heard_refusal(message)
        elif ask is None or ask.kind is AskKind.REQUEST:
            self._heard_request(message)

    def _heard_refusal(self, message: StoredMessage) -> None:
        """Only whom we asked can refuse, and only what is open."""
        book = self._messages.book
        asked = None if message.reply_to is None else book.message(message.reply_to)
        if asked is None or asked.ask is None or asked.peer.pubkey != message.peer:
            return
        ask = asked.ask
        if ask.is_ours and ask.kind is AskKind.REQUEST and ask.state is AskState.OPEN:
            self._save(self._record(asked.message_id, message.peer), answer=Answer.REFUSED)

    def _heard_request(self, message: StoredMessage) -> None:
        """It may be the answer to a promise of ours, for no more than that."""
        if not isinstance(self._reader.payable(message), Payable):
            return
        promise = self._answered(message)
        if promise is None or promise.ask is None:
            return
        self._store.save(
            replace(self._record(promise.message_id, message.peer), answer=Answer.ANSWERED)
        )
        self._save(replace(self._record(message.id, message.peer), promise=promise.message_id))
        amount = self._reader.amount(message) or promise.ask.amount
        self._bus.publish(
            Notice(
                Phrase(
                    "{name} can be paid now: look at their message to send the {amount} that you "
                    "wanted to.",
                    name=promise.peer.title,
                    amount=amount,
                ),
                serious=False,
            )
        )

    def _answered(self, message: StoredMessage) -> MessageView | None:
        """The promise that a reply names, or else the oldest that is large enough."""
        waiting = self._store.promises(message.peer)
        named = [one for one in waiting if one == message.reply_to]
        amount = self._reader.amount(message)
        for message_id in named or waiting:
            view = self._messages.book.message(message_id)
            promised = None if view is None or view.ask is None else view.ask.amount
            if promised is not None and (amount is None or amount <= promised):
                return view
        return None

    def _promised(self, message_id: EventId) -> Msat | None:
        """What we promised, if the message answers that."""
        record = self._store.record(message_id)
        promise = None if record is None else record.promise
        view = None if promise is None else self._messages.book.message(promise)
        return None if view is None or view.ask is None else view.ask.amount

    def _payment_changed(self, event: PaymentChanged) -> None:
        for record in self._store.paid_with(event.payment_hash):
            view = self._messages.book.message(record.message_id)
            is_paid = view is not None and view.ask is not None and view.ask.state is AskState.PAID
            if is_paid and record.answer is not Answer.PAID:
                self._store.save(replace(record, answer=Answer.PAID))
                if record.promise is not None:
                    promise = self._record(record.promise, record.peer)
                    self._store.save(replace(promise, answer=Answer.PAID))
            self._messages.book.tell(record.peer)

    def _person_changed(self, event: PersonChanged) -> None:
        """Who came into the book has what was asked between us before."""
        view = self._people.person(event.person_id)
        if view is not None and view.person.npub is not None:
            for payment_hash in self._store.payments_with(view.person.npub):
                self._people.note_payment(event.person_id, payment_hash)
