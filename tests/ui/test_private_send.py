"""Sending to somebody privately: what is shown before, what is asked, what becomes of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.ui.conftest import Play, until
from tests.ui.private_pictures import begin
from tests.ui.stage import Stage
from tests.ui.stage_private import HASH
from tipdesk.base.errors import RequestError
from tipdesk.base.units import Msat
from tipdesk.node.onion_messages import NoAnswer
from tipdesk.tips.leaks import Fact, SendWay
from tipdesk.tips.payment import Failed, FailureReason, Unknown
from tipdesk.ui.viewmodels.book import Pane
from tipdesk.ui.viewmodels.private_send import PrivateSendViewModel, Step
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.private_send import PrivateSendPane
from tipdesk.ui.views.rail import PageName

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


def model_of(window: MainWindow) -> PrivateSendViewModel:
    return window.models.book.sending


async def asked(window: MainWindow, pane: PrivateSendPane) -> None:
    """They answered."""
    pane.button.click()
    await until(lambda: model_of(window).step is Step.READY)


def test_a_send_is_asked_for_and_sent_by_the_keyboard(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        assert window.focusWidget() is pane.amount
        assert pane.amount.amount == Msat(21_000_000)
        QTest.keyClick(pane.amount, ENTER)
        assert window.focusWidget() is pane.button
        assert not stage.private_sends.wishes
        QTest.keyClick(pane.button, Qt.Key.Key_Space)
        await until(lambda: model_of(window).step is Step.READY)
        assert "My sister can be paid now: their wallet answered." in pane.said
        assert "You pay at most 21,210 sat" in pane.said
        assert not stage.private_sends.sent
        QTest.keyClick(pane.button, Qt.Key.Key_Space)
        await until(lambda: window.toast.text.startswith("Sent 21,000 sat to My sister"))
        (sent,) = stage.private_sends.sent
        assert sent.message == "For the kettle. Now we are even."
        assert window.models.book.book.pane is Pane.ENTRY

    play(scene)


def test_the_table_says_of_every_party_what_it_learns(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        said = pane.table.said
        assert len(said) == len(model_of(window).rows)
        assert said[0].startswith("The receiver. That it is you: no, Who is paid: yes")
        cells = [label.text() for label in pane.table.findChildren(QLabel)]
        learnt = [row.learns[fact].value for row in model_of(window).rows for fact in Fact]
        assert [cell for cell in cells if cell in {"no", "yes", "about", "may guess"}] == [
            str(one) for one in learnt
        ]

    play(scene)


def test_a_weaker_way_is_asked_about_first(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        pane.message.clear()
        pane.ways.buttons["ADDRESS"].click()
        pane.button.click()
        await until(lambda: model_of(window).step is Step.QUESTION)
        assert pane._losses.text().startswith(
            "The server of their address: may guess that it is you, who is paid, how much."
        )
        assert not pane.button.isEnabled()
        pane.keep_button.click()
        assert model_of(window).step is Step.WRITING
        pane.button.click()
        await until(lambda: model_of(window).step is Step.QUESTION)
        pane.accept_button.click()
        await until(lambda: model_of(window).step is Step.READY)
        assert [wish.accepts_loss for wish in stage.private_sends.wishes] == [False, False, True]

    play(scene)


def test_an_address_carries_a_message_only_if_its_server_may_read_it(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        assert pane.in_clear.isHidden()
        pane.ways.buttons["ADDRESS"].click()
        assert not pane.in_clear.isHidden()
        assert not pane.button.isEnabled()
        assert "carries no private message" in pane.said
        pane.in_clear.click()
        assert pane.button.isEnabled()
        pane.button.click()
        await until(lambda: model_of(window).step is Step.QUESTION)
        assert stage.private_sends.wishes[0].message_in_clear
        assert "your message" in pane._losses.text()

    play(scene)


def test_who_does_not_answer_is_said_and_nothing_is_lost(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        stage.private_sends.fails = NoAnswer(seconds=8)
        pane.button.click()
        await until(lambda: "did not answer within 8 seconds" in pane.said)
        assert "No money moved." in pane.said
        assert pane.message.text() == "For the kettle. Now we are even."
        stage.private_sends.fails = None
        await asked(window, pane)

    play(scene)


@pytest.mark.parametrize("change", ["amount", "message", "way"])
def test_whatever_is_changed_has_to_be_asked_for_again(
    play: Play, stage: Stage, change: str
) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        await asked(window, pane)
        if change == "amount":
            pane.amount.setText("500")
        elif change == "message":
            pane.message.setText("another")
        else:
            model_of(window).choose(SendWay.KEYSEND)
        assert model_of(window).ready is None
        assert pane.button.text() == "Go on"

    play(scene)


def test_an_answer_that_comes_after_one_went_back_changes_nothing(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        stage.private_sends.answers.clear()
        pane.button.click()
        assert pane.button.text() == "Asking My sister …"
        QTest.keyClick(pane.back_button, ESCAPE)
        assert window.models.book.book.pane is Pane.ENTRY
        stage.private_sends.answers.set()
        await until(lambda: len(stage.private_sends.wishes) == 1)
        assert model_of(window).ready is None
        assert model_of(window).step is Step.WRITING

    play(scene)


def test_what_is_on_its_way_is_not_called_failed(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        await asked(window, pane)
        stage.private_sends.end = Unknown(HASH)
        pane.button.click()
        await until(lambda: "is on its way" in window.toast.text)
        assert "do not pay it again" in window.toast.text

    play(scene)


def test_a_certain_failure_has_its_reason(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        await asked(window, pane)
        stage.private_sends.end = Failed(HASH, FailureReason.NO_ROUTE)
        pane.button.click()
        await until(lambda: "No way through the network" in pane.said)
        assert pane.said.endswith("No money moved.")
        assert model_of(window).step is Step.WRITING

    play(scene)


def test_a_way_that_cannot_be_taken_says_why(play: Play, stage: Stage) -> None:
    stage.private_sends.problems[SendWay.OFFER] = "Your wallet cannot."

    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        assert pane.ways.choice == "NAME"
        pane.ways.buttons["OFFER"].click()
        assert "Your wallet cannot." in pane.said
        assert not pane.button.isEnabled()

    play(scene)


def test_somebody_known_on_nostr_alone_is_sent_to_as_before(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        people = stage.people_book.put_several()
        window.open_page(PageName.PEOPLE)
        window.pages.people.send_to(people["bela"])
        assert window.page is PageName.WALLET

    play(scene)


def test_an_error_of_the_service_is_a_sentence(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        stage.private_sends.fails = RequestError("they left")
        pane.button.click()
        await until(lambda: "They left." in pane.said)

    play(scene)


def test_of_a_node_it_is_said_when_it_was_heard_of(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        pane.ways.buttons["KEYSEND"].click()
        pane.button.click()
        await until(lambda: model_of(window).step is not Step.ASKING)
        if model_of(window).step is Step.QUESTION:
            pane.accept_button.click()
        await until(lambda: model_of(window).step is Step.READY)
        assert "shows only when it is paid. Their node announced itself 2 h ago." in pane.said

    play(scene)
