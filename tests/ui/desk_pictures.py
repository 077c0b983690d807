"""Renders the creator's desk: python -m tests.ui.desk_pictures DIRECTORY [WxH ...]."""

import asyncio
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.ui import content
from tests.ui.stage import make_stage
from tipdesk.ports.desk import OverlayPage
from tipdesk.ui.loop import run
from tipdesk.ui.main import application, open_window
from tipdesk.ui.theme.theme import Mode, theme
from tipdesk.ui.views.creator import CreatorPage, Side
from tipdesk.ui.views.rail import PageName

_SETTLE_S = 0.35


async def desk(directory: Path, mode: Mode, size: tuple[int, int], only: set[str]) -> None:
    """Every side of the desk, as it is found when opened."""
    stage = make_stage()
    stage.creator.fill(content.history())
    stage.desk.alerts.fill()
    theme().use(mode)
    window = open_window(stage, page=PageName.CREATOR)
    window.resize(*size)
    page = window.pages[PageName.CREATOR]
    assert isinstance(page, CreatorPage)
    for side in Side:
        if not only or side.name.lower() in only:
            page.open_side(side)
            if side is Side.RECEIVING:
                page.receiving.button.click()
            await asyncio.sleep(_SETTLE_S)
            name = f"desk-{side.name.lower()}-{mode.value}-{size[0]}x{size[1]}.png"
            window.grab().save(str(directory / name))
    for name, begin in (
        ("filter", page.income.ask_filter),
        ("note", lambda: page.income.ask_note(stage.creator.incoming()[2])),
        ("rule", lambda: page.alerts.ask_rule(stage.desk.alerts.settings.rules[1])),
        ("words", page.alerts.ask_words),
        ("secret", page.alerts.overlay.variants[OverlayPage.ALERTS].show_button.pressed.emit),
    ):
        page.open_side(Side.INCOME if name in ("filter", "note") else Side.ALERTS)
        await asyncio.sleep(_SETTLE_S)
        begin()
        await asyncio.sleep(_SETTLE_S)
        window.grab().save(str(directory / f"desk-{name}-{mode.value}-{size[0]}x{size[1]}.png"))
    window.stop()
    window.close()


async def main(directory: Path, sizes: list[tuple[int, int]], only: set[str]) -> None:
    """In both themes."""
    for mode in (Mode.LIGHT, Mode.DARK):
        for size in sizes:
            await desk(directory, mode, size, only)


if __name__ == "__main__":
    application()
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    chosen = {word for word in sys.argv[2:] if not word[0].isdigit()}
    run(lambda: main(target, [(1_280, 800), (1_024, 700)], chosen))
