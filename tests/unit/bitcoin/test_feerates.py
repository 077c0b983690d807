"""Estimates become feerates that stay between floor and cap and never favour the impatient."""

from tipdesk.base.units import FeeratePerKw
from tipdesk.bitcoin.feerates import CAP, FLOOR, Feerates


def test_estimates_are_taken_by_target() -> None:
    rates = Feerates.from_sat_per_kb({2: 20_000, 6: 8_001, 144: 2_000})
    assert rates.within(1) == FeeratePerKw(5_000)
    assert rates.within(5) == FeeratePerKw(5_000)
    assert rates.within(6) == FeeratePerKw(2_001)
    assert rates.within(1_000) == FeeratePerKw(500)


def test_what_is_missing_falls_back_to_the_floor() -> None:
    assert Feerates().within(6) == FLOOR == FeeratePerKw(253)
    assert Feerates.from_sat_per_kb({6: None}).within(6) == FLOOR
    assert Feerates.from_sat_per_kb({6: 1_000}).within(6) == FLOOR


def test_absurd_estimates_are_capped() -> None:
    assert Feerates.from_sat_per_kb({2: 10**12}).within(2) == CAP


def test_a_shorter_wait_is_never_cheaper() -> None:
    rates = Feerates.from_sat_per_kb({2: None, 12: 9_000})
    assert rates.within(2) == FeeratePerKw(2_250)
