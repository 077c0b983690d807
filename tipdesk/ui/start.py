"""The program with a window, from its start to its end: front door, profile, front door again."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QWidget

from tipdesk.base.errors import BackendError, TipDeskError
from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import spoken
from tipdesk.ui.loop import cancel_all, send_errors_to, spawn
from tipdesk.ui.loop import run as run_loop
from tipdesk.ui.program import application
from tipdesk.ui.theme.wearing import wear
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.viewmodels.front_door import FrontDoor, Start
from tipdesk.ui.views.forward import bring_forward
from tipdesk.ui.views.front import FrontWindow

if TYPE_CHECKING:
    from tipdesk.ui.main import Ending
    from tipdesk.ui.viewmodels.facade import AppFacade
    from tipdesk.ui.views.main_window import MainWindow


class Further(Protocol):
    """Hears when the program is started once more."""

    def listening(self, take: Callable[[Sequence[str]], None]) -> AbstractAsyncContextManager[None]:
        """`take` gets the links of each further start."""
        ...


class StartFailed(BackendError):
    """A profile ended for a reason that nobody foresaw."""

    def __init__(self, kind: str) -> None:
        super().__init__(Phrase("Something went wrong in TipDesk itself ({kind}).", kind=kind))
        self.kind = kind


class Inbox(QObject):
    """Links that came from outside; they wait until there is a window to open them in."""

    def __init__(self, links: Sequence[str]) -> None:
        super().__init__()
        self._waiting = list(links)
        self._open: Callable[[str], None] | None = None
        self._window: QWidget | None = None

    def put(self, links: Sequence[str]) -> None:
        """Opened now or later; the window comes to the front in any case."""
        self._waiting += links
        if self._window is not None:
            bring_forward(self._window)
        self._empty()

    def show_in(self, window: QWidget, open_link: Callable[[str], None] | None) -> None:
        """The window that is there now, and what it opens links with, if it can."""
        self._window, self._open = window, open_link
        self._empty()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A Mac hands links over as an event."""
        if isinstance(event, QFileOpenEvent):
            self.put([event.url().toString()])
        return super().eventFilter(watched, event)

    def _empty(self) -> None:
        while self._open is not None and self._waiting:
            self._open(self._waiting.pop(0))


