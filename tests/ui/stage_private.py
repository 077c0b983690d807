"""The stage's private sends: the real table and rules of ways, wallets that answer as told."""

import asyncio
from dataclasses import replace

from tests.ui.stage_book import OFFER, StageBook
from tipdesk.base.clock import Clock
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.ports.offers import OwnOffer
from tipdesk.services.bus import Bus
from tipdesk.services.events import OffersChanged
from tipdesk.services.private_sends import ReadySend, SendWish, WayOption, WeakerWay
from tipdesk.services.views import ProfileView
from tipdesk.tips.leaks import Circumstances, SendWay, leaks, lost
from tipdesk.tips.payment import PaymentUpdate, Succeeded
from tipdesk.tips.person import Person, PersonId
from tipdesk.tips.tip import fee_limit

HASH = PaymentHash(bytes(32))


class StagePrivateSends:
    """Each way works unless `problems` says why not; `fails` is raised by the next question."""

    def __init__(self, book: StageBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self.problems: dict[SendWay, str] = {}
        self.fails: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.end: PaymentUpdate | None = None
        self.wishes: list[SendWish] = []
        self.sent: list[ReadySend] = []

    def options(self, person_id: PersonId, message: str = "") -> tuple[WayOption, ...]:
        view = self._book.person(person_id)
        if view is None:
            return ()
        return tuple(
            WayOption(way=way, rows=leaks(way, Circumstances()), problem=self.problems.get(way, ""))
            for way in SendWay
            if _has(view.person, way)
        )

    def option_of_offer(self) -> WayOption:
        way = SendWay.OFFER
        return WayOption(
            way=way, rows=leaks(way, Circumstances()), problem=self.problems.get(way, "")
        )

    async def prepare(self, wish: SendWish) -> ReadySend:
        self.wishes.append(wish)
        await self.answers.wait()
        if self.fails is not None:
            raise self.fails
        given = Circumstances(message_in_clear=wish.message_in_clear)
        rows = leaks(wish.way, given)
        options = self.options(wish.person) if wish.person else (self.option_of_offer(),)
        best = next(one for one in options if not one.problem)
        losses = lost(rows, best.rows)
        if losses and not wish.accepts_loss:
            raise WeakerWay(wish.way, losses)
        asked = wish.way is not SendWay.KEYSEND
        return ReadySend(
            person=wish.person,
            way=wish.way,
            amount=wish.amount,
            message=wish.message,
            payment_hash=HASH,
            invoice="lni1" if asked else "",
            likely_fee=Msat(1_000) if asked else None,
            max_fee=fee_limit(wish.amount),
            expires_at=self._clock.now().plus_ms(60_000),
            rows=rows,
            has_answered=asked,
            last_seen=None if asked else self._clock.now().plus_ms(-2 * 3_600_000),
        )

    async def send(self, ready: ReadySend) -> PaymentUpdate:
        self.sent.append(ready)
        await asyncio.sleep(0)
        return self.end or Succeeded(
            payment_hash=ready.payment_hash,
            preimage=Preimage(bytes(32)),
            amount=ready.amount,
            fee=Msat(1_000),
            route=(),
            settled_at=self._clock.now(),
        )


class StageOwnOffers:
    """Offers that are made at once."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self.made: list[OwnOffer] = []
        self.fails: Exception | None = None

    def offers(self) -> tuple[OwnOffer, ...]:
        return tuple(reversed(self.made))

    async def create(self, description: str, amount: Msat | None) -> OwnOffer:
        if self.fails is not None:
            raise self.fails
        offer = OwnOffer(
            key=len(self.made).to_bytes(16, "big"),
            text=OFFER,
            amount=amount,
            description=description,
            created_at=self._clock.now(),
        )
        self.made.append(offer)
        self._bus.publish(OffersChanged())
        return offer

    def close(self, key: bytes) -> None:
        self.made = [replace(one, is_open=one.is_open and one.key != key) for one in self.made]
        self._bus.publish(OffersChanged())


class StageProofs:
    """Proves what is in `provable`."""

    def __init__(self) -> None:
        self.provable: set[PaymentHash] = set()
        self.notes: list[str] = []

    def can_prove(self, payment_hash: PaymentHash) -> bool:
        return payment_hash in self.provable

    def prove(self, payment_hash: PaymentHash, note: str = "") -> str:
        self.notes.append(note)
        return f"lnp1{payment_hash.hex()}"


class StageSenders:
    """Whoever is put into `proven` and `receivers`."""

    def __init__(self) -> None:
        self.proven: dict[PaymentHash, ProfileView] = {}
        self.receivers: dict[PaymentHash, ProfileView] = {}
        self.told: list[PaymentHash] = []
        self.fails: Exception | None = None

    def sender(self, payment_hash: PaymentHash) -> ProfileView | None:
        return self.proven.get(payment_hash)

    def to_tell(self, payment_hash: PaymentHash) -> ProfileView | None:
        return self.receivers.get(payment_hash)

    async def tell(self, payment_hash: PaymentHash) -> None:
        if self.fails is not None:
            raise self.fails
        self.told.append(payment_hash)


def _has(person: Person, way: SendWay) -> bool:
    match way:
        case SendWay.OFFER:
            return bool(person.offer)
        case SendWay.NAME:
            return bool(person.payment_name)
        case SendWay.KEYSEND:
            return person.node_id is not None
        case SendWay.ADDRESS:
            return bool(person.address)
