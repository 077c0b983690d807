"""A bolt that travels from a button to a counter: a tip has settled."""

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import Motion, roles, theme

_TRAVEL_MS = 520
_SIZE = 26
_LIFT = 22.0


class Travel(QWidget):
    """Hidden unless it is on its way; nothing waits for it. `arrived` at the end of each way."""

    arrived = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(_SIZE, _SIZE)
        self.hide()
        self._from, self._to = QPointF(), QPointF()
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(_TRAVEL_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._step)
        self._animation.finished.connect(self._end)

    def begin(self, start: QPointF, end: QPointF) -> None:
        """From one middle to another; not at all where motion is reduced."""
        self.stop()
        if theme().motion is Motion.REDUCED:
            return
        self._from, self._to = start, end
        self._step(0.0)
        self.show()
        self.raise_()
        self._animation.start()

    def stop(self) -> None:
        """Nothing travels."""
        self._animation.stop()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bolt in a soft disc."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        draw(painter, "bolt-solid", QRectF(5, 5, 16, 16), colours.on_accent)
        painter.end()

    def _step(self, part: float) -> None:
        straight = self._from + (self._to - self._from) * part
        # A low arc: highest in the middle, on the line at both ends.
        lifted = straight - QPointF(0.0, 4.0 * _LIFT * part * (1.0 - part))
        self.move((lifted - QPointF(_SIZE / 2, _SIZE / 2)).toPoint())

    def _end(self) -> None:
        self.hide()
        self.arrived.emit()
