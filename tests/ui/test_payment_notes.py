"""A note on a payment, written in its row on the wallet page; the history has the same."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tipdesk.services.views import PaymentView
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.payment_row import PaymentRow


def newest(window: MainWindow, stage: Stage) -> tuple[PaymentRow, PaymentView]:
    """The first row of the wallet page, with the keyboard on the list."""
    window.open_page(PageName.WALLET)
    page = window.pages.wallet
    page.list.setFocus()
    page.list.set_current(0)
    card = page.list.card(0)
    assert isinstance(card, PaymentRow)
    return card, stage.wallet.payments(1)[0]


def test_a_note_is_written_in_the_row_by_keyboard_and_read_in_the_history(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        row, payment = newest(window, stage)
        QTest.keyClick(window.pages.wallet.list, Qt.Key.Key_N)
        assert window.focusWidget() is row.edit
        QTest.keyClicks(row.edit, "for the <b>office</b>")
        QTest.keyClick(row.edit, Qt.Key.Key_Return)
        assert stage.timeline.payment_note(payment.payment_hash) == "for the <b>office</b>"
        assert row.what.text().startswith("Note: for the <b>office</b> \u00b7 ")
        assert "for the <b>office</b>" in row.accessibleName()
        assert window.focusWidget() is window.pages.wallet.list
        QTest.keyClick(window.pages.wallet.list, Qt.Key.Key_N)
        assert row.edit.text() == "for the <b>office</b>"
        row.edit.clear()
        QTest.keyClick(row.edit, Qt.Key.Key_Return)
        assert stage.timeline.payment_note(payment.payment_hash) == ""

    play(scene)


def test_escape_leaves_the_note_and_another_press_keeps_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        row, payment = newest(window, stage)
        row.note_button.click()
        row.edit.setText("not this")
        QTest.keyClick(row.edit, Qt.Key.Key_Escape)
        assert stage.timeline.payment_notes == {}
        assert row.edit.isHidden()
        row.note_button.click()
        row.edit.setText("this")
        window.pages.wallet.send_button.setFocus()
        assert stage.timeline.payment_note(payment.payment_hash) == "this"
        assert window.focusWidget() is window.pages.wallet.send_button

    play(scene)


def test_a_note_stays_with_its_payment_when_another_one_comes(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        row, payment = newest(window, stage)
        row.note_button.click()
        row.edit.setText("beans")
        rows = window.pages.wallet.list.model
        before = rows.rowCount()
        stage.wallet.add_payment(Direction.IN, PaymentState.SUCCEEDED)
        await until(lambda: rows.rowCount() > before)
        if row.edit.isVisible():
            QTest.keyClick(row.edit, Qt.Key.Key_Return)
        assert stage.timeline.payment_notes == {payment.payment_hash: "beans"}

    play(scene)
