"""Secrets on the clipboard go after a minute, at the end, and not if they are not ours any more."""

from PySide6.QtGui import QGuiApplication

from tests.ui.conftest import Play
from tests.ui.stage import Stage
from tipdesk.ui import clipboard
from tipdesk.ui.clipboard import copy_secret, forget_secret
from tipdesk.ui.views.main_window import MainWindow


def test_a_secret_is_marked_for_histories_and_goes_by_itself(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        copy_secret("nsec1secret")
        board = QGuiApplication.clipboard()
        assert board.text() == "nsec1secret"
        data = board.mimeData()
        assert data.data("x-kde-passwordManagerHint").data() == b"secret"
        assert any("ExcludeClipboardContent" in name for name in data.formats())
        timer = clipboard._now[0].timer
        assert timer.isActive()
        assert timer.interval() == 60_000
        timer.timeout.emit()
        assert board.text() == ""
        assert clipboard._now == []

    play(scene)


def test_what_was_copied_since_stays(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        copy_secret("nsec1secret")
        QGuiApplication.clipboard().setText("a recipe")
        forget_secret()
        assert QGuiApplication.clipboard().text() == "a recipe"

    play(scene)


def test_a_second_secret_has_its_own_minute(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        copy_secret("one")
        first = clipboard._now[0]
        copy_secret("two")
        assert clipboard._now != [first]
        forget_secret()
        assert QGuiApplication.clipboard().text() == ""

    play(scene)


def test_no_secret_is_left_when_the_window_ends(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        copy_secret("nsec1secret")

    play(scene)
    assert QGuiApplication.clipboard().text() == ""


def test_the_secret_of_the_webhooks_is_copied_as_one(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = window.pages.creator.triggers
        panel.copy_button.click()
        assert len(clipboard._now) == 1

    play(scene)
