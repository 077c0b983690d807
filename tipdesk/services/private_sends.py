"""Money and a message to one person, told to nobody else as far as the way allows.

Nothing is published. The most private way that there is comes first; another one is taken only once
the person has seen what would be lost (`WeakerWay`). What is paid stands in the one history.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl.check import check_invoice
from tipdesk.lnurl.pay import callback_url
from tipdesk.ports.offers import OfferBackend
from tipdesk.ports.payments import PaymentBackend
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.wallet import WalletService
from tipdesk.tips import podcast
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.leaks import Circumstances, Fact, Learns, Party, Row, SendWay, leaks, lost
from tipdesk.tips.payment import (
    Capability,
    Failed,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
)
from tipdesk.tips.person import Person, PersonId
from tipdesk.tips.tip import fee_limit

MAX_MESSAGE: Final = 500
"""Characters: what an onion has room for, with some to spare for other scripts."""
_KEYSEND_LIFETIME_MS: Final = 3_600_000
_ATTEMPTS_FOR_MS: Final = 60_000


class NameFinder(Protocol):
    """BIP 353, checked by ourselves."""

    async def offer_of(self, name: str) -> str:
        """The offer behind ``user@domain``; a `BackendError` or `DecodeError` says why none."""
        ...


class KnownNodes(Protocol):
    """What is known of other nodes without asking them."""

    def peers(self) -> frozenset[NodeId]:
        """The other sides of our channels."""
        ...

    def last_seen(self, node_id: NodeId) -> Instant | None:
        """When a node announced itself last; None if that is not known."""
        ...

    async def quote(self, request: KeysendRequest) -> Quote | Failed:
        """The way that our own node would take now."""
        ...


class NoWayToThem(RequestError):
    """Nothing is known by which money could go to somebody."""

    def __init__(self, title: str) -> None:
        super().__init__(
            Phrase(
                "{name} has no way to be paid here yet. Add an offer, a payment name or a "
                "lightning address to their entry.",
                name=title,
            )
        )
        self.title = title


class WeakerWay(RequestError):
    """Another way than the most private one; `losses` are what somebody would learn by it."""

    def __init__(self, way: SendWay, losses: tuple[tuple[Party, Fact, Learns], ...]) -> None:
        super().__init__(
            Phrase("This way tells others more than the best one does. No money moved.")
        )
        self.way = way
        self.losses = losses


class MessageNotCarried(RequestError):
    """A lightning address passes no message but to its server."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "A lightning address carries no private message: its server would read it. Send "
                "the money without words, or let the server have them. No money moved."
            )
        )


class MessageTooLong(RequestError):
    """More than goes along with a payment."""

    def __init__(self, length: int) -> None:
        super().__init__(
            Phrase(
                "A message can have {most} characters; this one has {length}.",
                most=MAX_MESSAGE,
                length=length,
            )
        )
        self.length = length


class CannotSendSo(RequestError):
    """The wallet that pays cannot go this way."""

    def __init__(self, way: SendWay) -> None:
        super().__init__(
            Phrase("The wallet that pays now cannot do this: choose your own node to pay with.")
        )
        self.way = way


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWish:
    """What was typed."""

    person: PersonId | None
    """None for somebody outside the book; then `offer` says whom."""
    way: SendWay
    amount: Msat
    message: str = ""
    offer: str = ""
    """What they asked by: paid instead of what their entry has."""
    accepts_loss: bool = False
    """The person has seen what is lost beside the best way, and wants this one."""
    message_in_clear: bool = False
    """The person wants a lightning address's server to have the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOption:
    """One way to somebody, the most private first."""

    way: SendWay
    rows: tuple[Row, ...]
    problem: str = ""
    """Why it cannot be taken now; empty if it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadySend:
    """All that is known before the money leaves: whoever is paid has answered, if they could."""

    person: PersonId | None
    way: SendWay
    amount: Msat
    message: str
    payment_hash: PaymentHash
    invoice: str
    """Empty for a keysend."""
    likely_fee: Msat | None
    """None if it cannot be told before."""
    max_fee: Msat
    expires_at: Instant
    rows: tuple[Row, ...]
    has_answered: bool
    """The receiver's wallet gave an invoice for this; else nobody knows whether it is there."""
    last_seen: Instant | None = None
    """When their node announced itself last, where nobody is asked."""
    keysend: KeysendRequest | None = None
    """With a preimage of ours, chosen before it is begun, so that it is known by its hash."""


