"""Amounts, rates and heights: they add to their own kind and to nothing else."""

import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.units import BlockHeight, CltvDelta, FeeratePerKw, Msat, Quantity, Sat

KINDS = (Msat, Sat, FeeratePerKw, CltvDelta, BlockHeight)
numbers = st.integers(-(1 << 70), 1 << 70)


@given(st.sampled_from(KINDS), numbers, numbers)
def test_a_quantity_counts_as_its_number_does(kind: type[Quantity], a: int, b: int) -> None:
    assert kind(a) + kind(b) == kind(a + b)
    assert kind(a) - kind(b) == kind(a - b)
    assert -kind(a) == kind(-a)
    assert kind(a) * 3 == kind(a * 3)
    assert (kind(a) < kind(b)) is (a < b)
    assert (kind(a) <= kind(b)) is (a <= b)
    assert (kind(a) > kind(b)) is (a > b)
    assert (kind(a) >= kind(b)) is (a >= b)
    assert (kind(a) == kind(b)) is (a == b)
    assert bool(kind(a)) is bool(a)
    assert sum([kind(a), kind(b)], kind(0)) == kind(a + b)
    assert sorted([kind(a), kind(b)]) == [kind(n) for n in sorted((a, b))]


@pytest.mark.parametrize(
    "operation",
    [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge],
)
@pytest.mark.parametrize("other", [Sat(1), 1, 1.0, None, "1"])
def test_quantities_of_different_kinds_refuse_to_mix(operation: Any, other: Any) -> None:
    with pytest.raises(TypeError):
        operation(Msat(1), other)
    with pytest.raises(TypeError):
        operation(other, Msat(1))


def test_equal_numbers_of_different_kinds_are_not_equal() -> None:
    assert Msat(1) != Sat(1)
    assert Msat(1) != 1
    assert len({Msat(1), Sat(1), Msat(1)}) == 2


def test_satoshis_and_their_thousandths() -> None:
    assert Sat(21).to_msat() == Msat(21_000)
    assert Msat(21_999).to_sat_floor() == Sat(21)
    assert Msat(999).to_sat_floor() == Sat(0)


@given(st.integers(0, 1 << 62))
def test_rounding_down_never_makes_money(number: int) -> None:
    rounded = Msat(number).to_sat_floor().to_msat()
    assert Msat(0) <= Msat(number) - rounded < Msat(1_000)


def test_a_fee_is_rounded_down() -> None:
    assert FeeratePerKw(253).fee_for_weight(724) == Sat(183)
    assert FeeratePerKw(999).fee_for_weight(1) == Sat(0)


def test_a_height_some_blocks_later() -> None:
    assert BlockHeight(100).after(CltvDelta(42)) == BlockHeight(142)


def test_a_quantity_says_what_it_is() -> None:
    assert repr(Msat(5)) == "Msat(5)"
