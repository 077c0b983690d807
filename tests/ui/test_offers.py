"""Offers: one of ours is shown to be paid again and again, one of somebody else's is sent to."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_book import OFFER
from tipdesk.base.units import Msat
from tipdesk.node.offers import NoPeerCarriesMessages
from tipdesk.tips.person import Reach
from tipdesk.ui.viewmodels.book import Pane
from tipdesk.ui.viewmodels.wallet import Code
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.receive import ReceivePanel
from tipdesk.ui.views.send import SendPanel


def receive(window: MainWindow) -> ReceivePanel:
    window.pages.open_receive()
    panel = window.pages.wallet.receive_panel
    assert panel is not None
    return panel


def send(window: MainWindow, text: str) -> SendPanel:
    window.open_page(PageName.WALLET)
    window.pages.wallet.open_send_with(text)
    panel = window.pages.wallet.send_panel
    assert panel is not None
    return panel


def test_an_offer_is_made_shown_copied_and_closed(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = receive(window)
        panel.description.setText("for songs")
        panel.offer_button.click()
        wallet = window.models.wallet
        await until(lambda: wallet.offer is not None)
        assert wallet.codes == (Code.OFFER,)
        assert panel.text.text() == OFFER
        assert panel.code.accessibleName() == "Offer as a QR code"
        panel.copy_button.click()
        assert QGuiApplication.clipboard().text() == OFFER
        panel.close_button.click()
        assert [one.is_open for one in stage.own_offers.made] == [False]
        assert panel.make_button.isVisible()

    play(scene)


def test_the_offer_that_there_is_already_is_shown_again(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        wallet = window.models.wallet
        for amount in (None, None, Msat(5_000_000)):
            panel = receive(window)
            panel.amount.set_amount(amount)
            panel.offer_button.click()
            await until(lambda: wallet.offer is not None)
            panel.dismiss()
        assert len(stage.own_offers.made) == 2

    play(scene)


def test_an_offer_that_nobody_could_use_is_not_made(play: Play, stage: Stage) -> None:
    stage.own_offers.fails = NoPeerCarriesMessages()

    async def scene(window: MainWindow) -> None:
        panel = receive(window)
        panel.offer_button.click()
        problem = "No peer of yours carries private messages now"
        await until(lambda: window.models.wallet.receive_problem.startswith(problem))
        assert panel.make_button.isVisible()

    play(scene)


def test_a_pasted_offer_of_somebody_new_leads_to_their_entry_and_on(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = send(window, OFFER.upper())
        assert window.page is PageName.PEOPLE
        assert not panel.isVisible()
        form = window.pages.people.form
        assert form.fields[Reach.OFFER].text == OFFER
        assert form.name.text == "Whatever you like"
        form.save_button.click()
        assert window.focusWidget() is window.pages.people.pane.send_button
        QTest.keyClick(window.pages.people.pane.send_button, Qt.Key.Key_Space)
        assert window.models.book.book.pane is Pane.SEND

    play(scene)


def test_a_pasted_offer_of_somebody_known_leads_to_a_send(play: Play, stage: Stage) -> None:
    stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        send(window, f"lightning:{OFFER}")
        assert window.models.book.book.pane is Pane.SEND
        assert window.models.book.sending.name == "My sister"

    play(scene)
