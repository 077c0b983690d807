"""A narrow list beside what is open, and the field that searches it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui.viewmodels.rows import ListModel
from tipdesk.ui.widgets.row_card import RowCard
from tipdesk.ui.widgets.virtual_list import VirtualList


class ChoiceList(VirtualList):
    """`chosen` with the value of the row that was pressed, or on Enter."""

    chosen = Signal(object)

    def __init__(
        self, model: ListModel, make_card: Callable[[QWidget], RowCard], *, name: str, high: int
    ) -> None:
        super().__init__(model, make_card, name=name, gap=2, guess=high)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, the rest moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press opens."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is there while the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes with the keyboard."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _choose(self) -> None:
        if self.card(self.current) is not None:
            self.chosen.emit(self.model.view(self.current))


class SearchLine(QLineEdit):
    """Escape clears it, then `left`."""

    left = Signal()

    def __init__(self, said: str, *, name: str, most: int) -> None:
        super().__init__()
        self.setFixedHeight(36)
        self.setMaxLength(most)
        self.setPlaceholderText(said)
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter go to the list as well."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)
