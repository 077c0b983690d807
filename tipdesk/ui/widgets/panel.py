"""Frames, lines and what floats above a page."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.text import Text

_SHADOW = 14


class Panel(QFrame):
    """A frame with a ground: "card", "sunken" or "warning"."""

    def __init__(self, kind: str = "card", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", kind)


def line(parent: QWidget | None = None) -> QFrame:
    """A hair line across."""
    frame = Panel("line", parent)
    frame.setFixedHeight(1)
    return frame


def column(parent: QWidget, *, margin: int = 0, spacing: int = Space.SNUG) -> QVBoxLayout:
    """A vertical layout with our spacing."""
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout


def row(*, spacing: int = Space.SNUG) -> QHBoxLayout:
    """A horizontal layout with our spacing."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def stack(*parts: QWidget, spacing: int = Space.HAIR) -> QWidget:
    """Widgets one under the other, together in the middle of the height."""
    group = QWidget()
    layout = column(group, spacing=spacing)
    layout.addStretch()
    for part in parts:
        layout.addWidget(part)
    layout.addStretch()
    return group


class Popover(QWidget):
    """A panel that floats in the window beside what opened it; Escape or a click outside closes.

    It is a child of the window, not a window of its own: the keyboard stays where it was put,
    and Tab goes round inside. A window shows one at a time.
    """

    closed = Signal()

    def __init__(self, window: QWidget, *, width: int) -> None:
        super().__init__(window)
        self._host = window
        self.setFixedWidth(width + 2 * _SHADOW)
        self._back: QWidget | None = None
        self._anchor = QRect()
        self.hide()

    @property
    def margin(self) -> int:
        """Room for the shadow on every side of the content."""
        return _SHADOW

    def head(self, title: str, *extras: QWidget) -> QHBoxLayout:
        """A title, more controls, and a button that closes."""
        line = row()
        line.addWidget(Text(title, Type.HEADING), 1)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        for part in (*extras, close):
            line.addWidget(part)
        return line

    def open_at(self, anchor: QRect, back: QWidget | None) -> None:
        """Shows it at a rectangle of the window; `back` gets the keyboard afterwards.

        Not while the window is locked.
        """
        if self._host.property("locked"):
            return
        dismiss_popovers(self._host, but=self)
        self._back = back
        self._anchor = anchor
        self.fit()
        self.show()
        self.raise_()
        # A press on a button elsewhere never reaches the window: only the application sees all.
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def fit(self) -> None:
        """Takes the size and the place that its content needs now."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            # Words that wrap tell their height for a width only.
            wraps, wide = layout.hasHeightForWidth(), self.width()
            high = layout.totalHeightForWidth(wide) if wraps else layout.totalSizeHint().height()
            self.resize(wide, high)
        self.move(self._place(self._anchor))

    def event(self, event: QEvent) -> bool:
        """Content that was shown, hidden or reworded further in needs another size."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return done

    def dismiss(self) -> None:
        """Hides it and gives the keyboard back."""
        if self.isHidden():
            return
        had_keyboard = self.isAncestorOf(self._host.focusWidget() or self._host)
        self.hide()
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        if self._back is not None and had_keyboard:
            self._back.setFocus()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; other keys end here and do not reach the page behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 (Qt's signature)
        """Tab goes round inside the panel."""
        inside = [w for w in self._chain() if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
        if not inside:
            return False
        now = self._host.focusWidget()
        place = inside.index(now) if now in inside else -1 if forward else 0
        inside[(place + (1 if forward else -1)) % len(inside)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press elsewhere in the window, or another size of it, closes."""
        if event.type() == QEvent.Type.Resize and watched is self._host:
            self.dismiss()
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            is_ours = isinstance(watched, QWidget) and watched.window() is self._host
            at = self.mapFromGlobal(event.globalPosition().toPoint())
            if is_ours and not self.rect().contains(at):
                self.dismiss()
        return False

    def mousePressEvent(self, event: QEvent) -> None:
        """A press on the panel stays here."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft shadow, the ground, a line."""
        paint_floating(self, _SHADOW)

    def _chain(self) -> list[QWidget]:
        """What in here can have the keyboard now, in its order."""
        found: list[QWidget] = []
        part = self.nextInFocusChain()
        while part is not None and part is not self:
            if self.isAncestorOf(part) and part.isVisibleTo(self) and part.isEnabled():
                found.append(part)
            part = part.nextInFocusChain()
        return found

    def _place(self, anchor: QRect) -> QPoint:
        outer = self._host.rect()
        left = anchor.right() - self.width() + _SHADOW
        below = anchor.bottom() + Space.TIGHT - _SHADOW + 4
        above = anchor.top() - self.height() + _SHADOW - Space.TIGHT
        top = below if below + self.height() <= outer.bottom() else above
        return QPoint(
            max(0, min(left, outer.width() - self.width())),
            max(0, min(top, outer.height() - self.height())),
        )


def dismiss_popovers(window: QWidget, *, but: Popover | None = None) -> None:
    """Closes what floats in a window, save one."""
    for popover in window.findChildren(Popover):
        if popover is not but:
            popover.dismiss()


def paint_floating(widget: QWidget, shadow: int, radius: float = Radius.CARD) -> None:
    """Paints the ground of something that floats, with `shadow` pixels of room around it."""
    colours = roles()
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    body = QRectF(widget.rect()).adjusted(shadow, shadow, -shadow, -shadow)
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(shadow, 0, -2):
        tint = QColor(colours.shadow)
        tint.setAlphaF((0.030 if colours.is_dark else 0.011) * (1 + (shadow - step) / shadow))
        painter.setBrush(tint)
        grown = body.adjusted(-step, -step + 3, step, step)
        painter.drawRoundedRect(grown, radius + step, radius + step)
    painter.setBrush(QColor(colours.raised))
    painter.setPen(QPen(QColor(colours.line_strong if colours.is_dark else colours.line), 1))
    painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.end()
