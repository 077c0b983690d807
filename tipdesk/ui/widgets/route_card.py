"""The picture of a way with its sums and what they mean; or that the way is not known."""

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from tipdesk.services.routes import RouteTaken
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.route import draw, not_known
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.route_picture import RoutePicture
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.text import Text

MOST_HIGH: Final = 270
"""A payment in many parts scrolls: the panel around it must stay inside the window."""


class RouteCard(QWidget):
    """As wide as it may be; its height follows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing=Space.SNUG)
        self.picture = RoutePicture()
        self.frame = ScrollColumn(t("The route it took"), tight=True)
        self.frame.add(self.picture)
        self.sums = Text("", Type.SMALL_STRONG, tabular=True, wrap=True)
        self.remarks = Text("", Type.SMALL, "faint", wrap=True)
        for part in (self.frame, self.sums, self.remarks):
            layout.addWidget(part)

    def show_route(self, route: RouteTaken | None) -> None:
        """Shows a way, or that it is not known."""
        self.frame.setVisible(route is not None)
        self.sums.setVisible(route is not None)
        if route is None:
            self.remarks.setText(not_known())
            return
        drawn = draw(route)
        self.picture.show_parts(drawn.parts, drawn.spoken)
        self.frame.verticalScrollBar().setValue(0)
        self._fit()
        self.sums.setText(drawn.sums)
        self.remarks.setText(" ".join(drawn.remarks))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        high = min(MOST_HIGH, self.picture.height_for(self.width()))
        if self.frame.height() != high or self.frame.minimumHeight() != high:
            self.frame.setFixedHeight(high)
