"""Drives across the window: a link from outside becomes a tip, a tip that failed is paid."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_tipping_window import card_of
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import EventPointer, encode_nevent
from tipdesk.tips.tip import TipStatus, again_of
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

LEFT = Qt.MouseButton.LeftButton


def test_a_link_from_a_browser_opens_the_post_and_t_tips_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        post = stage.feeds.posts()[2].post
        window.open_page(PageName.SETTINGS)
        window.open_link(f"nostr:{encode_nevent(EventPointer(post.id))}")
        await until(window.reader.isVisible)
        QTest.keyClick(window.reader, Qt.Key.Key_T)
        await until(lambda: len(stage.tips.intents) == 1)
        assert stage.tips.intents[0].target_event == post.id
        assert stage.tips.intents[0].amount == Msat(21_000)
        await until(window.tray.bars[0].isVisible)
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert stage.tips.tips()[0].state is TipStatus.CANCELLED
        # Escape goes back to where one was, with the keyboard.
        QTest.keyClick(window.reader, Qt.Key.Key_Escape)
        settings = window.pages.page(PageName.SETTINGS)
        assert window.page is PageName.SETTINGS
        focused = window.focusWidget()
        assert focused is not None
        assert focused is settings or settings.isAncestorOf(focused)

    play(scene)


def test_a_tip_that_failed_says_why_and_is_paid_again_once(play: Play, stage: Stage) -> None:
    why = "No way to Ana was found. No money moved. Try again later."

    async def scene(window: MainWindow) -> None:
        QTest.mouseClick(card_of(window, 0).tip_button.segments[0], LEFT)
        await until(window.tray.bars[0].isVisible)
        sent = stage.tips.tips()[0]
        stage.tips.put(
            replace(sent, state=TipStatus.FAILED, sentence=why, can_undo=False, can_retry=True)
        )
        bar = window.tray.bars[0]
        await until(lambda: bar.button.text() == "Pay again")
        assert why in bar.accessibleName()
        QTest.mouseClick(bar.button, LEFT)
        QTest.mouseClick(bar.button, LEFT)
        await until(lambda: len(stage.tips.intents) == 2)
        assert stage.tips.intents[1].amount == stage.tips.intents[0].amount
        again = stage.tips.all[again_of(sent.tip_id)]
        assert again.state is TipStatus.PAYING
        stage.tips.settle(again.tip_id)
        await until(lambda: bar.accessibleName().startswith("Tipped 21 sat"))
        assert not window.tray.bars[1].isVisible()
        assert len(stage.tips.intents) == 2

    play(scene)
