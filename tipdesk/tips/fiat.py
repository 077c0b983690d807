"""Money of the other kind: amounts in whole minor units, rates with their source and age.

A rate is used only while it is fresh. Without a fresh one there is no fiat amount: never a
constant, never an old rate in silence. An old rate may be shown as what it is, a rate of then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat

FRESH_MS: Final = 600_000
"""How long a rate may be used, by its own stamp and by our receipt of it alike."""
SKEW_MS: Final = 60_000
"""How far clocks may differ; beyond it a stamp lies in the future, or our clock jumped."""
JUMP_MS: Final = 1_800_000
"""How long the last rate that was taken bears witness against one that differs from it."""
MAX_PRICE: Final = 10**12
"""Minor units a bitcoin. Above it a price is absurd, and SQL's sums would not be exact."""
MSAT_PER_BITCOIN: Final = 10**11

_AGREE_PERCENT = 20
_DECIMAL = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,20})?", re.ASCII)
_TYPED = re.compile(r"([0-9]{0,12})(?:[.,]([0-9]{0,3}))?", re.ASCII)


class UnknownCurrency(RequestError):
    """A code that names no currency we know the minor units of."""

    def __init__(self, code: str) -> None:
        super().__init__(
            Phrase("TipDesk does not know the currency {code}.", code=f"{code[:10]!r}")
        )
        self.code = code


class NotAFiatAmount(RequestError):
    """What was typed is no amount of the currency."""

    def __init__(self, text: str, currency: "Currency") -> None:
        super().__init__(
            Phrase("{text} is no amount in {code}.", text=f"{text[:30]!r}", code=currency.code)
        )
        self.text = text


class AbsurdPrice(DecodeError):
    """A price that cannot be one: malformed, nothing, or beyond `MAX_PRICE`."""

    def __init__(self, text: str) -> None:
        super().__init__(Phrase("{text} is no price of a bitcoin", text=f"{text[:40]!r}"))
        self.text = text


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency; one unit is `10 ** digits` minor units."""

    code: str
    digits: int


CURRENCIES: Final[Mapping[str, Currency]] = {
    code: Currency(code, digits)
    for digits, codes in (
        (2, "USD EUR GBP CHF CAD AUD NZD SEK NOK DKK PLN CZK BRL MXN INR ZAR TRY THB SGD HKD"),
        (0, "JPY KRW VND CLP"),
        (3, "KWD BHD"),
    )
    for code in codes.split()
}


def currency_of(code: str) -> Currency:
    """The currency of that code, in either case; `UnknownCurrency` otherwise."""
    found = CURRENCIES.get(code.strip().upper())
    if found is None:
        raise UnknownCurrency(code)
    return found


@dataclass(frozen=True, slots=True)
class Fiat:
    """An amount of a currency, in minor units."""

    currency: Currency
    minor: int

    @property
    def decimal(self) -> str:
        """``12.34``: all digits of the minor unit, nothing between the thousands."""
        digits = self.currency.digits
        sign, whole = ("-" if self.minor < 0 else ""), str(abs(self.minor)).zfill(digits + 1)
        return f"{sign}{whole[:-digits]}.{whole[-digits:]}" if digits else f"{sign}{whole}"

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency.code}"


def parse_fiat(text: str, currency: Currency) -> Fiat:
    """What a person typed (point or comma), exactly; `NotAFiatAmount` for what is none."""
    match = _TYPED.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]) or len(match[2] or "") > currency.digits:
        raise NotAFiatAmount(text, currency)
    return Fiat(currency, int(match[1] + (match[2] or "").ljust(currency.digits, "0")))


def parse_price(text: str, currency: Currency) -> int:
    """A decimal price of a bitcoin in minor units, half a unit rounded up; or `AbsurdPrice`."""
    if len(text) > 40 or _DECIMAL.fullmatch(text) is None:
        raise AbsurdPrice(text)
    whole, _, fraction = text.partition(".")
    scaled = int(whole + fraction) * 10**currency.digits
    price = _rounded(scaled, 10 ** len(fraction))
    if not 0 < price <= MAX_PRICE:
        raise AbsurdPrice(text)
    return price


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a bitcoin cost, by whom and when."""

    currency: Currency
    price: int
    """Minor units a bitcoin."""
    source: str
    at: Instant
    """The source's own stamp; the receipt, if it gives none."""
    received_at: Instant

    @property
    def valid_from(self) -> Instant:
        """Before this moment it comes from the future: a wrong stamp, or our clock went back."""
        return max(self.at, self.received_at).plus_ms(-SKEW_MS)

    @property
    def valid_until(self) -> Instant:
        """From this moment on it is old."""
        return min(self.at, self.received_at).plus_ms(FRESH_MS)

    def is_fresh(self, now: Instant) -> bool:
        """Whether amounts may be converted with it."""
        return self.valid_from <= now < self.valid_until

    def to_fiat(self, amount: Msat) -> Fiat:
        """The amount in this currency, to the nearest minor unit, halves away from zero."""
        return Fiat(self.currency, _rounded(amount.value * self.price, MSAT_PER_BITCOIN))

    def to_msat(self, amount: Fiat) -> Msat:
        """The amount in bitcoin, to the nearest millisatoshi, halves away from zero.

        `ValueError` if it is in another currency.
        """
        if amount.currency != self.currency:
            raise ValueError(f"a rate in {self.currency.code} does not convert {amount}")
        return Msat(_rounded(amount.minor * MSAT_PER_BITCOIN, self.price))

    def agrees_with(self, other: "Rate") -> bool:
        """Whether neither is more than a fifth above the other."""
        low, high = sorted((self.price, other.price))
        return self.currency == other.currency and high * 100 <= low * (100 + _AGREE_PERCENT)


@dataclass(frozen=True, slots=True)
class Market:
    """What each source said last, and the rate that was taken last."""

    latest: Mapping[str, Rate] = field(default_factory=dict)
    taken: Rate | None = None

    def heard(self, rate: Rate, now: Instant) -> "Market":
        """After a source spoke. A stamp older than its last one is not listened to."""
        before = self.latest.get(rate.source)
        if before is not None and before.currency == rate.currency and rate.at < before.at:
            return self
        market = replace(self, latest={**self.latest, rate.source: rate})
        taken = market.fresh(now)
        return market if taken is None else replace(market, taken=taken)

    def fresh(self, now: Instant) -> Rate | None:
        """The rate to be used now, None if there is none to be trusted.

        Two sources that agree outvote a third. A source that is alone is trusted unless it
        jumped away from what was taken minutes ago; sources that differ are not, until two agree.
        """
        rates = [rate for rate in self.latest.values() if rate.is_fresh(now)]
        if len(rates) == 1 and not self._jumped(rates[0]):
            return rates[0]
        agreed = [
            rate
            for rate in rates
            if any(rate.agrees_with(other) for other in rates if other is not rate)
        ]
        return max(agreed, key=lambda rate: (rate.received_at, rate.source), default=None)

    def _jumped(self, rate: Rate) -> bool:
        taken = self.taken
        if taken is None or taken.currency != rate.currency:
            return False
        age = abs(rate.received_at.since(taken.received_at))
        return age <= JUMP_MS and not rate.agrees_with(taken)


def _rounded(numerator: int, denominator: int) -> int:
    """To the nearest integer, halves away from zero; the denominator is positive."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude
