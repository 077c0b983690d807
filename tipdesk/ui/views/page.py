"""What all pages share: a header, a place for words when empty, and waking up when shown."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

MARGIN = Space.WIDE


class Page(QWidget):
    """One page. Its view model's changes reach it while it is shown; others wait until then."""

    def __init__(self, title: str, model: ViewModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAccessibleName(title)
        self._model = model
        self._is_stale = True
        self.body: QVBoxLayout = column(self, spacing=Space.ROOM)
        self.body.setContentsMargins(MARGIN, Space.WIDE - 4, MARGIN, 0)
        self.header = row(spacing=Space.NEAR)
        self.header.addWidget(Text(title, Type.TITLE))
        self.header.addStretch()
        self.body.addLayout(self.header)
        model.changed.connect(self._model_changed)

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
    """A list, or an empty state while it has no rows."""

    def __init__(self, rows: QWidget, empty: EmptyState) -> None:
        super().__init__()
        self._layout = QStackedLayout(self)
        self._layout.addWidget(rows)
        self._layout.addWidget(empty)

    def show_rows(self, *, are_there: bool) -> None:
        """Which of the two."""
        self._layout.setCurrentIndex(0 if are_there else 1)
