"""The route of a tip in a popover."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import TipView
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.panel import Popover, column
from tipdesk.ui.widgets.route_card import RouteCard

_WIDTH = 540


class RoutePanel(Popover):
    """Which nodes a tip crossed, what they kept, how long they held it."""

    def __init__(self, tips: TipViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._tips = tips
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("The route it took")))
        self.card = RouteCard()
        layout.addWidget(self.card)
        self.setAccessibleName(t("The route it took"))

    def open_for(self, tip: TipView, anchor: QRect) -> None:
        """Shows the way of a tip beside what was pressed."""
        self.card.show_route(self._tips.route(tip))
        self.open_at(anchor, self.window().focusWidget())
        self.focusNextPrevChild(True)  # noqa: FBT003 (Qt's signature)
