"""A ring that runs out around a bolt that fills; or an icon, once there is nothing to count."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.widgets.filling_bolt import draw_filling


class CountdownRing(QWidget):
    """How much of the undo window is left, or how the tip stands."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(36, 36)
        self._gone: float | None = None
        self._icon = ("bolt-solid", "accent_ink")

    def show_gone(self, part: float) -> None:
        """So much of the time is over, 0 to 1."""
        self._gone = part
        self.update()

    def show_icon(self, icon: tuple[str, str]) -> None:
        """An icon in a colour role."""
        self._gone, self._icon = None, icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        painter.setPen(QPen(QColor(colours.line), 3))
        painter.drawEllipse(rect)
        if self._gone is not None:
            pen = QPen(QColor(colours.accent), 3)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(rect, 90 * 16, round((1.0 - self._gone) * 360 * 16))
            draw_filling(painter, QRectF(9, 9, 18, 18), self._gone)
        else:
            draw(painter, self._icon[0], QRectF(9, 9, 18, 18), getattr(colours, self._icon[1]))
        painter.end()
