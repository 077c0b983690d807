"""Small fields: a whole number with its unit, and a time of day."""

import re

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIntValidator, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class NumberEdit(QLineEdit):
    """A whole number from `least` to `most`, with its unit written at the end."""

    def __init__(self, name: str, unit: str, *, least: int, most: int) -> None:
        super().__init__()
        self._unit, self._least, self._most = unit, least, most
        self.setFont(font(Type.STRONG, tabular=True))
        self.setFixedHeight(36)
        self.setValidator(QIntValidator(0, most, self))
        self.setAccessibleName(t("{name}, in {unit}", name=name, unit=unit))
        wide = QFontMetrics(font(Type.SMALL)).horizontalAdvance(unit)
        self.setTextMargins(0, 0, wide + 4, 0)

    @property
    def number(self) -> int:
        """What is written, brought into bounds."""
        text = self.text().strip()
        return min(self._most, max(self._least, int(text) if text.isdecimal() else self._least))

    def set_number(self, number: int) -> None:
        """Writes a number, unless the person is writing one."""
        if not self.hasFocus():
            self.setText(str(number))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, with its unit at the end."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(roles().ink_faint))
        painter.setFont(font(Type.SMALL))
        area = QRectF(self.rect()).adjusted(0, 0, -12, 0)
        aligned = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, int(aligned), self._unit)
        painter.end()


class TimeEdit(QLineEdit):
    """A time of day, written as 22:30."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFont(font(Type.BODY, tabular=True))
        self.setFixedHeight(36)
        self.setFixedWidth(78)
        self.setMaxLength(5)
        self.setPlaceholderText("22:30")
        self.setAccessibleName(t("{name}, as hours:minutes", name=name))

    @property
    def minute(self) -> int | None:
        """Minutes since midnight; None if what is written is no time."""
        found = _TIME.fullmatch(self.text().strip())
        return None if found is None else int(found[1]) * 60 + int(found[2])

    def set_minute(self, minute: int) -> None:
        """Writes a time, unless the person is writing one."""
        if not self.hasFocus():
            self.setText(f"{minute // 60:02}:{minute % 60:02}")
