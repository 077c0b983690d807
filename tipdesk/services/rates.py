"""The exchange rate of now: asked of several, used while fresh, off until a person turns it on."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.ports.rates import RateSource, RateStore
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import RateChanged
from tipdesk.tips.fiat import CURRENCIES, SKEW_MS, Currency, Fiat, Market, Rate

SETTING: Final = "fiat-currency"
STORE_SECONDS: Final = 15.0
"""The rate is written down, and front ends told, no oftener than this while it merely moves."""
FIRST_DELAY: Final = 5.0
LONGEST_DELAY: Final = 300.0

log = logging.getLogger(__name__)


class NoFreshRate(RequestError):
    """Fiat amounts cannot be converted now."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("No exchange rate is known that is fresh enough. Enter the amount in sat.")
        )


class RateService:
    """Follows the sources of the chosen currency; `current` is the rate to use, if there is one.

    `monotonic` shows when the wall clock was moved: no rate survives that.
    """

    def __init__(
        self,
        *,
        sources: Sequence[RateSource],
        store: RateStore,
        settings: SettingsStore,
        bus: Bus,
        clock: Clock,
        default: Currency | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        first_delay: float = FIRST_DELAY,
    ) -> None:
        self._sources = tuple(sources)
        self._store = store
        self._settings = settings
        self._bus = bus
        self._clock = clock
        self._monotonic = monotonic
        self._first_delay = first_delay
        self._currency = _chosen(settings, default)
        self._last = store.last_rate()
        self._market = Market(taken=self._last)
        self._heard_at: tuple[Instant, float] | None = None
        self._shown: Rate | None = None
        self._shown_at = -STORE_SECONDS
        self._problems: dict[str, str] = {}
        self._chosen_anew = asyncio.Event()

    @property
    def currency(self) -> Currency | None:
        """What fiat amounts are in; None while fiat is off."""
        return self._currency

    @property
    def problems(self) -> dict[str, str]:
        """By source, why it tells nothing now."""
        return dict(self._problems)

    @property
    def privacy(self) -> str:
        """What turning fiat on tells whom, to be shown before."""
        hosts = ", ".join(dict.fromkeys(source.host for source in self._sources))
        return Phrase(
            "While fiat is on, TipDesk asks {hosts} what a bitcoin costs. They learn your "
            "currency and when TipDesk runs, and your network address unless a proxy keeps it; "
            "never whom or what you pay.",
            hosts=hosts,
        )

    def currencies(self) -> tuple[Currency, ...]:
        """Those that some source serves, by their code."""
        return tuple(
            currency
            for _, currency in sorted(CURRENCIES.items())
            if any(source.serves(currency) for source in self._sources)
        )

    def use(self, currency: Currency | None) -> None:
        """Turns fiat on in that currency, or off. Kept; nobody is asked any more once it is off."""
        self._settings.put_setting(SETTING, "" if currency is None else currency.code)
        if currency == self._currency:
            return
        self._currency = currency
        self._forget()
        self._problems.clear()
        self._chosen_anew.set()

    def current(self) -> Rate | None:
        """The rate to convert with now; None if there is no fresh one that can be trusted."""
        if self._was_clock_moved():
            return None
        rate = self._market.fresh(self._clock.now())
        return rate if rate is not None and rate.currency == self._currency else None

    def last(self) -> Rate | None:
        """The last rate that was ever used, however old: to be shown with its time only."""
        return self._last

    def to_fiat(self, amount: Msat) -> Fiat | None:
        """The amount at the rate of now, None without one."""
        rate = self.current()
        return None if rate is None else rate.to_fiat(amount)

    def to_msat(self, amount: Fiat) -> Msat:
        """What was typed in fiat; `NoFreshRate` if it cannot be converted."""
        rate = self.current()
        if rate is None or rate.currency != amount.currency:
            raise NoFreshRate
        return rate.to_msat(amount)

    async def run(self) -> None:
        """Follows the sources while fiat is on."""
        while True:
            self._chosen_anew.clear()
            currency = self._currency
            if currency is None:
                await self._chosen_anew.wait()
                continue
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._follow(source, currency), name=f"rates {source.name}")
                    for source in self._sources
                    if source.serves(currency)
                ]
                tasks.append(group.create_task(self._look_again(), name="rates"))
                await self._chosen_anew.wait()
                for task in tasks:
                    task.cancel()

    async def _follow(self, source: RateSource, currency: Currency) -> None:
        delay = self._first_delay

        def hear(rate: Rate) -> None:
            nonlocal delay
            delay = self._first_delay
            self._problems.pop(source.name, None)
            self._hear(rate)

        while True:
            try:
                await source.watch(currency, hear)
            except (BackendError, DecodeError) as error:
                log.info("no rate from %s: %s", source.name, error)
                self._problems[source.name] = in_words(error)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _look_again(self) -> None:
        """A rate grows old without anybody saying so."""
        while True:
            await asyncio.sleep(STORE_SECONDS)
            if self._was_clock_moved():
                self._forget()
            self._show()

    def _hear(self, rate: Rate) -> None:
        if rate.currency != self._currency:
            return
        if self._was_clock_moved():
            self._forget()
        now = self._clock.now()
        self._heard_at = (now, self._monotonic())
        self._market = self._market.heard(rate, now)
        self._show()

    def _was_clock_moved(self) -> bool:
        """Since a rate was heard; or the machine slept. No older stamp means anything then."""
        if self._heard_at is None:
            return False
        wall, steady = self._heard_at
        passed_ms = (self._monotonic() - steady) * 1_000
        return abs(self._clock.now().since(wall) - passed_ms) > SKEW_MS

    def _show(self) -> None:
        rate, moment = self.current(), self._monotonic()
        if rate == self._shown:
            return
        if rate is not None and self._shown is not None and moment - self._shown_at < STORE_SECONDS:
            return
        self._shown, self._shown_at = rate, moment
        if rate is not None:
            self._last = rate
        if rate is not None or (self._last is not None and self._last.is_fresh(self._clock.now())):
            # One that has merely grown old is left there, to be shown as what it is.
            self._store.put_rate(rate)
        self._bus.publish(RateChanged())

    def _forget(self) -> None:
        self._market, self._heard_at = Market(), None
        self._shown = None
        self._store.put_rate(None)
        self._bus.publish(RateChanged())


def _chosen(settings: SettingsStore, default: Currency | None) -> Currency | None:
    kept = settings.setting(SETTING)
    return default if kept is None else CURRENCIES.get(kept)
