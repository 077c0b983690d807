"""The words of a message: as wide as they need, each paragraph in its own writing direction."""

from math import ceil

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles

_LEADING = 1.32
_CHARS_OF_LINE = 400


class BubbleText(QLabel):
    """Cut after `lines` lines; screen readers read all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(Type.BODY))
        self._layouts: list[QTextLayout] = []
        self.is_cut = False
        self.natural = (0, 0)
        """The width that the words take, and their height."""

    def arrange(self, width: int, lines: int) -> None:
        """Lays the text out in at most so much room."""
        line_height = QFontMetrics(self.font()).height() * _LEADING / 1.17
        self._layouts, self.is_cut = [], False
        left, top, widest = lines, 0.0, 0.0
        for paragraph in self.text().split("\n"):
            if left <= 0:
                self.is_cut = True
                break
            if not paragraph:
                top += line_height / 2
                continue
            layout, used, wide = self._paragraph(paragraph, width, top, line_height, left)
            self._layouts.append(layout)
            left, top, widest = left - used, top + used * line_height, max(widest, wide)
        self.natural = (min(width, ceil(widest) + 1), ceil(top))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines that fit."""
        painter = QPainter(self)
        painter.setPen(QColor(roles().ink))
        for layout in self._layouts:
            layout.draw(painter, QPointF(0, 0))
        painter.end()

    def _paragraph(
        self, text: str, width: int, top: float, line_height: float, most: int
    ) -> tuple[QTextLayout, int, float]:
        # Words from right to left end at the right edge of what the bubble takes, not of the page.
        measured = min(width, QFontMetrics(self.font()).horizontalAdvance(text[:_CHARS_OF_LINE]))
        room = max(self._taken(width), measured + 1)
        layout = QTextLayout(text[: most * _CHARS_OF_LINE], self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        used, wide = 0, 0.0
        while (line := layout.createLine()).isValid():
            if used == most:
                self.is_cut = True
                break
            line.setLineWidth(min(width, room))
            line.setPosition(QPointF(0, top + used * line_height))
            wide = max(wide, line.naturalTextWidth())
            used += 1
        layout.endLayout()
        self.is_cut = self.is_cut or len(text) > most * _CHARS_OF_LINE
        return layout, used, wide

    def _taken(self, width: int) -> int:
        metrics = QFontMetrics(self.font())
        paragraphs = (part[:_CHARS_OF_LINE] for part in self.text().split("\n", 60)[:60])
        widest = max((metrics.horizontalAdvance(part) for part in paragraphs), default=0)
        return min(width, widest + 1)
