"""What all pages share: a header, a place for words when empty, and waking up when shown."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedLayout, QVBoxLayout, QWidget

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.virtual_list import GUTTER

MARGIN = Space.WIDE
WIDEST = 1_080
_AGES_MS = 30_000


class Page(QWidget):
    """One page. Its view model's changes reach it while it is shown; others wait until then."""

    def __init__(self, title: str, model: ViewModel, *, widest: int = WIDEST) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAccessibleName(title)
        self._model = model
        self._is_stale = True
        self.starts_at: QWidget = self
        """What gets the keyboard when the page is opened. No focus proxy: Tab would jump to it and
        never reach what stands before it."""
        inner = QWidget()
        inner.setMaximumWidth(widest)
        across = QHBoxLayout(self)
        across.setContentsMargins(MARGIN, Space.ROOM, MARGIN - GUTTER, 0)
        across.addStretch(1)
        across.addWidget(inner, 1_000)
        across.addStretch(1)
        self.body: QVBoxLayout = column(inner, spacing=Space.ROOM)
        self.header = row(spacing=Space.NEAR)
        self.header.addWidget(Text(title, Type.TITLE))
        self.header.addStretch()
        self.add(self.header).setFixedHeight(40)
        model.changed.connect(self._model_changed)
        self._ages = QTimer(self)
        self._ages.setInterval(_AGES_MS)
        self._ages.timeout.connect(self._model_changed)
        self._ages.start()

    def add(self, part: QWidget | QLayout) -> QWidget:
        """Adds something that ends where the rows of a list end, beside their scroll bar."""
        holder = QWidget()
        line = row()
        line.setContentsMargins(0, 0, GUTTER, 0)
        holder.setLayout(line)
        if isinstance(part, QWidget):
            line.addWidget(part)
        else:
            line.addLayout(part)
        self.body.addWidget(holder)
        return holder

    def take_keyboard(self) -> None:
        """The page was opened."""
        self.starts_at.setFocus()

    def update_view(self) -> None:
        """Shows what the view model says now."""

    def showEvent(self, event: QShowEvent) -> None:
        """A page that was hidden catches up."""
        super().showEvent(event)
        if self._is_stale:
            self._is_stale = False
            self.update_view()

    def _model_changed(self) -> None:
        if self.isVisible():
            self.update_view()
        else:
            self._is_stale = True


class ListOrWords(QWidget):
    """A list, or an empty state (or whatever stands for it) while it has no rows."""

    def __init__(self, rows: QWidget, empty: QWidget) -> None:
        super().__init__()
        self._layout = QStackedLayout(self)
        self._layout.addWidget(rows)
        self._layout.addWidget(empty)

    def show_rows(self, *, are_there: bool) -> None:
        """Which of the two."""
        self._layout.setCurrentIndex(0 if are_there else 1)
