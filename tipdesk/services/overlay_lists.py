"""What the pages beside the alerts show: a goal, the top tippers, the last tips."""

import asyncio
from typing import Final, assert_never

from tipdesk.base.clock import Clock, Instant
from tipdesk.ports.desk import LAST_INSTANT, OverlayPage, OverlayPages
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.alerts import AlertService
from tipdesk.services.bus import Bus
from tipdesk.services.creator import CreatorService
from tipdesk.services.desk_settings import Goal, PageSettings, load_pages, save_pages
from tipdesk.services.events import AlertsChanged, ProfileChanged
from tipdesk.services.views import ProfileView
from tipdesk.tips.alert import MAX_COMMENT_CHARS
from tipdesk.tips.alerts import NOBODY
from tipdesk.tips.sentence import sats

PAUSE_SECONDS: Final = 0.5
"""A hundred tips in a second change the lists once."""
_DAY_MS: Final = 86_400_000
_LISTS: Final = (OverlayPage.GOAL, OverlayPage.TOP, OverlayPage.LAST)


class OverlayLists:
    """Tells open pages what changed, and a new page how it is."""

    def __init__(
        self,
        *,
        creator: CreatorService,
        alerts: AlertService,
        settings: SettingsStore,
        pages: OverlayPages,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._creator = creator
        self._alerts = alerts
        self._store = settings
        self._settings = load_pages(settings)
        self._pages = pages
        self._bus = bus
        self._clock = clock
        self._stale = asyncio.Event()
        creator.on_tip(lambda _: self._stale.set())
        bus.subscribe(ProfileChanged, lambda _: self._stale.set())

    @property
    def settings(self) -> PageSettings:
        """What the pages show. Kept when set; `ChoiceOutOfBounds` if it cannot be."""
        return self._settings

    @settings.setter
    def settings(self, chosen: PageSettings) -> None:
        save_pages(self._store, chosen)
        self._settings = chosen
        self._stale.set()
        self._bus.publish(AlertsChanged())

    async def run(self) -> None:
        """Tells the pages, at most twice a second, until cancelled."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            connected = self._pages.connected()
            for page in _LISTS:
                message = self.message(page) if connected[page] else None
                if message is not None:
                    self._pages.push(page, message)
            await asyncio.sleep(PAUSE_SECONDS)

    def message(self, page: OverlayPage) -> dict[str, object] | None:
        """What a page of that kind shows now; None for alerts, which are shown when they fire."""
        match page:
            case OverlayPage.ALERTS:
                return None
            case OverlayPage.GOAL:
                return self._goal(self._settings.goal)
            case OverlayPage.TOP:
                return self._top()
            case OverlayPage.LAST:
                return self._last()
            case _:
                assert_never(page)

    def _goal(self, goal: Goal | None) -> dict[str, object]:
        if goal is None:
            return {"kind": "goal", "title": ""}
        have = self._creator.income(goal.since, LAST_INSTANT).total
        return {
            "kind": "goal",
            "title": goal.title,
            "have": sats(have),
            "want": sats(goal.target),
            "percent": min(10_000, have.value * 100 // goal.target.value),
        }

    def _top(self) -> dict[str, object]:
        days, now = self._settings.top_days, self._clock.now()
        since = now.plus_ms(-days * _DAY_MS) if days else Instant(0)
        found = self._creator.top_tippers(since, LAST_INSTANT, self._settings.rows)
        rows = [{**self._name(one.who), "amount": sats(one.income.total)} for one in found]
        return {"kind": "top", "rows": rows}

    def _last(self) -> dict[str, object]:
        clean = self._alerts.settings.words.cleaned
        rows = [
            {
                **self._name(tip.sender, tip.claimed_name),
                "amount": sats(tip.amount),
                "comment": clean(tip.comment[:MAX_COMMENT_CHARS]),
            }
            for tip in self._creator.incoming(self._settings.rows)
        ]
        return {"kind": "last", "rows": rows}

    def _name(self, who: ProfileView | None, claimed: str = "") -> dict[str, object]:
        """A name that somebody signed for in full weight, any other as less."""
        name = claimed if who is None else who.title
        kind = "claimed" if who is None else "name"
        return {"name": self._alerts.settings.words.cleaned(name) or NOBODY, "name_kind": kind}
