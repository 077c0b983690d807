"""The window as a program: application, theme, loop; and pictures of every page."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from enum import Enum
from pathlib import Path

from tipdesk.ui.loop import send_errors_to
from tipdesk.ui.program import application
from tipdesk.ui.theme.theme import Mode, theme
from tipdesk.ui.theme.wearing import wear
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

StartApp = Callable[[], AbstractAsyncContextManager[AppFacade]]
Scene = Callable[[MainWindow], Awaitable[None]]
SIZES = ((1_280, 800), (1_024, 700))
_SETTLE_S = 0.6


def open_window(
    app: AppFacade,
    *,
    title: str = "TipDesk",
    page: PageName = PageName.FEED,
    prepare: Callable[[MainWindow], bool] = lambda _: True,
) -> MainWindow:
    """Opens a window over a started app. Its owner calls `stop` before the app stops.

    `prepare` has it before anybody sees it, and says whether it is to be seen at once.
    """
    application()
    window = MainWindow(app)
    window.setWindowTitle(title)
    window.open_page(page)
    send_errors_to(window.say_error, window)
    if prepare(window):
        window.show()
    return window


def close_window(window: MainWindow) -> None:
    """The window goes; before its app stops."""
    window.stop()
    window.hide()
    send_errors_to(None, window)
    window.deleteLater()


class Ending(Enum):
    """What is wanted once a window is gone."""

    NOTHING = "nothing"
    FRONT = "front"
    """Another profile."""
    ANEW = "anew"
    """The same in another language."""


async def until_closed(window: MainWindow) -> Ending:
    """Waits until the person closes the window, or something else is wanted in its place."""
    closed: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def tell(ending: Ending) -> None:
        if not closed.done():
            closed.set_result(ending)

    window.closed.connect(lambda: tell(Ending.NOTHING))
    window.front_wanted.connect(lambda: tell(Ending.FRONT))
    window.anew_wanted.connect(lambda: tell(Ending.ANEW))
    return await closed


async def show(start: StartApp, *, title: str = "TipDesk", page: PageName = PageName.FEED) -> None:
    """Starts an app, shows its window until it is closed, stops the app."""
    async with start() as app:
        stop_wearing = wear(app.preferences)
        window = open_window(app, title=title, page=page)
        try:
            await until_closed(window)
        finally:
            stop_wearing()
            close_window(window)


async def screenshots(
    app: AppFacade,
    directory: Path,
    sizes: Sequence[tuple[int, int]] = SIZES,
    pages: Sequence[PageName] = tuple(PageName),
    scenes: Mapping[str, Scene] | None = None,
) -> tuple[Path, ...]:
    """A PNG of each page and scene in both themes at each size; returns the files.

    A scene brings the window to where it is to be seen; what floats is put away after it.
    """
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    before = theme().mode
    window = open_window(app)
    files: list[Path] = []
    try:
        for mode in (Mode.LIGHT, Mode.DARK):
            theme().use(mode)
            for width, height in sizes:
                window.resize(width, height)
                end = f"{mode.value}-{width}x{height}.png"
                for page in pages:
                    window.open_page(page)
                    name = f"{page.value[0].lower()}-{end}"
                    files.append(await _picture(window, directory / name))
                for title, scene in (scenes or {}).items():
                    await scene(window)
                    files.append(await _picture(window, directory / f"{title}-{end}"))
    finally:
        close_window(window)
        theme().use(before)
    return tuple(files)


async def _picture(window: MainWindow, path: Path) -> Path:
    await asyncio.sleep(_SETTLE_S)
    window.grab().save(str(path))
    return path
