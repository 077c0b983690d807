"""What opens about one tip: what came back for it, and the route it took."""

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import TipView
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.window_pages import WindowPages
from tipdesk.ui.widgets.reward_panel import RewardPanel
from tipdesk.ui.widgets.route_panel import RoutePanel
from tipdesk.ui.widgets.tip_tray import TipTray


class TipPanels(QObject):
    """Both panels, beside a row of a page or above the tray."""

    def __init__(
        self,
        models: WindowModels,
        images: Images,
        pages: WindowPages,
        tray: TipTray,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._window, self._tray = window, tray
        self.reward = RewardPanel(images, window)
        self.route = RoutePanel(models.tips, window)
        pages.reward.connect(self._show_reward)
        pages.route.connect(self.route.open_for)
        tray.reward.connect(lambda tip: self._show_reward(tip, self._above_tray()))
        tray.route.connect(lambda tip: self.route.open_for(tip, self._above_tray()))

    def _show_reward(self, tip: TipView, anchor: QRect) -> None:
        self.reward.open_for(tip, anchor, self._window.focusWidget())

    def _above_tray(self) -> QRect:
        middle = self._tray.mapTo(self._window, self._tray.rect().center())
        return QRect(middle.x() + self.reward.width() // 2, self._tray.y(), 1, 1)
