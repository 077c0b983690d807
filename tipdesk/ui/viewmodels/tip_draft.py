"""A tip that is being written: for whom, how much, how public, what it costs, what stands against.

One draft belongs to one panel. It makes its `TipId` when it begins, so that a press too many is
the same tip.
"""

import secrets
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import TipId
from tipdesk.base.units import Msat
from tipdesk.services.events import BalanceChanged, MessagePlaceFound, ProfileChanged, RateChanged
from tipdesk.services.tip_amounts import Amounts
from tipdesk.services.tip_plan import MAX_TIP, DirectIntent, Leg, TipIntent
from tipdesk.tips.caution import ConfirmationNeeded
from tipdesk.tips.fiat import Rate
from tipdesk.tips.visibility import Visibility, who_learns_what
from tipdesk.tips.way import Address
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.viewmodels import cost
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade

_ANY_AMOUNT = Msat(1_000)
"""What a plan is asked with while no amount is written: only its people are of use then."""


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One of those who get a part: their name, how much of it, and what may be in the way."""

    name: str
    amount: Msat | None
    problem: str = ""


class TipDraft(ViewModel):
    """Read by one panel. `sent` when the tip was begun."""

    sent = Signal()

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._intent: TipIntent | DirectIntent | None = None
        self._tip_id = TipId(bytes(TipId.LENGTH))
        self.amount: Msat | None = None
        self.in_fiat = False
        self.legs: tuple[Leg, ...] = ()
        self.offered: tuple[Visibility, ...] = ()
        self.private_problem = ""
        """Why words for the recipients alone cannot be offered; empty if they are."""
        self.visibility = Visibility.PUBLIC
        self.question = ""
        self._obstacle = ""
        self._refusal = ""
        for kind in (BalanceChanged, MessagePlaceFound, ProfileChanged, RateChanged):
            self.listen(kind, self.touch)

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    @property
    def rate(self) -> Rate | None:
        """What fiat is converted with; None while there is no fresh rate."""
        return self._app.rates.current()

    @property
    def rate_problem(self) -> str:
        """Why there are no fiat amounts though they are wanted; empty otherwise."""
        currency = self._app.rates.currency
        if currency is None or self.rate is not None:
            return ""
        return t("No fresh rate for {code}: amounts are in sat only.", code=currency.code)

    @property
    def amounts(self) -> Amounts:
        """What to offer for it: the recipient's own amounts, or the usual ones."""
        if isinstance(self._intent, TipIntent):
            return self._app.amounts.of(self._intent.recipient)
        return self._app.amounts.usual

    @property
    def picture(self) -> str | None:
        """The picture that it is for, if it is for one of several."""
        return self._intent.picture if isinstance(self._intent, TipIntent) else None

    @property
    def who_learns(self) -> str:
        """Who gets to know of it, in a sentence."""
        if isinstance(self._intent, TipIntent):
            return say(who_learns_what(self.visibility))
        return cost.direct_learns(by_server=self._goes_to_server)

    @property
    def shares(self) -> tuple[ShareLine, ...]:
        """Who shares in it; empty where one person gets all."""
        if len(self.legs) < 2:
            return ()
        return tuple(self._share(leg) for leg in self.legs)

    @property
    def cost(self) -> str:
        """What is paid at the most, and what a card would take; empty without an amount."""
        if self.amount is None:
            return ""
        legs = self._legs_of(self.amount)
        parts = tuple((self._name(leg), leg.amount) for leg in legs)
        recipient = legs[0].target.recipient if len(legs) == 1 else None
        return cost.in_all(self._app, parts, recipient=recipient)

    @property
    def problem(self) -> str:
        """What stands against it: what is known before, or what was said when it was to begin."""
        return self._obstacle or self._refusal

    @property
    def undo_note(self) -> str:
        """How long it can be taken back."""
        window = self._app.tips.undo_window_ms
        return (
            tn(
                window // 1_000,
                "You can undo it for {count} second.",
                "You can undo it for {count} seconds.",
            )
            if window
            else ""
        )

    @property
    def can_send(self) -> bool:
        """Whether nothing is known that stands against it."""
        return self._intent is not None and self.amount is not None and not self._obstacle

    def begin(self, intent: TipIntent | DirectIntent) -> None:
        """A new draft, of a tip that was not sent yet; its amount is not used."""
        self._tip_id = TipId(secrets.token_bytes(TipId.LENGTH))
        self._intent = intent
        self.amount, self.in_fiat, self.question, self._refusal = None, False, "", ""
        self.visibility = getattr(intent, "visibility", Visibility.PUBLIC)
        self.refresh()
        self.changed.emit()

    def clear(self) -> None:
        """Nobody is tipped any more."""
        self._intent, self.amount, self.legs = None, None, ()
        self.question, self._obstacle, self._refusal = "", "", ""
        self.changed.emit()

    def set_amount(self, amount: Msat | None, *, in_fiat: bool = False) -> None:
        """What is written now; None for nothing. Another amount is another question."""
        self.in_fiat = in_fiat
        if amount != self.amount:
            self.amount, self.question, self._refusal = amount, "", ""
        self.refresh()
        self.changed.emit()

    def set_visibility(self, visibility: Visibility) -> None:
        """How public it is to be."""
        self.visibility, self._refusal = visibility, ""
        self.refresh()
        self.changed.emit()

    def send(self, comment: str, typed_again: Msat | None = None) -> None:
        """Begins it, once: `sent`; or `question` or `problem` says why not."""
        if self._intent is None or self.amount is None or not self.can_send:
            return
        if self.in_fiat and self.rate is None:
            self._say(self.rate_problem or t("Write the amount in sat."))
            return
        if self.question and typed_again != self.amount:
            self._say(t("That is another amount. Type the one above again, or change it."))
            return
        try:
            self._app.tips.begin(
                self._complete(self._intent, self.amount, comment),
                tip_id=self._tip_id,
                typed_again=typed_again,
            )
        except ConfirmationNeeded as needed:
            self.question, self._refusal = sentence(needed), ""
            self.changed.emit()
        except (RequestError, BackendError) as error:
            self._say(sentence(error))
        else:
            self.question, self._refusal = "", ""
            self.sent.emit()

    def refresh(self) -> None:
        """Reads anew who shares, what can be offered, and what stands against it."""
        if self._intent is None:
            return
        self._obstacle = "" if self.amount is None else why_not(self._app, self.amount)
        try:
            self.legs = self._app.tips.plan(
                replace(self._intent, amount=self.amount or _ANY_AMOUNT)
            )
        except RequestError as error:
            self.legs = ()
            self._obstacle = self._obstacle or sentence(error)
        self._offer()

    def _offer(self) -> None:
        if not isinstance(self._intent, TipIntent):
            self.offered, self.private_problem = (), ""
            return
        public = (Visibility.PUBLIC, Visibility.ANONYMOUS)
        self.private_problem = self._why_not_private()
        self.offered = public if self.private_problem else (*public, Visibility.PRIVATE)
        if self.visibility not in self.offered:
            self.visibility = Visibility.PUBLIC

    def _why_not_private(self) -> str:
        """Whose words would not arrive: a note is offered only if it reaches every recipient."""
        people = [leg.target.recipient for leg in self.legs if leg.target.recipient is not None]
        if not people:
            return t("Nobody is known to whom the words could go.")
        places = self._app.messages.places
        for person in people:
            known, who = places.known(person), words.name(self._app.feeds.profile(person).title)
            if known is None:
                places.ask_about(person)
                return t("Finding out whether {who} takes private messages …", who=who)
            if not known:
                return t(
                    "{who} takes no private messages: words for them alone would not arrive.",
                    who=who,
                )
        return ""

    def _complete(
        self, intent: TipIntent | DirectIntent, amount: Msat, comment: str
    ) -> TipIntent | DirectIntent:
        if isinstance(intent, TipIntent):
            return replace(intent, amount=amount, comment=comment, visibility=self.visibility)
        return replace(intent, amount=amount, comment=comment)

    def _legs_of(self, amount: Msat) -> tuple[Leg, ...]:
        whole = sum((leg.amount for leg in self.legs), Msat(0))
        return self.legs if whole == amount else ()

    @property
    def _goes_to_server(self) -> bool:
        return isinstance(self._intent, DirectIntent) and isinstance(self._intent.way, Address)

    def _share(self, leg: Leg) -> ShareLine:
        problem = "" if leg.target.address else t("no lightning address is known")
        return ShareLine(self._name(leg), leg.amount if self.amount else None, problem)

    def _name(self, leg: Leg) -> str:
        if leg.target.recipient is not None:
            return words.name(self._app.feeds.profile(leg.target.recipient).title)
        node = leg.target.node_id
        if node is not None:
            return t("node {key}", key=words.short_key(node))
        return words.name(leg.target.address) if "@" in leg.target.address else t("the recipient")

    def _say(self, problem: str) -> None:
        self._refusal = problem
        self.changed.emit()


def why_not(app: AppFacade, amount: Msat) -> str:
    """Why a tip of that amount cannot go now, and what to do; empty if nothing is known."""
    if amount > MAX_TIP:
        return t(
            "A tip is at most {amount}. Write a smaller amount.", amount=words.exact_amount(MAX_TIP)
        )
    wallet = app.wallet.summary()
    if not wallet.spendable and wallet.in_channels:
        return t(
            "Nothing can be spent right now: the other side of your channels is away. "
            "Try again once it is back."
        )
    if amount > wallet.spendable:
        return t(
            "You can spend {amount} now. Tip less, or bring in more on the pages Wallet and "
            "Channels.",
            amount=wallet.spendable,
        )
    return ""
