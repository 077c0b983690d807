"""Asks before somebody leaves the book of people."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.book import BookViewModel, name_of
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.text import Text


class RemovePanel(Popover):
    """Says what goes and what stays."""

    def __init__(self, model: BookViewModel, window: QWidget) -> None:
        super().__init__(window, width=330)
        self._model = model
        self.setAccessibleName(t("Remove from your people"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Remove them?")))
        self._about = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._about)
        foot = row(spacing=Space.SNUG)
        keep = Button(t("Keep them"), look=Look.QUIET)
        keep.clicked.connect(self.dismiss)
        self.remove_button = Button(t("Remove"), look=Look.DANGER)
        self.remove_button.clicked.connect(self._remove)
        foot.addWidget(keep, 1)
        foot.addWidget(self.remove_button, 1)
        layout.addLayout(foot)

    def begin(self, anchor: QRect, back: QWidget | None) -> None:
        """Asks about who is open."""
        view = self._model.entry
        if view is None:
            return
        self._about.setText(
            t(
                "What you wrote down of {name} goes from this computer. They are not told, and "
                "what was paid stays in the history.",
                name=name_of(view),
            )
        )
        self.open_at(anchor, back)
        self.remove_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _remove(self) -> None:
        self.dismiss()
        self._model.remove()
