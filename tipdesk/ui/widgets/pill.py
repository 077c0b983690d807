"""A state in a word or two, on a tint: good, bad, busy, accent or calm."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from tipdesk.ports.channels import ChannelStatus
from tipdesk.tips.history import PaymentState
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.i18n import say
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Roles
from tipdesk.ui.theme.theme import roles

_HEIGHT = 21
_PAD = 9
_DOT = 6
_TONES = {
    TipStatus.DRAFT: "calm",
    TipStatus.UNDO: "accent",
    TipStatus.QUOTING: "accent",
    TipStatus.PAYING: "busy",
    TipStatus.IN_FLIGHT: "busy",
    TipStatus.PAID: "good",
    TipStatus.RECEIPT_SEEN: "good",
    TipStatus.CANCELLED: "calm",
    TipStatus.FAILED: "bad",
    ChannelStatus.OPENING: "busy",
    ChannelStatus.CONFIRMING: "busy",
    ChannelStatus.ONLINE: "good",
    ChannelStatus.OFFLINE: "calm",
    ChannelStatus.CLOSING: "busy",
    ChannelStatus.CLOSED: "calm",
    ChannelStatus.FAILED: "bad",
    PaymentState.WAITING: "accent",
    PaymentState.EXPIRED: "calm",
    PaymentState.IN_FLIGHT: "busy",
    PaymentState.SUCCEEDED: "good",
    PaymentState.FAILED: "bad",
}


class Pill(QLabel):
    """A label to screen readers; its colour never says more than its words."""

    def __init__(self) -> None:
        super().__init__()
        self._tone = "calm"
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(Type.SMALL_STRONG))

    def show_state(self, state: TipStatus | ChannelStatus | PaymentState) -> None:
        """A state of a tip, a channel or a payment, in its own words."""
        self.show_words(say(state.value), _TONES[state])

    def show_words(self, text: str, tone: str) -> None:
        """Any words, in a tone."""
        self._tone = tone
        self.setText(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Its words, a dot, and room at both ends."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(words + 2 * _PAD + _DOT + 6, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tinted capsule with a dot."""
        ground, ink = _colours(roles(), self._tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        rect = QRectF(0, (self.height() - _HEIGHT) / 2, self.sizeHint().width(), _HEIGHT)
        painter.drawRoundedRect(rect, _HEIGHT / 2, _HEIGHT / 2)
        painter.setBrush(QColor(ink))
        painter.drawEllipse(QPointF(_PAD + _DOT / 2, rect.center().y()), _DOT / 2, _DOT / 2)
        painter.setPen(QColor(ink))
        painter.drawText(
            rect.adjusted(_PAD + _DOT + 6, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text()
        )
        painter.end()


def _colours(c: Roles, tone: str) -> tuple[str, str]:
    match tone:
        case "good":
            return c.good_soft, c.good
        case "bad":
            return c.bad_soft, c.bad
        case "busy":
            return c.busy_soft, c.busy
        case "accent":
            return c.accent_soft, c.accent_ink
        case _:
            return c.sunken, c.ink_soft
