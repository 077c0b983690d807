"""A line of the wallet's history."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.services.views import PaymentView
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.timeline import MAX_NOTE_CHARS
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.copies import Copied, payment_copied
from tipdesk.ui.viewmodels.wallet import WalletViewModel, describe
from tipdesk.ui.widgets.button import Button, Look
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


class _NoteEdit(QLineEdit):
    """One line of words. `kept` by Enter and when the keyboard goes away, `left` by Escape."""

    kept = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaxLength(MAX_NOTE_CHARS)
        self.setFont(font(Type.SMALL))
        self.setPlaceholderText(t("A note of your own, to find it again"))
        self.setAccessibleName(t("A note of your own"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What ends it does not reach the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing that was written is lost, also not when another window comes in front."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.kept.emit()


class PaymentRow(LineRow):
    """Shows a `PaymentView`."""

    HEIGHT = 62

    noted = Signal()
    """The note was kept or left as it was: the keyboard belongs to the list again."""

    def __init__(self, wallet: WalletViewModel, parent: QWidget) -> None:
        self._mark = _Mark()
        super().__init__(self._mark, parent)
        self._wallet = wallet
        self._view: PaymentView | None = None
        self.note_button = Button(
            icon="write", look=Look.GHOST, small=True, name=t("A note of your own")
        )
        self.note_button.setToolTip(t("A note of your own (N)"))
        self.note_button.clicked.connect(self.begin_note)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.note_button)
            layout.setContentsMargins(14, 8, 8, 8)
        self.edit = _NoteEdit(self)
        self.edit.kept.connect(self._keep)
        self.edit.left.connect(self._leave)
        self.edit.hide()

    def begin_note(self) -> None:
        """A field in the place of the second line; Enter keeps what is written."""
        if self._view is None:
            return
        line = self.what.geometry()
        corner = self.what.mapTo(self, QPoint(0, 0))
        self.edit.setGeometry(corner.x() - 13, corner.y() - 2, line.width() + 13, 24)
        self.edit.setText(self._wallet.note(self._view))
        self.edit.show()
        self.edit.raise_()
        self.edit.setFocus()
        self.edit.selectAll()

    def _keep(self) -> None:
        if self._view is None or self.edit.isHidden():
            return
        had_keyboard = self.edit.hasFocus()
        self.edit.hide()
        self._wallet.set_note(self._view, self.edit.text())
        self.show_row(self._view)
        if had_keyboard:
            self.noted.emit()

    def _leave(self) -> None:
        self.edit.hide()
        self.noted.emit()

    def copied(self) -> Copied | None:
        """A line of text."""
        return None if self._view is None else payment_copied(self._view)

    def show_row(self, view: PaymentView) -> None:
        """Shows a payment; a note that was being written on another is kept before."""
        if self._view is not None and self._view.payment_hash != view.payment_hash:
            self._keep()
        self._view = view
        incoming = view.direction is Direction.IN
        self._mark.direction = view.direction
        self._mark.update()
        fallback = t("Received") if incoming else t("Sent")
        self.who.setText(words.line(view.description) or fallback)
        note = self._wallet.note(view)
        noted = t("Note: {note}", note=note) if note else ""
        self.what.setText(" · ".join(filter(None, (noted, words.line(view.sentence)))))
        self.pill.show_state(view.status)
        figure = t("any amount") if view.amount is None else words.amount(view.amount)
        done = view.status is PaymentState.SUCCEEDED
        sign = "" if view.amount is None or not done else "+" if incoming else words.MINUS
        self.amount.setText(f"{sign}{figure}")
        self.amount.set_tone("good" if incoming and done else "" if done else "faint")
        self.meta.setText(words.ago(view.at, self._wallet.now))
        self.setAccessibleName(" ".join(filter(None, (describe(view), noted))))
