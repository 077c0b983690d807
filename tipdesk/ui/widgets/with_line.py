"""One thing that was paid with somebody: what it was, how much, and when."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.clock import Instant
from tipdesk.services.timeline import LineView
from tipdesk.tips.timeline import LineState
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.history_rows import kind_words
from tipdesk.ui.widgets.panel import row, stack
from tipdesk.ui.widgets.text import Elided, Text

_SIDE = 28
_HIGH = 48


class _Sign(QWidget):
    """Whether it went or came."""

    def __init__(self) -> None:
        super().__init__()
        self.is_received = False
        self.setFixedSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A disc and an arrow."""
        colours, came = roles(), self.is_received
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.good_soft if came else colours.sunken))
        painter.drawEllipse(self.rect())
        inner = QRectF(self.rect()).adjusted(7, 7, -7, -7)
        icon, ink = ("receive", colours.good) if came else ("send", colours.ink_soft)
        draw(painter, icon, inner, ink)
        painter.end()


class WithLine(QWidget):
    """Shows a `LineView` of somebody's history: who it was with is known."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_HIGH)
        across = row(spacing=Space.NEAR)
        self.setLayout(across)
        self._sign = _Sign()
        self._what = Elided(step=Type.BODY)
        self._when = Elided(step=Type.SMALL, tone="faint")
        self._amount = Text("", Type.STRONG, tabular=True)
        across.addWidget(self._sign)
        across.addWidget(stack(self._what, self._when, spacing=0), 1)
        across.addWidget(self._amount)

    def show_line(self, view: LineView, now: Instant) -> None:
        """A line, with how long ago it was."""
        line = view.line
        settled = line.state is LineState.SETTLED
        self._sign.is_received = line.kind.is_received
        self._sign.update()
        self._what.setText(words.line(view.text) or kind_words(line.kind))
        state = "" if settled else say(line.state.value)
        ago = words.ago(line.place.at, now)
        parts = (kind_words(line.kind) if view.text else "", state, ago)
        self._when.setText(" \u00b7 ".join(part for part in parts if part))
        sign = "" if not settled else "+" if line.kind.is_received else words.MINUS
        self._amount.setText("" if line.amount is None else f"{sign}{words.amount(line.amount)}")
        came = settled and line.kind.is_received
        self._amount.set_tone("good" if came else "" if settled else "faint")
        told = (kind_words(line.kind), self._what.text(), self._amount.text(), state, ago)
        self.setAccessibleName(". ".join(part for part in told if part))
