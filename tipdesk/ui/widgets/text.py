"""Words on the screen: always plain text, whoever wrote them."""

from html import escape
from unicodedata import bidirectional

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles

_LEADING = 1.38


class Text(QLabel):
    """A label of one step of the type scale and one tone; never rich text.

    Tones: "" (ink), soft, faint, accent, good, bad, busy.
    """

    def __init__(
        self,
        text: str = "",
        step: Type = Type.BODY,
        tone: str = "",
        *,
        tabular: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(step, tabular=tabular))
        self.setWordWrap(wrap)
        self.setProperty("tone", tone)
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Changes the colour role."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class Elided(Text):
    """One line that ends in an ellipsis where it has no room; the whole of it is its tool tip."""

    def __init__(
        self, text: str = "", step: Type = Type.BODY, tone: str = "", *, tabular: bool = False
    ) -> None:
        super().__init__(text, step, tone, tabular=tabular)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """May shrink to almost nothing."""
        hint = super().minimumSizeHint()
        return QSize(min(24, hint.width()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, cut on the right."""
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        cut = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), cut)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tool tip is there only while something is cut."""
        cut = QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()
        self.setToolTip(plain_tooltip(self.text()) if cut else "")
        super().resizeEvent(event)


class Prose(QLabel):
    """Paragraphs, cut after a number of lines; each paragraph in its own writing direction.

    A label to screen readers, which read all of it, also what is cut on the screen.
    """

    def __init__(
        self, step: Type = Type.BODY, *, lines: int = 8, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(step))
        self._lines = lines
        self._layout: list[QTextLayout] = []
        self._laid_out: tuple[str, int] | None = None
        self._height = 0
        self.is_cut = False

    def arrange(self, width: int) -> int:
        """Lays the text out; the height it needs."""
        if self._laid_out != (self.text(), width):
            self._laid_out = (self.text(), width)
            self._lay_out(max(width, 24))
        return self._height

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines that fit."""
        self.arrange(self.width())
        painter = QPainter(self)
        painter.setPen(QColor(roles().ink))
        for layout in self._layout:
            layout.draw(painter, QPointF(0, 0))
        painter.end()

    def _lay_out(self, width: int) -> None:
        metrics = QFontMetrics(self.font())
        spacing = round(metrics.height() * _LEADING / 1.17)
        self._layout, self.is_cut = [], False
        left, top = self._lines, 0
        for paragraph in self.text().split("\n"):
            if left <= 0:
                self.is_cut = True
                break
            if not paragraph:
                top += spacing // 2
                continue
            used, cut = self._paragraph(paragraph, width, top, spacing, left)
            left -= used
            top += used * spacing
            self.is_cut = self.is_cut or cut
        self._height = top

    def _paragraph(
        self, text: str, width: int, top: int, spacing: int, most: int
    ) -> tuple[int, bool]:
        layout = QTextLayout(text[: most * 400], self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(_direction(text))
        layout.setTextOption(option)
        layout.beginLayout()
        count, cut = 0, False
        while (line := layout.createLine()).isValid():
            if count == most:
                cut = True
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top + count * spacing))
            count += 1
        layout.endLayout()
        if cut:
            return self._with_ellipsis(text, width, top, spacing, most), True
        self._layout.append(layout)
        return count, False

    def _with_ellipsis(self, text: str, width: int, top: int, spacing: int, most: int) -> int:
        """Lays the first lines out again, the last of them elided."""
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(_direction(text))
        probe = QTextLayout(text[: most * 400], self.font())
        probe.setTextOption(option)
        probe.beginLayout()
        start = 0
        for _ in range(most):
            line = probe.createLine()
            line.setLineWidth(width)
            start = line.textStart()
        probe.endLayout()
        metrics = QFontMetrics(self.font())
        last = text[start : start + 400].strip() + "…"
        elided = metrics.elidedText(last, Qt.TextElideMode.ElideRight, width - 2)
        layout = QTextLayout(text[:start] + elided, self.font())
        layout.setTextOption(option)
        layout.beginLayout()
        for number in range(most):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top + number * spacing))
        layout.endLayout()
        self._layout.append(layout)
        return most


def _direction(text: str) -> Qt.LayoutDirection:
    """UAX 9, P2: the first letter with a direction of its own decides."""
    for character in text:
        match bidirectional(character):
            case "L":
                return Qt.LayoutDirection.LeftToRight
            case "R" | "AL":
                return Qt.LayoutDirection.RightToLeft
    return Qt.LayoutDirection.LeftToRight


def plain_tooltip(text: str) -> str:
    """Text as a tool tip that shows it letter by letter: markup would otherwise act."""
    return f"<span>{escape(text)}</span>"
