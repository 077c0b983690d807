"""An entry of the navigation: icon and name; the page that is open stands out."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles

HEIGHT = 42
_WORDS_AT = 46
_BADGE_ROOM = 38
_PAD = 8


class RailButton(QPushButton):
    """Checkable; one of the rail's is checked."""

    def __init__(self, name: str, icon: str, keys: str = "") -> None:
        super().__init__(name)
        self._icon_name = icon
        self._badge = 0
        self.setCheckable(True)
        self.setFont(font(Type.STRONG))
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        if keys:
            self.setToolTip(f"{name} ({keys})")

    def show_badge(self, count: int) -> None:
        """How much is new there; 0 shows nothing."""
        if count != self._badge:
            self._badge = count
            said = t("{text}, {count} new", text=self.text(), count=count) if count else self.text()
            self.setAccessibleName(said)
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as the rail."""
        return QSize(168, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft ground when open or under the pointer."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        radius = float(Radius.CONTROL)
        ground = colours.surface if self.isChecked() else colours.hover
        if self.isChecked() or self.underMouse():
            edge = colours.line if self.isChecked() else ground
            painter.setPen(QPen(QColor(edge), 1))
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent_ink), 2))
            painter.drawRoundedRect(rect, radius, radius)
        on = self.isChecked()
        middle = self.height() / 2
        icon_ink = colours.accent_ink if on else colours.ink_soft
        draw(painter, self._icon_name, QRectF(13, middle - 10, 20, 20), icon_ink)
        painter.setPen(QColor(colours.ink if on else colours.ink_soft))
        metrics = QFontMetrics(self.font())
        baseline = middle + (metrics.ascent() - metrics.descent()) / 2
        room = self.width() - _WORDS_AT - (_BADGE_ROOM if self._badge else _PAD)
        said = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(_WORDS_AT, baseline), said)
        if self._badge:
            self._paint_badge(painter)
        painter.end()

    def _paint_badge(self, painter: QPainter) -> None:
        text = str(self._badge) if self._badge < 100 else "99+"
        painter.setFont(font(Type.SMALL_STRONG, tabular=True))
        wide = max(20, painter.fontMetrics().horizontalAdvance(text) + 12)
        rect = QRectF(self.width() - wide - 12, self.height() / 2 - 10, wide, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(roles().accent))
        painter.drawRoundedRect(rect, 10, 10)
        painter.setPen(QColor(roles().on_accent))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
