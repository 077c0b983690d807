"""Python's cyclic garbage is collected on Qt's own thread only.

Python collects in whatever thread happens to allocate. If that is a worker's, and the garbage
holds a `QObject`, its destructor runs there: it cannot stop the object's timers, and the next one
that fires calls an object that is no more. So the collector is switched off while a loop runs,
and asked by a timer of that loop instead.
"""

import gc
from types import TracebackType

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 100


class Sweeper(QObject):
    """A context: inside, garbage is collected on the thread that entered it, a little at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._was_on = False
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.sweep)

    def __enter__(self) -> "Sweeper":
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.stop()
        if self._was_on:
            gc.enable()

    def sweep(self) -> None:
        """Collects the oldest generation that is due, by Python's own thresholds."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if counts[0] <= thresholds[0]:
            return
        due = [age for age in (1, 2) if counts[age] > thresholds[age]]
        gc.collect(max(due, default=0))
