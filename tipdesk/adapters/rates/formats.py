"""What rate servers answer, read within bounds: a rate, or a `DecodeError`.

Prices are decimal texts and become whole minor units; no number of floating point is read.
"""

from datetime import UTC, datetime

from tipdesk.base import strict_json
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.tips.fiat import Currency, Rate, parse_price

MAX_ANSWER_BYTES = 65_536
_LAST_SECOND = 253_402_300_799


class NotARate(DecodeError):
    """An answer that lacks what it should tell; `field` is what is missing or malformed."""

    def __init__(self, source: str, field: str) -> None:
        super().__init__(f"{source} did not tell the {field} of a bitcoin's price")
        self.source = source
        self.field = field


class SourceRefused(DecodeError):
    """The server answers with an error of its own."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} refuses: {reason[:200]!r}")
        self.source = source
        self.reason = reason


def read_bitstamp(data: bytes, currency: Currency, source: str, now: Instant) -> Rate:
    """Bitstamp's HTTP ticker: `last` and, in Unix seconds, `timestamp`."""
    answer = strict_json.parse_object(data, maximum=MAX_ANSWER_BYTES)
    stamp = answer.get("timestamp")
    if not (isinstance(stamp, str) and stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise NotARate(source, "time")
    at = Instant.from_unix_seconds(min(int(stamp), _LAST_SECOND))
    return _rate(answer.get("last"), currency, source, at, now)


def read_kraken(data: bytes, currency: Currency, source: str, now: Instant) -> Rate:
    """Kraken's HTTP ticker: one pair, under a name of Kraken's, last trade in `c`. No time."""
    answer = strict_json.parse_object(data, maximum=MAX_ANSWER_BYTES)
    if answer.get("error"):
        raise SourceRefused(source, str(answer["error"]))
    pairs = answer.get("result")
    pair = next(iter(pairs.values())) if isinstance(pairs, dict) and len(pairs) == 1 else None
    last = pair.get("c") if isinstance(pair, dict) else None
    price = last[0] if isinstance(last, list) and last else None
    return _rate(price, currency, source, now, now)


def read_coinbase(data: bytes, currency: Currency, source: str, now: Instant) -> Rate:
    """Coinbase's HTTP table of rates for one bitcoin. No time."""
    answer = strict_json.parse_object(data, maximum=MAX_ANSWER_BYTES).get("data")
    if not isinstance(answer, dict) or answer.get("currency") != "BTC":
        raise NotARate(source, "subject")
    rates = answer.get("rates")
    price = rates.get(currency.code) if isinstance(rates, dict) else None
    return _rate(price, currency, source, now, now)


def subscribe_coinbase(currency: Currency) -> str:
    """What is sent first on Coinbase's websocket: prices of one market, every five seconds."""
    return (
        '{"type": "subscribe", "channels": ["ticker_batch"], '
        f'"product_ids": ["BTC-{currency.code}"]}}'
    )


def read_coinbase_frame(frame: str, currency: Currency, source: str, now: Instant) -> Rate | None:
    """A frame of Coinbase's websocket; None for one that tells no price."""
    answer = strict_json.parse_object(frame, maximum=MAX_ANSWER_BYTES)
    if answer.get("type") == "error":
        raise SourceRefused(source, str(answer.get("message")))
    if answer.get("type") != "ticker" or answer.get("product_id") != f"BTC-{currency.code}":
        return None
    at = _iso_instant(answer.get("time"))
    if at is None:
        raise NotARate(source, "time")
    return _rate(answer.get("price"), currency, source, at, now)


def _iso_instant(text: object) -> Instant | None:
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Instant((since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000)


def _rate(price: object, currency: Currency, source: str, at: Instant, now: Instant) -> Rate:
    if not isinstance(price, str):
        raise NotARate(source, "amount")
    return Rate(
        currency=currency,
        price=parse_price(price, currency),
        source=source,
        at=at,
        received_at=now,
    )
