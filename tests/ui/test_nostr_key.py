"""The Nostr key: the public half for a press, the private half behind a warning and the lock."""

import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_lock import PASSPHRASE, seen_by_screen_readers, set_lock
from tipdesk.nostr.nip19 import decode_npub, decode_nsec
from tipdesk.ui import clipboard
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.nsec_panel import NsecPanel
from tipdesk.ui.views.rail import PageName


def panel_of(window: MainWindow) -> NsecPanel:
    """The warning, opened at the settings."""
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.keys)
    window.pages.settings.keys.nsec_button.click()
    assert window.pages.settings.keys.nsec_panel is not None
    assert window.pages.settings.keys.nsec_panel.isVisible()
    return window.pages.settings.keys.nsec_panel


def copied() -> str:
    """What is on the clipboard."""
    return QGuiApplication.clipboard().text()


def test_the_public_key_is_copied_whole(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.pages.settings.keys.npub_button.click()
        assert copied() == stage.keys.nostr.npub
        decode_npub(copied())

    play(scene)


def test_the_private_key_is_copied_as_a_secret_and_never_shown(
    play: Play, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scene(window: MainWindow) -> None:
        panel = panel_of(window)
        assert window.focusWidget() is panel.copy_button
        QTest.keyClick(panel.copy_button, Qt.Key.Key_Return)
        await until(lambda: copied().startswith("nsec1"))
        nsec = copied()
        assert decode_nsec(nsec).x_only == decode_npub(stage.keys.nostr.npub)
        assert len(clipboard._now) == 1
        assert "clipboard for 60 seconds" in panel.said
        held = {label.text() for label in window.findChildren(QLabel)}
        held.update(seen_by_screen_readers(window))
        assert not any(nsec in text for text in held)
        assert nsec not in caplog.text

    play(scene)


def test_the_lock_is_asked_first(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        QGuiApplication.clipboard().setText("a recipe")
        await set_lock(stage)
        panel = panel_of(window)
        assert window.focusWidget() is panel.passphrase
        QTest.keyClicks(panel.passphrase, "wrong")
        QTest.keyClick(panel.passphrase, Qt.Key.Key_Return)
        await until(lambda: panel.said.startswith("That is not the passphrase"))
        assert copied() == "a recipe"
        stage.keys.seconds.now += 1
        QTest.keyClicks(panel.passphrase, PASSPHRASE)
        QTest.keyClick(panel.passphrase, Qt.Key.Key_Return)
        await until(lambda: copied().startswith("nsec1"))

    play(scene)


def test_a_panel_that_was_closed_meanwhile_copies_nothing(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        QGuiApplication.clipboard().setText("a recipe")
        panel = panel_of(window)
        panel.copy_button.click()
        panel.dismiss()
        await until(lambda: not window.models.nostr_key.is_busy)
        assert copied() == "a recipe"

    play(scene)
