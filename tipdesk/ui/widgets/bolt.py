"""The mark of TipDesk."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles


class Bolt(QWidget):
    """A bolt on the accent."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(32, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded square, and the bolt in it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(roles().accent))
        painter.drawRoundedRect(self.rect(), 9, 9)
        draw(painter, "bolt-solid", QRectF(6.5, 6.5, 19, 19), roles().on_accent)
        painter.end()
