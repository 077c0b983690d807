"""The three amounts that one press tips: the usual ones, and a person's own."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import TipAmountsChanged
from tipdesk.services.tip_plan import MAX_TIP
from tipdesk.tips.budget import BudgetScope
from tipdesk.tips.tip import fee_limit

Amounts: TypeAlias = tuple[Sat, Sat, Sat]
"""From the smallest to the largest; the first is the keyboard's."""

USUAL: Final[Amounts] = (Sat(21), Sat(100), Sat(500))
_MOST: Final = Sat(MAX_TIP.value // 1_000)
_USUAL_KEY: Final = "tip_amounts"
_LIMITED_BY: Final = (BudgetScope.CREATOR, BudgetScope.DAY)


class NotThreeAmounts(RequestError):
    """One is missing, or two are the same."""

    def __init__(self, amounts: Sequence[Sat]) -> None:
        super().__init__(Phrase("Write three different amounts in whole sats."))
        self.amounts = tuple(amounts)


class AmountNeverTipped(RequestError):
    """Nothing, or more than any tip may be."""

    def __init__(self, amount: Sat) -> None:
        super().__init__(
            Phrase("An amount to tip with is from {least} to {most}.", least=Sat(1), most=_MOST)
        )
        self.amount = amount


class AmountOverLimit(RequestError):
    """A budget would refuse it every time."""

    def __init__(self, amount: Sat, scope: BudgetScope, limit: Msat) -> None:
        who = Phrase("to one person") if scope is BudgetScope.CREATOR else Phrase("in all")
        super().__init__(
            Phrase(
                "{amount} with its fee is more than your limit of {limit} a day {who}. Write a "
                "smaller amount, or raise the limit first.",
                amount=amount,
                limit=limit,
                who=who,
            )
        )
        self.amount, self.scope, self.limit = amount, scope, limit


class TipAmounts:
    """What the person set is kept among the settings of the profile. `budget` knows the limits."""

    def __init__(
        self,
        *,
        settings: SettingsStore,
        budget: Callable[[BudgetScope], Msat | None],
        bus: Bus,
    ) -> None:
        self._settings = settings
        self._budget = budget
        self._bus = bus

    @property
    def usual(self) -> Amounts:
        """For everybody who has none of their own."""
        return _read(self._settings.setting(_USUAL_KEY)) or USUAL

    def of(self, person: XOnlyPubkey) -> Amounts:
        """What one press tips them."""
        return _read(self._settings.setting(_key(person))) or self.usual

    def has_own(self, person: XOnlyPubkey) -> bool:
        """Whether others than the usual ones were set for them."""
        return _read(self._settings.setting(_key(person))) is not None

    def set_usual(self, amounts: Sequence[Sat]) -> None:
        """From now on; `RequestError` if these cannot be."""
        self._put(_USUAL_KEY, self._checked(amounts))
        self._bus.publish(TipAmountsChanged(None))

    def set_own(self, person: XOnlyPubkey, amounts: Sequence[Sat]) -> None:
        """From now on for them; `RequestError` if these cannot be."""
        self._put(_key(person), self._checked(amounts))
        self._bus.publish(TipAmountsChanged(person))

    def forget_own(self, person: XOnlyPubkey) -> None:
        """The usual ones again, for them too."""
        self._settings.put_setting(_key(person), "")
        self._bus.publish(TipAmountsChanged(person))

    def _checked(self, amounts: Sequence[Sat]) -> Amounts:
        for amount in amounts:
            if not Sat(1) <= amount <= _MOST:
                raise AmountNeverTipped(amount)
            whole = amount.to_msat() + fee_limit(amount.to_msat())
            for scope in _LIMITED_BY:
                limit = self._budget(scope)
                if limit is not None and whole > limit:
                    raise AmountOverLimit(amount, scope, limit)
        ordered = sorted(set(amounts))
        if len(amounts) != len(USUAL) or len(ordered) != len(USUAL):
            raise NotThreeAmounts(amounts)
        return ordered[0], ordered[1], ordered[2]

    def _put(self, key: str, amounts: Amounts) -> None:
        self._settings.put_setting(key, ",".join(str(amount.value) for amount in amounts))


def _read(text: str | None) -> Amounts | None:
    """What was kept; None for nothing, and for what no longer holds."""
    parts = (text or "").split(",")
    if len(parts) != len(USUAL) or not all(p.isascii() and p.isdecimal() for p in parts):
        return None
    low, middle, high = (Sat(int(part[:12])) for part in parts)
    return (low, middle, high) if Sat(0) < low < middle < high <= _MOST else None


def _key(person: XOnlyPubkey) -> str:
    return f"{_USUAL_KEY}.{person.hex()}"
