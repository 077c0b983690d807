"""Limits: written and in force at once; fiat is turned on only after it was said who learns."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tests.ui.test_tip_panel import open_for
from tipdesk.base.units import Msat
from tipdesk.tips.budget import BudgetScope
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.safety import SafetyPanel
from tipdesk.ui.views.wallet import WalletPage

LEFT = Qt.MouseButton.LeftButton


def open_safety(window: MainWindow) -> SafetyPanel:
    """The panel, open."""
    window.open_page(PageName.WALLET)
    page = window.pages.page(PageName.WALLET)
    assert isinstance(page, WalletPage)
    QTest.mouseClick(page.safety_button, LEFT)
    assert page.safety_panel is not None
    return page.safety_panel


def test_a_budget_holds_as_soon_as_it_is_written(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_safety(window)
        day = panel.budgets[BudgetScope.DAY]
        assert day.amount.text() == "100,000"
        assert day.bar.accessibleName() == "1,284 of 100,000 sat used today"
        day.amount.selectAll()
        QTest.keyClicks(day.amount, "1,300")
        QTest.keyClick(day.amount, Qt.Key.Key_Return)
        assert stage.allowance.budget(BudgetScope.DAY) == Msat(1_300_000)
        panel.dismiss()
        window.open_page(PageName.FEED)
        tip = await open_for(window, 0)
        tip.form.send()
        assert tip.form.problem_text.startswith("Your budget for a day is 1,300 sat")

    play(scene)


@pytest.mark.parametrize("scope", list(BudgetScope))
def test_a_budget_can_be_none(play: Play, stage: Stage, scope: BudgetScope) -> None:
    async def scene(window: MainWindow) -> None:
        edit = open_safety(window).budgets[scope]
        edit.none.setFocus()
        QTest.keyClick(edit.none, Qt.Key.Key_Space)
        assert stage.allowance.budget(scope) is None
        assert not edit.amount.isEnabled()
        QTest.keyClick(edit.none, Qt.Key.Key_Space)
        assert window.focusWidget() is edit.amount
        assert stage.allowance.budget(scope) is None
        QTest.keyClicks(edit.amount, "500")
        QTest.keyClick(edit.amount, Qt.Key.Key_Tab)
        assert stage.allowance.budget(scope) == Msat(500_000)

    play(scene)


@pytest.mark.parametrize("written", ["", "0", "-5", "<b>5</b>", "a lot"])
def test_what_is_no_amount_changes_nothing_and_says_so(
    play: Play, stage: Stage, written: str
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_safety(window)
        day = panel.budgets[BudgetScope.DAY]
        day.amount.setText(written)
        QTest.keyClick(day.amount, Qt.Key.Key_Return)
        assert stage.allowance.budget(BudgetScope.DAY) == Msat(100_000_000)
        assert len(texts(day)) == 2
        assert panel.isVisible()

    play(scene)


def test_what_is_typed_twice_and_the_undo_window_are_set(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_safety(window)
        panel.retype.amount.setText("10")
        QTest.keyClick(panel.retype.amount, Qt.Key.Key_Return)
        assert stage.allowance.retype_from == Msat(10_000)
        panel.undo.setFocus()
        panel.undo.selectAll()
        QTest.keyClicks(panel.undo, "30")
        QTest.keyClick(panel.undo, Qt.Key.Key_Return)
        assert stage.tips.undo_window_ms == 30_000
        panel.dismiss()
        window.open_page(PageName.FEED)
        tip = await open_for(window, 0)
        assert "You can undo it for 30 seconds." in tip.cost_text
        tip.form.send()
        assert tip.form.again.isVisible()

    play(scene)


def test_fiat_is_turned_on_only_after_its_privacy_note(play: Play, stage: Stage) -> None:
    stage.rates.use(None)

    async def scene(window: MainWindow) -> None:
        panel = open_safety(window)
        assert panel.currency.text() == "Off"
        assert panel.note_text == ""
        panel.currency._take("EUR")
        assert panel.privacy.isVisible()
        assert stage.rates.privacy in texts(panel)
        assert stage.rates.currency is None
        QTest.mouseClick(panel.not_now_button, LEFT)
        assert stage.rates.currency is None
        assert not panel.privacy.isVisible()
        panel.currency._take("EUR")
        QTest.mouseClick(panel.turn_on_button, LEFT)
        assert stage.rates.currency is not None
        assert stage.rates.currency.code == "EUR"
        assert panel.note_text.startswith("No fresh rate: there are no such amounts now.")
        panel.currency._take("")
        assert stage.rates.currency is None

    play(scene)


def test_an_old_rate_is_shown_as_one_that_is_not_used(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_safety(window)
        assert panel.note_text == "1 BTC = 105,123.45 USD by kraken, 2 min ago"
        stage.clock.offset_ms += 3 * content.HOUR
        stage.rates.problems["kraken"] = "no answer"
        stage.rates.lose()
        await until(lambda: "is not used any more" in panel.note_text)
        assert "by kraken, 3 h ago" in panel.note_text
        assert "kraken: no answer." in panel.note_text

    play(scene)


def test_a_choice_not_confirmed_is_forgotten_when_the_panel_opens_again(
    play: Play, stage: Stage
) -> None:
    stage.rates.use(None)

    async def scene(window: MainWindow) -> None:
        panel = open_safety(window)
        panel.currency._take("EUR")
        panel.dismiss()
        open_safety(window)
        assert panel.currency.text() == "Off"
        assert not panel.privacy.isVisible()

    play(scene)
