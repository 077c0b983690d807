"""A list of any length of real widgets: only those on the screen exist, and they are used again.

Rows are of different heights, known once a row was on the screen and guessed before. What is at
the top of the screen stays where it is when rows come in above it or turn out higher.
"""

from bisect import bisect_right
from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from tipdesk.ui.viewmodels.copies import Copied
from tipdesk.ui.viewmodels.rows import ListModel
from tipdesk.ui.widgets.carrying import Carrying
from tipdesk.ui.widgets.glide import Glide
from tipdesk.ui.widgets.heights import Heights
from tipdesk.ui.widgets.row_card import RowCard
from tipdesk.ui.widgets.row_keys import row_after

_TOP = 2
_GUESS = 180
_WHEEL_PIXELS = 110
GUTTER = 14
"""Kept free on the right for the scroll bar, whether it is there or not."""
_NEAR_END = 20
"""From so few rows below the screen on, more are asked for."""
_SPARE = 6
"""Hidden cards that are kept for the next row."""


class VirtualList(QAbstractScrollArea):
    """Shows a `ListModel`. J, K, arrows, Home, End, page keys move; Ctrl+C copies."""

    current_changed = Signal(int)
    new_above = Signal(int)
    """How many rows came in above what is on the screen; 0 when they were seen."""

    def __init__(
        self,
        model: ListModel,
        make_card: Callable[[QWidget], RowCard],
        *,
        name: str,
        widest: int = 680,
        gap: int = 12,
        guess: int = _GUESS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._guess = guess
        self.model = model
        self._make_card = make_card
        self._widest = widest
        self._gap = gap
        self._heights = Heights(gap)
        self._cards: dict[int, RowCard] = {}
        self._spare: list[RowCard] = []
        self._current = -1
        self._unseen = 0
        self._stale: set[int] = set()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self._moving = False
        self._follow = -1
        self._carrying = Carrying(self)
        self._glide = Glide(self.verticalScrollBar(), self)
        self._glide.done.connect(self._glide_done)
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._removed)
        model.modelReset.connect(self._reset)
        model.dataChanged.connect(lambda first, last: self._changed(first.row(), last.row()))
        self._reset()

    @property
    def current(self) -> int:
        """The row that the keyboard is on; -1 if none."""
        return self._current

    @property
    def first_visible(self) -> int:
        """The first row on the screen."""
        return self._first_visible()

    def cards(self) -> dict[int, RowCard]:
        """The cards on the screen, by row."""
        return dict(self._cards)

    def card_count(self) -> int:
        """How many card widgets there are at all."""
        return len(self._cards) + len(self._spare)

    def card(self, row: int) -> RowCard | None:
        """The card of a row, if it is on the screen."""
        return self._cards.get(row)

    def row_rect(self, row: int) -> QRect:
        """Where a row is, in the viewport."""
        top = _TOP + self._heights.tops[row] - self.verticalScrollBar().value()
        return QRect(self._left(), top, self._row_width(), self._heights[row])

    def set_current(self, row: int) -> None:
        """Moves the keyboard to a row and brings it on the screen."""
        if not 0 <= row < len(self._heights):
            return
        self._measure_near(row)
        self._bring_into_view(row)
        self._mark(row)

    def to_top(self) -> None:
        """Back to the newest."""
        self._glide_to(0)

    def refresh_visible(self) -> None:
        """Shows again what is on the screen: times have passed."""
        self._changed(0, len(self._heights) - 1)

    # the keyboard and the wheel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves among the rows, or copies one."""
        start = self._current if self._current >= 0 else self._first_visible() - 1
        page, last = max(1, len(self._cards) - 1), len(self._heights) - 1
        row = row_after(event.key(), start, page=page, last=last)
        copies = event.matches(QKeySequence.StandardKey.Copy)
        if row is not None:
            self.set_current(row)
        elif not copies or not self._carrying.copy(self._copied(self._current)):
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a row moves the keyboard there."""
        row = self._row_at(int(event.position().y()))
        if row is not None:
            self._mark(row)

    def _copied(self, row: int) -> Copied | None:
        if not 0 <= row < len(self._heights):
            return None
        self._measure_near(row)  # Where it is not on the screen yet, a spare card shows it.
        return (self._cards.get(row) or self._spare[-1]).copied()

    def take_card(self, card: RowCard) -> None:
        """Moves the keyboard to the row of a card, without scrolling."""
        for row, one in self._cards.items():
            if one is card:
                self._mark(row)
                return

    def _mark(self, row: int) -> None:
        previous, self._current = self._current, row
        for number in (previous, row):
            if (card := self._cards.get(number)) is not None:
                card.set_current(current=number == row)
        self.current_changed.emit(row)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Touch pads move by pixels, wheels glide."""
        self._follow = -1
        bar = self.verticalScrollBar()
        if not event.pixelDelta().isNull():
            self._glide.stop()
            bar.setValue(bar.value() - event.pixelDelta().y())
        else:
            self._glide.by(self._glide.rest - event.angleDelta().y() * _WHEEL_PIXELS // 120)
        event.accept()

    # geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are of other heights at another width."""
        if event.size().width() != event.oldSize().width():
            # Those off the screen are measured when they come on it.
            self._stale.update(self._cards)
        if self._moving:  # the scroll bar came or went while we laid out
            QTimer.singleShot(0, self, self._lay_out)
        else:
            self._lay_out()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Cards follow the scroll bar."""
        if not self._moving:
            self._lay_out()

    def viewportEvent(self, event: QEvent) -> bool:
        """Layout requests of cards are ours to answer."""
        if event.type() == QEvent.Type.LayoutRequest:
            return True
        return super().viewportEvent(event)

    def _row_width(self) -> int:
        return min(self._widest, self.width() - GUTTER)

    def _left(self) -> int:
        return (self.width() - GUTTER - self._row_width()) // 2

    def _first_visible(self) -> int:
        offset = self.verticalScrollBar().value() - _TOP
        return max(0, min(bisect_right(self._heights.tops, offset) - 1, len(self._heights) - 1))

    def _row_at(self, y: int) -> int | None:
        for row in self._cards:
            if self.row_rect(row).contains(self._left() + 1, y):
                return row
        return None

    def _lay_out(self) -> None:
        """Shows the rows on the screen; what is at its top does not move."""
        if self._row_width() < 50 or not self._heights:
            self._fit_bar()
            self._free(set())
            return
        first, inside = self._anchor()
        shown = self._measure_screen(first, inside)
        self._heights.count()
        self._fit_bar()
        self._move_bar(self._heights.tops[first] + inside)
        self._free(shown)
        for row in shown:
            self._cards[row].setGeometry(self.row_rect(row))
            self._cards[row].show()
        if first == 0 and self._unseen:
            self._unseen = 0
            self.new_above.emit(0)
        whole = QModelIndex()
        if max(shown) >= len(self._heights) - _NEAR_END and self.model.canFetchMore(whole):
            QTimer.singleShot(0, self, lambda: self.model.fetchMore(whole))

    def _anchor(self) -> tuple[int, int]:
        """The first row on the screen, measured, and how far the screen's top is inside it.

        A row that comes in from above has its lower end there: if it turns out higher than it
        was guessed, it grows upwards.
        """
        first = self._first_visible()
        inside = self.verticalScrollBar().value() - self._heights.tops[first]
        guessed = self._heights[first]
        is_new = first not in self._cards
        self._fill(first)
        if is_new and inside > 0:
            inside += self._heights[first] - guessed
        while inside < 0 and first > 0:
            first -= 1
            self._fill(first)
            inside += self._heights[first] + self._gap
        return first, max(0, inside)

    def _measure_screen(self, first: int, inside: int) -> set[int]:
        top, bottom = _TOP - inside, self.viewport().height()
        shown: set[int] = set()
        row = first
        while row < len(self._heights) and top < bottom:
            self._fill(row)
            top += self._heights[row] + self._gap
            shown.add(row)
            row += 1
        return shown

    def _fill(self, row: int) -> None:
        card = self._cards.get(row)
        if card is None:
            card = self._spare.pop() if self._spare else self._make_card(self.viewport())
            self._cards[row] = card
            self._stale.add(row)
        if row in self._stale:
            self._stale.discard(row)
            card.show_row(self.model.view(row))
            card.set_current(current=row == self._current)
            self._heights[row] = card.arrange(self._row_width())

    def _measure_near(self, row: int) -> None:
        """The true heights around a row that is about to be shown."""
        if row in self._cards:
            return
        borrowed = self._spare.pop() if self._spare else self._make_card(self.viewport())
        borrowed.hide()
        borrowed.show_row(self.model.view(row))
        self._heights[row] = borrowed.arrange(self._row_width())
        self._spare.append(borrowed)
        self._heights.count()

    def _free(self, keep: set[int]) -> None:
        for row in [row for row in self._cards if row not in keep]:
            card = self._cards.pop(row)
            card.hide()
            if len(self._spare) < _SPARE:
                self._spare.append(card)
            else:
                card.deleteLater()

    def _fit_bar(self) -> None:
        bar = self.verticalScrollBar()
        whole = self._heights.tops[-1] + _TOP + self._gap
        self._moving = True
        bar.setRange(0, max(0, whole - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(40)
        self._moving = False

    def _move_bar(self, value: int) -> None:
        self._moving = True
        self.verticalScrollBar().setValue(value)
        self._moving = False

    def _bring_into_view(self, row: int) -> None:
        self._fit_bar()
        bar = self.verticalScrollBar()
        top, height = self._heights.tops[row], self._heights[row] + 2 * self._gap
        room = self.viewport().height()
        self._follow = row
        if top < bar.value() or height > room:
            self._glide_to(top)
        elif top + height > bar.value() + room:
            self._glide_to(top + height - room)

    def _glide_to(self, value: int) -> None:
        bar = self.verticalScrollBar()
        value = max(0, min(value, bar.maximum()))
        if not self.isVisible() or abs(value - bar.value()) > 4 * self.viewport().height():
            self._glide.stop()
            bar.setValue(value)
        elif value != bar.value():
            self._glide.by(value - bar.value())

    def _glide_done(self) -> None:
        row, self._follow = self._follow, -1
        if 0 <= row < len(self._heights):
            rect = self.row_rect(row)
            room = self.viewport().height()
            if rect.top() < 0 or (rect.bottom() > room and rect.height() + 2 * self._gap <= room):
                self._bring_into_view(row)

    def _reset(self) -> None:
        self._free(set())
        self._heights.reset(self.model.rowCount(), self._guess)
        self._stale.clear()
        self._heights.count()
        if self._current >= len(self._heights):
            self._current = -1
        self._lay_out()

    def _inserted(self, _parent: object, first: int, last: int) -> None:
        count = last - first + 1
        visible, at_top = self._first_visible(), self.verticalScrollBar().value() <= self._gap
        self._heights.insert(first, count, self._guess)
        self._shift(first, count)
        above = first <= visible and not (at_top and self._current < 0)
        if above and len(self._heights) > count:
            self._move_down(count, first)
        self._lay_out()

    def _move_down(self, count: int, first: int) -> None:
        """Rows came in above the screen: the bar moves by what they take."""
        offset = self.verticalScrollBar().value()
        self._heights.count()
        self._fit_bar()
        self._move_bar(offset + count * (self._guess + self._gap))
        if first == 0:
            self._unseen += count
            self.new_above.emit(self._unseen)

    def _removed(self, _parent: object, first: int, last: int) -> None:
        for row in range(first, last + 1):
            if (card := self._cards.pop(row, None)) is not None:
                card.hide()
                self._spare.append(card)
        above = self._heights.tops[last + 1] <= self.verticalScrollBar().value()
        gone = self._heights.tops[last + 1] - self._heights.tops[first]
        self._heights.remove(first, last)
        self._shift(last + 1, first - last - 1)
        self._heights.count()
        if above:
            self._move_bar(self.verticalScrollBar().value() - gone)
        self._lay_out()

    def _shift(self, first: int, by: int) -> None:
        moved = {row + by if row >= first else row: card for row, card in self._cards.items()}
        self._cards = moved
        self._stale = {row + by if row >= first else row for row in self._stale}
        if self._current >= first:
            self._current += by

    def _changed(self, first: int, last: int) -> None:
        shown = [row for row in self._cards if first <= row <= last]
        self._stale.update(shown)
        if shown:
            self._lay_out()
