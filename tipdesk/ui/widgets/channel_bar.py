"""A channel as a bar: ours from the left, theirs from the right, the reserves hatched."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.ports.channels import ChannelView
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.theme import roles

_THICK = 14


class ChannelBar(QWidget):
    """The whole width is the capacity."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_THICK)
        self._ours = self._theirs = self._flight = self._total = 0
        self._our_reserve = self._their_reserve = 0
        self._is_live = True

    def show_channel(self, channel: ChannelView, *, is_live: bool) -> None:
        """Shows a channel; one that cannot be used now is pale."""
        self._total = channel.capacity.value * 1_000
        self._our_reserve = channel.our_reserve.value * 1_000
        self._their_reserve = channel.their_reserve.value * 1_000
        self._flight = channel.in_flight.value
        # Balances hold what is under way until it is decided; here it stands between them.
        outgoing = channel.share.in_flight
        incoming = max(Msat(0), channel.in_flight - outgoing)
        ours = max(Msat(0), channel.ours - outgoing)
        self._show(ours, max(Msat(0), channel.theirs - incoming), is_live=is_live)

    def show_sum(self, ours: Msat, theirs: Msat) -> None:
        """Shows a sum of several channels."""
        self._total = ours.value + theirs.value
        self._show(ours, theirs, is_live=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two colours that meet where the balance is."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = float(self.width())
        path = QPainterPath()
        path.addRoundedRect(QRectF(0, 0, width, _THICK), _THICK / 2, _THICK / 2)
        painter.setClipPath(path)
        painter.fillRect(QRectF(0, 0, width, _THICK), QColor(colours.hover))
        if self._total:
            self._paint_parts(painter, width)
        painter.end()

    def _show(self, ours: Msat, theirs: Msat, *, is_live: bool) -> None:
        self._ours, self._theirs = ours.value, theirs.value
        self._is_live = is_live
        self.setAccessibleName(t("Ours {ours}, theirs {theirs}", ours=ours, theirs=theirs))
        self.update()

    def _paint_parts(self, painter: QPainter, width: float) -> None:
        colours = roles()
        ours, theirs = QColor(colours.accent), QColor(colours.theirs)
        if not self._is_live:
            ours.setAlphaF(0.4)
            theirs.setAlphaF(0.3)
        scale = width / self._total
        left, right = self._ours * scale, self._theirs * scale
        painter.fillRect(QRectF(0, 0, left, _THICK), ours)
        painter.fillRect(QRectF(width - right, 0, right, _THICK), theirs)
        if self._flight:
            pending = QRectF(left, 0, max(3.0, width - right - left), _THICK)
            painter.fillRect(pending, QColor(colours.good))
        veil = QBrush(QColor(255, 255, 255, 150), Qt.BrushStyle.BDiagPattern)
        if colours.is_dark:
            veil = QBrush(QColor(0, 0, 0, 170), Qt.BrushStyle.BDiagPattern)
        held = min(left, self._our_reserve * scale)
        painter.fillRect(QRectF(0, 0, held, _THICK), veil)
        held = min(right, self._their_reserve * scale)
        painter.fillRect(QRectF(width - held, 0, held, _THICK), veil)
        painter.fillRect(QRectF(left - 1, 0, 2, _THICK), QColor(colours.surface))
