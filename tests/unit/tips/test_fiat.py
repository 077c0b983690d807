"""Fiat amounts are exact, and a rate that cannot be trusted converts nothing."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.tips.card import card_fee
from tipdesk.tips.fiat import (
    CURRENCIES,
    FRESH_MS,
    MAX_PRICE,
    SKEW_MS,
    AbsurdPrice,
    Currency,
    Fiat,
    Market,
    NotAFiatAmount,
    Rate,
    UnknownCurrency,
    currency_of,
    parse_fiat,
    parse_price,
)

NOW = Instant(1_700_000_000_000)
USD, JPY, KWD = Currency("USD", 2), Currency("JPY", 0), Currency("KWD", 3)


def rate(price: int = 5_000_000, source: str = "one", age_ms: int = 0, **changes: object) -> Rate:
    then = NOW.plus_ms(-age_ms)
    made = Rate(currency=USD, price=price, source=source, at=then, received_at=then)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_amount_is_converted_to_the_nearest_minor_unit() -> None:
    at_50_000 = rate(5_000_000)  # a cent is 20 sat
    assert at_50_000.to_fiat(Msat(21_000_000)) == Fiat(USD, 1_050)
    assert at_50_000.to_fiat(Msat(9_999)) == Fiat(USD, 0)
    assert at_50_000.to_fiat(Msat(10_000)) == Fiat(USD, 1)
    assert at_50_000.to_fiat(Msat(-10_000)) == Fiat(USD, -1)
    assert at_50_000.to_msat(Fiat(USD, 500)) == Msat(10_000_000)


@given(st.integers(1, MAX_PRICE), st.integers(0, 21 * 10**17))
def test_conversion_is_never_off_by_more_than_half_a_unit(price: int, msat: int) -> None:
    exact = Fraction(msat * price, 10**11)
    assert abs(rate(price).to_fiat(Msat(msat)).minor - exact) <= Fraction(1, 2)


@given(st.integers(1, 10**11 - 1), st.integers(0, 10**12 - 1))
def test_what_was_typed_comes_back_from_millisatoshis(price: int, minor: int) -> None:
    assert rate(price).to_fiat(rate(price).to_msat(Fiat(USD, minor))) == Fiat(USD, minor)


def test_a_rate_converts_its_own_currency_only() -> None:
    with pytest.raises(ValueError, match="USD does not convert"):
        rate().to_msat(Fiat(JPY, 1))


@given(
    st.sampled_from(sorted(CURRENCIES.values(), key=lambda c: c.code)), st.integers(0, 10**12 - 1)
)
def test_amounts_read_back_from_their_text(currency: Currency, minor: int) -> None:
    amount = Fiat(currency, minor)
    assert parse_fiat(amount.decimal, currency) == amount
    assert parse_fiat(amount.decimal.replace(".", ","), currency) == amount


def test_amounts_are_written_with_the_digits_of_their_currency() -> None:
    written = [str(Fiat(USD, 5)), str(Fiat(USD, -1234)), str(Fiat(JPY, 7)), str(Fiat(KWD, 7))]
    assert written == ["0.05 USD", "-12.34 USD", "7 JPY", "0.007 KWD"]
    assert parse_fiat(" 2.5", USD) == parse_fiat("2,50 ", USD) == Fiat(USD, 250)
    assert parse_fiat(".5", USD) == Fiat(USD, 50)


@pytest.mark.parametrize("text", ["", ".", "1.234", "-1", "1e3", "1 000", "1.2.3", "1" * 13, "٣"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAFiatAmount):
        parse_fiat(text, USD)


@pytest.mark.parametrize(
    ("text", "currency", "price"),
    [
        ("67321.985", USD, 6_732_199),
        ("67321.98499999", USD, 6_732_198),
        ("10234567", JPY, 10_234_567),
        ("20123.4567", KWD, 20_123_457),
        ("00050000.00", USD, 5_000_000),
    ],
)
def test_prices_are_read_exactly(text: str, currency: Currency, price: int) -> None:
    assert parse_price(text, currency) == price


@pytest.mark.parametrize(
    "text",
    ["", "0", "0.001", "-5", "NaN", "Infinity", "1e9", "1,000", "9" * 13, "1." + "0" * 21, " 1",
     "٣", "1\n", "10000000000.01"],
)  # fmt: skip
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(AbsurdPrice):
        parse_price(text, USD)


def test_only_known_currencies_have_minor_units() -> None:
    assert currency_of(" eur ") == CURRENCIES["EUR"]
    with pytest.raises(UnknownCurrency):
        currency_of("XXX")


def test_a_rate_is_fresh_by_its_stamp_and_by_its_receipt() -> None:
    assert rate(age_ms=FRESH_MS - 1).is_fresh(NOW)
    assert not rate(age_ms=FRESH_MS).is_fresh(NOW)
    old_stamp = replace(rate(), at=NOW.plus_ms(-FRESH_MS))
    assert not old_stamp.is_fresh(NOW)
    old_receipt = replace(rate(), received_at=NOW.plus_ms(-FRESH_MS))
    assert not old_receipt.is_fresh(NOW)


def test_a_stamp_from_the_future_is_never_fresh_however_long_one_waits() -> None:
    future = replace(rate(), at=NOW.plus_ms(FRESH_MS + SKEW_MS))
    assert not any(future.is_fresh(NOW.plus_ms(ms)) for ms in range(0, 3 * FRESH_MS, 10_000))
    assert replace(rate(), at=NOW.plus_ms(SKEW_MS)).is_fresh(NOW)
    assert not replace(rate(), at=NOW.plus_ms(SKEW_MS + 1)).is_fresh(NOW)


def test_a_clock_that_went_back_leaves_no_rate_fresh() -> None:
    assert not rate().is_fresh(NOW.plus_ms(-SKEW_MS - 1))


def market(*rates: Rate) -> Market:
    made = Market()
    for one in rates:
        made = made.heard(one, NOW)
    return made


def test_without_a_fresh_rate_there_is_none() -> None:
    assert Market().fresh(NOW) is None
    one = market(rate())
    assert one.fresh(NOW) == rate()
    assert one.fresh(NOW.plus_ms(FRESH_MS)) is None
    assert one.taken == rate()


def test_two_sources_that_agree_give_the_one_received_last() -> None:
    newer = rate(5_100_000, "two", at=NOW, received_at=NOW.plus_ms(5))
    assert market(newer, rate()).fresh(NOW) == newer


def test_two_sources_that_differ_give_none_and_a_third_decides() -> None:
    odd, third = rate(50_000_000, "odd"), rate(5_100_000, "three")
    assert market(rate(), odd).fresh(NOW) is None
    assert market(rate(), odd, third).fresh(NOW) in (rate(), third)


def test_a_source_that_is_alone_and_jumps_is_not_trusted_until_another_agrees() -> None:
    jumped = rate(50_000_000)
    alone = market(rate()).heard(jumped, NOW)
    assert alone.fresh(NOW) is None
    assert alone.taken == rate()
    second = rate(50_000_000, "two")
    assert alone.heard(second, NOW).fresh(NOW) == second


def test_a_source_that_is_alone_is_trusted_again_once_the_last_rate_is_long_gone() -> None:
    later = NOW.plus_ms(3_600_000)
    jumped = rate(50_000_000, at=later, received_at=later)
    assert market(rate()).heard(jumped, later).fresh(later) == jumped


def test_a_fifth_is_the_most_that_rates_may_differ() -> None:
    assert rate(100).agrees_with(rate(120))
    assert not rate(100).agrees_with(rate(121))
    assert not rate(100).agrees_with(rate(100, currency=JPY))


def test_an_older_stamp_than_the_last_of_that_source_is_not_listened_to() -> None:
    one = market(rate(6_000_000), rate(5_000_000, age_ms=5))
    assert one.fresh(NOW) == rate(6_000_000)


def test_a_card_takes_its_share_and_its_fixed_part() -> None:
    assert card_fee(Fiat(USD, 500)) == Fiat(USD, 45)  # 0.145 + 0.30 of 5.00
    assert card_fee(Fiat(USD, 100)) == Fiat(USD, 33)
    assert card_fee(Fiat(USD, 0)) == Fiat(USD, 30)
    assert card_fee(Fiat(JPY, 1_000)) == Fiat(JPY, 29)
    assert card_fee(Fiat(KWD, 1_000)) == Fiat(KWD, 329)
