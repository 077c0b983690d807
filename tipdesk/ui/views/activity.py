"""The page of tips, sent and received."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.activity import ActivityViewModel, Show
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.views.page import WIDEST, ListOrWords, Page
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.tip_row import TipRow
from tipdesk.ui.widgets.virtual_list import VirtualList


class ActivityPage(Page):
    """Every tip, with its state, cost and way."""

    reward = Signal(object, QRect)
    route = Signal(object, QRect)

    def __init__(self, model: ActivityViewModel, tips: TipViewModel, images: Images) -> None:
        super().__init__(t("Tips"), model)
        self._activity = model
        self.filters: dict[Show, Button] = {}
        group = QButtonGroup(self)
        for which in Show:
            button = Button(say(which.value), look=Look.CHOICE, small=True)
            button.clicked.connect(lambda _=False, w=which: model.show(w))
            group.addButton(button)
            self.filters[which] = button
            self.header.addWidget(button)
        self.filters[model.showing].setChecked(True)

        def make(parent: QWidget) -> TipRow:
            card = TipRow(model, images, parent)
            card.undo.connect(tips.undo)
            card.retry.connect(tips.retry)
            card.reward.connect(self.reward)
            card.route.connect(self.route)
            return card

        self.list = _Lines(model.rows, make, name=t("Tips"), widest=WIDEST, gap=Space.SNUG)
        empty = EmptyState(
            "tips",
            t("No tips yet"),
            t(
                "Tips you send stand here from the moment you press the button, "
                "with what they cost and the way they took. Tips you receive stand here too."
            ),
        )
        self._rows = ListOrWords(self.list, empty)
        self.list.opened.connect(self._open_current)
        self.body.addWidget(self._rows, 1)
        self.starts_at = self.list
        tips.changed.connect(self._tick)

    def update_view(self) -> None:
        """The list tells itself; times pass besides."""
        self._rows.show_rows(are_there=self._activity.rows.rowCount() > 0)
        self.list.refresh_visible()

    def _open_current(self) -> None:
        card = self.list.card(self.list.current)
        if isinstance(card, TipRow):
            card.ask_route()

    def _tick(self) -> None:
        if self.isVisible():
            self.list.refresh_visible()


class _Lines(VirtualList):
    """The list; Enter asks for the route of the tip that the keyboard is on."""

    opened = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, the rest moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
