"""How much of a limit was used."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles

_BAR = 6
_TIGHT = 80
"""From so many percent on the bar warns."""


class UseBar(QWidget):
    """A bar and what it means; nothing at all where that is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(28)
        self._part = 0.0
        self._said = ""
        self.hide()

    def show_use(self, limit: Msat | None, used: Msat | None) -> None:
        """What was used of a limit; without a limit, what was used."""
        self.setVisible(used is not None)
        if used is None:
            return
        said = (
            t("{used} of {limit} used today", used=words.figure(used), limit=limit)
            if limit
            else t("{used} used today", used=used)
        )
        self.show_part(used.value / limit.value if limit else 0.0, said)

    def show_part(self, part: float, said: str) -> None:
        """A part of something, and what it means in words."""
        self.setVisible(True)
        self._part = min(1.0, part)
        self._said = said
        self.setAccessibleName(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A groove, what is used of it, and the words below."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, 1, self.width(), _BAR)
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(groove, _BAR / 2, _BAR / 2)
        if self._part:
            tight = self._part * 100 >= _TIGHT
            painter.setBrush(QColor(colours.bad if tight else colours.accent))
            groove.setWidth(max(float(_BAR), self.width() * self._part))
            painter.drawRoundedRect(groove, _BAR / 2, _BAR / 2)
        painter.setPen(QColor(colours.ink_soft))
        painter.setFont(font(Type.SMALL, tabular=True))
        area = QRectF(0, _BAR + 4, self.width(), 18)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft), self._said)
        painter.end()
