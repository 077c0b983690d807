"""An amount in sat, exact to the millisat, written as people write it."""

import re

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.base.units import Msat
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles

MOST = Msat(2_100_000_000_000_000_000)
_WRITTEN = re.compile(r"(\d{1,16})(?:\.(\d{1,3}))?")


class AmountEdit(QLineEdit):
    """Emits `amount_changed` with the amount, or None while there is none."""

    amount_changed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font(Type.STRONG, tabular=True))
        self.setFixedHeight(40)
        self.setMaxLength(28)
        self.setTextMargins(0, 0, 34, 0)
        self.setPlaceholderText("0")
        self.setAccessibleName(f"{name}, in sat")
        self.textChanged.connect(self._changed)

    @property
    def amount(self) -> Msat | None:
        """What is written; None if that is nothing or no amount."""
        return parse_amount(self.text())

    @property
    def problem(self) -> str:
        """Why what is written is no amount; empty if it is one, or nothing is written."""
        return amount_problem(self.text())

    def set_amount(self, amount: Msat | None) -> None:
        """Writes an amount."""
        self.setText("" if amount is None else words.figure(amount))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, with its unit at the end."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(roles().ink_faint))
        painter.setFont(font(Type.BODY))
        area = QRectF(self.rect()).adjusted(0, 0, -13, 0)
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), "sat"
        )
        painter.end()

    def _changed(self, text: str) -> None:
        amount = parse_amount(text)
        wrong = bool(text.strip()) and amount is None
        if self.property("wrong") != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)
        self.amount_changed.emit(amount)


def amount_problem(text: str) -> str:
    """A sentence on text that is no amount; empty if it is one, or blank."""
    if not text.strip() or parse_amount(text) is not None:
        return ""
    if not text.isascii() or re.fullmatch(r"[\d., ]+(sat)?", text.strip()) is None:
        return "Write an amount in sat with digits, like 1,000 or 0.5."
    if not text.strip("0., sat"):
        return "An amount is more than nothing."
    if re.search(r"\.\d{4}", text):
        return "A sat has at most three decimals."
    return "That is more than there is. Write a smaller amount."


def parse_amount(text: str) -> Msat | None:
    """``1,234.567`` as an amount; None if it is nothing, zero, too much or not one."""
    match = _WRITTEN.fullmatch(text.replace(",", "").replace(" ", "").removesuffix("sat"))
    if match is None or not text.isascii():
        return None
    amount = Msat(int(match[1]) * 1_000 + int((match[2] or "").ljust(3, "0")))
    return amount if Msat(0) < amount <= MOST else None
