"""Scenes of the lock and of what only the owner sees; `fan_pictures` renders them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.stage import Stage
from tests.ui.stage_keys import WORDS
from tipdesk.ui.views.lock_panel import Change
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

_SETTLE_S = 0.35


async def locked(window: MainWindow, stage: Stage) -> None:
    """Locked by hand."""
    await stage.keys.lock.set("correct horse")
    window.models.lock.lock()


async def locked_wrong(window: MainWindow, stage: Stage) -> None:
    """After the third wrong passphrase."""
    await locked(window, stage)
    for _ in range(3):
        stage.keys.seconds.now += 60
        window.lock.cover.passphrase.setText("wrong")
        QTest.keyClick(window.lock.cover.passphrase, Qt.Key.Key_Return)
        await asyncio.sleep(0.1)


async def locked_words(window: MainWindow, stage: Stage) -> None:
    """The way for whoever forgot it."""
    await locked(window, stage)
    window.lock.cover.forgotten_button.click()


async def keys(window: MainWindow, stage: Stage) -> None:
    """The section of the settings, with a lock."""
    await stage.keys.lock.set("correct horse")
    await keys_bare(window, stage)


async def keys_bare(window: MainWindow, stage: Stage) -> None:
    """The same without one."""
    window.models.lock.touch()
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.keys)
    await asyncio.sleep(_SETTLE_S)


async def lock_panel(window: MainWindow, stage: Stage) -> None:
    """A passphrase is about to be changed, in vain."""
    await keys(window, stage)
    window.pages.settings.keys.open_lock_panel(
        Change.CHANGE, window.pages.settings.keys.change_button
    )
    panel = window.pages.settings.keys.lock_panel
    assert panel is not None
    for field in (panel.old, panel.new, panel.again):
        field.setText("wrong passphrase")
    panel.done_button.click()


async def words_due(window: MainWindow, stage: Stage) -> None:
    """The wallet page reminds."""
    stage.keys.has_worth = True
    window.models.seed_words.touch()
    window.open_page(PageName.WALLET)
    await asyncio.sleep(_SETTLE_S)


async def words_ask(window: MainWindow, stage: Stage) -> None:
    """The warning, with a lock, after a wrong passphrase."""
    await stage.keys.lock.set("correct horse")
    await words_due(window, stage)
    window.pages.wallet.reminder.write_button.click()
    panel = window.pages.settings.keys.words_panel
    assert panel is not None
    panel.passphrase.setText("wrong")
    panel.show_button.click()
    await asyncio.sleep(_SETTLE_S)


async def words_shown(window: MainWindow, stage: Stage) -> None:
    """Words of nobody."""
    await words_due(window, stage)
    window.pages.wallet.reminder.write_button.click()
    window.models.seed_words.reveal("")
    await asyncio.sleep(_SETTLE_S)


async def words_check(window: MainWindow, stage: Stage) -> None:
    """The first of three."""
    await words_shown(window, stage)
    window.models.seed_words.check()


async def words_done(window: MainWindow, stage: Stage) -> None:
    """All three were right."""
    await words_check(window, stage)
    while (question := window.models.seed_words.question) is not None:
        window.models.seed_words.choose(WORDS[question.place])


async def veiled(window: MainWindow, stage: Stage) -> None:
    """The wallet with dots."""
    window.models.veil.toggle()
    window.open_page(PageName.WALLET)
    await asyncio.sleep(_SETTLE_S)


async def veiled_history(window: MainWindow, stage: Stage) -> None:
    """The history with dots."""
    await veiled(window, stage)
    window.open_page(PageName.HISTORY)
    await asyncio.sleep(_SETTLE_S)


async def nsec(window: MainWindow, stage: Stage) -> None:
    """The private key of nobody was copied."""
    await keys(window, stage)
    window.pages.settings.keys.open_nsec()
    panel = window.pages.settings.keys.nsec_panel
    assert panel is not None
    panel.passphrase.setText("correct horse")
    panel.copy_button.click()
    await asyncio.sleep(_SETTLE_S)


async def help_report(window: MainWindow, stage: Stage) -> None:
    """The report, written to a file."""
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.help)
    window.pages.settings.help.make_button.click()
    window.models.help.save(Path("/home/mika/tipdesk-report.txt"))
    await asyncio.sleep(_SETTLE_S)


KEYS_PLAYS: dict[str, Callable[[MainWindow, Stage], Awaitable[None]]] = {
    "locked": locked,
    "locked-wrong": locked_wrong,
    "locked-words": locked_words,
    "keys": keys,
    "keys-bare": keys_bare,
    "lock-panel": lock_panel,
    "veiled": veiled,
    "veiled-history": veiled_history,
    "nsec": nsec,
    "help": help_report,
    "words-due": words_due,
    "words-ask": words_ask,
    "words-shown": words_shown,
    "words-check": words_check,
    "words-done": words_done,
}
