"""One box for whatever is pasted: what it found, what it asks, and through whom it goes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE, Stage
from tests.ui.test_pages import texts
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.lnurl.codec import encode
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.tip_plan import DirectIntent, TipIntent
from tipdesk.tips.way import Address, Node
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.send import SendPanel
from tipdesk.ui.views.wallet import WalletPage

LEFT = Qt.MouseButton.LeftButton
GENERATOR = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
LNURL = encode("https://pictures.example/pay/14")


def open_send(window: MainWindow) -> SendPanel:
    """The panel, open."""
    window.open_page(PageName.WALLET)
    page = window.pages.page(PageName.WALLET)
    assert isinstance(page, WalletPage)
    QTest.mouseClick(page.send_button, LEFT)
    assert page.send_panel is not None
    return page.send_panel


@pytest.mark.parametrize(
    ("pasted", "way", "title"),
    [
        (" Ana@Music.example ", Address("ana@music.example"), "ana@music.example"),
        (GENERATOR, Node(NodeId(bytes.fromhex(GENERATOR))), "Node 0279be66…1798"),
    ],
)
def test_an_address_and_a_node_are_tipped_directly(
    play: Play, stage: Stage, pasted: str, way: Address | Node, title: str
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(pasted)
        assert panel.found.accessibleName().startswith(title)
        assert not panel.button.isEnabled()
        QTest.keyClick(panel.text, Qt.Key.Key_Return)
        assert window.focusWidget() is panel.tip.amount
        QTest.keyClicks(panel.tip.amount, "210")
        QTest.keyClicks(panel.tip.comment, "for the print")
        assert "You pay at most 213 sat: 210 to" in panel.tip.cost_text
        assert "Nothing is published." in panel.tip.learns_text
        QTest.keyClick(panel, Qt.Key.Key_Return)
        assert stage.tips.direct == []
        QTest.keyClick(panel.button, Qt.Key.Key_Space)
        assert stage.tips.direct == [DirectIntent(way, Msat(210_000), "for the print")]
        assert panel.isHidden()
        await until(lambda: window.tray.bars[0].isVisible())

    play(scene)


def test_a_person_is_shown_by_their_name_and_tipped_as_one(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText("nostr:" + encode_npub(content.EVIL.pubkey))
        assert content.EVIL.title in texts(panel.found)
        panel.tip.amount.setText("21")
        QTest.mouseClick(panel.button, LEFT)
        assert stage.tips.intents == [TipIntent(content.EVIL.pubkey, None, Msat(21_000))]

    play(scene)


def test_somebody_who_takes_no_tips_is_told_of_before_an_amount_is_written(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(encode_npub(content.FRAN.pubkey))
        assert "has no lightning address" in panel.tip.problem_text
        panel.tip.amount.setText("21")
        assert not panel.button.isEnabled()

    play(scene)


def test_the_same_checks_hold_as_for_a_tip(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText("ana@music.example")
        panel.tip.amount.setText("60,000")
        QTest.mouseClick(panel.button, LEFT)
        assert panel.tip.again.isVisible()
        panel.tip.amount.setText("2,000,000")
        assert panel.tip.problem_text.startswith("You can spend")
        assert stage.tips.direct == []

    play(scene)


@pytest.mark.parametrize("pasted", ["gibberish", "<b>ana</b>@x", "npub1qqqq", "02" * 40, "\u202e"])
def test_what_leads_to_nobody_is_a_sentence(play: Play, pasted: str) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText(pasted)
        said = [t for t in texts(panel) if t.startswith("This leads to nobody who can be paid.")]
        assert len(said) == (1 if pasted.strip() else 0)
        assert not panel.button.isVisible()
        assert not panel.found.isVisible()

    play(scene)


def test_another_thing_pasted_forgets_the_first(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        panel.text.setPlainText("ana@music.example")
        panel.tip.amount.setText("21")
        panel.text.setPlainText(INVOICE)
        assert "An invoice" in texts(panel.found)
        assert panel.tip.isHidden()
        panel.text.setPlainText("bela@pictures.example")
        assert panel.tip.amount.text() == ""
        assert window.models.wallet.preview is None
        panel.text.clear()
        assert not panel.tip.isVisible()
        assert not panel.found.isVisible()

    play(scene)
