"""Hours, days and months of a place on earth, with all the changes of its clocks."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Final, assert_never

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase

MAX_PERIODS: Final = 1_000
_HOUR_MS: Final = 3_600_000


class Period(Enum):
    """What a chart has a bar for."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class TooManyPeriods(RequestError):
    """Nobody could tell the bars of such a chart apart."""

    def __init__(self, period: Period) -> None:
        super().__init__(
            Phrase(
                "That is more than {most} hours. Choose a shorter time or longer steps."
                if period is Period.HOUR
                else "That is more than {most} days. Choose a shorter time or longer steps."
                if period is Period.DAY
                else "That is more than {most} months. Choose a shorter time or longer steps.",
                most=MAX_PERIODS,
            )
        )
        self.period = period


def bounds(
    period: Period, since: Instant, before: Instant, zone: tzinfo | None
) -> tuple[Instant, ...]:
    """Where the periods that touch the time from `since` until `before` begin, and the last ends.

    `zone` is None for the time of this machine. Raises `TooManyPeriods`.
    """
    found = [begin_of(period, since, zone)]
    while found[-1] < before or len(found) < 2:
        if len(found) > MAX_PERIODS:
            raise TooManyPeriods(period)
        found.append(_next(period, found[-1], zone))
    return tuple(found)


def begin_of(period: Period, moment: Instant, zone: tzinfo | None) -> Instant:
    """When the hour, day or month of that moment began."""
    local = local_time(moment, zone)
    match period:
        case Period.HOUR:
            past = (local.minute * 60 + local.second) * 1_000 + moment.ms % 1_000
            return moment.plus_ms(-past)
        case Period.DAY:
            return _midnight(local.date(), zone)
        case Period.MONTH:
            return _midnight(local.date().replace(day=1), zone)
        case _:
            assert_never(period)


def begin_of_week(moment: Instant, zone: tzinfo | None) -> Instant:
    """When the week of that moment began: on its Monday."""
    day = local_time(moment, zone).date()
    return _midnight(day - timedelta(days=day.weekday()), zone)


def local_time(moment: Instant, zone: tzinfo | None) -> datetime:
    """The date and time there at that moment."""
    return datetime.fromtimestamp(moment.unix_seconds, tz=UTC).astimezone(zone)


def _next(period: Period, begin: Instant, zone: tzinfo | None) -> Instant:
    match period:
        case Period.HOUR:
            # Where clocks change by half an hour, the hour of the change is short or long.
            after = begin_of(period, begin.plus_ms(_HOUR_MS), zone)
            return after if after > begin else begin.plus_ms(_HOUR_MS)
        case Period.DAY:
            return _midnight(local_time(begin, zone).date() + timedelta(days=1), zone)
        case Period.MONTH:
            first = local_time(begin, zone).date().replace(day=1)
            return _midnight((first + timedelta(days=32)).replace(day=1), zone)
        case _:
            assert_never(period)


def _midnight(day: date, zone: tzinfo | None) -> Instant:
    naive = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the zone follows
    local = naive.astimezone() if zone is None else naive.replace(tzinfo=zone)
    return Instant(int(local.timestamp() * 1_000))
