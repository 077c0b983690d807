"""A ring that runs out around a figure; or an icon in it, once there is nothing to count."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles


class CountdownRing(QWidget):
    """How much of the undo window is left, or how the tip stands."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(36, 36)
        self._part = 0.0
        self._figure = ""
        self._icon = ("bolt-solid", "accent_ink")

    def show_left(self, part: float, figure: str) -> None:
        """A ring of `part` of its whole, around a figure."""
        self._part, self._figure = part, figure
        self.update()

    def show_icon(self, icon: tuple[str, str]) -> None:
        """An icon in a colour role."""
        self._part, self._figure, self._icon = 0.0, "", icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        painter.setPen(QPen(QColor(colours.line), 3))
        painter.drawEllipse(rect)
        if self._figure:
            pen = QPen(QColor(colours.accent), 3)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(rect, 90 * 16, round(self._part * 360 * 16))
            painter.setPen(QColor(colours.ink))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._figure)
        else:
            draw(painter, self._icon[0], QRectF(9, 9, 18, 18), getattr(colours, self._icon[1]))
        painter.end()
