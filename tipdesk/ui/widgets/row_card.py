"""The base of every row of a list: a card that shows one value after the other."""

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.copies import Copied


class RowCard(QWidget):
    """Shows one row; used for one after the other."""

    @abstractmethod
    def show_row(self, view: Any) -> None:  # noqa: ANN401
        """Shows a value of the model."""

    @abstractmethod
    def arrange(self, width: int) -> int:
        """Lays itself out for a width; the height it needs."""

    def copied(self) -> Copied | None:
        """What is copied of the row that it shows; None if it is nothing."""
        return None

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._current = False
        self._glow = 0.0

    def set_glow(self, glow: float) -> None:
        """How warm the ground is, 0 to 1: the row is new."""
        if glow != self._glow:
            self._glow = glow
            self.update()

    def set_current(self, *, current: bool) -> None:
        """A ring says that the keyboard is on this row."""
        if current != self._current:
            self._current = current
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card's ground."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(_between(colours.surface, colours.accent_soft, self._glow))
        edge = colours.accent if self._current else colours.line
        pen = _between(edge, colours.accent, self._glow)
        painter.setPen(QPen(pen, 2 if self._current else 1))
        inset = 1.0 if self._current else 0.5
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(rect, float(Radius.CARD), float(Radius.CARD))
        painter.end()


def has_keyboard(card: QWidget) -> bool:
    """Whether the keyboard is on the list that a card is in."""
    viewport = card.parentWidget()
    rows = None if viewport is None else viewport.parentWidget()
    return rows is not None and rows.hasFocus()


def _between(one: str, other: str, part: float) -> QColor:
    first, second = QColor(one), QColor(other)
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * part,
        first.greenF() + (second.greenF() - first.greenF()) * part,
        first.blueF() + (second.blueF() - first.blueF()) * part,
    )
