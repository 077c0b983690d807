"""The messages of a conversation, the latest at the lower edge; older ones come in from above."""

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.messages_rows import Bubble, BubbleRows
from tipdesk.ui.widgets.bubble_row import BubbleRow
from tipdesk.ui.widgets.virtual_list import VirtualList

_GUESS = 64
_NEAR = 8
"""From so few rows above the screen on, older ones are read."""
_NEAR_END = 24
_TRIES = 6


class BubbleList(VirtualList):
    """Stays at the end while it is there; J and K move. Enter tries again, pays what is asked for,
    or answers; R refuses.
    """

    retry = Signal(object)
    pay = Signal(object)
    answer = Signal(object)
    refuse = Signal(object, QRect)
    at_end = Signal(bool)
    """Whether the latest is on the screen; told when that changes."""

    _sticks = True

    def __init__(self, model: BubbleRows) -> None:
        self._bubbles = model
        super().__init__(model, self._make, name=t("Messages"), widest=2_000, gap=0, guess=_GUESS)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._look())

    @property
    def is_at_end(self) -> bool:
        """Whether the latest is on the screen."""
        return self._sticks

    def to_end(self) -> None:
        """To the latest."""
        self._sticks = True
        bar = self.verticalScrollBar()
        self._glide.stop()
        # The rows there turn out higher than they were guessed.
        for _ in range(_TRIES):
            bar.setValue(bar.maximum())
            self._lay_out()
            if bar.value() == bar.maximum():
                break
        self._look()

    def row_rect(self, row: int) -> QRect:
        """Where a row is; few messages stand at the lower edge."""
        spare = self.viewport().height() - self._heights.tops[-1] - 2
        return super().row_rect(row).translated(0, max(0, spare))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tries again the one that the keyboard is on; the rest moves."""
        card = self.card(self.current)
        bubble = card.bubble if isinstance(card, BubbleRow) else None
        if bubble is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act(bubble)
        elif isinstance(card, BubbleRow) and event.key() == Qt.Key.Key_R and card.can_refuse:
            card.asked.refuse_button.click()
        elif self.current < 0 and event.key() in (Qt.Key.Key_K, Qt.Key.Key_Up):
            self.set_current(self.model.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is there while the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes with the keyboard."""
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The latest stays on the screen."""
        sticks = self._sticks
        super().resizeEvent(event)
        self._sticks = sticks
        QTimer.singleShot(0, self, self._stay)

    def _stay(self) -> None:
        if self._sticks:
            self.to_end()

    def _make(self, parent: QWidget) -> BubbleRow:
        card = BubbleRow(parent)
        card.retry.connect(self.retry)
        card.pay.connect(self.pay)
        card.answer.connect(self.answer)
        card.refuse.connect(self.refuse)
        card.whole.connect(self._bubbles.show_whole)
        return card

    def _act(self, bubble: Bubble) -> None:
        if bubble.view.can_retry:
            self.retry.emit(bubble.view.message_id)
        elif bubble.view.ask is not None and bubble.view.ask.can_pay:
            self.pay.emit(bubble.view.message_id)
        elif bubble.view.ask is not None and bubble.view.ask.can_answer:
            self.answer.emit(bubble.view.message_id)
        else:
            self._bubbles.show_whole(bubble.view.message_id)

    def _look(self) -> None:
        """Where the screen is now, and whether older ones are wanted."""
        if self._moving:
            return
        bar = self.verticalScrollBar()
        sticks = bar.value() >= bar.maximum() - _NEAR_END
        if sticks != self._sticks:
            self._sticks = sticks
            self.at_end.emit(sticks)
        if self.first_visible < _NEAR and self._bubbles.has_older:
            QTimer.singleShot(0, self, self._bubbles.read_older)

    def _reset(self) -> None:
        self._current = -1
        super()._reset()
        self.to_end()

    def _inserted(self, parent: object, first: int, last: int) -> None:
        sticks, count = self._sticks, last - first + 1
        if first == 0 and len(self._heights):
            self._heights.insert(0, count, self._guess)
            self._shift(0, count)
            self._move_down(count, 0)
            self._lay_out()
        else:
            super()._inserted(parent, first, last)
        if sticks:
            self.to_end()

    def _changed(self, first: int, last: int) -> None:
        sticks = self._sticks
        super()._changed(first, last)
        if sticks:
            self.to_end()
