"""Rows taken out of the window, by Ctrl+C."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_lock import press_nothing
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import EventPointer
from tipdesk.nostr.nip21 import read_link
from tipdesk.services.views import PrivateNote
from tipdesk.tips.history import PaymentState
from tipdesk.tips.timeline import LineKind
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.veil import DOTS, veil
from tipdesk.ui.viewmodels.copies import (
    Copied,
    income_copied,
    line_copied,
    payment_copied,
    post_copied,
    tip_copied,
)
from tipdesk.ui.viewmodels.rows import Rows
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.face_button import FaceButton
from tipdesk.ui.widgets.row_card import RowCard
from tipdesk.ui.widgets.virtual_list import VirtualList

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
UNTOUCHED = "what was there before"


class _Card(RowCard):
    def show_row(self, view: str) -> None:
        self.view = view

    def arrange(self, width: int) -> int:
        return 40

    def copied(self) -> Copied | None:
        if self.view == "nothing":
            return None
        return Copied(
            text=self.view, link=f"nostr:{self.view}", has_amounts=self.view.endswith("sat")
        )


@pytest.fixture(autouse=True)
def clipboard(qapp: QApplication) -> Iterator[None]:
    QGuiApplication.clipboard().setText(UNTOUCHED)
    yield
    QGuiApplication.clipboard().clear()
    veil().is_down = False


@pytest.fixture
def rows(qapp: QApplication) -> Iterator[VirtualList]:
    """A list of four, on the screen."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    model: Rows[str] = Rows(lambda one: one, lambda one: one, holder)
    model.replace(["npub1ana", "21 sat", "nothing", "note1x", *(f"far {n}" for n in range(80))])
    shown = VirtualList(model, _Card, name="Rows")
    layout.addWidget(shown)
    holder.resize(400, 300)
    holder.show()
    yield shown
    holder.close()
    holder.deleteLater()


def copied() -> str:
    return QGuiApplication.clipboard().text()


def test_the_current_row_is_copied_with_its_link(rows: VirtualList) -> None:
    rows.set_current(0)
    QTest.keyClick(rows, Qt.Key.Key_C, CONTROL)
    assert copied() == "npub1ana"
    data = QGuiApplication.clipboard().mimeData()
    assert [url.toString() for url in data.urls()] == ["nostr:npub1ana"]


def test_nothing_is_copied_of_no_row_and_of_one_that_is_nothing(rows: VirtualList) -> None:
    QTest.keyClick(rows, Qt.Key.Key_C, CONTROL)
    rows.set_current(2)
    QTest.keyClick(rows, Qt.Key.Key_C, CONTROL)
    QTest.keyClick(rows, Qt.Key.Key_C)
    assert copied() == UNTOUCHED


def test_the_current_row_is_copied_also_while_it_is_off_the_screen(rows: VirtualList) -> None:
    rows.set_current(20)
    rows.verticalScrollBar().setValue(0)
    assert rows.card(20) is None
    QTest.keyClick(rows, Qt.Key.Key_C, CONTROL)
    assert copied() == "far 16"


def test_amounts_stay_in_the_window_while_they_are_hidden(rows: VirtualList) -> None:
    veil().is_down = True
    rows.set_current(1)
    QTest.keyClick(rows, Qt.Key.Key_C, CONTROL)
    assert copied() == UNTOUCHED
    rows.set_current(0)
    QTest.keyClick(rows, Qt.Key.Key_C, CONTROL)
    assert copied() == "npub1ana"


def test_nothing_leaves_a_locked_window(rows: VirtualList) -> None:
    rows.window().setProperty("locked", True)
    rows.set_current(0)
    QTest.keyClick(rows, Qt.Key.Key_C, CONTROL)
    assert copied() == UNTOUCHED


