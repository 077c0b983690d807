"""The lock of the window: everything is put away, nothing works but the lock, all comes back."""

import asyncio
import logging

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QKeyEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_keys import WORDS
from tests.ui.test_panels import wallet_of
from tipdesk.services.events import Notice
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.loop import run, send_errors_to
from tipdesk.ui.main import open_window
from tipdesk.ui.views.lock_panel import Change, LockPanel
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
PASSPHRASE = "correct horse"


async def set_lock(stage: Stage) -> None:
    """A passphrase, as if it had been set long ago."""
    await stage.keys.lock.set(PASSPHRASE)


async def locked(window: MainWindow, stage: Stage) -> None:
    """The window, locked by hand."""
    await set_lock(stage)
    window.models.lock.lock()
    assert window.lock.is_locked


async def unlock(window: MainWindow) -> None:
    """By typing."""
    QTest.keyClicks(window.lock.cover.passphrase, PASSPHRASE)
    QTest.keyClick(window.lock.cover.passphrase, Qt.Key.Key_Return)
    await until(lambda: not window.lock.is_locked)


def press(window: MainWindow, key: Qt.Key, text: str = "") -> None:
    """As the person's keyboard does. QTest turns a loop of its own when it presses in a window."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        QCoreApplication.sendEvent(window.windowHandle(), event)


async def press_nothing() -> None:
    """Lets everything that is to be said anew be said."""
    await asyncio.sleep(0.05)


def seen_by_screen_readers(window: QWidget) -> list[str]:
    """All that the accessible tree of a window says and does not call invisible."""
    found: list[str] = []

    def walk(part: QAccessibleInterface | None) -> None:
        if part is None or part.state().invisible:
            return
        kinds = (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description)
        found.extend(filter(None, (part.text(kind) for kind in kinds)))
        for place in range(part.childCount()):
            walk(part.child(place))

    walk(QAccessible.queryAccessibleInterface(window))
    return found


def test_without_a_passphrase_ctrl_l_shows_where_to_set_one(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        assert window.rail.lock.isHidden()
        QTest.keyClick(window, Qt.Key.Key_L, CONTROL)
        assert not window.lock.is_locked
        assert window.page is PageName.SETTINGS
        assert window.pages.settings.section is window.pages.settings.keys

    play(scene)


@pytest.mark.parametrize("way", ["keys", "button", "settings"])
def test_it_is_locked_by_hand_and_opened_by_its_passphrase(
    play: Play, stage: Stage, way: str
) -> None:
    async def scene(window: MainWindow) -> None:
        await set_lock(stage)
        window.models.lock.touch()
        await until(lambda: not window.rail.lock.isHidden())
        if way == "keys":
            QTest.keyClick(window, Qt.Key.Key_L, CONTROL)
        elif way == "button":
            QTest.mouseClick(window.rail.lock, LEFT)
        else:
            window.open_page(PageName.SETTINGS)
            window.pages.settings.open_section(window.pages.settings.keys)
            QTest.mouseClick(window.pages.settings.keys.lock_button, LEFT)
        assert window.lock.is_locked
        assert window.lock.cover.isVisible()
        await unlock(window)
        assert window.lock.cover.isHidden()
        assert window.pages.isVisible()
        assert window.lock.cover.passphrase.text() == ""

    play(scene)


def test_nothing_can_be_seen_or_read_out_while_it_is_locked(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = wallet_of(window)
        page.open_receive()
        assert any("Can be spent" in said for said in seen_by_screen_readers(window))
        await locked(window, stage)
        said = " ".join(seen_by_screen_readers(window))
        assert "TipDesk is locked" in said
        for secret in ("Can be spent", "sat", "Mika", "relay", "Wallet"):
            assert secret not in said
        picture = window.grab().toImage()
        await unlock(window)
        window.open_page(PageName.FEED)
        window.models.lock.lock()
        assert window.grab().toImage() == picture

    play(scene)


def test_only_the_lock_can_have_the_keyboard(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await locked(window, stage)
        cover = window.lock.cover
        for _ in range(12):
            focused = window.focusWidget()
            assert focused is not None
            assert cover.isAncestorOf(focused)
            QTest.keyClick(focused, Qt.Key.Key_Tab)
        window.tip_panel.amount.setFocus()
        window.pages.page(PageName.FEED).take_keyboard()
        window.open_page(PageName.HISTORY)
        focused = window.focusWidget()
        assert focused is not None
        assert cover.isAncestorOf(focused)
        assert not window.pages.isVisible()

    play(scene)


def test_shortcuts_are_dead_and_come_back(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        off = {key for key in window.findChildren(QShortcut) if not key.isEnabled()}
        await locked(window, stage)
        assert not [key for key in window.findChildren(QShortcut) if key.isEnabled()]
        before = window.page
        QTest.keyClick(window.lock.cover.passphrase, Qt.Key.Key_4, CONTROL)
        assert window.page is before
        window.lock.cover.passphrase.clear()
        await unlock(window)
        assert off == {key for key in window.findChildren(QShortcut) if not key.isEnabled()}
        QTest.keyClick(window, Qt.Key.Key_4, CONTROL)
        assert window.page is PageName.WALLET

    play(scene)


def test_what_floats_is_put_away_and_nothing_new_comes_up(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = wallet_of(window)
        page.open_send()
        dialog = QDialog(window)
        dialog.open()
        await locked(window, stage)
        assert page.send_panel is not None
        assert page.send_panel.isHidden()
        assert dialog.isHidden()
        page.open_send()
        page.open_receive()
        assert page.receive_panel is not None
        assert page.send_panel.isHidden()
        assert page.receive_panel.isHidden()
        tip = content.tip(3_000, content.BELA, TipStatus.PAYING, 0)
        stage.tips.put(tip)
        await asyncio.sleep(0.05)
        assert not window.tray.isVisible()

    play(scene)


def test_the_keyboard_goes_back_to_where_it_was(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = wallet_of(window)
        page.safety_button.setFocus()
        await locked(window, stage)
        await unlock(window)
        assert window.focusWidget() is page.safety_button

    play(scene)


def test_notices_wait_and_only_serious_ones_are_said_afterwards(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await locked(window, stage)
        stage.bus.publish(Notice("Ana tipped you 21 sat.", serious=False))
        stage.creator.land(content.incoming()[0])
        await asyncio.sleep(0.02)
        assert window.toast.text == ""
        stage.bus.publish(Notice("A channel was closed by its peer.", serious=True))
        await asyncio.sleep(0.02)
        assert window.toast.text == ""
        await unlock(window)
        assert window.toast.text == "A channel was closed by its peer."

    play(scene)


def test_the_title_says_that_it_is_locked_and_nothing_else(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.setWindowTitle("TipDesk, 1,410,942 sat")
        await locked(window, stage)
        assert window.windowTitle() == "TipDesk, locked"
        await unlock(window)
        assert window.windowTitle() == "TipDesk, 1,410,942 sat"

    play(scene)


def test_a_wrong_passphrase_is_told_and_the_next_attempt_waits(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await locked(window, stage)
        cover = window.lock.cover
        QTest.keyClicks(cover.passphrase, "wrong")
        QTest.keyClick(cover.passphrase, Qt.Key.Key_Return)
        await until(lambda: bool(cover.problem_text))
        assert cover.problem_text == "That is not the passphrase of this lock. Try again."
        assert cover.open_button.text() == "Try again in 1 second"
        assert not cover.open_button.isEnabled()
        stage.keys.seconds.now += 1
        await until(cover.open_button.isEnabled)
        assert cover.open_button.text() == "Unlock"
        QTest.keyClick(cover.passphrase, Qt.Key.Key_Backspace)
        await unlock(window)

    play(scene)


def test_whoever_forgot_it_opens_it_with_the_words(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await locked(window, stage)
        cover = window.lock.cover
        QTest.mouseClick(cover.forgotten_button, LEFT)
        assert window.focusWidget() is cover.words
        assert cover.passphrase.isHidden()
        QTest.keyClicks(cover.words, " ".join(WORDS))
        QTest.keyClick(cover.words, Qt.Key.Key_Return)
        await until(lambda: not window.lock.is_locked)
        assert not stage.keys.lock.is_set
        assert cover.words.text() == ""

    play(scene)


def test_it_locks_itself_after_a_while_of_nothing(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await set_lock(stage)
        model = window.models.lock
        model.set_minutes(5)
        stage.clock.offset_ms += 4 * 60_000
        model.look()
        assert not window.lock.is_locked
        press(window, Qt.Key.Key_Shift)
        stage.clock.offset_ms += 4 * 60_000
        model.look()
        assert not window.lock.is_locked
        stage.clock.offset_ms += 60_000
        model.look()
        assert window.lock.is_locked

    play(scene)


def test_a_key_that_comes_too_late_locks_and_does_nothing_else(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await set_lock(stage)
        before = window.page
        stage.clock.offset_ms += 60 * 60_000
        press(window, Qt.Key.Key_X, "x")
        assert window.lock.is_locked
        assert window.page is before
        assert window.lock.cover.passphrase.text() == ""

    play(scene)


def test_never_is_never(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await set_lock(stage)
        window.models.lock.set_minutes(0)
        stage.clock.offset_ms += 1_000 * 60_000
        window.models.lock.look()
        assert not window.lock.is_locked

    play(scene)


def test_a_window_over_a_locked_profile_opens_locked(qapp: QApplication, stage: Stage) -> None:
    async def scene() -> None:
        await set_lock(stage)
        errors: list[BaseException] = []
        window = open_window(stage)
        send_errors_to(errors.append, window)
        assert window.lock.cover.isVisible()
        assert not window.pages.isVisible()
        assert window.focusWidget() is window.lock.cover.passphrase
        await unlock(window)
        assert window.pages.isVisible()
        assert window.focusWidget() is not None
        window.stop()
        window.close()
        window.deleteLater()
        send_errors_to(None, window)
        assert errors == []

    run(scene)


def open_panel(window: MainWindow, change: Change) -> LockPanel:
    """The panel, open for a change of the lock."""
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.keys)
    button = {
        Change.SET: window.pages.settings.keys.set_button,
        Change.CHANGE: window.pages.settings.keys.change_button,
        Change.REMOVE: window.pages.settings.keys.remove_button,
    }[change]
    assert button.isVisible()
    QTest.mouseClick(button, LEFT)
    assert window.pages.settings.keys.lock_panel is not None
    return window.pages.settings.keys.lock_panel


def test_a_passphrase_is_set_changed_and_removed_in_the_settings(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_panel(window, Change.SET)
        QTest.keyClicks(panel.new, "battery")
        QTest.keyClick(panel.new, Qt.Key.Key_Return)
        QTest.keyClicks(panel.again, "batterie")
        QTest.keyClick(panel.again, Qt.Key.Key_Return)
        assert panel.problem_text == "The two are not the same. Type the new passphrase twice."
        panel.again.setText("battery")
        QTest.keyClick(panel.again, Qt.Key.Key_Return)
        await until(panel.isHidden)
        assert stage.keys.lock.is_set
        assert panel.new.text() == panel.again.text() == ""
        await until(window.pages.settings.keys.change_button.isVisible)
        panel = open_panel(window, Change.CHANGE)
        for field, text in ((panel.old, "wrong"), (panel.new, "staple"), (panel.again, "staple")):
            QTest.keyClicks(field, text)
        panel.done_button.click()
        await until(lambda: bool(panel.problem_text))
        assert panel.problem_text.startswith("That is not the passphrase")
        stage.keys.seconds.now += 1
        panel.old.setText("battery")
        panel.done_button.click()
        await until(panel.isHidden)
        await stage.keys.lock.check("staple")
        panel = open_panel(window, Change.REMOVE)
        assert panel.new.isHidden()
        QTest.keyClicks(panel.old, "staple")
        QTest.keyClick(panel.old, Qt.Key.Key_Return)
        await until(panel.isHidden)
        assert not stage.keys.lock.is_set
        await until(window.pages.settings.keys.set_button.isVisible)

    play(scene)


def test_the_passphrase_is_in_no_log(
    play: Play, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scene(window: MainWindow) -> None:
        await locked(window, stage)
        await unlock(window)

    play(scene)
    assert PASSPHRASE not in caplog.text


def test_a_passphrase_that_is_too_short_is_refused_with_a_sentence(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_panel(window, Change.SET)
        panel.new.setText("1234")
        panel.again.setText("1234")
        panel.done_button.click()
        await until(lambda: bool(panel.problem_text))
        assert panel.problem_text == (
            "A passphrase for the lock has 6 to 256 characters. Nothing was changed."
        )

    play(scene)


def test_the_minutes_are_kept(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await set_lock(stage)
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.keys)
        window.pages.settings.keys.minutes.buttons["30"].click()
        assert stage.preferences.now.lock_minutes == 30

    play(scene)


def test_every_part_of_the_lock_has_a_name(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await locked(window, stage)
        cover: QObject = window.lock.cover
        for part in cover.findChildren(QWidget):
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert part.accessibleName()

    play(scene)
