"""A QR code, painted in whole pixels, always dark on white: scanners want it so."""

import segno
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_QUIET = 4
"""Modules of white around the code."""


class QrCode(QWidget):
    """Shows an invoice or an address."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = side
        self.setFixedSize(side, side)
        self._rows: tuple[bytes, ...] = ()

    def show_text(self, text: str, name: str) -> None:
        """A code of `text`."""
        self._rows = tuple(bytes(row) for row in segno.make(_smallest(text), micro=False).matrix)
        across = len(self._rows) + 2 * _QUIET
        side = max(1, self._most // across) * across
        self.setFixedSize(side, side)
        self.setAccessibleName(name)
        self.update()

    @property
    def modules(self) -> tuple[bytes, ...]:
        """The code itself: a byte of 1 for a dark module, 0 for a light one."""
        return self._rows

    def paintEvent(self, event: QPaintEvent) -> None:
        """White ground with round corners, dark modules without gaps."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff"))
        painter.drawRoundedRect(QRectF(self.rect()), 12, 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if self._rows:
            self._paint_modules(painter)
        painter.end()

    def _paint_modules(self, painter: QPainter) -> None:
        module = self.width() // (len(self._rows) + 2 * _QUIET)
        start = module * _QUIET
        for y, modules in enumerate(self._rows):
            for x, dark in enumerate(modules):
                if dark:
                    rect = QRect(start + x * module, start + y * module, module, module)
                    painter.fillRect(rect, QColor("#17150f"))


def _smallest(text: str) -> str:
    """Bech32 in capitals makes a smaller code (BOLT 11 and BIP 173 allow it).

    The names in a BIP 21 link stay as they are: wallets tell them apart by their case.
    """
    return text if "?" in text or text[:1] in "123mn" else text.upper()