def test_somebody_is_copied_as_their_public_key(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        button = FaceButton(window.images)
        button.show_person(content.ANA, "")
        button.resize(300, 50)
        button.show()
        QTest.keyClick(button, Qt.Key.Key_C, CONTROL)
        assert copied() == content.ANA.npub
        button.close()
        button.deleteLater()

    play(scene)


def test_a_tip_is_copied_from_its_page_and_the_window_says_so(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.TIPS)
        page = window.pages.tips
        page.list.set_current(0)
        QTest.keyClick(page.list, Qt.Key.Key_C, CONTROL)
        assert window.toast.text == "Copied."
        assert copied().startswith("2026-05-2")
        assert " sat " in copied()
        window.models.veil.toggle()
        await press_nothing()
        QGuiApplication.clipboard().setText(UNTOUCHED)
        QTest.keyClick(page.list, Qt.Key.Key_C, CONTROL)
        await until(lambda: "Amounts are hidden" in window.toast.text)
        assert copied() == UNTOUCHED
        window.models.veil.toggle()

    play(scene)


@pytest.mark.parametrize(
    "name",
    [
        PageName.FEED,
        PageName.TIPS,
        PageName.WALLET,
        PageName.HISTORY,
        PageName.CHANNELS,
        PageName.CREATOR,
        PageName.MESSAGES,
    ],
)
def test_every_list_has_something_to_copy(play: Play, stage: Stage, name: PageName) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(name)
        await press_nothing()
        lists = [one for one in window.findChildren(VirtualList) if one.isVisible()]
        assert lists
        for one in lists:
            cards = [card for card in one.cards().values() if card.copied() is not None]
            assert cards, one.accessibleName()
            assert all("\n" not in said.text for card in cards if (said := card.copied()))

    play(scene)


def test_a_tip_says_when_how_much_to_whom_its_fee_and_its_hash() -> None:
    tip = content.tips()[-1]
    for one in content.tips():
        if one.state.is_paid and one.fee and one.payment_hash:
            tip = one
    assert tip.fee is not None
    assert tip.payment_hash is not None
    said = tip_copied(tip)
    assert said.text == (
        f"{words.stamp(tip.settled_at or tip.created_at)} · {words.amount(tip.amount)} to "
        f"{words.name(tip.recipient.title)} · fee {words.amount(tip.fee)} · "
        f"payment hash {tip.payment_hash.hex()}"
    )
    assert said.has_amounts
    veil().is_down = True
    assert DOTS in tip_copied(tip).text


def test_what_is_not_paid_is_never_copied_as_if_it_were() -> None:
    failed = [tip for tip in content.tips() if tip.state is TipStatus.FAILED]
    assert failed
    assert all(" · Failed" in tip_copied(tip).text for tip in failed)
    waiting = [one for one in content.payments() if one.status is not PaymentState.SUCCEEDED]
    assert waiting
    for payment in waiting:
        text = payment_copied(payment).text
        assert str(payment.status.value) in text
        assert "Received" not in text
        assert "Sent" not in text


@pytest.mark.parametrize("kind", [LineKind.ONCHAIN_SENT, LineKind.ONCHAIN_RECEIVED])
def test_what_moved_on_chain_is_copied_with_its_whole_address_and_transaction(
    stage: Stage, kind: LineKind
) -> None:
    view = stage.timeline.page().lines[0]
    line = replace(view.line, kind=kind, amount=Msat(21_000), text=f"bc1q{'x' * 38} {'ab' * 32}")
    text = line_copied(replace(view, line=line)).text
    assert "21 sat" in text
    assert f"bc1q{'x' * 38}" in text
    assert f"transaction {'ab' * 32}" in text


def test_who_told_only_the_creator_is_not_named_in_what_is_copied() -> None:
    told = PrivateNote(content.ANA, "for you alone")
    tip = replace(content.incoming()[0], sender=None, claimed_name="", in_private=told)
    text = income_copied(tip).text
    assert content.ANA.title not in text
    assert told.text not in text
    assert f"{words.amount(tip.amount)} from somebody" in text
    claimed = income_copied(replace(tip, claimed_name="Ana Ruiz")).text
    assert "from Ana Ruiz, by their own word" in claimed


def test_a_post_is_copied_as_a_link_that_names_it() -> None:
    post = content.posts()[0]
    pointer = read_link(post_copied(post).link)
    assert isinstance(pointer, EventPointer)
    assert (pointer.id, pointer.author, pointer.kind) == (post.id, post.author, post.kind)
