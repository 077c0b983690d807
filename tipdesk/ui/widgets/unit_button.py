"""The unit at the end of an amount: words, or a button where there is another unit to write in."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles

_ICON = 13


class UnitButton(QPushButton):
    """Says the unit; pressed, it wants the other one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFont(font(Type.SMALL_STRONG))
        self._other = ""

    def show_unit(self, unit: str, *, other: str) -> None:
        """The unit that is written in, and the other one; none if that is empty."""
        self._other = other
        self.setText(unit)
        self.setEnabled(bool(other))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if other else Qt.FocusPolicy.NoFocus)
        shape = Qt.CursorShape.PointingHandCursor if other else Qt.CursorShape.IBeamCursor
        self.setCursor(shape)
        name = (
            t("Write the amount in {other}", other=other)
            if other
            else t("The amount is in {unit}", unit=unit)
        )
        self.setAccessibleName(name)
        self.setToolTip(name if other else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Its word, and the sign that there is another."""
        wide = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(wide + 16 + (_ICON + 5 if self._other else 0), 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Quiet until it can be pressed."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ink = colours.ink_soft if self._other else colours.ink_faint
        if self._other:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover if self.underMouse() else colours.sunken))
            painter.drawRoundedRect(rect, float(Radius.SMALL), float(Radius.SMALL))
            draw(painter, "swap", QRectF(self.width() - 8 - _ICON, 8, _ICON, _ICON), ink)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent_ink), 2))
            painter.drawRoundedRect(rect, float(Radius.SMALL), float(Radius.SMALL))
        painter.setPen(QColor(ink))
        aligned = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(7, 0, 0, 0), int(aligned), self.text())
        painter.end()
