"""Scenes of the creator's desk; `gallery` renders them."""

import asyncio
from collections.abc import Callable

from tests.ui import content
from tests.ui.fan_pictures import Play
from tests.ui.stage import Stage
from tipdesk.ports.desk import OverlayPage
from tipdesk.ui.views.creator import CreatorPage, Side
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

_SETTLE_S = 0.15
Begin = Callable[[CreatorPage, Stage], object]


def side(wanted: Side, begin: Begin | None = None) -> Play:
    """A side of the desk, and what is opened on it."""

    async def play(window: MainWindow, stage: Stage) -> None:
        stage.creator.fill(content.history())
        stage.desk.alerts.fill()
        window.open_page(PageName.CREATOR)
        page = window.pages.creator
        page.open_side(wanted)
        # All of them landed this moment: none stands out any more.
        await asyncio.sleep(_SETTLE_S)
        stage.clock.offset_ms += 5_000
        await asyncio.sleep(_SETTLE_S)
        if wanted is Side.RECEIVING:
            page.receiving.button.click()
        if begin is not None:
            await asyncio.sleep(_SETTLE_S)
            begin(page, stage)

    return play


PLAYS: dict[str, Play] = {
    **{f"desk-{one.name.lower()}": side(one) for one in Side},
    "desk-filter": side(Side.INCOME, lambda page, _: page.income.ask_filter()),
    "desk-note": side(
        Side.INCOME, lambda page, stage: page.income.ask_note(stage.creator.incoming()[2])
    ),
    "desk-rule": side(
        Side.ALERTS,
        lambda page, stage: page.alerts.ask_rule(stage.desk.alerts.settings.rules[1]),
    ),
    "desk-words": side(Side.ALERTS, lambda page, _: page.alerts.ask_words()),
    "desk-secret": side(
        Side.ALERTS,
        lambda page, _: page.alerts.overlay.variants[OverlayPage.ALERTS].show_button.pressed.emit(),
    ),
}
