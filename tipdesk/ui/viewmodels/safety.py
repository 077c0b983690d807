"""What may go out unasked, how long it can be taken back, and amounts in a currency."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.services.events import RateChanged, TipChanged
from tipdesk.services.tip_amounts import Amounts
from tipdesk.tips.budget import BudgetScope
from tipdesk.ui.i18n import say, t
from tipdesk.ui.viewmodels import cost
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade

_TITLES = {
    BudgetScope.DAY: Phrase("All tips of a day"),
    BudgetScope.CREATOR: Phrase("To one person a day"),
    BudgetScope.APP: Phrase("For one app a day"),
}


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget; `used` today, where it is the same for everybody."""

    scope: BudgetScope
    title: str
    limit: Msat | None
    used: Msat | None


class SafetyViewModel(ViewModel):
    """The panel of limits. What is set holds at once, and is remembered."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.considered = ""
        """The currency that may be turned on, once it was read who learns of it."""
        self.listen(RateChanged, self.touch)
        self.listen(TipChanged, self.touch)

    @property
    def budgets(self) -> tuple[BudgetLine, ...]:
        """Every budget there is."""
        used = {use.scope: use.used for use in self._app.allowance.uses(None, "")}
        return tuple(
            BudgetLine(scope, say(title), self._app.allowance.budget(scope), used.get(scope))
            for scope, title in _TITLES.items()
        )

    @property
    def retype_from(self) -> Msat | None:
        """From this amount on it is typed twice; None: never for its size."""
        return self._app.allowance.retype_from

    @property
    def undo_seconds(self) -> int:
        """How long a tip can be taken back; 0 if not at all."""
        return self._app.tips.undo_window_ms // 1_000

    @property
    def currency(self) -> str:
        """The code of what fiat amounts are in; empty while fiat is off."""
        currency = self._app.rates.currency
        return "" if currency is None else currency.code

    @property
    def currencies(self) -> tuple[str, ...]:
        """The codes that can be chosen."""
        return tuple(currency.code for currency in self._app.rates.currencies())

    @property
    def privacy(self) -> str:
        """What fiat tells whom."""
        return say(self._app.rates.privacy)

    @property
    def rate_note(self) -> str:
        """The rate of now, with its source and age; or why there is none."""
        rates, rate = self._app.rates, self._app.rates.current()
        if rates.currency is None:
            return ""
        if rate is not None:
            return f"{cost.price_line(rate)} {cost.rate_line(rate, self._app.clock.now())}"
        last = rates.last()
        known = last is not None and last.currency == rates.currency
        said = [t("No fresh rate: there are no such amounts now.")]
        if last is not None and known:
            said.append(
                t(
                    "The last one, {price} {source}, is not used any more.",
                    price=cost.price_line(last),
                    source=cost.rate_line(last, self._app.clock.now()),
                )
            )
        why = "; ".join(f"{name}: {say(problem)}" for name, problem in rates.problems.items())
        return " ".join((*said, f"{why}.") if why else said)

    def set_budget(self, scope: BudgetScope, limit: Msat | None) -> None:
        """The most for a day; None for no limit."""
        self._app.allowance.set_budget(scope, limit)
        self.changed.emit()

    @property
    def amounts(self) -> Amounts:
        """What one press tips everybody who has no amounts of their own."""
        return self._app.amounts.usual

    def set_amounts(self, amounts: Sequence[Sat]) -> str:
        """From now on; a sentence if that cannot be."""
        try:
            self._app.amounts.set_usual(amounts)
        except RequestError as error:
            return sentence(error)
        return ""

    def set_retype_from(self, amount: Msat | None) -> None:
        """From which amount on it is typed twice; None for never."""
        self._app.allowance.retype_from = amount
        self.changed.emit()

    def set_undo_seconds(self, seconds: int) -> None:
        """How long a tip can be taken back."""
        self._app.tips.undo_window_ms = seconds * 1_000
        self.changed.emit()

    def choose_currency(self, code: str) -> None:
        """Off at once; on only after it was said who learns of it."""
        self.considered = ""
        if not code:
            self._app.rates.use(None)
        elif self.currency:
            self._use(code)
        else:
            self.considered = code
        self.changed.emit()

    def forget_choice(self) -> None:
        """What was only considered is not turned on."""
        self.considered = ""
        self.changed.emit()

    def turn_on(self) -> None:
        """The privacy note was read: the considered currency is used."""
        self._use(self.considered)
        self.considered = ""
        self.changed.emit()

    def _use(self, code: str) -> None:
        found = (c for c in self._app.rates.currencies() if c.code == code)
        self._app.rates.use(next(found, None))
