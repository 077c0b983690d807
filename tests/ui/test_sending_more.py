"""The one box for all: coins on chain, pages that pay, logins, posts, links from outside."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE, Stage
from tests.ui.stage_sending import OFFER
from tests.ui.test_pages import texts
from tests.ui.test_send import LNURL, open_send
from tipdesk.base.ids import EventId
from tipdesk.base.units import Msat, Sat
from tipdesk.nostr.nip19 import EventPointer, encode_nevent, encode_note, encode_npub
from tipdesk.services.lnurl_pages import PageRefused
from tipdesk.services.onchain import RefusedByNetwork, Speed
from tipdesk.services.tip_plan import DirectIntent, TipIntent
from tipdesk.tips.way import Address
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

LEFT = Qt.MouseButton.LeftButton
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
K1 = "e2af6254a8df433264fa23f67eb8188635d15ce883e8fc020989d5f82ae6f11e"
LOGIN = f"keyauth://login.example/l?tag=login&k1={K1}&action=register"


def test_an_address_on_chain_is_paid_after_its_fee_was_shown(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(f"bitcoin:{ADDRESS}?amount=0.00021&label=Ana")
        assert panel.found.accessibleName() == f"Ana. {ADDRESS[:12]}…{ADDRESS[-8:]}"
        await until(lambda: "21,874 sat" in texts(panel))
        assert "874 sat (6.2 sat/vB)" in texts(panel)
        QTest.mouseClick(panel.onchain.speed.buttons[Speed.FAST.name], LEFT)
        await until(lambda: "1,692 sat (12.0 sat/vB)" in texts(panel))
        assert stage.onchain.sent == []
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: len(stage.onchain.sent) == 1)
        cost = stage.onchain.sent[0]
        assert (cost.address, cost.amount, cost.speed) == (ADDRESS, Sat(21_000), Speed.FAST)
        await until(panel.isHidden)
        assert window.toast.text.startswith("22,692 sat left on chain.")

    play(scene)


def test_a_bare_address_asks_for_the_amount_and_a_large_one_is_typed_again(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(ADDRESS)
        assert not panel.button.isEnabled()
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
        assert window.focusWidget() is panel.onchain.amount
        panel.onchain.amount.setText("60,000.5")
        assert "whole sats" in panel.onchain.problem_text
        panel.onchain.amount.setText("2,450,000")
        await until(lambda: "more than is free" in panel.onchain.problem_text)
        panel.onchain.amount.setText("60,000")
        await until(panel.button.isEnabled)
        QTest.mouseClick(panel.button, LEFT)
        assert window.models.send.onchain.question
        panel.onchain.again.setText("6,000")
        QTest.mouseClick(panel.button, LEFT)
        assert "another amount" in panel.onchain.problem_text
        assert stage.onchain.sent == []
        panel.onchain.again.setText("60,000")
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: len(stage.onchain.sent) == 1)

    play(scene)


def test_what_the_network_refuses_and_what_nobody_knows_is_said(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(f"bitcoin:{ADDRESS}?amount=0.0001")
        stage.onchain.refusal = RefusedByNetwork("min relay fee not met")
        await until(panel.button.isEnabled)
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: "Its coins are free again." in panel.onchain.problem_text)
        stage.onchain.refusal, stage.onchain.is_published = None, False
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: "Do not send it a second time." in window.toast.text)

    play(scene)


def test_an_invoice_that_cannot_be_paid_falls_back_to_its_address(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(f"bitcoin:{ADDRESS}?amount=0.0001&lightning={INVOICE}x")
        await until(panel.button.isEnabled)
        assert panel.button is panel.onchain.button
        panel.text.setPlainText(INVOICE)
        assert panel.button is panel.invoice.button

    play(scene)


def test_a_page_that_pays_is_asked_only_when_pressed_and_paid_within_its_bounds(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText("lnurlw://shop.example/w")
        assert panel.button.text() == "Ask shop.example"
        assert stage.pages.asked == []
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: panel.page.amount.isVisible())
        assert panel.page.explained_text == "It pays from 1 sat to 50,000 sat."
        assert "It says: Refund <b>no. 4</b>" in texts(panel)
        panel.page.amount.setText("60,000")
        assert "from 1 sat to 50,000 sat" in panel.page.problem_text
        assert not panel.button.isEnabled()
        panel.page.amount.setText("500")
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: stage.pages.withdrawn == [(OFFER, Msat(500_000))])
        await until(panel.isHidden)
        assert window.toast.text.startswith("shop.example has your invoice over 500 sat")

    play(scene)


def test_a_bare_lnurl_is_asked_only_when_pressed_and_may_turn_out_to_pay(
    play: Play, stage: Stage
) -> None:
    stage.pages.hidden_offer = OFFER

    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(LNURL)
        assert panel.found.accessibleName().startswith("A link to pictures.example")
        assert panel.button.text() == "Ask pictures.example"
        assert "it learns your internet address" in panel.page.explained_text
        await asyncio.sleep(0.05)
        assert stage.pages.asked == []
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: panel.page.amount.isVisible())
        assert stage.pages.asked == [LNURL]
        assert panel.page.amount.text() == "50,000"
        assert stage.pages.withdrawn == []

    play(scene)


def test_a_link_from_outside_asks_nobody_and_enter_after_a_paste_asks(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.begin(f"lightning:{LNURL}")
        await asyncio.sleep(0.05)
        assert stage.pages.asked == []
        panel.text.setPlainText(LNURL)
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
        await until(lambda: panel.button is panel.tip.button)
        assert stage.pages.asked == [LNURL]
        assert window.focusWidget() is panel.tip.amount
        QTest.keyClicks(panel.tip.amount, "210")
        QTest.mouseClick(panel.button, LEFT)
        assert stage.tips.direct == [DirectIntent(Address(LNURL), Msat(210_000))]

    play(scene)


def test_an_answer_that_comes_after_the_link_was_replaced_is_nobodys(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(LNURL)
        panel.page.button.click()
        panel.text.setPlainText("ana@music.example")
        QTest.keyClicks(panel.tip.amount, "21")
        await asyncio.sleep(0.05)
        assert panel.tip.amount.text() == "21"
        assert panel.found.accessibleName().startswith("ana@music.example")

    play(scene)


def test_a_login_shows_its_domain_and_waits_for_the_press(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(LOGIN)
        assert panel.button.text() == "Log in to login.example"
        assert "It makes you a new account." in panel.page.explained_text
        assert stage.pages.logins == []
        stage.pages.refusal = PageRefused("login.example", "k1 is old")
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: 'It said: "k1 is old".' in panel.page.problem_text)
        stage.pages.refusal = None
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: [one.domain for one in stage.pages.logins] == ["login.example"])
        assert window.toast.text == "login.example knows you by your key now."

    play(scene)


def test_a_post_is_tipped_and_an_unknown_one_goes_to_its_author(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        view = next(v for v in stage.feeds.posts() if v.author is content.BELA)
        panel.text.setPlainText(encode_note(view.post.id))
        panel.tip.amount.setText("21")
        QTest.mouseClick(panel.button, LEFT)
        assert stage.tips.intents == [TipIntent(content.BELA.pubkey, view.post.id, Msat(21_000))]
        panel = open_send(window)
        unknown = EventId(bytes(32))
        panel.text.setPlainText(encode_nevent(EventPointer(unknown, (), content.ANA.pubkey)))
        assert "the tip goes to its author without it" in window.models.send.note
        panel.text.setPlainText(encode_note(unknown))
        assert "it does not say who wrote it" in window.models.send.problem

    play(scene)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lno1pgqpvggz", "This link cannot be used"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "This address is for mainnet"),
    ],
)
def test_what_cannot_be_paid_here_says_why(play: Play, text: str, told: str) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(text)
        assert window.models.send.problem.startswith(told)
        assert not panel.button.isVisible()

    play(scene)


def test_links_from_outside_open_a_person_or_the_panel_and_pay_nothing(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_link("nostr:" + encode_npub(content.ANA.pubkey))
        assert window.people.person.isVisible()
        window.open_link(f"lightning:{INVOICE}")
        assert window.page is PageName.WALLET
        panel = window.pages.wallet.send_panel
        assert panel is not None
        assert panel.isVisible()
        assert panel.button is panel.invoice.button
        window.open_link(LOGIN)
        assert panel.button.text() == "Log in to login.example"
        assert (stage.wallet.paid, stage.pages.logins) == ([], [])

    play(scene)
