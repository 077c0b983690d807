"""The panel that receives: codes for every wallet, what can come in, and that it came."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE, Stage
from tests.ui.test_pages import texts
from tipdesk.base.units import Msat
from tipdesk.ui.viewmodels.wallet import Code
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.receive import ReceivePanel

LEFT = Qt.MouseButton.LeftButton


def open_receive(window: MainWindow) -> ReceivePanel:
    """The panel, open."""
    window.open_page(PageName.WALLET)
    window.pages.wallet.open_receive()
    assert window.pages.wallet.receive_panel is not None
    return window.pages.wallet.receive_panel


def test_what_can_come_in_is_said_before_it_is_asked_for(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_receive(window)
        assert "Up to 1,433,558 sat can come in over your channels now." in texts(panel)
        panel.amount.setText("2,000,000")
        assert any(one.startswith("At most 1,433,558 sat can come in now") for one in texts(panel))

    play(scene)


def test_one_code_is_for_any_wallet(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_receive(window)
        panel.amount.setText("21,000")
        panel.description.setText("A print")
        QTest.mouseClick(panel.make_button, LEFT)
        await until(lambda: panel.kind.isVisible())
        assert panel.text.text() == INVOICE
        QTest.mouseClick(panel.kind.buttons[Code.BOTH.name], LEFT)
        link = panel.text.text()
        assert link.startswith("bitcoin:bcrt1q")
        assert link.endswith(f"?amount=0.00021&message=A%20print&lightning={INVOICE}")
        QTest.mouseClick(panel.kind.buttons[Code.CHAIN.name], LEFT)
        assert panel.text.text().endswith("?amount=0.00021&message=A%20print")

    play(scene)


def test_an_address_alone_is_shown_as_it_is(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_receive(window)
        QTest.mouseClick(panel.chain_button, LEFT)
        await until(lambda: panel.code.isVisible())
        assert panel.text.text().startswith("bcrt1q")
        assert not panel.kind.isVisible()

    play(scene)


def test_the_arrival_is_shown_in_the_panel(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_receive(window)
        QTest.mouseClick(panel.make_button, LEFT)
        await until(lambda: panel.code.isVisible())
        made = window.models.wallet.created
        assert made is not None
        assert panel.arrival_text == ""
        stage.wallet.settle(made.payment_hash, Msat(1_234_567))
        await until(lambda: panel.arrival_text == "1,234.567 sat arrived.")
        assert not panel.code.isVisible()

    play(scene)
