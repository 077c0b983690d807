"""The window without a screen: a stage, a window over it, and a loop to play on."""

import gc
import os
from collections.abc import Callable, Coroutine, Iterator

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from tests.ui.stage import Stage, make_stage
from tipdesk.ui.loop import run, send_errors_to
from tipdesk.ui.main import open_window
from tipdesk.ui.program import application
from tipdesk.ui.theme.wearing import wear
from tipdesk.ui.views import window_pages
from tipdesk.ui.views.main_window import MainWindow

Scene = Callable[[MainWindow], Coroutine[Any, Any, None]]
Play = Callable[[Scene], None]


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application in our look; pytest-qt uses it too."""
    return application()


@pytest.fixture(scope="session", autouse=True)
def pages_are_made_when_wanted() -> Iterator[None]:
    """A window that rests would make pages that no scene opens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window_pages, "REST_MS", 600_000)
        yield


@pytest.fixture(scope="module", autouse=True)
def no_garbage_is_left() -> Iterator[None]:
    """Windows that are done with go here, on Qt's own thread.

    Left to the collector they could go on a thread that a later test of this process starts.
    """
    yield
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def stage() -> Stage:
    """The usual content."""
    return make_stage()


@pytest.fixture
def play(qapp: QApplication, stage: Stage) -> Play:
    """Plays a scene in a window over the stage; an error in any slot or task fails the test."""

    def run_scene(scene: Scene) -> None:
        async def whole() -> None:
            errors: list[BaseException] = []
            stop_wearing = wear(stage.preferences)
            window = open_window(stage)
            send_errors_to(errors.append, window)
            await asyncio.sleep(0.02)
            try:
                await scene(window)
            finally:
                stop_wearing()
                window.stop()
                window.close()
                window.deleteLater()
                send_errors_to(None, window)
                await asyncio.sleep(0)
            assert errors == []

        run(whole)

    return run_scene


async def until(condition: Callable[[], bool], seconds: float = 3) -> None:
    """Lets the loop turn until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (any condition of the window's)
            await asyncio.sleep(0.005)
