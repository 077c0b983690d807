"""A post as the feed would show it, by the feed's own card; nothing on it can be pressed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from tipdesk.base.units import Msat
from tipdesk.services.views import PostView
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.post_card import PostCard


class _Still(PostCard):
    """A card that does nothing, also not for a screen reader that presses its buttons."""

    def send(self, amount: Msat) -> None:
        """There is no post to tip yet."""

    def ask_amount(self) -> None:
        """There is no post to tip yet."""

    def ask_menu(self) -> None:
        """There is no post to do anything with yet."""


class PostPreview(QScrollArea):
    """As high as there is room; what is longer scrolls."""

    def __init__(self, feed: FeedViewModel, tips: TipViewModel, images: Images) -> None:
        super().__init__()
        self._holder = QWidget()
        self._holder.setObjectName("column")
        self.card = _Still(feed, tips, images, self._holder)
        self.card.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for part in self.card.findChildren(QWidget):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._holder)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(t("Preview"))

    def show_view(self, view: PostView | None) -> None:
        """Shows a post that is not one yet."""
        self.card.setVisible(view is not None)
        self.card.show_row(view)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As wide as there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.viewport().width()
        high = self.card.arrange(wide) if self.card.view is not None else 0
        self.card.setGeometry(0, 0, wide, high)
        self._holder.resize(wide, high)
