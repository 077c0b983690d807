"""A private send to one person: written, asked for, then sent; who learns what stands beside it."""

from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.units import Msat
from tipdesk.services.payment_asks import AskToPay
from tipdesk.services.people_book import PersonView
from tipdesk.services.private_sends import ReadySend, SendWish, WayOption, WeakerWay
from tipdesk.tips.leaks import Fact, Learns, Party, Row, SendWay
from tipdesk.tips.payment import Failed, PaymentUpdate, Succeeded
from tipdesk.tips.person import PersonId
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels import cost
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.book import name_of
from tipdesk.ui.viewmodels.facade import AppFacade

_UNUSABLE: Final = (RequestError, DecodeError, BackendError)


class Step(Enum):
    """How far it is."""

    WRITING = auto()
    ASKING = auto()
    QUESTION = auto()
    """A weaker way was chosen: the person is asked."""
    READY = auto()
    SENDING = auto()


class PrivateSendViewModel(ViewModel):
    """One send at a time. `done` with what is said of it, and whether that has to be minded."""

    done = Signal(str, bool)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.person: PersonView | None = None
        self.asked: AskToPay | None = None
        """What is paid, if they asked for it; else the person's own wish."""
        self.options: tuple[WayOption, ...] = ()
        self.step = Step.WRITING
        self.problem = ""
        self.losses: tuple[tuple[Party, Fact, Learns], ...] = ()
        self.ready: ReadySend | None = None
        self.in_clear = False
        self._way: SendWay | None = None
        self._amount: Msat | None = None
        self._message = ""
        self._accepts = False
        self._turn_of = 0

    # -- what is shown ----------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Whom it is for."""
        if self.person is not None:
            return name_of(self.person)
        return "" if self.asked is None else words.name(self.asked.title)

    @property
    def option(self) -> WayOption | None:
        """The way that is chosen."""
        return next((one for one in self.options if one.way is self._way), None)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Who learns what by it."""
        if self.ready is not None:
            return self.ready.rows
        return () if self.option is None else self.option.rows

    @property
    def is_free(self) -> bool:
        """Whether something can be changed."""
        return self.step in (Step.WRITING, Step.READY)

    @property
    def can_ask(self) -> bool:
        """Whether there is enough to go on."""
        return bool(self._amount) and self.option is not None and not self.why_not

    @property
    def why_not(self) -> str:
        """Why the chosen way cannot be taken now; empty if it can."""
        option = self.option
        if option is None:
            return t("Add an offer, a payment name or a lightning address to their entry.")
        if option.way is SendWay.ADDRESS and self._message:
            return "" if self.in_clear else t("A lightning address carries no private message.")
        return say(option.problem)

    @property
    def asks_for_clear(self) -> bool:
        """Whether the message could go only where a server reads it."""
        return self._way is SendWay.ADDRESS and bool(self._message)

    @property
    def amount(self) -> Msat | None:
        """What is written."""
        return self._amount

    @property
    def message(self) -> str:
        """The words that are to go with it."""
        return self._message

    @property
    def may_tell_them(self) -> bool:
        """Whether they could not be paid, and can be told that we want to (NIP-17)."""
        is_known = self.person is not None and self.person.person.npub is not None
        return is_known and self.step is Step.WRITING and bool(self.problem)

    @property
    def cost(self) -> str:
        """What it costs at the most."""
        if not self._amount:
            return ""
        parts = [(words.line(self.name), self._amount)]
        if self.ready is None or self.ready.likely_fee is None:
            return cost.in_all(self._app, parts)
        return cost.at_most(parts, self.ready.max_fee, likely=self.ready.likely_fee)

    @property
    def answered(self) -> str:
        """What is known of whether they can be paid now."""
        if self.ready is None:
            return ""
        if self.ready.has_answered:
            return t("{name} can be paid now: their wallet answered.", name=words.line(self.name))
        unasked = t(
            "Nobody is asked before: whether {name} is there shows only when it is paid.",
            name=words.line(self.name),
        )
        if self.ready.last_seen is None:
            return unasked
        seen = words.ago(self.ready.last_seen, self._app.clock.now())
        return unasked + " " + t("Their node announced itself {moment}.", moment=seen)

    @property
    def question(self) -> str:
        """What would be lost by the way that was chosen."""
        found: dict[Party, list[str]] = {}
        for party, fact, learns in self.losses:
            found.setdefault(party, []).append(_loss(fact, learns))
        lines = (
            t("{party}: {facts}.", party=say(party.value), facts=", ".join(facts))
            for party, facts in found.items()
        )
        return "\n".join(lines)

    # -- what is done -----------------------------------------------------------------------------

    def has_way(self, person_id: PersonId) -> bool:
        """Whether anything but their public profile leads money to somebody."""
        return bool(self._app.private_sends.options(person_id))

    def begin(self, person_id: PersonId) -> None:
        """An empty send to somebody; their usual amount stands in it."""
        self._turn_of += 1
        self.asked = None
        self.person = self._app.people_book.person(person_id)
        self._amount = None if self.person is None else self.person.person.usual_amount
        self._message, self.in_clear = "", False
        self._forget()
        self.options = self._app.private_sends.options(person_id) if self.person else ()
        free = [option for option in self.options if not option.problem]
        self._way = (free or [*self.options])[0].way if self.options else None
        self.changed.emit()

    def begin_ask(self, asked: AskToPay) -> None:
        """A send to somebody who asked for it by an offer."""
        self._turn_of += 1
        self.asked = asked
        person_id = asked.person_id
        self.person = None if person_id is None else self._app.people_book.person(person_id)
        self._amount, self._message, self.in_clear = asked.amount, "", False
        self._forget()
        self._way = SendWay.OFFER
        self.changed.emit()

    def set_amount(self, amount: Msat | None) -> None:
        """What is written; whatever was prepared is for another amount."""
        if amount != self._amount:
            self._amount = amount
            self._forget()
            self.changed.emit()

    def set_message(self, text: str) -> None:
        """The words that go with it."""
        if text.strip() != self._message:
            self._message = text.strip()
            self._forget()
            self.changed.emit()

    def choose(self, way: SendWay) -> None:
        """Another way."""
        if way is not self._way:
            self._way = way
            self._forget()
            self.changed.emit()

    def set_in_clear(self, *, wanted: bool) -> None:
        """Whether a lightning address's server may have the message."""
        self.in_clear = wanted
        self._forget()
        self.changed.emit()

    def accept_losses(self) -> None:
        """The weaker way, all the same."""
        self._accepts = True
        self.step = Step.WRITING
        self.ask()

    def back(self) -> None:
        """To what is written."""
        self._turn_of += 1
        self._forget()
        self.changed.emit()

    def ask(self) -> None:
        """Asks the receiver for what is needed; no money moves."""
        if self.step is not Step.WRITING or not self.can_ask:
            return
        self.step, self.problem = Step.ASKING, ""
        self.changed.emit()
        spawn(self._ask(self._turn_of), self)

    def send(self) -> None:
        """Sends what was prepared."""
        if self.step is Step.READY and self.ready is not None:
            self.step = Step.SENDING
            self.changed.emit()
            spawn(self._send(self.ready), self)

    async def _ask(self, turn: int) -> None:
        person, way, amount = self.person, self._way, self._amount
        if way is None or amount is None:
            return
        wish = SendWish(
            person=None if person is None else person.person.id,
            way=way,
            amount=amount,
            message=self._message,
            accepts_loss=self._accepts,
            message_in_clear=self.in_clear and self.asks_for_clear,
            offer="" if self.asked is None else self.asked.payable,
        )
        try:
            ready = await self._app.private_sends.prepare(wish)
        except WeakerWay as weaker:
            if turn == self._turn_of:
                self.losses, self.step = weaker.losses, Step.QUESTION
        except _UNUSABLE as error:
            if turn == self._turn_of:
                self.problem, self.step = sentence(error), Step.WRITING
        else:
            if turn == self._turn_of:
                self.ready, self.step = ready, Step.READY
        self.changed.emit()

    async def _send(self, ready: ReadySend) -> None:
        try:
            if self.asked is not None:
                self._app.asks.paying(self.asked.message_id, ready.payment_hash)
            update = await self._app.private_sends.send(ready)
        except _UNUSABLE as error:
            self._app.asks.never_began(ready.payment_hash)
            self.problem, self.step, self.ready = sentence(error), Step.WRITING, None
            self.changed.emit()
            return
        self._told(ready, update)

    def _told(self, ready: ReadySend, update: PaymentUpdate) -> None:
        name = words.line(self.name)
        match update:
            case Succeeded():
                amount, fee = ready.amount, update.fee
                said = t(
                    "Sent {amount} to {name}, {fee} in fees.", amount=amount, name=name, fee=fee
                )
                self._end(said, minded=False)
            case Failed():
                self.problem = t("{why} No money moved.", why=say(update.reason.value))
                self.step, self.ready = Step.WRITING, None
                self.changed.emit()
            case _:
                self._end(
                    t(
                        "The payment to {name} is on its way. It stands in the history; do not "
                        "pay it again.",
                        name=name,
                    ),
                    minded=True,
                )

    def _end(self, said: str, *, minded: bool) -> None:
        self._turn_of += 1
        self._forget()
        self.person, self.asked, self.options = None, None, ()
        self.changed.emit()
        self.done.emit(said, minded)

    def _forget(self) -> None:
        """What was prepared, or stood against it."""
        self._turn_of += 1
        self.ready, self.problem, self.losses = None, "", ()
        self.step, self._accepts = Step.WRITING, False
        if self.asked is not None:
            self.options = (self._app.private_sends.option_of_offer(),)
        elif self.person is not None:
            self.options = self._app.private_sends.options(self.person.person.id)


def learns_words(row: Row) -> str:
    """A row of the table, as one sentence for who does not see it."""
    facts = ", ".join(
        t("{fact}: {learns}", fact=say(fact.value), learns=say(learns.value))
        for fact, learns in row.learns.items()
    )
    return t("{party}. {facts}. {why}", party=say(row.party.value), facts=facts, why=say(row.why))


def _loss(fact: Fact, learns: Learns) -> str:
    match fact, learns:
        case Fact.SENDER, Learns.YES:
            return t("that it is you")
        case Fact.SENDER, _:
            return t("may guess that it is you")
        case Fact.RECEIVER, Learns.YES:
            return t("who is paid")
        case Fact.RECEIVER, _:
            return t("may guess who is paid")
        case Fact.AMOUNT, Learns.YES:
            return t("how much")
        case Fact.AMOUNT, _:
            return t("about how much")
        case _:
            return t("your message")
