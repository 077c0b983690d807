"""On the desktop: the tray, closing into it, the end with something under way, at login."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE, Stage
from tests.ui.test_pages import texts
from tests.ui.test_scanning import code
from tipdesk.base.ids import PaymentHash
from tipdesk.ports.desktop import LoginUnsettled
from tipdesk.services.views import IncomingTip
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.desktop import Desktop
from tipdesk.ui.viewmodels.leaving import Leaving
from tipdesk.ui.views.desktop_tray import Tray, bolt_icon
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

LEFT = Qt.MouseButton.LeftButton


def dressed(window: MainWindow, stage: Stage, *, has_tray: bool = True) -> Desktop:
    desktop = Desktop(stage, has_tray=lambda: has_tray)
    assert desktop.take(window)
    return desktop


def tray_of(desktop: Desktop) -> Tray:
    assert desktop.tray is not None
    return desktop.tray


def ended(window: MainWindow) -> list[bool]:
    heard: list[bool] = []
    window.closed.connect(lambda: heard.append(True))
    return heard


def landed(stage: Stage, number: int) -> IncomingTip:
    usual = stage.creator.incoming(1)[0]
    return replace(
        usual, payment_hash=PaymentHash(content.number(900 + number)), at=stage.clock.now()
    )


def under_way(stage: Stage, status: TipStatus) -> None:
    tip = content.tip(3_000, content.BELA, status, 0)
    stage.tips.put(replace(tip, created_at=stage.clock.now()))


def test_closing_says_once_that_it_keeps_running_and_how_to_quit(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop, gone = dressed(window, stage), ended(window)
        window.close()
        assert window.isVisible()
        assert "press Ctrl+Q" in window.leaving.said_text
        assert "tips come in" in window.leaving.said_text
        QTest.mouseClick(window.leaving.main, LEFT)
        assert not window.isVisible()
        assert not window.leaving.isVisible()
        tray = tray_of(desktop)
        await until(lambda: tray.toggle.text() == "Show TipDesk")
        tray.toggle.trigger()
        assert window.isVisible()
        window.close()
        assert not window.isVisible()
        assert gone == []
        tray.quit.trigger()
        assert gone == [True]
        desktop.release()

    play(scene)


def test_who_wants_closing_to_end_it_is_not_asked_again(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop, gone = dressed(window, stage), ended(window)
        window.close()
        QTest.mouseClick(window.leaving.away, LEFT)
        assert gone == [True]
        assert not stage.preferences.now.keep_running
        desktop.release()

    play(scene)


def test_without_a_tray_closing_ends_it_and_the_settings_say_so(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop, gone = dressed(window, stage, has_tray=False), ended(window)
        window.open_page(PageName.SETTINGS)
        section = window.pages.settings.desktop
        window.pages.settings.open_section(section)
        assert not section.keep_running.isEnabled()
        said = "This desktop shows no tray, so closing the window ends TipDesk."
        assert said in texts(section)
        window.close()
        assert gone == [True]
        desktop.release()

    play(scene)


def test_a_start_at_login_waits_in_the_tray(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        for has_tray in (True, False):
            desktop = Desktop(stage, starts_hidden=True, has_tray=partial(bool, has_tray))
            assert desktop.take(window) is not has_tray
            desktop.release()

    play(scene)


def test_the_tray_counts_tips_and_shows_a_dot_until_they_are_seen(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        tray, model = tray_of(desktop), window.models.desktop
        window.hide()
        before = stage.creator.count_today(stage.clock.now())
        stage.creator.land(landed(stage, 1))
        await until(lambda: model.unseen == 1)
        await until(lambda: tray.today.text().startswith(f"{before + 1} tip"))
        assert "sat" in tray.today.text()
        stage.preferences.change(blur_amounts=True)
        await until(lambda: "sat" not in tray.today.text())
        assert "sat" not in tray.icon.toolTip()
        tray.today.trigger()
        assert window.page is PageName.CREATOR
        assert window.isVisible()
        model.seen()
        assert model.unseen == 0
        desktop.release()

    play(scene)


def test_the_tooltip_says_by_when_to_be_back(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        assert "If you quit, open TipDesk again before " in tray_of(desktop).icon.toolTip()
        desktop.release()

    play(scene)


def test_a_dot_changes_the_icon_and_both_are_drawn(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        plain = bolt_icon(has_dot=False).pixmap(22, 22).toImage()
        dotted = bolt_icon(has_dot=True).pixmap(22, 22).toImage()
        assert plain != dotted
        # The mark has a ground of its own: a panel's colour does not matter.
        assert plain.pixelColor(11, 1).alpha() == 255

    play(scene)


def test_the_end_waits_for_a_payment_and_then_comes(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        gone = ended(window)
        under_way(stage, TipStatus.PAYING)
        window.quit()
        assert gone == []
        assert "1 tip is on its way." in window.leaving.said_text
        assert window.focusWidget() is window.leaving.main
        tip = next(t for t in stage.tips.tips() if t.state is TipStatus.PAYING)
        stage.tips.settle(tip.tip_id)
        await until(lambda: gone == [True])

    play(scene)


def test_a_second_quit_forces_and_takes_back_what_has_not_left(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        gone = ended(window)
        tip = content.tip(3_000, content.BELA, TipStatus.UNDO, 0)
        stage.tips.put(replace(tip, created_at=stage.clock.now(), can_undo=True))
        window.quit()
        assert gone == []
        assert "1 tip goes out" in window.leaving.said_text
        window.quit()
        assert gone == [True]
        assert stage.tips.all[tip.tip_id].state is TipStatus.CANCELLED

    play(scene)


def test_it_waits_so_long_and_no_longer(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        gone = ended(window)
        window.models.leaving.most_seconds = 1
        under_way(stage, TipStatus.IN_FLIGHT)
        window.close()
        assert "1 second more" in window.leaving.said_text
        await until(lambda: gone == [True])

    play(scene)


def test_one_can_stay_after_all(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        gone = ended(window)
        under_way(stage, TipStatus.PAYING)
        window.quit()
        QTest.keyClick(window.leaving, Qt.Key.Key_Escape)
        assert window.models.leaving.stage is Leaving.NOT
        assert not window.leaving.isVisible()
        assert gone == []
        window.quit()
        assert window.leaving.isVisible()
        QTest.mouseClick(window.leaving.away, LEFT)
        assert gone == [True]

    play(scene)


def test_what_hangs_for_days_keeps_nobody_waiting(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        gone = ended(window)
        assert any(tip.state is TipStatus.IN_FLIGHT for tip in stage.tips.tips())
        window.quit()
        assert gone == [True]

    play(scene)


def test_a_payment_that_is_no_tip_is_waited_for_too(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.wallet.add_payment(Direction.OUT, PaymentState.IN_FLIGHT)
        window.quit()
        assert "1 payment is on its way." in window.leaving.said_text

    play(scene)


def test_start_at_login_is_set_and_a_problem_is_a_sentence(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        window.open_page(PageName.SETTINGS)
        section = window.pages.settings.desktop
        window.pages.settings.open_section(section)
        QTest.mouseClick(section.at_login, LEFT)
        await until(lambda: stage.at_login.on)
        stage.at_login.problem = LoginUnsettled("the folder cannot be written")
        QTest.mouseClick(section.at_login, LEFT)
        said = (
            "Whether TipDesk starts at login could not be changed or read: "
            "the folder cannot be written."
        )
        await until(lambda: said in texts(section))
        assert section.at_login.isChecked()
        desktop.release()

    play(scene)


def drop(window: MainWindow, dragged: QMimeData) -> bool:
    """Drags something over the window and lets go of it; whether it was taken."""
    place, copy = QPoint(600, 300), Qt.DropAction.CopyAction
    held, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, copy, dragged, held, keys)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(window, QDropEvent(QPointF(place), copy, dragged, held, keys))
    return True


def test_a_text_that_is_dropped_is_opened(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        text = QMimeData()
        text.setText(f"  lightning:{INVOICE} ")
        assert drop(window, text)
        assert window.page is PageName.WALLET
        link = QMimeData()
        link.setUrls([QUrl("nostr:npub1nobody")])
        assert drop(window, link)
        desktop.release()

    play(scene)


def test_a_picture_with_a_code_that_is_dropped_is_read(
    play: Play, stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "code.png"
    assert code("lightning:ana@music.example").save(str(path))

    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        file = QMimeData()
        file.setUrls([QUrl.fromLocalFile(str(path))])
        assert drop(window, file)
        await until(lambda: window.page is PageName.WALLET)
        several = QMimeData()
        several.setUrls([QUrl.fromLocalFile(str(path))] * 2)
        assert not drop(window, several)
        desktop.release()

    play(scene)


def test_a_locked_window_takes_no_drop(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        window.models.lock.is_locked = True
        text = QMimeData()
        text.setText(INVOICE)
        assert not drop(window, text)
        desktop.release()

    play(scene)
