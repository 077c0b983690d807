"""A line of the one history."""

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.services.timeline import LineView
from tipdesk.tips.timeline import LineKind, LineState
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.copies import Copied, line_copied
from tipdesk.ui.viewmodels.history import HistoryViewModel
from tipdesk.ui.viewmodels.history_rows import describe, kind_words, said, title, worth
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.line_row import LineRow

_SIZE = 36
_PILLS = {
    LineState.UNDER_WAY: (Phrase("Under way"), "busy"),
    LineState.FAILED: (Phrase("Failed"), "bad"),
    LineState.CANCELLED: (Phrase("Taken back"), "calm"),
}


class _Sign(QWidget):
    """What kind of line it is, where there is no face."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = LineKind.PAYMENT_SENT

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, kind = roles(), self.kind
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(colours.good_soft if kind.is_received else colours.sunken))
        painter.drawEllipse(QRectF(0, 0, _SIZE, _SIZE))
        icon = "send" if kind.is_sent else "receive" if kind.is_received else "channels"
        draw(
            painter,
            icon,
            QRectF(9, 9, 18, 18),
            colours.good if kind.is_received else colours.ink_soft,
        )
        painter.end()


class _Mark(QWidget):
    """A face, or a sign."""

    def __init__(self, images: Images) -> None:
        super().__init__()
        self.setFixedSize(_SIZE, _SIZE)
        self.avatar, self.sign = Avatar(_SIZE, images), _Sign()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.avatar)
        self._stack.addWidget(self.sign)

    def show_line(self, view: LineView) -> None:
        """Who or what it is about."""
        self.avatar.show_profile(view.person)
        self.sign.kind = view.line.kind
        self.sign.update()
        self._stack.setCurrentIndex(0 if view.line.kind.is_tip else 1)


class HistoryRow(LineRow):
    """Shows a `LineView`. `wanted` with it, and where it is, to see all of it."""

    HEIGHT = 62
    wanted = Signal(object, QRect)

    def __init__(self, history: HistoryViewModel, images: Images, parent: QWidget) -> None:
        self._mark = _Mark(images)
        super().__init__(self._mark, parent)
        self._history = history
        self._view: LineView | None = None
        self.button = Button(
            icon="more", look=Look.GHOST, small=True, name=t("Details and a note of your own")
        )
        self.button.clicked.connect(self.ask)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.button)
            layout.setContentsMargins(14, 8, 8, 8)

    def show_row(self, view: LineView) -> None:
        """Shows a line."""
        self._view = view
        line = view.line
        self._mark.show_line(view)
        self.who.setText(title(view))
        spoken = said(view)
        quoted = f"“{spoken}”" if spoken else ""
        noted = t("Note: {note}", note=words.line(line.note)) if line.note else ""
        kind = kind_words(line.kind)
        self.what.setText(" · ".join(filter(None, (quoted, noted))) or kind)
        self.pill.setVisible(line.state in _PILLS)
        if line.state in _PILLS:
            state, tone = _PILLS[line.state]
            self.pill.show_words(say(state), tone)
        self._show_amount(view)
        self.setAccessibleName(describe(view))

    def copied(self) -> Copied | None:
        """A line of text."""
        return None if self._view is None else line_copied(self._view)

    def ask(self) -> None:
        """Wants to see all of the line."""
        if self._view is not None:
            corner = self.button.mapTo(self.window(), self.button.rect().topLeft())
            self.wanted.emit(self._view, QRect(corner, self.button.size()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click asks too."""
        self.ask()

    def _show_amount(self, view: LineView) -> None:
        line = view.line
        settled = line.state is LineState.SETTLED
        moved = settled and (line.kind.is_sent or line.kind.is_received)
        sign = "" if not moved else "+" if line.kind.is_received else words.MINUS
        self.amount.setText("" if line.amount is None else f"{sign}{words.amount(line.amount)}")
        received = moved and line.kind.is_received
        self.amount.set_tone("good" if received else "" if moved else "faint")
        fee = "" if not line.fee else words.fee(line.fee)
        said_worth = worth(view) if moved else ""
        when = words.ago(line.place.at, self._history.now)
        self.meta.setText(" · ".join(filter(None, (said_worth, fee, when))))
