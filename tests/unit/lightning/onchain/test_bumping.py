"""Classes 41 and 42: fees know their deadline and their budget, and never fall."""

from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.units import BlockHeight, FeeratePerKw, Sat
from tipdesk.bitcoin.feerates import Feerates
from tipdesk.lightning.onchain.bumping import (
    Urgency,
    budget_of,
    is_worth_replacing,
    wanted_feerate,
)

MARKET = Feerates(((2, FeeratePerKw(4_000)), (6, FeeratePerKw(2_000)), (12, FeeratePerKw(1_000))))
WEIGHT = 1_000


def urgency(deadline: int | None = 130, budget: int = 50_000) -> Urgency:
    last = None if deadline is None else BlockHeight(deadline)
    return Urgency(since=BlockHeight(100), deadline=last, budget=Sat(budget))


def rate(height: int, given_: Urgency) -> int:
    return wanted_feerate(given_, WEIGHT, BlockHeight(height), MARKET).value


def test_it_begins_with_the_market_and_ends_with_the_budget() -> None:
    assert rate(100, urgency()) == 1_000
    assert rate(130, urgency()) == 50_000
    assert rate(200, urgency()) == 50_000


def test_a_near_deadline_asks_for_the_faster_market() -> None:
    assert rate(100, urgency(deadline=102)) == 4_000
    assert rate(100, urgency(deadline=106)) == 2_000


def test_who_comes_after_the_deadline_does_not_burn_the_budget_at_once() -> None:
    late = urgency(deadline=97)
    assert rate(100, late) == 4_000
    assert rate(101, late) < 6_000
    assert rate(103, late) < 50_000 // 2
    assert rate(106, late) == 50_000


def test_what_nobody_contests_follows_the_market_alone() -> None:
    assert rate(100, urgency(None, 5_000)) == 1_000
    assert rate(1_000, urgency(None, 5_000)) == 1_000
    assert rate(100, urgency(None, 800)) == 800


@given(
    budget=st.integers(1, 10_000_000),
    height=st.integers(90, 300),
    deadline=st.one_of(st.none(), st.integers(90, 300)),
)
def test_class_41_no_fee_exceeds_its_budget(budget: int, height: int, deadline: int | None) -> None:
    asked = FeeratePerKw(rate(height, urgency(deadline, budget)))
    assert asked.fee_for_weight(WEIGHT).value <= budget


@given(st.lists(st.integers(100, 131), min_size=2, max_size=2), st.integers(5_000, 10**6))
def test_the_rate_of_a_steady_market_never_falls(heights: list[int], budget: int) -> None:
    early, later = sorted(heights)
    assert rate(early, urgency(budget=budget)) <= rate(later, urgency(budget=budget))


def test_an_htlc_is_not_burnt_and_a_cheat_gets_next_to_nothing() -> None:
    amount = Sat(100_000)
    assert budget_of(amount, contested=True, penalty=False) == Sat(50_000)
    assert budget_of(amount, contested=False, penalty=False) == Sat(10_000)
    assert budget_of(amount, contested=True, penalty=True) == Sat(90_000)


def test_class_42_a_replacement_pays_a_step_more_or_is_not_made() -> None:
    before = FeeratePerKw(2_000)
    assert not is_worth_replacing(before, FeeratePerKw(1_000))
    assert not is_worth_replacing(before, FeeratePerKw(2_499))
    assert is_worth_replacing(before, FeeratePerKw(2_500))
    assert not is_worth_replacing(FeeratePerKw(300), FeeratePerKw(500))