class Program:
    """One window after the other, until the person closes the last."""

    def __init__(self, door: FrontDoor, inbox: Inbox, *, starts_hidden: bool = False) -> None:
        self._door = door
        self._starts_hidden = starts_hidden
        self._inbox = inbox
        self.model = FrontViewModel(door)
        self._language = spoken()
        self.front = FrontWindow(self.model)
        self._life: asyncio.Task[bool] | None = None
        self._window: MainWindow | None = None
        self._next: Start | None = None
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.model.start_wanted.connect(self._start)
        self.model.cancelled.connect(self._cancel)
        self.front.closed.connect(self._front_closed)
        send_errors_to(self._failed, self.model)

    @property
    def is_busy(self) -> bool:
        """Whether a profile is opening, open or closing."""
        return self._life is not None

    def begin(self) -> None:
        """Shows the first window."""
        self.model.begin()
        if self._life is None:
            self._show_front()

    async def run(self) -> None:
        """Until the end of the last window."""
        try:
            await self._ended
        finally:
            cancel_all(self.model)
            send_errors_to(None, self.model)
            self.front.hide()
            self.front.deleteLater()

    def quit(self) -> None:
        """Asked from outside, by a signal say: the end in order; asked again, at once."""
        if self._window is not None:
            self._window.quit()
        else:
            self.front.hide()
            self._front_closed()
            if self._life is None:
                self._end()

    def session_ends(self) -> None:
        """The system ends everything now: tips that have not left are taken back at once."""
        if self._window is not None:
            self._window.models.leaving.take_back()
        QTimer.singleShot(0, self.quit)

    def _show_front(self) -> None:
        self._starts_hidden = False
        if self._language != spoken():
            self._language = spoken()
            self.front.deleteLater()
            self.front = FrontWindow(self.model)
            self.front.closed.connect(self._front_closed)
        self.front.update_view()
        self.front.show()
        self._inbox.show_in(self.front, None)

    def _start(self, start: Start) -> None:
        if self._life is not None:
            # One that was cancelled is still closing its files; its end asks for the next.
            self._next = start
            return
        if not self._starts_hidden:
            self._show_front()
        self._life = spawn(self._live(start), self.model)
        self._life.add_done_callback(self._lived)

    def _cancel(self) -> None:
        if self._life is not None:
            self._life.cancel()

    def _front_closed(self) -> None:
        if self._life is not None:
            self._life.cancel()
        elif not self._ended.done():
            self._ended.set_result(None)

    async def _live(self, start: Start) -> bool:
        """A profile's life with its window; whether another one is wanted after it."""
        # The main window is heavy to load: the front window says meanwhile what is done.
        from tipdesk.ui.main import Ending

        async with start() as app:
            ending = Ending.ANEW
            while ending is Ending.ANEW:
                ending = await self._show(app)
            return ending is Ending.FRONT

    async def _show(self, app: "AppFacade") -> "Ending":
        """A window over an app, until it is closed or another one is wanted in its place."""
        from tipdesk.ui.desktop import Desktop
        from tipdesk.ui.main import close_window, open_window, until_closed

        desktop = Desktop(app, starts_hidden=self._starts_hidden)
        # The one that was started at login; whoever opens another one wants to see it.
        self._starts_hidden = False
        window = self._window = open_window(app, prepare=desktop.take)
        self.front.hide()
        self.model.opened()
        self._inbox.show_in(window, window.open_link)
        try:
            return await until_closed(window)
        finally:
            self._window = None
            desktop.release()
            close_window(window)

    def _lived(self, life: "asyncio.Task[bool]") -> None:
        self._life = None
        if self._ended.done():
            return
        following, self._next = self._next, None
        if following is not None:
            self._start(following)
        elif life.cancelled():
            # The front window was closed while a profile was opening, or that was cancelled.
            if not self.front.isVisible():
                self._end()
        elif life.exception() is not None:
            self._show_front()
        elif life.result():
            self.model.show_welcome()
            self._show_front()
        else:
            self._end()

    def _failed(self, error: BaseException) -> None:
        if self._next is None:
            self.model.failed(reason(error))

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)


def reason(error: BaseException) -> TipDeskError:
    """The first of several errors that has a sentence for the person."""
    if isinstance(error, TipDeskError):
        return error
    if isinstance(error, BaseExceptionGroup):
        found = [reason(one) for one in error.exceptions]
        return next((one for one in found if not isinstance(one, StartFailed)), found[0])
    return StartFailed(type(error).__name__)


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and Ctrl+C in a terminal ask for the end; inside."""
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, end)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def run_windows(
    door: FrontDoor, further: Further, links: Sequence[str], *, hidden: bool = False
) -> None:
    """The windows, with further starts heard meanwhile."""
    inbox = Inbox(links)
    program = QApplication.instance()
    if program is not None:
        program.installEventFilter(inbox)
    stop_wearing = wear(door.preferences)
    try:
        windows = Program(door, inbox, starts_hidden=hidden)
        windows.begin()
        # One turn of the loop paints it; all that is heavy comes after.
        await asyncio.sleep(0)
        async with further.listening(inbox.put):
            application().commitDataRequest.connect(windows.session_ends)
            try:
                with ended_by_signals(windows.quit):
                    await windows.run()
            finally:
                application().commitDataRequest.disconnect(windows.session_ends)
    finally:
        stop_wearing()


def run_program(
    door: FrontDoor, further: Further, links: Sequence[str], *, hidden: bool = False
) -> int:
    """The whole life of the program with a window; the exit code."""
    application()
    run_loop(lambda: run_windows(door, further, links, hidden=hidden))
    return 0
