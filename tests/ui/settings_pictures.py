"""Renders settings and palette: python -m tests.ui.settings_pictures DIRECTORY [NAME ...]."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.ui.fan_pictures import Play, main
from tests.ui.stage import Stage
from tipdesk.base.units import Sat
from tipdesk.ui.loop import run
from tipdesk.ui.main import application
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName


async def palette(window: MainWindow, stage: Stage) -> None:
    """Every command."""
    window.open_palette()


async def palette_search(window: MainWindow, stage: Stage) -> None:
    """Somebody who is followed."""
    window.open_palette()
    window.palette_panel.field.setText("a")


async def first_steps(window: MainWindow, stage: Stage) -> None:
    """Nothing is here yet."""
    stage.tips.all.clear()
    stage.channels.views = []
    stage.wallet.confirmed = stage.wallet.unconfirmed = Sat(0)
    window.models.first_steps.touch()


async def first_sats(window: MainWindow, stage: Stage) -> None:
    """Where sats come from."""
    window.open_first_sats()


def section(number: int) -> Play:
    """A section of the settings."""

    async def play(window: MainWindow, stage: Stage) -> None:
        window.open_page(PageName.SETTINGS)
        page = window.settings_page
        if number < len(page.sections):
            page.open_section(page.sections[number])

    return play


PLAYS = {
    "palette": palette,
    "first-steps": first_steps,
    "first-sats": first_sats,
    "palette-search": palette_search,
    **{f"settings-{number}": section(number) for number in range(8)},
}

if __name__ == "__main__":
    application()
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    run(lambda: main(target, sys.argv[2:], PLAYS))
