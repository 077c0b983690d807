"""On or off, as a switch that takes effect at once."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles

_SIZE = QSize(44, 28)
_TRACK = QRectF(2, 2, 40, 24)


class Switch(QCheckBox):
    """A check box to screen readers; `name` is what they say."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFixedSize(_SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """Always the same."""
        return _SIZE

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be pressed."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The track and its knob; a tick in the knob tells on from off without colour."""
        colours, on = roles(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        edge = colours.accent_ink if self.hasFocus() else colours.line_strong
        if on and not self.hasFocus():
            edge = colours.accent
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(colours.accent if on else colours.sunken))
        painter.drawRoundedRect(_TRACK, 12, 12)
        knob = QRectF(22 if on else 6, 6, 16, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.on_accent if on else colours.ink_faint))
        painter.drawEllipse(knob)
        if on:
            draw(painter, "check", knob.adjusted(2, 2, -2, -2), colours.accent)
        painter.end()
