"""Budgets and questions: what does not fit is refused, what is odd has to be typed twice."""

import pytest

from tipdesk.base.units import Msat
from tipdesk.tips.budget import BudgetScope, OverBudget, Use
from tipdesk.tips.caution import ConfirmationNeeded, Habits
from tipdesk.tips.tip import is_high_fee


def test_a_budget_is_used_up_to_its_last_millisat_and_no_further() -> None:
    use = Use(BudgetScope.DAY, Msat(10_000), Msat(7_000))
    assert use.left == Msat(3_000)
    use.check(Msat(3_000))
    with pytest.raises(OverBudget, match="10 sat; 3 sat of it are left"):
        use.check(Msat(3_001))


def test_without_a_limit_everything_fits() -> None:
    use = Use(BudgetScope.DAY, None, Msat(10**15))
    assert use.left is None
    use.check(Msat(10**15))


def test_a_budget_that_was_lowered_below_its_use_has_nothing_left() -> None:
    assert Use(BudgetScope.CREATOR, Msat(1), Msat(5)).left == Msat(0)


HABITS = Habits([Msat(n * 1_000) for n in (21, 1, 21, 100, 21)])


def test_twenty_times_the_usual_has_to_be_typed_again() -> None:
    assert HABITS.usual == Msat(21_000)
    HABITS.check(Msat(419_999), None)
    with pytest.raises(ConfirmationNeeded, match="420 sat is 20 times your usual 21 sat"):
        HABITS.check(Msat(420_000), None)
    with pytest.raises(ConfirmationNeeded):
        HABITS.check(Msat(420_000), Msat(42_000))
    HABITS.check(Msat(420_000), Msat(420_000))


def test_two_tips_make_no_habit() -> None:
    Habits([Msat(1_000)] * 2).check(Msat(900_000), None)


def test_a_large_amount_is_typed_again_whatever_the_habit() -> None:
    habits = Habits([Msat(10_000_000)] * 5, retype_from=Msat(50_000_000))
    habits.check(Msat(49_999_999), None)
    with pytest.raises(ConfirmationNeeded, match="50,000 sat is a large tip"):
        habits.check(Msat(50_000_000), None)
    Habits([], retype_from=None).check(Msat(10**12), None)


@pytest.mark.parametrize(("fee", "is_high"), [(0, False), (2_000, False), (2_001, True)])
def test_a_fee_is_high_above_a_fifth(fee: int, *, is_high: bool) -> None:
    assert is_high_fee(Msat(fee), Msat(10_000)) is is_high
