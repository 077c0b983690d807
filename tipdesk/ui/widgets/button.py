"""Buttons that paint themselves, in five looks, with an icon of ours and a visible focus."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Radius, Roles
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.widgets.text import plain_tooltip


class Look(Enum):
    """What a button is for."""

    PRIMARY = "primary"
    """The one action of a panel."""
    QUIET = "quiet"
    """Another action."""
    GHOST = "ghost"
    """No ground until the pointer is on it."""
    DANGER = "danger"
    CHOICE = "choice"
    """One of several, checkable."""


_HEIGHTS = {False: 36, True: 30}
_ICON = 18
_GAP = 7
_MARK = 8
_NARROWEST = 84


class Button(QPushButton):
    """A button. Without words it must have a `name`, which screen readers say."""

    def __init__(
        self,
        text: str = "",
        *,
        icon: str = "",
        look: Look = Look.QUIET,
        name: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self._look = look
        self._small = small
        self._has_mark = False
        self._whole = ""
        """The tool tip that says what is cut; another one is its owner's."""
        self.setFont(font(Type.SMALL_STRONG if small else Type.STRONG, tabular=True))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCheckable(look is Look.CHOICE)
        self.setAccessibleName(name or text)
        if name and not text:
            self.setToolTip(plain_tooltip(name))

    def set_label(self, text: str, name: str = "") -> None:
        """New words, and what screen readers say if it is another thing."""
        if self.text() != text:
            self.setText(text)
            self.updateGeometry()
            self._tell_whole()
        self.setAccessibleName(name or text)

    def set_icon(self, name: str) -> None:
        """Another icon; none if empty."""
        if self._icon_name != name:
            self._icon_name = name
            self.update()

    def show_mark(self, *, on: bool) -> None:
        """A dot in its corner: something waits there."""
        if self._has_mark != on:
            self._has_mark = on
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        height = _HEIGHTS[self._small]
        if not self.text():
            return QSize(height, height)
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        icon = self._icon_size() + _GAP if self._icon_name else 0
        return QSize(words + icon + (20 if self._small else 30), height)

    def minimumSizeHint(self) -> QSize:
        """Long words may be cut, with an ellipsis, before a panel is."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), _NARROWEST), hint.height())

    @property
    def _said(self) -> str:
        """Its words, as far as there is room for them."""
        icon = self._icon_size() + _GAP if self._icon_name else 0
        metrics = QFontMetrics(self.font())
        room = max(0, self.width() - icon - (12 if self._small else 16))
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is cut now is its own tool tip."""
        super().resizeEvent(event)
        self._tell_whole()

    def _tell_whole(self) -> None:
        whole = plain_tooltip(self.text())
        if self.toolTip() in ("", self._whole):
            self._whole = whole if self._said != self.text() else ""
            self.setToolTip(self._whole)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, icon, words, focus ring."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        ground, ink, line = self._colours(colours)
        self.paint_ground(painter, ground, line)
        self._paint_content(painter, ink)
        if self._has_mark:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawEllipse(QRectF(self.width() - _MARK - 3, 3, _MARK, _MARK))
        painter.end()

    def paint_ground(self, painter: QPainter, ground: str, line: str) -> None:
        """The rounded ground and, if the keyboard is here, a ring around it."""
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        radius = float(Radius.CONTROL)
        if ground:
            painter.setPen(QPen(QColor(line), 1) if line else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(roles().accent_ink), 2))
            painter.drawRoundedRect(rect, radius, radius)

    def paint_icon(self, painter: QPainter, rect: QRectF, ink: str) -> None:
        """The icon in its square."""
        draw(painter, self._icon_name, rect, ink)

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        metrics = QFontMetrics(self.font())
        said = self._said
        words = metrics.horizontalAdvance(said)
        icon = self._icon_size() if self._icon_name else 0
        gap = _GAP if icon and words else 0
        left = (self.width() - words - icon - gap) / 2
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        if icon:
            top = (self.height() - icon) / 2
            at = left + words + gap if is_mirrored else left
            self.paint_icon(painter, QRectF(round(at), round(top), icon, icon), ink)
        painter.setPen(QColor(ink))
        baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
        at = left if is_mirrored else left + icon + gap
        painter.drawText(QPointF(at, baseline), said)

    def _icon_size(self) -> int:
        return 16 if self._small else _ICON

    def _colours(self, c: Roles) -> tuple[str, str, str]:
        """Ground, ink, line; an empty one is not painted."""
        warm = self.underMouse() and self.isEnabled()
        match self._look:
            case Look.PRIMARY:
                return (c.accent_hover if warm or self.isDown() else c.accent), c.on_accent, ""
            case Look.DANGER:
                return c.bad_soft, c.bad, (c.bad if warm else "")
            case Look.GHOST:
                return (c.hover if warm else ""), (c.ink if warm else c.ink_soft), ""
            case Look.CHOICE if self.isChecked():
                return c.accent_soft, c.accent_ink, (c.ink if c.is_stark else c.accent)
            case _:
                return (c.hover if warm else c.sunken), c.ink, c.line
