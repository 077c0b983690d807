"""A scroll bar that glides instead of jumping."""

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal
from PySide6.QtWidgets import QScrollBar

from tipdesk.ui.theme.theme import Motion, theme

_SCROLL_MS = 160


class Glide(QObject):
    """Moves a bar by a distance, relative to where it is: it may be moved meanwhile.

    `done` when a movement came to its end.
    """

    done = Signal()

    def __init__(self, bar: QScrollBar, parent: QObject) -> None:
        super().__init__(parent)
        self._bar = bar
        self._gone = 0
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(_SCROLL_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._step)
        self._animation.finished.connect(self.done)

    @property
    def rest(self) -> int:
        """What is still to go."""
        moving = self._animation.state() == QVariantAnimation.State.Running
        return int(self._animation.endValue()) - self._gone if moving else 0

    def stop(self) -> None:
        """Stays where it is."""
        self._animation.stop()

    def by(self, distance: int) -> None:
        """Begins to move, in place of any movement under way; at once where motion is reduced."""
        self._animation.stop()
        if theme().motion is Motion.REDUCED:
            self._bar.setValue(self._bar.value() + distance)
            self.done.emit()
            return
        self._gone = 0
        self._animation.setStartValue(0)
        self._animation.setEndValue(distance)
        self._animation.start()

    def _step(self, value: int) -> None:
        step, self._gone = value - self._gone, value
        self._bar.setValue(self._bar.value() + step)
