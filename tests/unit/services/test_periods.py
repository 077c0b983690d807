"""Hours, days and months as clocks on the wall show them, through every change."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tipdesk.base.clock import Instant
from tipdesk.services.periods import Period, TooManyPeriods, bounds, local_time

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000


def at(text: str) -> Instant:
    return Instant(int(datetime.fromisoformat(text).timestamp() * 1_000))


def hours(found: tuple[Instant, ...]) -> list[float]:
    return [(end.ms - begin.ms) / HOUR for begin, end in pairwise(found)]


def test_days_are_23_and_25_hours_long_when_clocks_change() -> None:
    spring = bounds(Period.DAY, at("2026-03-28T12:00+01:00"), at("2026-03-30T12:00+02:00"), BERLIN)
    assert spring[0] == at("2026-03-28T00:00+01:00")
    assert hours(spring) == [24, 23, 24]
    autumn = bounds(Period.DAY, at("2026-10-25T00:00+02:00"), at("2026-10-26T00:00+01:00"), BERLIN)
    assert hours(autumn) == [25]


def test_the_hour_that_is_lived_twice_has_two_bars() -> None:
    found = bounds(Period.HOUR, at("2026-10-25T01:30+02:00"), at("2026-10-25T03:30+01:00"), BERLIN)
    assert found[0] == at("2026-10-25T01:00+02:00")
    assert hours(found) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("zone", "since", "before", "count"),
    [
        ("Asia/Kolkata", "2026-01-01T00:10+05:30", "2026-01-01T02:00+05:30", 2),
        # Clocks go back by half an hour at two: four hours of the clock are four and a half.
        ("Australia/Lord_Howe", "2026-04-05T00:00+11:00", "2026-04-05T04:00+10:30", 5),
    ],
)
def test_hours_begin_as_the_local_clock_strikes(
    zone: str, since: str, before: str, count: int
) -> None:
    found = bounds(Period.HOUR, at(since), at(before), ZoneInfo(zone))
    assert (len(found) - 1, found[-1]) == (count, at(before))
    assert all(local_time(begin, ZoneInfo(zone)).minute in (0, 30) for begin in found)


def test_months_have_their_lengths() -> None:
    found = bounds(Period.MONTH, at("2024-01-31T23:00+00:00"), at("2024-04-01T00:00+00:00"), UTC)
    assert [length / 24 for length in hours(found)] == [31, 29, 31]
    year = bounds(Period.MONTH, at("2024-12-31T23:59+00:00"), at("2025-01-01T00:01+00:00"), UTC)
    assert year[1] == at("2025-01-01T00:00+00:00")


def test_an_empty_time_has_one_period_and_too_many_are_refused() -> None:
    moment = at("2026-05-05T05:05+00:00")
    assert len(bounds(Period.DAY, moment, moment, UTC)) == 2
    with pytest.raises(TooManyPeriods, match="more than 1,000 hours"):
        bounds(Period.HOUR, moment, moment.plus_ms(1_002 * HOUR), UTC)


def test_the_zone_of_this_machine_is_used_without_another() -> None:
    found = bounds(Period.DAY, at("2026-05-05T05:05+00:00"), at("2026-05-05T05:06+00:00"), None)
    assert 22 <= hours(found)[0] <= 26
