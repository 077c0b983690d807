"""Fiat is off until it is turned on, and there is no rate but a fresh one that can be trusted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes import START, FakeClock
from tests.histories import RATE, SCHEMA, USD, payment
from tests.waiting import eventually
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.rates.sources import make_sources
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.records import MoneyHistoryStore, MoneySettingsStore
from tipdesk.adapters.storage.timeline import MoneyRateStore, MoneyTimelineStore
from tipdesk.app.system import SystemClock
from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.ports.rates import RateSource
from tipdesk.practice.rates import PracticeRates, RateFault, rate_sources
from tipdesk.services.bus import Bus
from tipdesk.services.events import RateChanged
from tipdesk.services.rates import NoFreshRate, RateService
from tipdesk.tips.fiat import CURRENCIES, FRESH_MS, SKEW_MS, Currency, Fiat, Rate
from tipdesk.tips.timeline import EVERYTHING

EUR = CURRENCIES["EUR"]


@dataclass(slots=True)
class ScriptedSource:
    """Says what the test tells it to say; fails on demand."""

    name: str
    host: str = "rates.example"
    codes: frozenset[str] = frozenset({"USD", "EUR"})
    watched: list[Currency] = field(default_factory=list)
    hear: Callable[[Rate], None] | None = None
    broken: asyncio.Event = field(default_factory=asyncio.Event)

    def serves(self, currency: Currency) -> bool:
        return currency.code in self.codes

    async def watch(self, currency: Currency, on_rate: Callable[[Rate], None]) -> None:
        self.watched.append(currency)
        self.hear = on_rate
        try:
            await self.broken.wait()
            raise BackendError("it broke")
        finally:
            self.hear = None
            self.broken.clear()


@dataclass
class Desk:
    """A service over a real store, with hands on both of its clocks."""

    service: RateService
    database: MoneyDatabase
    clock: FakeClock
    steady: list[float]
    events: list[RateChanged]

    def wait_ms(self, ms: int) -> None:
        self.clock.pass_ms(ms)
        self.steady[0] += ms / 1_000


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[MoneyDatabase]:
    opened = MoneyDatabase(tmp_path / "money.db", SCHEMA)
    yield opened
    opened.close()


def desk(database: MoneyDatabase, *sources: RateSource, default: Currency | None = USD) -> Desk:
    bus, clock, steady = Bus(), FakeClock(), [100.0]
    events: list[RateChanged] = []
    bus.subscribe(RateChanged, events.append)
    service = RateService(
        sources=sources,
        store=MoneyRateStore(database),
        settings=MoneySettingsStore(database),
        bus=bus,
        clock=clock,
        default=default,
        monotonic=lambda: steady[0],
        first_delay=0.01,
    )
    return Desk(service, database, clock, steady, events)


@asynccontextmanager
async def running(service: RateService) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(service.run())
        await asyncio.sleep(0.01)
        yield
        task.cancel()


def said(source: ScriptedSource, at: Desk, price: int = 5_000_000, **changes: object) -> Rate:
    now = at.clock.now()
    rate = replace(RATE, price=price, source=source.name, at=now, received_at=now)
    rate = replace(rate, **changes)  # type: ignore[arg-type]
    assert source.hear is not None
    source.hear(rate)
    return rate


async def test_nobody_is_asked_before_fiat_is_turned_on(database: MoneyDatabase) -> None:
    source = ScriptedSource("one")
    at = desk(database, source, default=None)
    async with running(at.service):
        assert (source.watched, at.service.currency) == ([], None)
        assert "rates.example" in at.service.privacy
        at.service.use(EUR)
        await eventually(lambda: source.watched == [EUR], "it did not come")
        at.service.use(None)
        await eventually(lambda: source.hear is None, "it did not come")
    assert desk(database, default=USD).service.currency is None
    at.service.use(EUR)
    assert desk(database, default=USD).service.currency == EUR


async def test_amounts_are_converted_while_the_rate_is_fresh_and_not_a_moment_longer(
    database: MoneyDatabase,
) -> None:
    source = ScriptedSource("one")
    at = desk(database, source)
    async with running(at.service):
        assert at.service.to_fiat(Msat(20_000_000)) is None
        rate = said(source, at)
        assert at.service.current() == at.service.last() == rate
        assert at.service.to_fiat(Msat(20_000_000)) == Fiat(USD, 1_000)
        assert at.service.to_msat(Fiat(USD, 1_000)) == Msat(20_000_000)
        with pytest.raises(NoFreshRate):
            at.service.to_msat(Fiat(EUR, 1_000))
        at.wait_ms(FRESH_MS)
        assert at.service.current() is None
        assert at.service.to_fiat(Msat(1)) is None
        with pytest.raises(NoFreshRate):
            at.service.to_msat(Fiat(USD, 1))
        assert at.service.last() == rate


@pytest.mark.parametrize("ms", [SKEW_MS + 1_000, -SKEW_MS - 1_000, 3_600_000])
async def test_a_clock_that_is_moved_leaves_no_rate_until_a_new_one_comes(
    database: MoneyDatabase, ms: int
) -> None:
    source = ScriptedSource("one")
    at = desk(database, source)
    async with running(at.service):
        said(source, at)
        at.clock.pass_ms(ms)
        assert at.service.current() is None
        assert said(source, at) == at.service.current()


async def test_one_of_two_that_jumps_leaves_no_rate_until_two_agree(
    database: MoneyDatabase,
) -> None:
    one, two, three = (ScriptedSource(name) for name in ("one", "two", "three"))
    at = desk(database, one, two, three)
    async with running(at.service):
        said(one, at)
        said(two, at, 50_000_000)
        assert at.service.current() is None
        assert MoneyRateStore(database).last_rate() is None
        agreed = said(three, at, 5_000_100)
        assert at.service.current() in (agreed, replace(agreed, source="one", price=5_000_000))


async def test_a_jump_right_after_a_restart_is_still_one(database: MoneyDatabase) -> None:
    MoneyRateStore(database).put_rate(replace(RATE, at=START, received_at=START))
    source = ScriptedSource("one")
    at = desk(database, source)
    assert at.service.last() is not None
    assert at.service.current() is None
    async with running(at.service):
        said(source, at, 50_000_000)
        assert at.service.current() is None


async def test_a_source_that_fails_is_asked_again_and_its_problem_shown_meanwhile(
    database: MoneyDatabase,
) -> None:
    source, other = ScriptedSource("one"), ScriptedSource("other", codes=frozenset({"CHF"}))
    at = desk(database, source, other)
    async with running(at.service):
        source.broken.set()
        await eventually(lambda: len(source.watched) == 2, "it did not come")
        assert at.service.problems == {"one": "it broke"}
        said(source, at)
        assert at.service.problems == {}
        assert other.watched == []
    assert [currency.code for currency in at.service.currencies()] == ["CHF", "EUR", "USD"]


async def test_front_ends_and_the_store_hear_at_once_of_a_first_rate_and_seldom_of_small_moves(
    database: MoneyDatabase,
) -> None:
    source, store = ScriptedSource("one"), MoneyRateStore(database)
    at = desk(database, source)
    async with running(at.service):
        first = said(source, at)
        assert (store.last_rate(), len(at.events)) == (first, 1)
        at.wait_ms(1_000)
        second = said(source, at, 5_000_001)
        assert (store.last_rate(), len(at.events)) == (first, 1)
        assert at.service.current() == second
        at.wait_ms(15_000)
        third = said(source, at, 5_000_002)
        assert (store.last_rate(), len(at.events)) == (third, 2)


async def test_a_rate_of_another_currency_is_not_listened_to(database: MoneyDatabase) -> None:
    source = ScriptedSource("one")
    at = desk(database, source)
    async with running(at.service):
        said(source, at, currency=EUR)
        assert at.service.current() is None


async def test_whatever_the_market_does_a_payment_gets_a_fresh_rate_or_none(
    database: MoneyDatabase,
) -> None:
    clock: Clock = SystemClock()
    wallet, store = MoneyHistoryStore(database), MoneyTimelineStore(database)
    market = PracticeRates(clock, step_seconds=0.01)
    await market.start()
    async with WebClient(Network.REGTEST, WayOut()) as http:
        service = RateService(
            sources=make_sources(
                rate_sources(market.port),
                http=http,
                network=Network.REGTEST,
                clock=clock,
                way=WayOut(),
            ),
            store=MoneyRateStore(database),
            settings=MoneySettingsStore(database),
            bus=Bus(),
            clock=clock,
            default=USD,
            first_delay=0.01,
        )
        async with running(service):
            await eventually(lambda: service.current() is not None, "it did not come")
            wallet.save_payment(replace(payment(1), at=clock.now()))
            service.use(None)
            market.fault = RateFault.OLD_STAMP
            service.use(USD)
            await asyncio.sleep(0.3)
            assert service.current() is None
            wallet.save_payment(replace(payment(2), at=clock.now()))
    await market.stop()
    without, with_rate = store.lines(EVERYTHING, before=None, limit=5)
    assert with_rate.rate is not None
    assert with_rate.rate.rate.source in ("practice market", "practice feed")
    assert without.rate is None
