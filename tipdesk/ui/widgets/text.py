"""Words on the screen: always plain text, whoever wrote them."""

from html import escape
from typing import Any
from unicodedata import bidirectional

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from tipdesk.ui.i18n import say
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.linked import Link, Linked, units

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

    _whole = ""
    """The tool tip that says what is cut; another one is its owner's."""

    def __init__(
        self, text: str = "", step: Type = Type.BODY, tone: str = "", *, tabular: bool = False
    ) -> None:
        super().__init__(text, step, tone, tabular=tabular)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Other words may be cut where these were not."""
        super().setText(text)
        self._tell_whole()

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
        super().resizeEvent(event)
        self._tell_whole()

    def _tell_whole(self) -> None:
        if self.toolTip() in ("", self._whole):
            cut = QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()
            self._whole = plain_tooltip(self.text()) if cut else ""
            self.setToolTip(self._whole)


class Prose(QLabel):
    """Paragraphs, cut after a number of lines; each paragraph in its own writing direction.

    A label to screen readers, which read all of it, also what is cut on the screen. Links in it
    are ours to find and to colour: no markup is ever read.
    """

    followed = Signal(object, QRect)
    """A `Link` was pressed, and where it is in the window."""

    def __init__(
        self, step: Type = Type.BODY, *, lines: int = 8, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(step))
        self._lines = lines
        self._layout: list[tuple[QTextLayout, int]] = []
        """Each with where it begins in the text, for Qt."""
        self._laid_out: tuple[str, object, tuple[int, str]] | None = None
        self._links: tuple[tuple[int, int, Link], ...] = ()
        """Each with where it begins and ends for Qt."""
        self._pressed: Link | None = None
        self._height = 0
        self.is_cut = False

    def setText(self, text: str) -> None:
        """Text without links."""
        self.show_linked(Linked(text))

    def show_linked(self, linked: Linked) -> None:
        """Text with links that can be pressed."""
        super().setText(linked.text)
        text = linked.text
        self._links = tuple((units(text, k.start), units(text, k.end), k) for k in linked.links)
        self.setMouseTracking(bool(linked.links))
        if not linked.links:
            self.unsetCursor()

    def arrange(self, width: int) -> int:
        """Lays the text out; the height it needs."""
        wanted = self.text(), self._links, (width, roles().accent_ink)
        if self._laid_out != wanted:
            self._laid_out = wanted
            self._lay_out(max(width, 24))
        return self._height

    def link_rect(self, link: Link) -> QRect:
        """Where a link begins to be seen; empty if it is cut off."""
        start, end = next((start, end) for start, end, one in self._links if one == link)
        for layout, base in self._layout:
            if base <= start < base + _length(layout):
                line = layout.lineForTextPosition(start - base)
                left, right = _x(line, start - base), _x(line, end - base)
                area = QRectF(min(left, right), line.y(), abs(right - left), line.height())
                return area.toAlignedRect()
        return QRect()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines that fit."""
        self.arrange(self.width())
        painter = QPainter(self)
        painter.setPen(QColor(roles().ink))
        for layout, _ in self._layout:
            layout.draw(painter, QPointF(0, 0))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over a link; nothing else happens there."""
        over = self._link_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a press on a link; all else is for what is behind."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._link_at(event.position()) if is_left else None
        event.setAccepted(self._pressed is not None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press that ends on the link it began on follows it."""
        link, self._pressed = self._pressed, None
        if link is not None and link == self._link_at(event.position()):
            rect = self.link_rect(link)
            self.followed.emit(link, QRect(self.mapTo(self.window(), rect.topLeft()), rect.size()))
        event.setAccepted(link is not None)

    def _link_at(self, at: QPointF) -> Link | None:
        for layout, base in self._layout if self._links else ():
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                if line.naturalTextRect().contains(at):
                    on = QTextLine.CursorPosition.CursorOnCharacter
                    place = base + line.xToCursor(at.x(), on)
                    return next((k for start, end, k in self._links if start <= place < end), None)
        return None

    def _mark_links(self, layout: QTextLayout, base: int) -> None:
        """An address of the web is told from a name by more than its colour."""
        ranges = []
        for start, end, link in self._links:
            if start < base + _length(layout) and end > base:
                found, ink = QTextLayout.FormatRange(), QTextCharFormat()
                found.start, found.length = start - base, end - start
                ink.setForeground(QColor(roles().accent_ink))
                ink.setFontUnderline(isinstance(link.target, str))
                found.format = ink
                ranges.append(found)
        if ranges:
            layout.setFormats(ranges)

    def _lay_out(self, width: int) -> None:
        metrics = QFontMetrics(self.font())
        spacing = round(metrics.height() * _LEADING / 1.17)
        self._layout, self.is_cut = [], False
        left, top, base = self._lines, 0, 0
        for paragraph in self.text().split("\n"):
            if left <= 0:
                self.is_cut = True
                break
            if not paragraph:
                top += spacing // 2
                base += 1
                continue
            used, cut = self._paragraph(paragraph, base, QRect(0, top, width, spacing), left)
            left -= used
            top += used * spacing
            base += _units(paragraph) + 1
            self.is_cut = self.is_cut or cut
        self._height = top

    def _paragraph(self, text: str, base: int, first: QRect, most: int) -> tuple[int, bool]:
        """How many lines it takes, of at most `most` from the first on; whether it is cut."""
        layout = self._made(text[: most * 400], text, base)
        layout.beginLayout()
        count, cut = 0, False
        while (line := layout.createLine()).isValid():
            if count == most:
                cut = True
                break
            line.setLineWidth(first.width())
            line.setPosition(QPointF(0, first.top() + count * first.height()))
            count += 1
        layout.endLayout()
        if cut:
            return self._with_ellipsis(text, base, first, most), True
        self._layout.append((layout, base))
        return count, False

    def _with_ellipsis(self, text: str, base: int, first: QRect, most: int) -> int:
        """Lays the first lines out again, the last of them elided."""
        probe = self._made(text[: most * 400], text, base)
        probe.beginLayout()
        start = 0
        for _ in range(most):
            line = probe.createLine()
            line.setLineWidth(first.width())
            start = _letters(text, line.textStart())
        probe.endLayout()
        metrics = QFontMetrics(self.font())
        last = text[start : start + 400].strip() + "…"
        elided = metrics.elidedText(last, Qt.TextElideMode.ElideRight, first.width() - 2)
        layout = self._made(text[:start] + elided, text, base)
        layout.beginLayout()
        for number in range(most):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(first.width())
            line.setPosition(QPointF(0, first.top() + number * first.height()))
        layout.endLayout()
        self._layout.append((layout, base))
        return most

    def _made(self, text: str, whole: str, base: int) -> QTextLayout:
        layout = QTextLayout(text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(_direction(whole))
        layout.setTextOption(option)
        self._mark_links(layout, base)
        return layout


def _x(line: QTextLine, place: int) -> float:
    """Where a letter stands; of one on a later line, where this line ends."""
    last = line.textStart() + line.textLength()
    found: Any = line.cursorToX(min(place, last))
    # Qt also says which letter it took, its binding with it.
    return float(found[0] if isinstance(found, tuple) else found)


def _length(layout: QTextLayout) -> int:
    return _units(layout.text())


def _units(text: str) -> int:
    return units(text, len(text))


def _letters(text: str, places: int) -> int:
    """How many letters the first so many places of Qt's are."""
    return len(text.encode("utf-16-le")[: 2 * places].decode("utf-16-le", "ignore"))


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
    return f"<span>{escape(say(text))}</span>"
