"""When a person is asked whether they mean it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat

UNUSUAL_TIMES: Final = 20
REMEMBERED_AMOUNTS: Final = 50
LEAST_FOR_USUAL: Final = 3
"""Fewer tips make no habit."""
DEFAULT_RETYPE_FROM: Final = Msat(50_000_000)


class ConfirmationNeeded(RequestError):
    """Nothing was begun: the amount has to be typed again first."""

    def __init__(self, why: str, *, amount: Msat) -> None:
        super().__init__(Phrase("{why} Type the amount again to send it. No money moved.", why=why))
        self.amount = amount


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for somebody: the amounts of their latest paid tips, and what they set."""

    amounts: Sequence[Msat]
    retype_from: Msat | None = DEFAULT_RETYPE_FROM
    """From this amount on it has to be typed twice; None: never for its size alone."""

    @property
    def usual(self) -> Msat | None:
        """The median; None while there is no habit."""
        if len(self.amounts) < LEAST_FOR_USUAL:
            return None
        return sorted(self.amounts)[len(self.amounts) // 2]

    def why_ask(self, amount: Msat) -> str:
        """The sentence on why this amount is asked about; empty if it is not."""
        usual = self.usual
        if usual is not None and amount >= Msat(usual.value * UNUSUAL_TIMES):
            times = amount.value // usual.value
            return Phrase(
                "{amount} is {times} times your usual {usual}.",
                amount=amount,
                times=times,
                usual=usual,
            )
        if self.retype_from is not None and amount >= self.retype_from:
            return Phrase("{amount} is a large tip.", amount=amount)
        return ""

    def check(self, amount: Msat, typed_again: Msat | None) -> None:
        """Raises `ConfirmationNeeded` for an amount out of the usual that was typed once only."""
        why = self.why_ask(amount)
        if why and typed_again != amount:
            raise ConfirmationNeeded(why, amount=amount)
