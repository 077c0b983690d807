"""What rate servers say is read exactly, and what is no rate is called so, whatever it is."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import START
from tipdesk.adapters.rates import formats
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.tips.fiat import Currency, Rate

USD, EUR = Currency("USD", 2), Currency("EUR", 2)
READERS = (formats.read_bitstamp, formats.read_kraken, formats.read_coinbase)


def rate(price: int, at: Instant = START, currency: Currency = USD) -> Rate:
    return Rate(currency=currency, price=price, source="x", at=at, received_at=START)


def test_bitstamp_tells_the_last_price_and_its_time() -> None:
    answer = (
        b'{"timestamp": "1643640186", "open": "2211.00", "high": "2811.00", "low": "2188.97", '
        b'"last": "67321.5", "volume": "213.26801100", "vwap": "2189.80", "bid": "2188.97", '
        b'"ask": "2211.00", "open_24": "2211.00", "percent_change_24": "13.57"}'
    )
    at = Instant.from_unix_seconds(1_643_640_186)
    assert formats.read_bitstamp(answer, USD, "x", START) == rate(6_732_150, at)


def test_kraken_names_the_pair_in_its_own_way_and_tells_no_time() -> None:
    answer = (
        b'{"error": [], "result": {"XXBTZUSD": {"a": ["30300.10000", "1", "1.000"], '
        b'"b": ["30300.00000", "1", "1.000"], "c": ["30303.20000", "0.00067643"], "t": [1, 2]}}}'
    )
    assert formats.read_kraken(answer, USD, "x", START) == rate(3_030_320)


def test_kraken_says_why_it_refuses() -> None:
    with pytest.raises(formats.SourceRefused, match="Unknown asset pair"):
        formats.read_kraken(b'{"error": ["EQuery:Unknown asset pair"]}', USD, "x", START)


def test_coinbase_tells_all_currencies_at_once() -> None:
    answer = b'{"data": {"currency": "BTC", "rates": {"EUR": "61234.567", "USD": "67321.985"}}}'
    assert formats.read_coinbase(answer, EUR, "x", START) == rate(6_123_457, currency=EUR)


def test_coinbase_tells_each_price_with_its_time_on_the_websocket() -> None:
    frame = json.dumps(
        {
            "type": "ticker",
            "sequence": 37475248783,
            "product_id": "BTC-USD",
            "price": "1285.22",
            "open_24h": "1310.79",
            "side": "buy",
            "time": "2022-10-19T23:28:22.061769Z",
            "trade_id": 370843401,
        }
    )
    found = formats.read_coinbase_frame(frame, USD, "x", START)
    assert found == rate(128_522, Instant(1_666_222_102_061))
    assert formats.read_coinbase_frame(frame, EUR, "x", START) is None
    assert formats.read_coinbase_frame('{"type": "subscriptions"}', USD, "x", START) is None
    assert json.loads(formats.subscribe_coinbase(USD)) == {
        "type": "subscribe",
        "channels": ["ticker_batch"],
        "product_ids": ["BTC-USD"],
    }
    with pytest.raises(formats.SourceRefused):
        formats.read_coinbase_frame('{"type": "error", "message": "no"}', USD, "x", START)


@pytest.mark.parametrize("time", ["2022-10-19T23:28:22", "yesterday", "", 5, None, "2" * 99])
def test_a_price_on_the_websocket_without_a_time_is_none(time: object) -> None:
    frame = {"type": "ticker", "product_id": "BTC-USD", "price": "1.00", "time": time}
    with pytest.raises(formats.NotARate):
        formats.read_coinbase_frame(json.dumps(frame), USD, "x", START)


@pytest.mark.parametrize("price", [67_321.5, 67_321, None, [], {}, True])
def test_a_price_that_is_no_text_is_none(price: object) -> None:
    with pytest.raises(formats.NotARate):
        formats.read_bitstamp(
            json.dumps({"timestamp": "1643640186", "last": price}).encode(), USD, "x", START
        )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "rates", "USD", "last", "timestamp", "result", "c", "error"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("read", READERS)
@given(value=json_values)
def test_whatever_a_server_answers_is_a_rate_or_a_decode_error(
    read: Callable[[bytes, Currency, str, Instant], Rate], value: object
) -> None:
    with suppress(DecodeError):
        assert read(json.dumps(value).encode(), USD, "x", START).price > 0


@given(st.binary(max_size=60))
def test_whatever_bytes_come_are_a_decode_error(data: bytes) -> None:
    for read in READERS:
        with pytest.raises(DecodeError):
            read(data, USD, "x", START)
