"""The tray below every page: tips that wait, with what they cost, a countdown, and undo."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.base.clock import Instant
from tipdesk.services.views import TipView
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import column, paint_floating, row, stack
from tipdesk.ui.widgets.text import Elided

_SHADOW = 7
_WIDTH = 480
_MOST = 2
_ICONS = {
    TipStatus.PAYING: ("bolt-solid", "busy"),
    TipStatus.IN_FLIGHT: ("clock", "busy"),
    TipStatus.PAID: ("check", "good"),
    TipStatus.RECEIPT_SEEN: ("check", "good"),
    TipStatus.FAILED: ("alert", "bad"),
    TipStatus.CANCELLED: ("undo", "ink_faint"),
}


class _Ring(QWidget):
    """How much of the undo window is left, or how the tip stands."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(36, 36)
        self._part = 0.0
        self._figure = ""
        self._icon = ("bolt-solid", "accent_ink")

    def show_left(self, part: float, figure: str) -> None:
        """A ring of `part` of its whole, around a figure."""
        self._part, self._figure = part, figure
        self.update()

    def show_icon(self, icon: tuple[str, str]) -> None:
        """An icon in a colour role."""
        self._part, self._figure, self._icon = 0.0, "", icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        painter.setPen(QPen(QColor(colours.line), 3))
        painter.drawEllipse(rect)
        if self._figure:
            pen = QPen(QColor(colours.accent), 3)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(rect, 90 * 16, round(self._part * 360 * 16))
            painter.setPen(QColor(colours.ink))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._figure)
        else:
            draw(painter, self._icon[0], QRectF(9, 9, 18, 18), getattr(colours, self._icon[1]))
        painter.end()


class UndoBar(QWidget):
    """One tip of the tray."""

    undo = Signal(object)
    retry = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._tip: TipView | None = None
        outer = column(self, margin=_SHADOW)
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(12, 9, 12, 9)
        self._ring = _Ring()
        self._what = Elided(step=Type.STRONG, tabular=True)
        self._cost = Elided(step=Type.SMALL, tone="soft", tabular=True)
        self.button = Button("Undo", icon="undo")
        self.button.clicked.connect(self._pressed)
        line.addWidget(self._ring)
        line.addWidget(stack(self._what, self._cost), 1)
        line.addWidget(self.button)
        outer.addLayout(line)
        self.setMaximumWidth(_WIDTH + 2 * _SHADOW)

    def show_tip(self, tip: TipView, now: Instant, window_ms: int) -> None:
        """A tip as it is now."""
        self._tip = tip
        what = f"{words.amount(tip.amount)} to {words.name(tip.recipient.title)}"
        self._what.setText(f"{_verb(tip.state)} {what}")
        self._cost.setText(cost_line(tip))
        self.setAccessibleName(f"{self._what.text()}. {self._cost.text()}")
        if tip.can_undo and tip.undo_until is not None:
            left = max(0, tip.undo_until.since(now))
            figure = str(words.seconds_left(tip.undo_until, now))
            self._ring.show_left(left / window_ms if window_ms else 0.0, figure)
        else:
            self._ring.show_icon(_ICONS.get(tip.state, ("bolt-solid", "accent_ink")))
        can_retry = tip.can_retry and tip.state is TipStatus.FAILED
        self.button.setVisible(tip.can_undo or can_retry)
        self.button.set_label("Undo" if tip.can_undo else "Pay again", f"Undo {what}")
        self.button.set_icon("undo" if tip.can_undo else "refresh")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Floating ground."""
        paint_floating(self, _SHADOW)

    def _pressed(self) -> None:
        if self._tip is not None:
            (self.undo if self._tip.can_undo else self.retry).emit(self._tip.tip_id)


class TipTray(QWidget):
    """The newest tips side by side, the newest last."""

    def __init__(self, tips: TipViewModel) -> None:
        super().__init__()
        self._tips = tips
        self.bars: list[UndoBar] = []
        layout = row(spacing=0)
        self.setLayout(layout)
        layout.addStretch()
        for _ in range(_MOST):
            bar = UndoBar()
            bar.undo.connect(tips.undo)
            bar.retry.connect(tips.retry)
            bar.hide()
            layout.addWidget(bar, 100)
            self.bars.append(bar)
        layout.addStretch()
        tips.changed.connect(self.refresh)
        self.hide()

    def refresh(self) -> None:
        """Shows the tray as it is now."""
        shown = self._tips.tray[-_MOST:]
        for bar, tip in zip(self.bars, (*shown, *(None,) * (_MOST - len(shown))), strict=True):
            bar.setVisible(tip is not None)
            if tip is not None:
                bar.show_tip(tip, self._tips.now, self._tips.undo_window_ms)
        self.setVisible(bool(shown))


def cost_line(tip: TipView) -> str:
    """What it cost, or is likely to, and the most it may."""
    if tip.fee is not None:
        way = f" over {words.counted(tip.channels, 'channel')}" if tip.channels else ""
        took = f", {words.took(tip.took_ms)}" if tip.took_ms is not None else ""
        return f"{words.fee(tip.fee)}{way}{took}"
    if tip.state in (TipStatus.FAILED, TipStatus.CANCELLED, TipStatus.IN_FLIGHT):
        return words.line(tip.sentence)
    limit = f"at most {words.amount(tip.fee_limit)}"
    if tip.expected_fee is None:
        return f"Fee {limit}; finding the likely one …"
    likely = words.amount(tip.expected_fee) if tip.expected_fee else "nothing"
    return f"Fee likely {likely}, {limit}"


def _verb(state: TipStatus) -> str:
    match state:
        case TipStatus.PAID | TipStatus.RECEIPT_SEEN:
            return "Tipped"
        case TipStatus.FAILED:
            return "Not paid:"
        case TipStatus.CANCELLED:
            return "Undone:"
        case TipStatus.IN_FLIGHT:
            return "In flight:"
        case TipStatus.PAYING:
            return "Paying"
        case _:
            return "Tipping"
