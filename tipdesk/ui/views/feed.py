"""The feed page: what it shows at its head, posts in the middle, people and keys beside them."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.services.views import PostView
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.browse import BrowseViewModel
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.first_steps import FirstStepsViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.linked import Link
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.views.feed_bar import FeedBar, FeedWords
from tipdesk.ui.views.feed_list import FeedList
from tipdesk.ui.views.feed_side import FeedSide
from tipdesk.ui.views.page import ListOrWords, Page
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.first_steps import FirstStepsCard
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.post_card import PostCard
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.tip_panel import TipPanel
from tipdesk.ui.widgets.virtual_list import GUTTER

_SIDE_FROM = 940


class FeedPage(Page):
    """Posts to read and to tip."""

    read_on = Signal(object)
    menu = Signal(object, QRect)
    look = Signal(object, int)
    person = Signal(object, QRect)
    followed = Signal(object, QRect)
    """A `Link`, and where it is in the window."""
    following = Signal(QRect)
    """Whom one follows is wanted, at that place."""
    bring_over = Signal(QRect)
    write = Signal()

    def __init__(
        self,
        model: FeedViewModel,
        browse: BrowseViewModel,
        tips: TipViewModel,
        images: Images,
        panel: TipPanel,
        steps: FirstStepsViewModel,
    ) -> None:
        super().__init__(t("Feed"), model, widest=1_000)
        self._feed = model
        self._browse = browse
        self._panel = panel
        self.list = FeedList(model, tips, images)
        self.list.own_amount.connect(self.ask_amount)
        self.list.read_on.connect(self.read_on)
        self.list.menu.connect(self.menu)
        self.list.look.connect(self.look)
        self.list.person.connect(self.person)
        self.list.followed.connect(self.followed)
        self.first_steps = FirstStepsCard(steps)
        self._make_head()
        self.words = FeedWords(browse)
        self._line = self.add(self.words)
        self.empty = EmptyState("feed", t("No posts yet"), "")
        self.empty.action.clicked.connect(self._act)
        self._rows = ListOrWords(self.list, self.empty)
        self._make_side(images)
        content = row(spacing=Space.NEAR)
        content.addWidget(self._make_left(), 1)
        content.addWidget(self._side, 0)
        content.setContentsMargins(0, 0, GUTTER, 0)
        self.body.addLayout(content, 1)
        self.body.setSpacing(Space.NEAR)
        self.starts_at = self.list
        tips.changed.connect(self._tick)
        tips.offers_changed.connect(self.list.refresh_visible)
        browse.changed.connect(self._model_changed)
        browse.selected.connect(self._selected)
        browse.pointed.connect(self._pointed)

    def _make_head(self) -> None:
        self.bar = FeedBar(self._browse)
        self.header.insertWidget(1, self.bar, 1)
        self._count = Text("", Type.SMALL, "faint", tabular=True)
        self._newer = Button(t("New"), icon="arrow-up", look=Look.QUIET, small=True)
        self._newer.clicked.connect(self.list.to_top)
        self._newer.hide()
        self.list.new_above.connect(self._new_above)
        self.header.addWidget(self._newer)
        self.header.addWidget(self._count)
        self.write_button = Button(t("Write"), icon="write", look=Look.PRIMARY, small=True)
        self.write_button.setToolTip(t("Write a post (Ctrl+N)"))
        self.write_button.clicked.connect(self.write)
        self.following_button = Button(icon="peers", small=True, name=t("Whom you follow"))
        self.following_button.clicked.connect(lambda: self._ask_following(self.following_button))
        self.header.addWidget(self.following_button)
        self.header.addWidget(self.write_button)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        search = QShortcut(QKeySequence("/"), self)
        search.setContext(within)
        search.activated.connect(self.bar.begin_search)
        self._leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._leave.setContext(within)
        self._leave.activated.connect(self._escape)

    def _make_left(self) -> QWidget:
        left = QWidget()
        inner = column(left, spacing=Space.NEAR)
        above = row()
        above.setContentsMargins(0, 0, GUTTER, 0)
        above.addWidget(self.first_steps)
        inner.addLayout(above)
        inner.addWidget(self._rows, 1)
        return left

    def _make_side(self, images: Images) -> None:
        side = self._side = FeedSide(images)
        side.people.person.connect(self.person)
        for button in (side.add_button, side.all_button):
            button.clicked.connect(lambda _=False, b=button: self._ask_following(b))
        side.bring_button.clicked.connect(lambda: self.bring_over.emit(_rect_of(side.bring_button)))

    def _ask_following(self, at: QWidget) -> None:
        self.following.emit(_rect_of(at))

    def update_view(self) -> None:
        """Counts, people, and whether there are posts at all."""
        count = self._feed.posts.rowCount()
        self._count.setText(tn(count, "{count} post", "{count} posts") if count else "")
        self._rows.show_rows(are_there=count > 0)
        self.bar.update_view()
        self._line.setVisible(self.words.update_view(is_empty=count == 0))
        self._show_empty()
        self._side.show_people(self._feed)
        self.list.refresh_visible()

    def _show_empty(self) -> None:
        browse = self._browse
        action = ""
        if browse.can_ask_again:
            action = t("Ask again")
        elif not browse.is_following:
            action = t("Back to those you follow")
        self.empty.show_words(*browse.empty, action=action)

    def _act(self) -> None:
        if self._browse.can_ask_again:
            self._browse.ask_again()
        else:
            self._browse.back()

    def _escape(self) -> None:
        """Out of the field, then back to those one follows."""
        if not self._browse.is_following or self.bar.field.text():
            self._browse.back()
        self.list.setFocus()

    def _selected(self) -> None:
        """Another selection begins at its top, with the keyboard in it."""
        self.list.to_top()
        self.list.setFocus()
        self.update_view()

    def _pointed(self, link: Link) -> None:
        self.followed.emit(link, _rect_of(self.bar.field))

    def _tick(self) -> None:
        for card in self.list.cards().values():
            if isinstance(card, PostCard):
                card.tick()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The side is there where there is room for it."""
        has_side = event.size().width() >= _SIDE_FROM
        self._side.setVisible(has_side)
        self.following_button.setVisible(not has_side)
        super().resizeEvent(event)

    def ask_amount(self, post: PostView, anchor: QRect, picture: str | None) -> None:
        """Opens the panel for one's own amount."""
        self._panel.open_for(post, anchor, self.window().focusWidget(), picture=picture)

    def ask_again(self, post: PostView, picture: str | None, amount: Msat) -> None:
        """Opens the panel where one press was not enough."""
        middle = self.list.mapTo(self.window(), self.list.rect().center())
        anchor = QRect(middle, QSize(1, 1))
        self._panel.ask_again(post, anchor, self.window().focusWidget(), picture, amount)

    def _new_above(self, count: int) -> None:
        self._newer.set_label(
            t("{count} new", count=count),
            tn(count, "{count} new post: go up", "{count} new posts: go up"),
        )
        self._newer.setVisible(count > 0)


def _rect_of(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
