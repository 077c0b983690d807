"""A check box with a tick of ours."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles

_BOX = 18


class CheckBox(QCheckBox):
    """Small words beside a box."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFont(font(Type.SMALL))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """Box and words."""
        wide = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(_BOX + 12 + wide, 26)

    def hitButton(self, pos: object) -> bool:
        """All of it can be pressed."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, its tick, the words."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.6)
        box = QRectF(1, (self.height() - _BOX) / 2, _BOX, _BOX)
        on = self.isChecked()
        edge = colours.accent if on else colours.line_strong
        if self.hasFocus():
            edge = colours.accent_ink
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(colours.accent if on else colours.field))
        painter.drawRoundedRect(box, 5, 5)
        if on:
            draw(painter, "check", box.adjusted(2, 2, -2, -2), colours.on_accent)
        painter.setPen(QColor(colours.ink_soft))
        metrics = QFontMetrics(self.font())
        baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(_BOX + 11, baseline), self.text())
        painter.end()
