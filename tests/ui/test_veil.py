"""Amounts as dots: everywhere at once, save what the person types or is about to pay."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE, Stage
from tests.ui.test_lock import press_nothing, seen_by_screen_readers
from tipdesk.base.units import Msat
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import run
from tipdesk.ui.main import open_window
from tipdesk.ui.veil import DOTS, veil
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
AMOUNT = re.compile(r"\d[\d,.]*[kM]? (sat|USD|EUR)\b")
PRESETS = re.compile(
    r"You pay at most [\d,.]+ sat: [^.]+ for the routes?\."
    r"( That may be \d+ % on top\.)?"
    r"( A card would take [\d.]+ USD of [\d.]+ USD; here it is (less than|at most) [\d.]+ USD)?"
    r"|\b(21|100|500|1,000|5,000) sat\b"
)
"""What can be tipped with a press is always readable."""


@pytest.fixture(autouse=True)
def nothing_is_hidden_afterwards() -> Iterator[None]:
    yield
    assert not veil().is_down


def amounts(window: MainWindow) -> set[str]:
    """Every text of the window that has an amount in it."""
    said: set[str] = set()
    parts: list[QLabel | QPushButton] = [
        *window.findChildren(QLabel),
        *window.findChildren(QPushButton),
    ]
    for part in parts:
        if part.isVisible():
            said.update((part.text(), part.accessibleName(), part.toolTip()))
    said.update(seen_by_screen_readers(window))
    # What a bitcoin costs is no secret of anybody's.
    said = {text for text in said if "1 BTC = " not in text}
    posts = {post.text for post in content.posts()}
    return {text for text in said if text not in posts and AMOUNT.search(PRESETS.sub("", text))}


@pytest.mark.parametrize("page", list(PageName))
def test_no_page_shows_an_amount(play: Play, stage: Stage, page: PageName) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(page)
        await press_nothing()
        QTest.keyClick(window, Qt.Key.Key_H, CONTROL)
        await until(lambda: amounts(window) == set())
        QTest.keyClick(window, Qt.Key.Key_H, CONTROL)
        await press_nothing()
        assert page is PageName.SETTINGS or amounts(window)

    play(scene)


def test_pages_that_are_opened_afterwards_show_none_either(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        for page in PageName:
            window.open_page(page)
            await press_nothing()
        window.models.veil.toggle()
        for page in PageName:
            window.open_page(page)
            await press_nothing()
            assert amounts(window) == set()

    play(scene)


def test_the_figure_of_the_balance_is_dots_of_the_same_height(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        await press_nothing()
        figure = window.pages.wallet.card.figure
        before, card = figure.height(), window.pages.wallet.card.height()
        window.models.veil.toggle()
        await press_nothing()
        assert figure.text() == DOTS
        assert (figure.height(), window.pages.wallet.card.height()) == (before, card)

    play(scene)


def test_the_eye_hides_looks_while_held_and_shows_after_a_short_press(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        eye = window.rail.eye
        assert eye.accessibleName() == "Hide amounts (Ctrl+H)"
        QTest.mouseClick(eye, LEFT)
        assert veil().is_down
        assert stage.preferences.now.hide_amounts
        QTest.mousePress(eye, LEFT)
        assert not veil().is_down
        stage.clock.offset_ms += 2_000
        QTest.mouseRelease(eye, LEFT)
        assert veil().is_down
        assert eye.accessibleName().startswith("Show amounts")
        QTest.keyPress(eye, Qt.Key.Key_Space)
        assert not veil().is_down
        QTest.keyRelease(eye, Qt.Key.Key_Space)
        assert not veil().is_down
        assert not stage.preferences.now.hide_amounts

    play(scene)


def test_they_hide_while_another_program_is_in_front_if_that_is_wanted(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        states = Qt.ApplicationState
        app.applicationStateChanged.emit(states.ApplicationInactive)
        assert not veil().is_down
        window.models.veil.set_when_away(on=True)
        assert veil().is_down
        app.applicationStateChanged.emit(states.ApplicationActive)
        assert not veil().is_down
        app.applicationStateChanged.emit(states.ApplicationInactive)
        await press_nothing()
        assert amounts(window) == set()
        app.applicationStateChanged.emit(states.ApplicationActive)

    play(scene)


def test_what_is_about_to_be_paid_stays_readable(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.models.veil.toggle()
        window.open_page(PageName.WALLET)
        page = window.pages.wallet
        page.open_send()
        assert page.send_panel is not None
        page.send_panel.text.setPlainText(INVOICE)
        await until(lambda: any("Pay 50,000 sat" in text for text in amounts(window)))

    play(scene)


def test_a_tip_stays_readable_while_it_is_typed_and_can_be_taken_back(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.models.veil.toggle()
        feed = window.pages.feed.list
        QTest.keyClick(feed, Qt.Key.Key_J)
        QTest.keyClick(feed, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
        window.tip_panel.amount.setText("777")
        await until(lambda: any("777 sat" in text for text in amounts(window)))
        window.tip_panel.dismiss()
        tip = content.tip(3_000, content.BELA, TipStatus.UNDO, 0, amount=Msat(4_321_000))
        stage.tips.put(tip)
        await until(lambda: any("4,321 sat" in text for text in amounts(window)))

    play(scene)


def test_a_notice_that_names_an_amount_goes(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.toast.say("Ana tipped you 21 sat.", serious=False)
        window.models.veil.toggle()
        assert not window.toast.isVisible()

    play(scene)


def test_a_window_opens_with_amounts_hidden_if_they_were(qapp: QApplication, stage: Stage) -> None:
    async def scene() -> None:
        stage.preferences.change(hide_amounts=True)
        window = open_window(stage)
        window.open_page(PageName.WALLET)
        await press_nothing()
        try:
            assert amounts(window) == set()
        finally:
            window.stop()
            window.close()
            window.deleteLater()

    run(scene)


def test_words_of_amounts_are_dots_and_exact_ones_are_not() -> None:
    value = Msat(1_234_567)
    veil().is_down = True
    try:
        assert words.figure(value) == words.about_figure(value) == DOTS
        assert words.amount(value) == t("{amount}", amount=value) == f"{DOTS} sat"
        assert words.fee(value) == f"{DOTS} sat fee"
        assert words.exact_amount(value) == "1,234.567 sat"
    finally:
        veil().is_down = False
    assert words.amount(value) == "1,234.567 sat"
