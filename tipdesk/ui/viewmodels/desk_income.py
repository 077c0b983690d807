"""What came in over time, from whom, and for which posts."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.services.creator import Bar
from tipdesk.services.events import IncomingTipSeen, ProfileChanged
from tipdesk.services.periods import Period
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.viewmodels.activity import about_post
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
RANKS = 5


class Span(Enum):
    """How far back is looked, and in which steps: words, period, milliseconds."""

    HOURS = (Phrase("24 hours"), Period.HOUR, 23 * _HOUR_MS)
    DAYS = (Phrase("30 days"), Period.DAY, 29 * _DAY_MS)
    MONTHS = (Phrase("12 months"), Period.MONTH, 335 * _DAY_MS)


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar: words under it, its sum, and all of it as a sentence."""

    label: str
    total: Msat
    spoken: str


@dataclass(frozen=True, slots=True)
class Rank:
    """One line of a ranking."""

    who: ProfileView | None
    title: str
    total: Msat
    count: int


class IncomeViewModel(ViewModel):
    """The chart and the rankings of the chosen span."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._span = Span.DAYS
        self.bars: tuple[ChartBar, ...] = ()
        self.tippers: tuple[Rank, ...] = ()
        self.posts: tuple[Rank, ...] = ()
        self.total = Msat(0)
        self.count = 0
        self.listen(IncomingTipSeen, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.refresh()

    @property
    def span(self) -> Span:
        """What is looked at."""
        return self._span

    def look_at(self, span: Span) -> None:
        """Shows another time."""
        self._span = span
        self.refresh()
        self.changed.emit()

    def refresh(self) -> None:
        """Asks for all of it anew."""
        creator, now = self._app.creator, self._app.clock.now()
        _, period, length = self._span.value
        found = creator.chart(period, now.plus_ms(-length), now.plus_ms(1))
        self.bars = tuple(_bar(period, bar) for bar in found)
        self.total = sum((bar.income.total for bar in found), Msat(0))
        self.count = sum(bar.income.count for bar in found)
        since, before = found[0].begin, found[-1].end
        self.tippers = tuple(
            Rank(
                one.who,
                t("Without a signature") if one.who is None else words.name(one.who.title),
                one.income.total,
                one.income.count,
            )
            for one in creator.top_tippers(since, before, RANKS)
        )
        self.posts = tuple(
            Rank(
                None,
                t("For no post")
                if one.post is None
                else about_post(self._app, one.post) or t("A post that is not here"),
                one.income.total,
                one.income.count,
            )
            for one in creator.post_incomes(since, before, RANKS)
        )


def _bar(period: Period, bar: Bar) -> ChartBar:
    label = _label(period, bar.begin)
    when = (
        t("{begin} to {end}", begin=label, end=_label(period, bar.end))
        if period is Period.HOUR
        else label
    )
    tips = tn(bar.income.count, "{count} tip", "{count} tips")
    return ChartBar(label, bar.income.total, f"{when}: {words.amount(bar.income.total)}, {tips}")


def _label(period: Period, moment: Instant) -> str:
    match period:
        case Period.HOUR:
            return words.clock_time(moment)
        case Period.DAY:
            return words.short_day(moment)
        case Period.MONTH:
            return words.month(moment)
