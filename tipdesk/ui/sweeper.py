"""Python's cyclic garbage is collected on Qt's own thread only.

Python collects in whatever thread happens to allocate. If that is a worker's, and the garbage
holds a `QObject`, its destructor runs there: it cannot stop the object's timers, and the next one
that fires calls an object that is no more. So the collector is switched off while a loop runs,
and asked by a timer of that loop instead.
"""

import gc
from types import TracebackType

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

_EVERY_MS = 100
_FULL_EVERY_MS = 60_000


class Sweeper(QObject):
    """A context: inside, garbage is collected on the thread that entered it, a little at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._was_on = self._freezes = False
        self._since_full = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.sweep)

    def __enter__(self) -> "Sweeper":
        self._was_on = gc.isenabled()
        gc.disable()
        # What is there already, modules above all, stays to the end: a full round need not
        # look at it (measured: 2 ms in place of 84). Whoever froze before goes on as they want.
        self._freezes = gc.get_freeze_count() == 0
        if self._freezes:
            gc.freeze()
        self._since_full.start()
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.stop()
        if self._freezes:
            gc.unfreeze()
        if self._was_on:
            gc.enable()

    def sweep(self) -> None:
        """Collects the oldest generation that is due, by Python's own thresholds."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if counts[0] <= thresholds[0]:
            return
        if counts[2] > thresholds[2] and self._since_full.elapsed() > _FULL_EVERY_MS:
            self._since_full.start()
            gc.collect(2)
        else:
            gc.collect(1 if counts[1] > thresholds[1] else 0)
