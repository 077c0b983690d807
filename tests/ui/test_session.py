"""The window is where it was left, on the page that it showed."""

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.session import Session


def test_place_size_and_page_are_found_again(play: Play, stage: Stage) -> None:
    async def leave(window: MainWindow) -> None:
        session = Session(window, stage.preferences)
        session.begin()
        # The screen of these tests is narrower than any window: only the height can differ.
        window.resize(960, 671)
        window.open_page(PageName.WALLET)
        session.end()

    async def come_back(window: MainWindow) -> None:
        Session(window, stage.preferences).begin()
        assert window.size() == QSize(960, 671)
        assert window.page is PageName.WALLET

    play(leave)
    assert stage.preferences.now.last_page == "wallet"
    play(come_back)


def test_a_move_is_kept_once_the_window_rests(play: Play, stage: Stage) -> None:
    saved: list[str] = []

    async def scene(window: MainWindow) -> None:
        session = Session(window, stage.preferences)
        session.begin()
        stage.preferences.listen(lambda: saved.append(stage.preferences.now.geometry))
        for width in range(1_000, 1_040):
            window.resize(width, 700)
        assert saved == []
        await until(lambda: len(saved) == 1)
        session.end()
        assert len(saved) == 1

    play(scene)


def test_a_window_whose_screen_is_gone_comes_to_one_that_is_there(play: Play, stage: Stage) -> None:
    async def leave(window: MainWindow) -> None:
        session = Session(window, stage.preferences)
        session.begin()
        window.move(QPoint(20_000, 20_000))
        session.end()

    async def come_back(window: MainWindow) -> None:
        Session(window, stage.preferences).begin()
        screen = QGuiApplication.primaryScreen().availableGeometry()
        assert screen.contains(window.geometry().topLeft()) or window.width() > screen.width()

    play(leave)
    play(come_back)


def test_what_a_hand_wrote_into_the_file_moves_nothing(
    play: Play, stage: Stage, qapp: QApplication
) -> None:
    stage.preferences.change(geometry="zz not hex ÿ" * 9, last_page="nowhere")

    async def scene(window: MainWindow) -> None:
        before = window.size()
        Session(window, stage.preferences).begin()
        assert window.size() == before
        assert window.page is PageName.FEED

    play(scene)
