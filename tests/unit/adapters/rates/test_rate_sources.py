"""Rates come over real sockets from the practice market, and its faults leave no rate in use."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes import FakeClock
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.rates.sources import (
    DEFAULT_SOURCES,
    SERVERS,
    FeedServer,
    FeedSource,
    HttpServer,
    PolledSource,
    SourceLost,
    UnknownRateSource,
    make_sources,
)
from tipdesk.app.system import SystemClock
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.bitcoin.network import Network
from tipdesk.ports.rates import RateSource
from tipdesk.practice.rates import PracticeRates, RateFault, rate_sources
from tipdesk.tips.fiat import CURRENCIES, FRESH_MS, Currency, Rate

USD, EUR, JPY = (CURRENCIES[code] for code in ("USD", "EUR", "JPY"))
CLOCK = SystemClock()


@pytest.fixture
async def http() -> AsyncIterator[WebClient]:
    async with WebClient(Network.REGTEST, WayOut()) as client:
        yield client


@pytest.fixture
async def market() -> AsyncIterator[PracticeRates]:
    server = PracticeRates(CLOCK, step_seconds=0.01)
    await server.start()
    yield server
    await server.stop()


def sources(market: PracticeRates, http: WebClient) -> list[RateSource]:
    polled, feed = SERVERS["bitstamp"], SERVERS["coinbase-live"]
    assert isinstance(polled, HttpServer)
    assert isinstance(feed, FeedServer)
    base = f"127.0.0.1:{market.port}"
    return [
        PolledSource(
            "market", polled, base=f"http://{base}", http=http, clock=CLOCK, poll_seconds=0.01
        ),
        FeedSource(
            "feed",
            feed,
            base=f"ws://{base}/feed",
            clock=CLOCK,
            quiet_seconds=0.3,
            pace_seconds=0.0,
            way=WayOut(),
        ),
    ]


def not_expected(rate: Rate) -> None:
    raise AssertionError(rate)


async def heard(source: RateSource, count: int, currency: Currency = USD) -> list[Rate]:
    """The first rates of a source."""
    rates: list[Rate] = []
    enough = asyncio.Event()

    def hear(rate: Rate) -> None:
        rates.append(rate)
        if len(rates) >= count:
            enough.set()

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        watching = group.create_task(source.watch(currency, hear))
        await enough.wait()
        watching.cancel()
    return rates


@pytest.mark.parametrize("which", [0, 1], ids=["HTTP", "websocket"])
async def test_rates_come_and_move(market: PracticeRates, http: WebClient, which: int) -> None:
    rates = await heard(sources(market, http)[which], 20)
    now = CLOCK.now()
    assert all(rate.is_fresh(now) and rate.currency == USD for rate in rates)
    assert len({rate.price for rate in rates}) > 5
    assert {rate.source for rate in rates} == {("market", "feed")[which]}
    (in_euro,) = await heard(sources(market, http)[which], 1, EUR)
    assert in_euro.price < min(rate.price for rate in rates)


@pytest.mark.parametrize("which", [0, 1], ids=["HTTP", "websocket"])
async def test_rubbish_ends_the_watch_with_its_reason(
    market: PracticeRates, http: WebClient, which: int
) -> None:
    market.fault = RateFault.RUBBISH
    with pytest.raises(DecodeError):
        await sources(market, http)[which].watch(USD, not_expected)


@pytest.mark.parametrize("which", [0, 1], ids=["HTTP", "websocket"])
async def test_an_old_stamp_is_told_as_it_is(
    market: PracticeRates, http: WebClient, which: int
) -> None:
    market.fault = RateFault.OLD_STAMP
    (rate,) = await heard(sources(market, http)[which], 1)
    assert rate.received_at.since(rate.at) > FRESH_MS
    assert not rate.is_fresh(CLOCK.now())


async def test_a_websocket_that_falls_silent_is_left(
    market: PracticeRates, http: WebClient
) -> None:
    market.fault = RateFault.STALL
    with pytest.raises(SourceLost):
        await sources(market, http)[1].watch(USD, not_expected)


async def test_a_server_that_is_gone_is_a_backend_error(
    market: PracticeRates, http: WebClient
) -> None:
    gone = sources(market, http)
    await market.stop()
    for source in gone:
        with pytest.raises(BackendError):
            await source.watch(USD, not_expected)


async def test_a_currency_that_the_market_does_not_have_is_refused(
    market: PracticeRates, http: WebClient
) -> None:
    for source in sources(market, http):
        with pytest.raises((BackendError, DecodeError)):
            await source.watch(JPY, not_expected)


def test_the_table_serves_large_currencies_from_three_houses_and_small_ones_from_one(
    http: WebClient,
) -> None:
    made = make_sources(
        DEFAULT_SOURCES, http=http, network=Network.MAINNET, clock=FakeClock(), way=WayOut()
    )
    names = {
        code: [source.name for source in made if source.serves(CURRENCIES[code])]
        for code in ("USD", "CHF", "SEK")
    }
    assert names == {
        "USD": ["coinbase", "kraken", "bitstamp"],
        "CHF": ["kraken", "coinbase"],
        "SEK": ["coinbase"],
    }
    assert {source.host for source in made} == {
        "ws-feed.exchange.coinbase.com",
        "api.kraken.com",
        "www.bitstamp.net",
        "api.coinbase.com",
    }


def test_sources_of_practice_are_named_as_what_they_are(http: WebClient) -> None:
    made = make_sources(
        rate_sources(1234), http=http, network=Network.REGTEST, clock=FakeClock(), way=WayOut()
    )
    assert [source.name for source in made] == ["practice market", "practice feed"]


@pytest.mark.parametrize(
    ("spec", "network"),
    [
        ("nobody", Network.REGTEST),
        ("x=nobody@http://127.0.0.1", Network.REGTEST),
        ("x=kraken", Network.REGTEST),
        ("=kraken@http://127.0.0.1", Network.REGTEST),
        ("x=kraken@ftp://127.0.0.1", Network.REGTEST),
        ("x=coinbase-live@http://127.0.0.1", Network.REGTEST),
        ("x=kraken@http://127.0.0.1", Network.MAINNET),
        ("x=coinbase-live@ws://127.0.0.1", Network.MAINNET),
        ("x=kraken@https://", Network.MAINNET),
        ("", Network.REGTEST),
    ],
)
def test_what_is_no_source_is_refused(http: WebClient, spec: str, network: Network) -> None:
    with pytest.raises(UnknownRateSource):
        make_sources([spec], http=http, network=network, clock=FakeClock(), way=WayOut())


def test_the_market_is_the_same_for_the_same_seed_and_stays_in_bounds() -> None:
    one, same = PracticeRates(CLOCK, seed=7).market, PracticeRates(CLOCK, seed=7).market
    prices = [one.step() for _ in range(5_000)]
    assert prices == [same.step() for _ in range(5_000)]
    assert min(prices) >= 3_000_000
    assert max(prices) <= 12_000_000
