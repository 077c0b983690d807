"""Scenes of settings, palette and first steps; `gallery` renders them."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dataclasses import replace

from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import until
from tests.ui.fan_pictures import Play
from tests.ui.stage import Stage
from tests.ui.stage_wallets import ATTIC, MODEST
from tipdesk.base.units import Sat
from tipdesk.ports.plugged import WalletCertificateUnknown, WalletKeyRefused
from tipdesk.tips.connection import Permission
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

RUNE_LINK = "clnrest+https://10.0.0.2:3010?rune=" + "ab_-" * 16


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


async def wallets(window: MainWindow, stage: Stage) -> None:
    """Several, one of which pays."""
    stage.wallets.put_several()
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.wallets)
    await until(lambda: len(window.models.wallets.balances) > 2)


async def wallet_connect(window: MainWindow, stage: Stage) -> None:
    """The panel, empty."""
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.wallets)
    window.pages.settings.wallets.connect_button.click()


async def wallet_found(window: MainWindow, stage: Stage) -> None:
    """What a wallet said of itself."""
    await wallet_connect(window, stage)
    draft = window.models.wallets.draft
    draft.paste(RUNE_LINK)
    stage.wallets.facts = replace(ATTIC, capabilities=MODEST)
    draft.look()
    await until(lambda: draft.facts is not None)


async def wallet_certificate(window: MainWindow, stage: Stage) -> None:
    """A server that nobody vouches for."""
    await wallet_connect(window, stage)
    draft = window.models.wallets.draft
    draft.choose_form("lnd")
    draft.fill("10.0.0.2:8080", "0201" + "ab" * 40)
    stage.wallets.failure = WalletCertificateUnknown("10.0.0.2:8080", bytes(range(32)))
    draft.look()
    await until(lambda: draft.fingerprint is not None)


async def wallet_refused(window: MainWindow, stage: Stage) -> None:
    """A key that is none."""
    await wallet_connect(window, stage)
    draft = window.models.wallets.draft
    draft.paste(RUNE_LINK)
    stage.wallets.failure = WalletKeyRefused("10.0.0.2:3010")
    draft.look()
    await until(lambda: bool(draft.problem))


async def wallet_removal(window: MainWindow, stage: Stage) -> None:
    """One that owes an answer."""
    await wallets(window, stage)
    window.pages.settings.wallets.list.lines[3].buttons[-1].click()
    window.models.wallets.remove()
    await until(lambda: bool(window.models.wallets.problem))


async def apps_none(window: MainWindow, stage: Stage) -> None:
    """No app is connected."""
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.apps)


async def apps(window: MainWindow, stage: Stage) -> None:
    """Some that are connected, and one that was."""
    stage.connections.put_several()
    await apps_none(window, stage)
    window.models.connections.touch()


async def app_connect(window: MainWindow, stage: Stage) -> None:
    """The panel, as most people fill it in."""
    await apps_none(window, stage)
    window.pages.settings.apps.connect_button.click()
    panel = window.pages.settings.apps.panel
    assert panel is not None
    QTest.keyClicks(panel.name, "Amethyst")


async def app_choice(window: MainWindow, stage: Stage) -> None:
    """A choice of one's own, without a limit, and what cannot be."""
    await app_connect(window, stage)
    panel = window.pages.settings.apps.panel
    assert panel is not None
    panel.boxes[Permission.BALANCE].click()
    panel.unlimited.click()
    panel.relays.clear()
    QTest.keyClicks(panel.relays, "ws://192.168.0.2")
    panel.button.click()


async def app_link(window: MainWindow, stage: Stage) -> None:
    """The link, this once."""
    await app_connect(window, stage)
    panel = window.pages.settings.apps.panel
    assert panel is not None
    panel.button.click()
    panel.copy_button.click()


async def app_change(window: MainWindow, stage: Stage) -> None:
    """Another budget for one."""
    await apps(window, stage)
    await until(lambda: bool(window.pages.settings.apps.live.rows))
    window.pages.settings.apps.live.rows[-1].change_button.click()


async def app_revoke(window: MainWindow, stage: Stage) -> None:
    """What ends with one."""
    await apps(window, stage)
    await until(lambda: bool(window.pages.settings.apps.live.rows))
    window.pages.settings.apps.live.rows[0].revoke_button.click()


async def proxy(window: MainWindow, stage: Stage) -> None:
    """Everything goes through a proxy that answers."""
    window.open_page(PageName.SETTINGS)
    privacy = window.pages.settings.privacy
    window.pages.settings.open_section(privacy)
    privacy.proxy.scope.buttons["everything"].click()
    await until(lambda: window.models.proxy.said.tone == "good")


async def proxy_dead(window: MainWindow, stage: Stage) -> None:
    """The same without anybody there."""
    stage.proxy.switch.is_alive = False
    window.open_page(PageName.SETTINGS)
    privacy = window.pages.settings.privacy
    window.pages.settings.open_section(privacy)
    privacy.proxy.scope.buttons["everything"].click()
    await until(lambda: window.models.proxy.said.tone == "bad")


def section(number: int) -> Play:
    """A section of the settings."""

    async def play(window: MainWindow, stage: Stage) -> None:
        window.open_page(PageName.SETTINGS)
        page = window.pages.settings
        if number < len(page.entries):
            page.open_entry(page.entries[number])

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
    "wallets": wallets,
    "wallet-connect": wallet_connect,
    "wallet-found": wallet_found,
    "wallet-certificate": wallet_certificate,
    "wallet-refused": wallet_refused,
    "wallet-removal": wallet_removal,
    "apps-none": apps_none,
    "apps": apps,
    "app-connect": app_connect,
    "app-choice": app_choice,
    "app-link": app_link,
    "app-change": app_change,
    "app-revoke": app_revoke,
    "palette-search": palette_search,
    "proxy": proxy,
    "proxy-dead": proxy_dead,
    **{f"settings-{number}": section(number) for number in range(12)},
}
