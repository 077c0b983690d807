"""The words of the wallet: asked for quietly, shown warily, checked by three of them."""

import logging

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_keys import WORDS
from tests.ui.test_lock import PASSPHRASE, seen_by_screen_readers, set_lock
from tipdesk.ui.viewmodels.seed_words import WordsStep
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.words_panel import WordsPanel

LEFT = Qt.MouseButton.LeftButton
RARE = {"sausage", "useful", "wave"}
"""Words of the stage that stand nowhere else in the window."""


def panel_of(window: MainWindow) -> WordsPanel:
    """The panel, opened at the settings."""
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.keys)
    QTest.mouseClick(window.pages.settings.keys.words_button, LEFT)
    assert window.pages.settings.keys.words_panel is not None
    return window.pages.settings.keys.words_panel


async def shown(window: MainWindow) -> WordsPanel:
    """With the words to be seen."""
    panel = panel_of(window)
    QTest.keyClick(panel.show_button, Qt.Key.Key_Return)
    await until(lambda: window.models.seed_words.step is WordsStep.SHOWN)
    return panel


def leaks(window: MainWindow) -> set[str]:
    """Words of the wallet that anything in the window still holds."""
    held = {label.text() for label in window.findChildren(QLabel)}
    held.update(seen_by_screen_readers(window))
    assert window.pages.settings.keys.words_panel is not None
    held.update(button.text() for button in window.pages.settings.keys.words_panel.choices)
    held.update(window.models.seed_words.words)
    return {word for word in RARE if any(word in text for text in held)}


def test_it_reminds_only_of_words_with_money_behind_them(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page, model = window.pages.wallet, window.models.seed_words
        window.open_page(PageName.WALLET)
        assert not page.reminder.isVisible()
        assert "words" not in window.rail.settings.accessibleName()
        stage.keys.has_worth = True
        model.touch()
        await until(page.reminder.isVisible)
        assert "write down the words" in window.rail.settings.accessibleName()
        page.reminder.later_button.click()
        await until(lambda: not page.reminder.isVisible())
        assert "words" not in window.rail.settings.accessibleName()
        stage.clock.offset_ms += 24 * 60 * 60 * 1_000
        model.touch()
        await until(page.reminder.isVisible)
        page.reminder.write_button.click()
        assert window.pages.settings.keys.words_panel is not None
        assert window.pages.settings.keys.words_panel.isVisible()

    play(scene)


def test_they_are_written_down_and_checked_with_the_keyboard_alone(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        stage.keys.has_worth = True
        panel = await shown(window)
        assert tuple(cell.word.text() for cell in panel.cells) == WORDS
        assert any("Word 6: sausage" in said for said in seen_by_screen_readers(panel))
        assert window.focusWidget() is panel.written_button
        QTest.keyClick(panel.written_button, Qt.Key.Key_Return)
        for _ in range(3):
            question = window.models.seed_words.question
            assert question is not None
            right = question.choices.index(WORDS[question.place])
            QTest.keyClick(window.focusWidget(), Qt.Key(Qt.Key.Key_1 + right))
        assert stage.keys.words.is_checked
        assert window.focusWidget() is panel.done_button
        QTest.keyClick(panel.done_button, Qt.Key.Key_Return)
        assert panel.isHidden()
        assert not leaks(window)
        assert not window.models.seed_words.is_due

    play(scene)


def test_a_wrong_answer_begins_again_and_does_not_say_which(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await shown(window)
        panel.written_button.click()
        for _ in range(3):
            panel.choices[0].click()
        assert not stage.keys.words.is_checked
        assert window.models.seed_words.step is WordsStep.ASK
        assert panel.problem_text.startswith("One of the answers is another word.")
        assert not leaks(window)

    play(scene)


def test_the_passphrase_of_the_lock_is_asked_first(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await set_lock(stage)
        panel = panel_of(window)
        assert window.focusWidget() is panel.passphrase
        QTest.keyClicks(panel.passphrase, "wrong")
        QTest.keyClick(panel.passphrase, Qt.Key.Key_Return)
        await until(lambda: bool(panel.problem_text))
        assert panel.problem_text.startswith("That is not the passphrase")
        assert window.models.seed_words.words == ()
        stage.keys.seconds.now += 1
        QTest.keyClicks(panel.passphrase, PASSPHRASE)
        QTest.keyClick(panel.passphrase, Qt.Key.Key_Return)
        await until(lambda: window.models.seed_words.step is WordsStep.SHOWN)
        assert panel.passphrase.text() == ""

    play(scene)


@pytest.mark.parametrize("way", ["left", "hidden", "closed", "locked", "page", "check"])
def test_no_word_is_left_in_the_window(play: Play, stage: Stage, way: str) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await shown(window)
        assert leaks(window) == RARE
        match way:
            case "left":
                QCoreApplication.sendEvent(window, QEvent(QEvent.Type.WindowDeactivate))
                assert panel.isVisible()
            case "hidden":
                panel.hide_button.click()
            case "closed":
                QTest.keyClick(panel, Qt.Key.Key_Escape)
            case "locked":
                await set_lock(stage)
                window.models.lock.lock()
            case "page":
                window.open_page(PageName.FEED)
            case _:
                panel.written_button.click()
                panel.dismiss()
        assert not leaks(window)

    play(scene)


def test_words_that_come_after_the_panel_was_closed_are_not_shown(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = panel_of(window)
        panel.show_button.click()
        panel.dismiss()
        await until(lambda: not window.models.seed_words.is_busy)
        assert not leaks(window)
        assert window.models.seed_words.step is WordsStep.ASK

    play(scene)


def test_the_words_are_in_no_log(
    play: Play, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scene(window: MainWindow) -> None:
        await shown(window)

    play(scene)
    assert not any(word in caplog.text for word in RARE)
