"""The list of the book of people, and the field that searches it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit

from tipdesk.services.people_book import PersonView
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.book import BookViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.rows import Rows
from tipdesk.ui.widgets.book_row import HEIGHT, BookRow
from tipdesk.ui.widgets.virtual_list import VirtualList


class PersonList(VirtualList):
    """`chosen` with who was pressed, or on Enter."""

    chosen = Signal(object)

    def __init__(self, model: BookViewModel, images: Images) -> None:
        rows: Rows[PersonView] = model.rows
        super().__init__(
            rows,
            lambda parent: BookRow(model, images, parent),
            name=t("People"),
            gap=2,
            guess=HEIGHT,
        )

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
        card = self.card(self.current)
        if isinstance(card, BookRow) and card.view is not None:
            self.chosen.emit(card.view)


class PersonSearch(QLineEdit):
    """Escape clears it, then `left`."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(36)
        self.setMaxLength(200)
        self.setPlaceholderText(t("Search people"))
        self.setAccessibleName(t("Search people by name, address or notes"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter go to the list as well."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)
