"""What may go out without asking twice: budgets over the ledger, and what is usual."""

from datetime import UTC, datetime
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.tip_book import TipBook
from tipdesk.tips.budget import DEFAULT_BUDGETS, BudgetScope, Use
from tipdesk.tips.caution import DEFAULT_RETYPE_FROM, REMEMBERED_AMOUNTS, Habits

_OFF: Final = "off"
_RETYPE_FROM: Final = "retype_from_msat"


class Allowance:
    """Budgets and habits of the person; what they set is remembered."""

    def __init__(self, *, book: TipBook, settings: SettingsStore, clock: Clock) -> None:
        self._book = book
        self._settings = settings
        self._clock = clock

    def budget(self, scope: BudgetScope) -> Msat | None:
        """The most for a day; None where there is no limit."""
        return self._setting(_name(scope), DEFAULT_BUDGETS[scope])

    def set_budget(self, scope: BudgetScope, limit: Msat | None) -> None:
        """From now on; None for no limit."""
        self._put(_name(scope), limit)

    @property
    def retype_from(self) -> Msat | None:
        """From this amount on it has to be typed twice; None: never for its size alone."""
        return self._setting(_RETYPE_FROM, DEFAULT_RETYPE_FROM)

    @retype_from.setter
    def retype_from(self, amount: Msat | None) -> None:
        self._put(_RETYPE_FROM, amount)

    def habits(self) -> Habits:
        """What the person's latest tips were worth."""
        return Habits(self._book.paid_amounts(REMEMBERED_AMOUNTS), self.retype_from)

    def uses(self, recipient: XOnlyPubkey | None, app: str) -> tuple[Use, ...]:
        """The budgets that a tip to somebody falls under, with what was used today."""
        today = start_of_day(self._clock.now())
        found = [(BudgetScope.DAY, self._book.used_since(today))]
        if recipient is not None:
            used = self._book.used_since(today, recipient=recipient)
            found.append((BudgetScope.CREATOR, used))
        if app:
            found.append((BudgetScope.APP, self._book.used_since(today, app=app)))
        return tuple(Use(scope, self.budget(scope), used) for scope, used in found)

    def _setting(self, name: str, default: Msat) -> Msat | None:
        text = self._settings.setting(name)
        if text is None:
            return default
        return None if text == _OFF else Msat(int(text))

    def _put(self, name: str, amount: Msat | None) -> None:
        self._settings.put_setting(name, _OFF if amount is None else str(amount.value))


def start_of_day(now: Instant) -> Instant:
    """The midnight before, by the clock of this machine."""
    local = datetime.fromtimestamp(now.unix_seconds, tz=UTC).astimezone()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return Instant.from_unix_seconds(int(midnight.timestamp()))


def _name(scope: BudgetScope) -> str:
    return f"budget_{scope.name.lower()}_msat"
