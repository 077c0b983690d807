"""How much may go out in a day: in all, to one person, through one connected app.

What counts is what the ledger holds and spent; there is no counter that could be wrong.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat


class BudgetScope(Enum):
    """What a budget is for; the value completes "your budget for ..."."""

    DAY = Phrase("a day")
    CREATOR = Phrase("one person a day")
    APP = Phrase("this app a day")

    @property
    def is_personal(self) -> bool:
        """Whether it counts what goes to one person alone."""
        return self is BudgetScope.CREATOR


DEFAULT_BUDGETS: Final = {
    BudgetScope.DAY: Msat(100_000_000),
    BudgetScope.CREATOR: Msat(50_000_000),
    BudgetScope.APP: Msat(10_000_000),
}
"""What a new profile starts with; the person may set others, or none."""


class OverBudget(RequestError):
    """The tip with its fee limit does not fit into what is left of a budget."""

    def __init__(self, scope: BudgetScope, *, limit: Msat, used: Msat, wanted: Msat) -> None:
        left = max(Msat(0), limit - used)
        super().__init__(
            Phrase(
                "Your budget for {scope} is {limit}; {left} of it are left, and this takes up "
                "to {wanted}. No money moved. Tip less, wait until tomorrow, or raise the budget "
                "in the settings.",
                scope=scope.value,
                limit=limit,
                left=left,
                wanted=wanted,
            )
        )
        self.scope = scope
        self.limit = limit
        self.used = used
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Use:
    """A budget and what was used of it: held for tips under way, spent on others."""

    scope: BudgetScope
    limit: Msat | None
    """None: there is no limit."""
    used: Msat

    @property
    def left(self) -> Msat | None:
        """What may still go out; None without a limit."""
        return None if self.limit is None else max(Msat(0), self.limit - self.used)

    def check(self, wanted: Msat) -> None:
        """Raises `OverBudget` if that much more does not fit."""
        if self.limit is not None and self.used + wanted > self.limit:
            raise OverBudget(self.scope, limit=self.limit, used=self.used, wanted=wanted)
