"""A check box with a tick of ours."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles

_BOX = 18
_NARROWEST = 110
_WRAPPED = int(Qt.TextFlag.TextWordWrap)


class CheckBox(QCheckBox):
    """Small words beside a box."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFont(font(Type.SMALL))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Box and words."""
        wide = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(_BOX + 12 + wide, 26)

    def hasHeightForWidth(self) -> bool:
        """Long words take a second line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What its words need."""
        room = QRect(0, 0, max(1, width - _BOX - 12), 1_000)
        words = QFontMetrics(self.font()).boundingRect(room, _WRAPPED, self.text())
        return max(26, words.height() + 6)

    def minimumSizeHint(self) -> QSize:
        """A few words wide."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), _NARROWEST), hint.height())

    def hitButton(self, pos: object) -> bool:
        """All of it can be pressed."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, its tick, the words."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.6)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - _BOX - 1 if is_mirrored else 1
        box = QRectF(left, (self.height() - _BOX) / 2, _BOX, _BOX)
        on = self.isChecked()
        edge = colours.accent if on else colours.line_strong
        if self.hasFocus():
            edge = colours.accent_ink
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(colours.accent if on else colours.field))
        painter.drawRoundedRect(box, 5, 5)
        if on:
            draw(painter, "check", box.adjusted(2, 2, -2, -2), colours.on_accent)
        painter.setPen(QColor(colours.ink_soft))
        inset = _BOX + 11
        words = self.rect().adjusted(
            0 if is_mirrored else inset, 0, -inset if is_mirrored else 0, 0
        )
        aligned = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        painter.drawText(
            words, int(aligned) | int(Qt.AlignmentFlag.AlignVCenter) | _WRAPPED, self.text()
        )
        painter.end()