class PrivateSends:
    """Finds ways, prepares a send, and makes it."""

    def __init__(
        self,
        *,
        book: PeopleBook,
        backend: PaymentBackend,
        offers: OfferBackend,
        names: NameFinder | None,
        lnurl: LnurlClient,
        wallet: WalletService,
        clock: Clock,
        entropy: Entropy,
        network: Network,
        own_node: NodeId,
        nodes: KnownNodes,
        through_proxy: Callable[[], bool],
    ) -> None:
        self._book = book
        self._backend = backend
        self._offers = offers
        self._names = names
        self._lnurl = lnurl
        self._wallet = wallet
        self._clock = clock
        self._entropy = entropy
        self._network = network
        self._own_node = own_node
        self._nodes = nodes
        self._through_proxy = through_proxy

    # -- before anything is asked ---------------------------------------------------------------

    def options(self, person_id: PersonId, message: str = "") -> tuple[WayOption, ...]:
        """The ways to somebody, the most private first; nobody is asked."""
        person = self._person(person_id)
        return tuple(
            WayOption(
                way=way,
                rows=self._rows(person, way, in_clear=False),
                problem=self._problem(way, message),
            )
            for way in SendWay
            if _reach_of(person, way)
        )

    def option_of_offer(self) -> WayOption:
        """The one way to somebody who asked by an offer."""
        return WayOption(
            way=SendWay.OFFER,
            rows=self._rows(None, SendWay.OFFER, in_clear=False),
            problem=self._problem(SendWay.OFFER, ""),
        )

    def _person(self, person_id: PersonId | None) -> Person:
        view = None if person_id is None else self._book.person(person_id)
        if view is None:
            raise RequestError(Phrase("They are not in your people any more."))
        return view.person

    def _rows(
        self, person: Person | None, way: SendWay, *, in_clear: bool, is_direct: bool = False
    ) -> tuple[Row, ...]:
        node_id = None if person is None else person.node_id
        is_peer = way is SendWay.KEYSEND and node_id in self._nodes.peers()
        return leaks(
            way,
            Circumstances(
                through_proxy=self._through_proxy(),
                is_direct=is_direct or is_peer,
                message_in_clear=in_clear,
            ),
        )

    def _problem(self, way: SendWay, message: str) -> str:
        able = self._backend.capabilities
        if way in (SendWay.OFFER, SendWay.NAME) and Capability.OFFERS not in able:
            return str(CannotSendSo(way))
        if way is SendWay.NAME and self._names is None:
            return Phrase("Names cannot be looked up here.")
        if way is SendWay.KEYSEND and Capability.KEYSEND not in able:
            return str(CannotSendSo(way))
        if way is SendWay.ADDRESS and message:
            return str(MessageNotCarried())
        return ""

    # -- asking -----------------------------------------------------------------------------------

    async def prepare(self, wish: SendWish) -> ReadySend:
        """Asks the receiver for what is needed to pay them; no money moves.

        A `RequestError`, `DecodeError` or `BackendError` has the sentence why not: `WeakerWay` if
        the person has to be asked first.
        """
        message = many_lines(wish.message, maximum=MAX_MESSAGE + 1).strip()
        if len(message) > MAX_MESSAGE:
            raise MessageTooLong(len(message))
        if wish.offer:
            if self.option_of_offer().problem:
                raise CannotSendSo(SendWay.OFFER)
            return await self._asked(wish, message, wish.offer)
        person = self._person(wish.person)
        self._check_way(person, wish, message)
        match wish.way:
            case SendWay.OFFER:
                return await self._asked(wish, message, person.offer)
            case SendWay.NAME if self._names is not None:
                offer = await self._names.offer_of(person.payment_name)
                return await self._asked(wish, message, offer, person.payment_name)
            case SendWay.KEYSEND if person.node_id is not None:
                return await self._unasked(person, wish, message, person.node_id)
            case _:
                return await self._from_address(person, wish, message)

    def _check_way(self, person: Person, wish: SendWish, message: str) -> None:
        options = self.options(person.id)
        chosen = next((option for option in options if option.way is wish.way), None)
        if chosen is None:
            raise NoWayToThem(person.name)
        if chosen.problem:
            raise CannotSendSo(wish.way)
        if wish.way is SendWay.ADDRESS and message and not wish.message_in_clear:
            raise MessageNotCarried
        best = next(option for option in options if not option.problem)
        rows = self._rows(person, wish.way, in_clear=wish.message_in_clear)
        losses = lost(rows, best.rows)
        if losses and not wish.accepts_loss:
            raise WeakerWay(wish.way, losses)

    async def _asked(self, wish: SendWish, message: str, offer: str, name: str = "") -> ReadySend:
        asked = await self._offers.ask_invoice(offer, wish.amount, message, name=name)
        return ReadySend(
            person=wish.person,
            way=wish.way,
            amount=asked.amount,
            message=message,
            payment_hash=asked.payment_hash,
            invoice=asked.invoice,
            likely_fee=await self._fee(asked.invoice, asked.amount),
            max_fee=fee_limit(asked.amount),
            expires_at=asked.expires_at,
            rows=self._rows(None, wish.way, in_clear=False, is_direct=asked.begins_with_us),
            has_answered=True,
        )

    async def _unasked(
        self, person: Person, wish: SendWish, message: str, node_id: NodeId
    ) -> ReadySend:
        preimage = Preimage(self._entropy.random_bytes(Preimage.LENGTH))
        try:
            request = _keysend(wish, message, node_id, preimage)
        except ValueError:
            raise MessageTooLong(len(message)) from None
        return ReadySend(
            person=person.id,
            way=wish.way,
            amount=wish.amount,
            message=message,
            payment_hash=PaymentHash(sha256(preimage)),
            invoice="",
            likely_fee=await self._fee_of(request),
            max_fee=request.max_fee,
            expires_at=self._clock.now().plus_ms(_KEYSEND_LIFETIME_MS),
            rows=self._rows(person, wish.way, in_clear=False),
            has_answered=False,
            last_seen=self._nodes.last_seen(node_id),
            keysend=request,
        )

    async def _fee_of(self, request: KeysendRequest) -> Msat | None:
        # Only the own node can pay offers: whoever can is it. Other wallets find their own ways.
        if Capability.OFFERS not in self._backend.capabilities:
            return None
        quote = await self._nodes.quote(request)
        if isinstance(quote, Failed):
            raise NotPayableNow(quote)
        return quote.fee

    async def _from_address(self, person: Person, wish: SendWish, message: str) -> ReadySend:
        params = await self._lnurl.params(person.address)
        comment = message if wish.message_in_clear else ""
        response = await self._lnurl.invoice(
            callback_url(params, wish.amount, comment=comment), params
        )
        invoice = bolt11.decode(response.pr)
        check_invoice(
            invoice,
            amount=wish.amount,
            network=self._network,
            now=self._clock.now(),
            expected_description_hash=None,
            own_node_id=self._own_node,
        )
        return ReadySend(
            person=person.id,
            way=wish.way,
            amount=wish.amount,
            message=comment,
            payment_hash=invoice.payment_hash,
            invoice=response.pr,
            likely_fee=await self._fee(response.pr, wish.amount),
            max_fee=fee_limit(wish.amount),
            expires_at=invoice.expires_at,
            rows=self._rows(
                person,
                wish.way,
                in_clear=wish.message_in_clear,
                is_direct=NodeId(invoice.payee) in self._nodes.peers(),
            ),
            has_answered=True,
        )

    async def _fee(self, invoice: str, amount: Msat) -> Msat | None:
        """A `BackendError` with the reason if it is certain that it cannot be paid."""
        if Capability.QUOTE not in self._backend.capabilities:
            return None
        quote = await self._backend.quote(invoice, fee_limit(amount))
        if isinstance(quote, Failed):
            raise NotPayableNow(quote)
        return quote.fee if isinstance(quote, Quote) else None

    # -- the money --------------------------------------------------------------------------------

    async def send(self, ready: ReadySend) -> PaymentUpdate:
        """Sends what was prepared, once; the last update, or `Unknown` while it is on its way.

        In the history before it leaves, and followed there to its end, also after a restart.
        """
        now = self._clock.now()
        if now >= ready.expires_at:
            raise RequestError(Phrase("This took too long: prepare it again. No money moved."))
        if ready.person is not None:
            self._book.note_payment(ready.person, ready.payment_hash)
        record = HistoryRecord(
            payment_hash=ready.payment_hash,
            direction=Direction.OUT,
            invoice=ready.invoice,
            amount=ready.amount,
            description=ready.message,
            state=PaymentState.IN_FLIGHT,
            at=now,
            expires_at=ready.expires_at,
        )
        deadline = min(ready.expires_at, now.plus_ms(_ATTEMPTS_FOR_MS))
        if ready.keysend is None:
            request = PayRequest(
                invoice=ready.invoice,
                payment_hash=ready.payment_hash,
                amount=ready.amount,
                max_fee=ready.max_fee,
                deadline=deadline,
            )
            return await self._wallet.order(record, lambda: self._backend.pay(request))
        keysend = replace(ready.keysend, deadline=deadline)
        return await self._wallet.order(record, lambda: self._backend.keysend(keysend))


def _keysend(wish: SendWish, message: str, node_id: NodeId, preimage: Preimage) -> KeysendRequest:
    """`ValueError` if the message does not fit."""
    return KeysendRequest(
        node_id=node_id,
        amount=wish.amount,
        max_fee=fee_limit(wish.amount),
        # An odd type: whoever does not know it takes the money all the same.
        records=podcast.words(message),
        preimage=preimage,
    )


class NotPayableNow(BackendError):
    """There is an invoice, and no way to pay it."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(
            Phrase(
                "They could be asked, and cannot be paid now: {reason} No money moved.",
                reason=failed.reason.value,
            )
        )
        self.failed = failed


def _reach_of(person: Person, way: SendWay) -> bool:
    match way:
        case SendWay.OFFER:
            return bool(person.offer)
        case SendWay.NAME:
            return bool(person.payment_name)
        case SendWay.KEYSEND:
            return person.node_id is not None
        case SendWay.ADDRESS:
            return bool(person.address)


UNUSABLE: Final = (RequestError, DecodeError, BackendError)
"""What `prepare` raises, each with a sentence."""
