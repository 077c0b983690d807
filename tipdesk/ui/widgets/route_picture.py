"""The way of a payment as dots on a line: us, the nodes between, the payee."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.route import NodeDrawn, PartDrawn
from tipdesk.ui.widgets.text import plain_tooltip

_LEAST_CELL = 72
"""What a name needs to be told from others; a longer way goes on in the next line."""
_LINE = 16
_DOT = 6.0
_BAND = 4 * _LINE + Space.NEAR
_TITLE = _LINE + Space.TIGHT

Cells = list[tuple[NodeDrawn, QPointF, float]]
"""A node, the middle of its dot, the width it has."""


class RoutePicture(QWidget):
    """Paints parts one under the other, and is read out as sentences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[PartDrawn, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: tuple[PartDrawn, ...], spoken: str) -> None:
        """Paints others."""
        self._parts = parts
        self.setAccessibleName(spoken)
        self._take_height()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the width makes it."""
        return QSize(320, self.height_for(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of lines."""
        super().resizeEvent(event)
        self._take_height()

    def event(self, event: QEvent) -> bool:
        """A tool tip says who a node is."""
        if isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            for _, cells in self._laid_out():
                for node, middle, width in cells:
                    if QRectF(middle.x() - width / 2, middle.y() - 24, width, _BAND).contains(at):
                        QToolTip.showText(event.globalPos(), plain_tooltip(node.details), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Line, dots, words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for title, cells in self._laid_out():
            if title and cells:
                top = cells[0][1].y() - _LINE - Space.SNUG - _TITLE
                box = QRectF(0, top, self.width(), _LINE)
                self._write(painter, box, title, Type.SMALL_STRONG, roles().ink_soft)
            self._paint_line(painter, cells)
            for node, middle, width in cells:
                self._paint_node(painter, node, middle, width)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(roles().accent_ink), 2))
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(box, Radius.SMALL, Radius.SMALL)
        painter.end()

    def _paint_line(self, painter: QPainter, cells: Cells) -> None:
        """From dot to dot; dotted over the edge where the way goes on in the next line."""
        colours = roles()
        pen = QPen(QColor(colours.line_strong), 2)
        painter.setPen(pen)
        for (_, one, _), (_, other, _) in pairwise(cells):
            if one.y() == other.y():
                painter.drawLine(one, other)
                continue
            pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawLine(one, QPointF(self.width() - Space.TIGHT, one.y()))
            painter.drawLine(QPointF(Space.TIGHT, other.y()), other)
            pen.setStyle(Qt.PenStyle.SolidLine)
            painter.setPen(pen)

    def _paint_node(
        self, painter: QPainter, node: NodeDrawn, middle: QPointF, width: float
    ) -> None:
        colours = roles()
        painter.setPen(QPen(QColor(colours.accent_ink if node.is_end else colours.ink_soft), 2))
        painter.setBrush(QColor(colours.accent if node.is_end else colours.raised))
        painter.drawEllipse(middle, _DOT, _DOT)
        left, room = middle.x() - width / 2 + Space.HAIR, width - 2 * Space.HAIR
        above = QRectF(left, middle.y() - _DOT - Space.TIGHT - _LINE, room, _LINE)
        name = QRectF(left, middle.y() + _DOT + Space.TIGHT, room, _LINE)
        time = name.translated(0, _LINE)
        middle_flag = Qt.AlignmentFlag.AlignHCenter
        self._write(painter, above, node.fee, Type.SMALL, colours.ink_soft, middle_flag)
        self._write(painter, name, node.name, Type.SMALL_STRONG, colours.ink, middle_flag)
        self._write(painter, time, node.time, Type.SMALL, colours.ink_faint, middle_flag)

    def _write(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        step: Type,
        colour: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        face = font(step, tabular=True)
        painter.setFont(face)
        painter.setPen(QColor(colour))
        shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(box, int(flags), shown)

    def _take_height(self) -> None:
        high = self.height_for(self.width())
        if high != self.height() or self.minimumHeight() != high:
            self.setFixedHeight(high)

    def height_for(self, width: int) -> int:
        """What all lines need in such a width."""
        lines = sum(-(-len(part.nodes) // _per_line(part, width)) for part in self._parts)
        titles = sum(bool(part.title) for part in self._parts)
        return max(1, lines * _BAND + titles * _TITLE)

    def _laid_out(self) -> list[tuple[str, Cells]]:
        found: list[tuple[str, Cells]] = []
        top = 0.0
        for part in self._parts:
            top += _TITLE if part.title else 0
            most = _per_line(part, self.width())
            width = self.width() / most
            cells: Cells = []
            for place, node in enumerate(part.nodes):
                line, column = divmod(place, most)
                middle = QPointF(
                    width * (column + 0.5), top + line * _BAND + _LINE + Space.SNUG + 2
                )
                cells.append((node, middle, width))
            found.append((part.title, cells))
            top += -(-len(part.nodes) // most) * _BAND
        return found


def _per_line(part: PartDrawn, width: int) -> int:
    """As many as have room, and no more in one line than in the others."""
    room = max(2, width // _LEAST_CELL)
    lines = max(1, -(-len(part.nodes) // room))
    return max(1, -(-len(part.nodes) // lines))
