"""Scenes of the ways that payments took; `gallery` renders them with the fan's."""

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.stage import Stage
from tests.ui.stage_routes import part, route
from tipdesk.base.units import Msat
from tipdesk.services.routes import RouteTaken
from tipdesk.services.views import TipView
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.views.history import HistoryPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.tip_row import TipRow

_SETTLE_S = 0.3
HOSTILE = "<b>\u202eevil</b>\n" + "W" * 200


async def open_route(window: MainWindow, stage: Stage, taken: RouteTaken | None) -> None:
    """The list of tips, and the route of the first that arrived."""
    window.open_page(PageName.TIPS)
    await asyncio.sleep(_SETTLE_S)
    rows = window.pages.tips.list
    for number in range(rows.model.rowCount()):
        card = rows.card(number)
        tip = card._tip if isinstance(card, TipRow) else None
        if isinstance(card, TipRow) and isinstance(tip, TipView) and tip.state.is_paid:
            assert tip.payment_hash is not None
            stage.routes.all[tip.payment_hash] = taken
            card.route_button.click()
            return
    raise AssertionError("no tip on the screen has arrived")


async def plain(window: MainWindow, stage: Stage) -> None:
    """Two routers, all of whom say how long they held it."""
    stage_hash = next(t.payment_hash for t in stage.tips.all.values() if t.payment_hash)
    await open_route(window, stage, route(stage_hash))


async def parts(window: MainWindow, stage: Stage) -> None:
    """Parts over ways of different lengths; strangers' names; one part is not known."""
    stage_hash = next(t.payment_hash for t in stage.tips.all.values() if t.payment_hash)
    long = part(
        400_000,
        ("Alpha", HOSTILE, "", "Delta", "Epsilon", "Zeta", "Ana's node"),
        (1_004, 1_003, 1_021, 0, 2_500, 1_000, 0),
        (61_000, 1_400, 300, None, None, None, None),
        62_400,
    )
    short = part(600_000, ("Harbour Router", "Ana's node"), (1_060, 0), (100, 0), 184)
    await open_route(window, stage, route(stage_hash, short, long, unknown_parts=1))


async def unknown(window: MainWindow, stage: Stage) -> None:
    """From before routes were kept."""
    await open_route(window, stage, None)


async def in_history(window: MainWindow, stage: Stage) -> None:
    """In the panel of a line of the history."""
    window.open_page(PageName.HISTORY)
    page = window.pages.page(PageName.HISTORY)
    assert isinstance(page, HistoryPage)
    page.list.set_current(2)
    await asyncio.sleep(_SETTLE_S)
    QTest.keyClick(page.list, Qt.Key.Key_Return)


async def in_tray(window: MainWindow, stage: Stage) -> None:
    """A tip that has just arrived, and its route."""
    flying = content.tip(3_000, content.BELA, TipStatus.PAYING, 0, amount=Msat(500_000))
    stage.tips.put(flying)
    stage.tips.settle(flying.tip_id)
    await asyncio.sleep(_SETTLE_S)
    window.tray.bars[0].button.click()


ROUTE_PLAYS: dict[str, Callable[[MainWindow, Stage], Awaitable[None]]] = {
    "route": plain,
    "route-parts": parts,
    "route-unknown": unknown,
    "route-history": in_history,
    "route-tray": in_tray,
}
