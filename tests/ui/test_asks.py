"""Money asked for in the window: written, paid by a press, refused, and answered."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.book_pictures import open_book, put_asks
from tests.ui.conftest import Play, until
from tests.ui.private_pictures import begin
from tests.ui.stage import Stage
from tests.ui.stage_asks import INVOICE
from tests.ui.stage_book import OFFER
from tests.ui.stage_messages import STRANGER
from tipdesk.base.units import Msat
from tipdesk.node.onion_messages import NoAnswer
from tipdesk.nostr.payment_ask import AskKind
from tipdesk.services.views import AskState
from tipdesk.tips.leaks import SendWay
from tipdesk.ui.viewmodels.private_send import Step
from tipdesk.ui.views.ask_panels import AskPanel, RefusePanel
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.bubble_row import BubbleRow

ENTER = Qt.Key.Key_Return
ANA = content.ANA.pubkey


@pytest.fixture(autouse=True)
def all_take_messages(stage: Stage) -> None:
    stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}


def bubbles(window: MainWindow) -> list[BubbleRow]:
    """Those on the screen, from above."""
    cards = window.pages.messages.pane.list.cards()
    return [card for _, card in sorted(cards.items()) if isinstance(card, BubbleRow)]


def latest(window: MainWindow) -> BubbleRow:
    return bubbles(window)[-1]


def panel_of(window: MainWindow) -> AskPanel:
    panel = window.pages.asking.panel
    assert panel is not None
    return panel


def refusal_of(window: MainWindow) -> RefusePanel:
    panel = window.pages.asking.refusal
    assert panel is not None
    return panel


def pasted(window: MainWindow) -> str:
    """What stands in the panel that sends."""
    assert window.page is PageName.WALLET
    panel = window.pages.wallet.send_panel
    assert panel is not None
    assert panel.isVisible()
    return panel.text.toPlainText()


def test_a_request_in_a_conversation_is_a_card_without_its_link(play: Play, stage: Stage) -> None:
    stage.asks.put(content.ANA, "them", Msat(2_100_000), "for the tickets")

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        card = latest(window)
        assert card.asked.title.text() == "Ana Ruiz asks you for 2,100 sat"
        assert card.words.text() == "for the tickets"
        assert card.asked.said.text().startswith("Until ")
        assert INVOICE not in card.accessibleName()
        row = window.pages.messages.list.card(0)
        assert row is not None
        assert row.accessibleName() == "Ana Ruiz. Ana Ruiz asks you for 2,100 sat"
        assert "Ana Ruiz asks you for 2,100 sat. Open. for the tickets" in card.accessibleName()
        copied = card.copied()
        assert copied is not None
        assert INVOICE in copied.text

    play(scene)


@pytest.mark.parametrize("how", ["button", "enter"])
def test_pay_opens_what_sends_and_pays_nothing(play: Play, stage: Stage, how: str) -> None:
    stage.asks.put(content.ANA, "them", Msat(2_100_000), "for the tickets")

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        rows = window.pages.messages.pane.list
        if how == "button":
            latest(window).asked.pay_button.click()
        else:
            rows.set_current(rows.model.rowCount() - 1)
            QTest.keyClick(rows, ENTER)
        assert pasted(window) == INVOICE
        assert stage.wallet.paid == []

    play(scene)


def test_pay_opens_a_private_send_for_an_offer_and_pays_it_once(play: Play, stage: Stage) -> None:
    view = stage.asks.put(content.ANA, "them", Msat(2_100_000), "for the tickets", payable=OFFER)

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        latest(window).asked.pay_button.click()
        assert window.page is PageName.PEOPLE
        pane, model = window.pages.people.sending, window.models.book.sending
        assert model.name == "Ana Ruiz"
        assert pane.amount.amount == Msat(2_100_000)
        assert window.focusWidget() is pane.button
        assert stage.private_sends.wishes == []
        pane.button.click()
        await until(lambda: model.step is Step.READY)
        (wish,) = stage.private_sends.wishes
        assert (wish.person, wish.offer, wish.way) == (None, OFFER, SendWay.OFFER)
        assert stage.asks.begun == []
        pane.button.click()
        await until(lambda: window.toast.text.startswith("Sent 2,100 sat to Ana Ruiz"))
        (sent,) = stage.private_sends.sent
        assert stage.asks.begun == [(view.message_id, sent.payment_hash)]

    play(scene)


def test_an_offer_that_is_being_paid_is_not_paid_again(play: Play, stage: Stage) -> None:
    stage.asks.put(content.ANA, "them", Msat(2_100_000), "for the tickets", payable=OFFER)

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        latest(window).asked.pay_button.click()
        pane, model = window.pages.people.sending, window.models.book.sending
        pane.button.click()
        await until(lambda: model.step is Step.READY)
        stage.asks.problem = "This is being paid already. It is not paid a second time."
        pane.button.click()
        await until(lambda: model.step is Step.WRITING)
        assert "being paid already" in pane.said
        assert stage.private_sends.sent == []

    play(scene)


def test_a_second_press_says_that_it_was_paid(play: Play, stage: Stage) -> None:
    view = stage.asks.put(content.ANA, "them", Msat(2_100_000), "for the tickets")

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        stage.asks.move(view.message_id, AskState.PAID, "You paid it.")
        await until(lambda: latest(window).asked.pill.text() == "Paid")
        assert latest(window).asked.pay_button.isHidden()
        window.models.asks.begin_paying(view.message_id)
        assert window.toast.text == "This was paid already. It is not paid a second time."
        assert window.page is PageName.MESSAGES

    play(scene)


def test_a_stranger_cannot_be_paid_before_they_are_accepted(play: Play, stage: Stage) -> None:
    stage.asks.put(STRANGER, "them", Msat(2_100_000), "double it")

    async def scene(window: MainWindow) -> None:
        window.open_conversation(STRANGER.pubkey)
        asked = latest(window).asked
        assert asked.pay_button.isHidden()
        assert asked.refuse_button.isHidden()

    play(scene)


@pytest.mark.parametrize("tells", [True, False])
def test_a_request_is_refused_with_or_without_a_word(play: Play, stage: Stage, tells: bool) -> None:
    view = stage.asks.put(content.ANA, "them", Msat(2_100_000), "for the tickets")

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        rows = window.pages.messages.pane.list
        rows.set_current(rows.model.rowCount() - 1)
        QTest.keyClick(rows, Qt.Key.Key_R)
        panel = refusal_of(window)
        assert window.focusWidget() is panel.words
        QTest.keyClicks(panel.words, "I was not there")
        (panel.tell_button if tells else panel.quiet_button).click()
        await until(panel.isHidden)
        said = ("I was not there", True) if tells else ("", False)
        assert stage.asks.refused == [(view.message_id, *said)]
        await until(lambda: latest(window).asked.pill.text() == "Refused")

    play(scene)


def test_a_refusal_that_cannot_be_told_stays_open(play: Play, stage: Stage) -> None:
    stage.asks.put(content.ANA, "them", Msat(2_100_000), "for the tickets")
    stage.asks.problem = "No relay takes it."

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        latest(window).asked.refuse_button.click()
        panel = refusal_of(window)
        QTest.keyClick(panel.words, ENTER)
        await until(lambda: panel._problem.text() == "No relay takes it.")
        assert panel.isVisible()
        assert panel.tell_button.isEnabled()

    play(scene)


def test_who_wants_to_send_gets_an_invoice_by_a_press(play: Play, stage: Stage) -> None:
    view = stage.asks.put(
        content.ANA, "them", Msat(3_000_000), "for the kettle", kind=AskKind.PROMISE
    )

    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        asked = latest(window).asked
        assert asked.title.text() == "Ana Ruiz wants to send you 3,000 sat"
        assert asked.pay_button.isHidden()
        asked.answer_button.click()
        await until(lambda: stage.asks.answered == [view.message_id])
        await until(lambda: latest(window).asked.pill.text() == "Answered")
        assert window.toast.text == "They have your invoice now."

    play(scene)


def test_money_is_asked_for_in_a_conversation(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        window.pages.messages.pane.ask_button.click()
        panel = panel_of(window)
        assert panel.accessibleName() == "Ask Ana Ruiz for money"
        assert window.focusWidget() is panel.amount
        QTest.keyClicks(panel.amount, "2100")
        QTest.keyClicks(panel.words, "for the tickets")
        QTest.keyClick(panel.words, ENTER)
        await until(panel.isHidden)
        assert stage.asks.asked == [(ANA, Msat(2_100_000), "for the tickets")]
        await until(lambda: latest(window).asked.title.text() == "You asked for 2,100 sat")
        assert window.toast.text == "Ana Ruiz is asked for 2,100 sat."

    play(scene)


def test_what_cannot_be_asked_says_why_and_loses_nothing(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_conversation(ANA)
        window.pages.messages.pane.ask_button.click()
        panel = panel_of(window)
        panel.button.click()
        wanted = "Write how much: at least one sat, and no parts of one."
        await until(lambda: panel.problem_text == wanted)
        stage.asks.problem = "Nobody there takes messages."
        panel.amount.setText("5")
        assert panel.problem_text == ""
        panel.button.click()
        await until(lambda: panel.problem_text == "Nobody there takes messages.")
        assert panel.amount.text() == "5"
        assert panel.button.isEnabled()

    play(scene)


def test_people_has_what_waits_between_us(play: Play, stage: Stage) -> None:
    put_asks(stage)
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["sister"])
        cards = [one for one in page.pane.asked if one.isVisible()]
        assert [card.title.text() for card in cards] == [
            "My sister asks you for 2,100 sat",
            "My sister wants to send you 3,000 sat",
            "You asked for 5,000 sat",
        ]
        refuse: Callable[[], None] = cards[0].refuse_button.click
        refuse()
        panel = refusal_of(window)
        assert panel.isVisible()
        panel.quiet_button.click()
        await until(lambda: cards[0].title.text() == "My sister wants to send you 3,000 sat")
        cards[0].answer_button.click()
        await until(lambda: len(stage.asks.answered) == 1)
        await until(lambda: cards[0].title.text() == "You asked for 5,000 sat")
        page.open_person(people["baker"])
        assert not any(card.isVisible() for card in page.pane.asked)

    play(scene)


def test_people_pays_what_is_asked_by_a_press(play: Play, stage: Stage) -> None:
    put_asks(stage)
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["sister"])
        page.pane.asked[0].pay_button.click()
        assert pasted(window) == INVOICE

    play(scene)


def test_somebody_of_the_book_is_asked_by_the_name_we_gave(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["sister"])
        page.pane.ask_button.click()
        panel = panel_of(window)
        assert panel.accessibleName() == "Ask My sister for money"
        assert panel.amount.text() == ""
        page.open_person(people["flat"])
        assert not page.pane.ask_button.isEnabled()

    play(scene)


def test_who_cannot_be_paid_is_told_that_we_want_to(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["fran"])
        assert page.pane.send_button.isHidden()
        page.pane.promise_button.click()
        panel = panel_of(window)
        assert panel.accessibleName() == "Tell Fran that you want to send"
        QTest.keyClicks(panel.amount, "500")
        QTest.keyClick(panel.amount, ENTER)
        await until(panel.isHidden)
        assert stage.asks.promised == [(content.FRAN.pubkey, Msat(500_000), "")]
        assert window.toast.text == "Fran is told that you want to send 500 sat."

    play(scene)


def test_who_did_not_answer_is_told_with_what_was_written(play: Play, stage: Stage) -> None:
    stage.private_sends.fails = NoAnswer(seconds=8)

    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage)
        assert pane.later_button.isHidden()
        pane.button.click()
        await until(lambda: not pane.later_button.isHidden())
        pane.later_button.click()
        panel = panel_of(window)
        assert panel.accessibleName() == "Tell My sister that you want to send"
        assert panel.amount.amount == Msat(21_000_000)
        QTest.keyClick(panel.words, ENTER)
        await until(panel.isHidden)
        words = "For the kettle. Now we are even."
        assert stage.asks.promised == [(ANA, Msat(21_000_000), words)]

    play(scene)


def test_who_has_no_npub_is_told_nothing(play: Play, stage: Stage) -> None:
    stage.private_sends.fails = NoAnswer(seconds=8)

    async def scene(window: MainWindow) -> None:
        pane = begin(window, stage, "baker")
        pane.amount.setText("100")
        pane.button.click()
        await until(lambda: bool(window.models.book.sending.problem))
        assert pane.later_button.isHidden()

    play(scene)
