"""Pages are made when they are wanted, at the latest while the window rests, and unseen."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.conftest import Play, until
from tipdesk.ui.views import window_pages
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.page import Page
from tipdesk.ui.views.rail import PageName


class Watch(QObject):
    """Whatever becomes a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes the first sight of each."""
        is_shown = event.type() == QEvent.Type.Show
        if is_shown and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@contextmanager
def watched(app: QApplication) -> Iterator[list[str]]:
    watch = Watch()
    app.installEventFilter(watch)
    try:
        yield watch.seen
    finally:
        app.removeEventFilter(watch)


@pytest.mark.parametrize("name", list(PageName))
def test_making_a_page_shows_no_window_beside_ours(
    play: Play, qapp: QApplication, name: PageName
) -> None:
    async def scene(window: MainWindow) -> None:
        with watched(qapp) as seen:
            window.open_page(name)
        assert seen == []

    play(scene)


def made(window: MainWindow) -> int:
    return sum(isinstance(page, Page) for page in window.pages.children())


def test_the_window_opens_with_one_page(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        assert made(window) == 1
        window.open_page(PageName.WALLET)
        assert made(window) == 2

    play(scene)


def test_while_the_window_rests_the_other_pages_are_made(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_pages, "REST_MS", 10)

    async def scene(window: MainWindow) -> None:
        await until(lambda: made(window) == len(PageName))
        assert window.page is PageName.FEED

    play(scene)
