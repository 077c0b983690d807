"""Income over time as bars: the keyboard and the pointer go from one to the next."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tipdesk.base.units import Msat
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.desk_income import ChartBar
from tipdesk.ui.widgets.text import plain_tooltip

_FOOT = 20
_HEAD = 20
_LEAST_BAR = 3.0


class IncomeChart(QWidget):
    """Arrows, Home and End choose a bar; it is told to screen readers and written above."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: tuple[ChartBar, ...] = ()
        self._current = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(t("Income over time"))

    @property
    def current(self) -> int:
        """The chosen bar; -1 for none."""
        return self._current

    def show_bars(self, bars: tuple[ChartBar, ...]) -> None:
        """Draws others; the chosen one stays while their number does."""
        if len(bars) != len(self._bars):
            self._current = -1
        self._bars = bars
        self._tell()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(320, 150)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes along the bars."""
        last = len(self._bars) - 1
        now = last + 1 if self._current < 0 else self._current
        match event.key():
            case Qt.Key.Key_Left:
                self._choose(max(0, now - 1))
            case Qt.Key.Key_Right:
                self._choose(min(last, now + 1))
            case Qt.Key.Key_Home:
                self._choose(0)
            case Qt.Key.Key_End:
                self._choose(last)
            case _:
                event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The bar under the pointer is the chosen one."""
        self._choose(self._at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """None is chosen without pointer or keyboard."""
        if not self.hasFocus():
            self._choose(-1)

    def event(self, event: QEvent) -> bool:
        """A tool tip with sum and count."""
        if isinstance(event, QHelpEvent):
            place = self._at(event.pos().x())
            if place >= 0:
                QToolTip.showText(event.globalPos(), plain_tooltip(self._bars[place].spoken), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars from a base line, the labels that fit, the words of the chosen bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(Type.SMALL, tabular=True))
        most = max((bar.total.value for bar in self._bars), default=0)
        for place, bar in enumerate(self._bars):
            self._paint_bar(painter, place, bar.total.value / most if most else 0.0)
        self._paint_labels(painter)
        self._paint_head(painter, most)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(roles().accent_ink), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _paint_bar(self, painter: QPainter, place: int, share: float) -> None:
        colours = roles()
        slot = self._slot(place)
        gap = min(6.0, slot.width() * 0.28)
        height = max(_LEAST_BAR, slot.height() * share)
        body = QRectF(slot.left() + gap / 2, slot.bottom() - height, slot.width() - gap, height)
        if place == self._current:
            colour = colours.accent_ink
        else:
            colour = colours.accent if share else colours.line_strong
        path = QPainterPath()
        radius = min(3.0, body.width() / 2, height / 2)
        path.addRoundedRect(body, radius, radius)
        painter.fillPath(path, QColor(colour))

    def _paint_labels(self, painter: QPainter) -> None:
        if not self._bars:
            return
        metrics = QFontMetrics(painter.font())
        widest = max(metrics.horizontalAdvance(bar.label) for bar in self._bars) + 14
        step = max(1, -(-int(widest) // max(1, int(self._slot(0).width()))))
        painter.setPen(QColor(roles().ink_faint))
        baseline = self.height() - 7
        # From the newest back, so that the present always has its words.
        right_most = self.width() + 10.0
        for place in range(len(self._bars) - 1, -1, -step):
            wide = metrics.horizontalAdvance(self._bars[place].label)
            left = self._slot(place).center().x() - wide / 2
            left = min(max(2.0, left), self.width() - wide - 2.0)
            if left + wide + 8 <= right_most:
                painter.drawText(QPointF(left, baseline), self._bars[place].label)
                right_most = left

    def _paint_head(self, painter: QPainter, most: int) -> None:
        chosen = self._bars[self._current].spoken if self._current >= 0 else ""
        peak = t("Highest {amount}", amount=Msat(most)) if most else t("Nothing came in yet")
        painter.setPen(QColor(roles().ink if chosen else roles().ink_faint))
        painter.drawText(QPointF(4, 14), chosen or peak)

    def _slot(self, place: int) -> QRectF:
        wide = (self.width() - 4) / max(1, len(self._bars))
        return QRectF(2 + place * wide, _HEAD, wide, self.height() - _HEAD - _FOOT)

    def _at(self, x: float) -> int:
        if not self._bars:
            return -1
        return min(len(self._bars) - 1, max(0, int((x - 2) / self._slot(0).width())))

    def _choose(self, place: int) -> None:
        if place != self._current and place < len(self._bars):
            self._current = place
            self._tell()

    def _tell(self) -> None:
        chosen = self._bars[self._current].spoken if self._current >= 0 else ""
        name = t("Income over time. {chosen}", chosen=chosen) if chosen else t("Income over time")
        if self.accessibleName() != name:
            self.setAccessibleName(name)
            changed = QAccessibleEvent(self, QAccessible.Event.NameChanged)
            QAccessible.updateAccessibility(changed)
        self.update()
