"""A line of the wallet's history."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import PaymentView
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.wallet import WalletViewModel, describe
from tipdesk.ui.widgets.line_row import LineRow


class _Mark(QWidget):
    """An arrow in a circle: in or out."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(36, 36)
        self.direction = Direction.IN

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = roles()
        incoming = self.direction is Direction.IN
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(colours.good_soft if incoming else colours.sunken))
        painter.drawEllipse(self.rect())
        icon, ink = ("receive", colours.good) if incoming else ("send", colours.ink_soft)
        draw(painter, icon, QRectF(9, 9, 18, 18), ink)
        painter.end()


class PaymentRow(LineRow):
    """Shows a `PaymentView`."""

    HEIGHT = 62

    def __init__(self, wallet: WalletViewModel, parent: QWidget) -> None:
        self._mark = _Mark()
        super().__init__(self._mark, parent)
        self._wallet = wallet

    def show_row(self, view: PaymentView) -> None:
        """Shows a payment."""
        incoming = view.direction is Direction.IN
        self._mark.direction = view.direction
        self._mark.update()
        fallback = t("Received") if incoming else t("Sent")
        self.who.setText(words.line(view.description) or fallback)
        self.what.setText(words.line(view.sentence))
        self.pill.show_state(view.status)
        figure = t("any amount") if view.amount is None else words.amount(view.amount)
        done = view.status is PaymentState.SUCCEEDED
        sign = "" if view.amount is None or not done else "+" if incoming else words.MINUS
        self.amount.setText(f"{sign}{figure}")
        self.amount.set_tone("good" if incoming and done else "" if done else "faint")
        self.meta.setText(words.ago(view.at, self._wallet.now))
        self.setAccessibleName(describe(view))
