"""Qt's loop as asyncio's: the one importer of qasync.

A slot reaches a coroutine through `spawn` and nothing else. No nested loops: a dialog is opened
and awaited with `ask`, because a nested loop under qasync kills the task it interrupts.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from qasync import QEventLoop, _SimpleTimer

from tipdesk.ui.sweeper import Sweeper

T = TypeVar("T")
ErrorSink = Callable[[BaseException], None]

_log = logging.getLogger(__name__)


class _PreciseTimer(_SimpleTimer):  # type: ignore[misc]
    """Qt's usual timers may be 5 % early: a five-second undo window would end too soon."""

    def startTimer(self, interval: int) -> int:
        return int(super().startTimer(interval, Qt.TimerType.PreciseTimer))


class _Loop(QEventLoop):  # type: ignore[misc]
    """qasync's loop, on time."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = _PreciseTimer()


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs a coroutine on the application's loop until it ends, and gives its result."""
    # At DEBUG it writes what threads are given and give back: passphrases and keys among it.
    logging.getLogger("qasync").setLevel(logging.INFO)
    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.setQuitOnLastWindowClosed(False)
    with Sweeper(), asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main())


class _Tasks:
    """Every task that a slot started, by its owner; and where errors go, by window."""

    def __init__(self) -> None:
        self.owned: dict[int, set[asyncio.Task[Any]]] = {}
        self.sinks: dict[int, ErrorSink] = {}

    def add(self, task: asyncio.Task[Any], owner: QObject) -> None:
        key = id(owner)
        if key not in self.owned:
            self.owned[key] = set()
            owner.destroyed.connect(lambda: self.cancel(key))
        self.owned[key].add(task)
        sink = self._sink_of(owner)
        task.add_done_callback(lambda done: self._finished(done, key, sink))

    def cancel(self, key: int) -> None:
        for task in self.owned.pop(key, set()):
            if not task.get_loop().is_closed():
                task.cancel()

    def _sink_of(self, owner: QObject) -> ErrorSink:
        above: QObject | None = owner
        while above is not None and id(above) not in self.sinks:
            above = above.parent()
        return _log_error if above is None else self.sinks[id(above)]

    def _finished(self, task: asyncio.Task[Any], key: int, sink: ErrorSink) -> None:
        self.owned.get(key, set()).discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            sink(error)


def _log_error(error: BaseException) -> None:
    _log.error("a task of the window failed", exc_info=error)


_tasks = _Tasks()


def spawn(coroutine: Coroutine[Any, Any, T], owner: QObject) -> asyncio.Task[T]:
    """Starts a coroutine from a slot. It is cancelled when its owner is destroyed.

    What it raises goes to the sink of its window.
    """
    task = asyncio.get_running_loop().create_task(coroutine)
    _tasks.add(task, owner)
    return task


def cancel_all(owner: QObject) -> None:
    """Cancels what an owner has under way, before it is destroyed."""
    for task in tuple(_tasks.owned.get(id(owner), ())):
        task.cancel()


def send_errors_to(sink: ErrorSink | None, window: QObject) -> None:
    """Where errors go of what a window, or anything in it, spawns from now on; None is the log."""
    if sink is None:
        _tasks.sinks.pop(id(window), None)
    else:
        _tasks.sinks[id(window)] = sink


def ask(dialog: QDialog) -> asyncio.Future[int]:
    """Opens a dialog; the future is its result. Never a nested loop."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finished(result: int) -> None:
        if not answer.done():
            answer.set_result(result)

    dialog.finished.connect(finished)
    dialog.open()
    return answer


class LoopWatch(QObject):
    """Measures how long the loop was kept from its events, at most."""

    _PERIOD_MS = 4

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._longest_ns = 0
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(self._PERIOD_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def longest_pause_ms(self) -> float:
        """The longest pause since `start`, beyond the timer's own period."""
        return self._longest_ns / 1e6

    def start(self) -> None:
        """Begins anew."""
        self._longest_ns = 0
        self._since.start()
        self._timer.start()

    def stop(self) -> None:
        """Ends; the result stays."""
        self._timer.stop()

    def _tick(self) -> None:
        late = self._since.nsecsElapsed() - self._PERIOD_MS * 1_000_000
        self._longest_ns = max(self._longest_ns, late)
        self._since.restart()
