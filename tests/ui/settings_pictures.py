"""Scenes of settings, palette and first steps; `gallery` renders them."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dataclasses import replace

from tests.ui import content
from tests.ui.conftest import until
from tests.ui.fan_pictures import Play
from tests.ui.stage import Stage
from tipdesk.base.units import Sat
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.tip import TipStatus
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


async def keeps_running(window: MainWindow, stage: Stage) -> None:
    """The first time that the window is closed."""
    window.models.leaving.has_tray = True
    window.close()


async def closing(window: MainWindow, stage: Stage) -> None:
    """The end, with something under way."""
    for number, status in enumerate((TipStatus.UNDO, TipStatus.PAYING)):
        tip = content.tip(3_000 + number, content.BELA, status, 0)
        stage.tips.put(replace(tip, created_at=stage.clock.now()))
    stage.wallet.add_payment(Direction.OUT, PaymentState.IN_FLIGHT)
    window.quit()


async def desktop(window: MainWindow, stage: Stage) -> None:
    """The settings of the desktop, with a tray."""
    window.models.desktop.has_tray = True
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.desktop)


async def learning(window: MainWindow, stage: Stage) -> None:
    """The map of the network is not learnt yet."""
    stage.map_missing = 43_800
    window.models.status.touch()


async def profiles(window: MainWindow, stage: Stage) -> None:
    """All on this machine."""
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.profiles)
    await until(lambda: bool(window.pages.settings.profiles.list.lines))


async def profile_removal(window: MainWindow, stage: Stage) -> None:
    """What would be lost with one."""
    await profiles(window, stage)
    window.pages.settings.profiles.list.lines[1].buttons[0].click()


async def secrets_move(window: MainWindow, stage: Stage) -> None:
    """From the keyring into a file."""
    window.open_page(PageName.SETTINGS)
    keys = window.pages.settings.keys
    window.pages.settings.open_section(keys)
    keys.ensureWidgetVisible(keys.secrets)
    keys.secrets.button.click()
    assert keys.secrets.panel is not None
    keys.secrets.panel.passphrase.setText("a long one")
    keys.secrets.panel.done_button.click()


def section(number: int) -> Play:
    """A section of the settings."""

    async def play(window: MainWindow, stage: Stage) -> None:
        window.open_page(PageName.SETTINGS)
        page = window.pages.settings
        if number < len(page.sections):
            page.open_section(page.sections[number])

    return play


PLAYS = {
    "palette": palette,
    "first-steps": first_steps,
    "first-sats": first_sats,
    "keeps-running": keeps_running,
    "closing": closing,
    "desktop": desktop,
    "learning": learning,
    "profiles": profiles,
    "profile-removal": profile_removal,
    "secrets-move": secrets_move,
    "palette-search": palette_search,
    **{f"settings-{number}": section(number) for number in range(12)},
}
