"""The feed page: posts in the middle, whom one follows and the keys beside them."""

from itertools import islice

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.people_following import Mark, PersonLine
from tipdesk.ui.viewmodels.tip import PRESETS, TipViewModel
from tipdesk.ui.views.page import ListOrWords, Page
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.people_list import PeopleList
from tipdesk.ui.widgets.post_card import PostCard
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.tip_panel import TipPanel
from tipdesk.ui.widgets.virtual_list import GUTTER, VirtualList

_SIDE = 252
_SIDE_FROM = 940
_MOST_PEOPLE = 8
_NOBODY = (
    "Nobody yet. Add somebody by their npub or name, or bring over whom you follow in another app."
)
_KEYS = (
    ("J K", "next, previous"),
    ("T", f"tip {words.amount(PRESETS[0])}"),
    ("Shift T", "another amount"),
    ("← →", "one of the pictures"),
    ("Enter", "read on"),
    ("P", "who wrote it"),
    ("Ctrl Z", "undo a tip"),
)


class _Side(QWidget):
    """People and keys."""

    def __init__(self, images: Images) -> None:
        super().__init__()
        self.setFixedWidth(_SIDE)
        layout = column(self, spacing=Space.ROOM)
        layout.addWidget(self._make_people(images))
        keys = Panel()
        inner = column(keys, margin=Space.ROOM, spacing=Space.SNUG)
        inner.addWidget(Text("Keys", Type.SMALL_STRONG, "soft"))
        for key, meaning in _KEYS:
            line = row()
            line.addWidget(_caps(key))
            line.addWidget(Text(meaning, Type.SMALL, "soft"), 1)
            inner.addLayout(line)
        layout.addWidget(keys)
        layout.addStretch(1)

    def show_people(self, model: FeedViewModel) -> None:
        """Whom one follows, and whose follow is not public yet."""
        people, pending = model.following, model.pending
        lines = (PersonLine(p, Mark.PENDING if p.pubkey in pending else Mark.NONE) for p in people)
        self.people.show_people(tuple(islice(lines, _MOST_PEOPLE)))
        self._nobody.setVisible(not people)
        count = words.counted(len(people), "person", "people")
        self.all_button.set_label(f"All {len(people):,}", f"All {count} that you follow")
        self.all_button.setVisible(len(people) > _MOST_PEOPLE)

    def _make_people(self, images: Images) -> QWidget:
        panel = Panel()
        inner = column(panel, spacing=Space.SNUG)
        inner.setContentsMargins(Space.NEAR - 2, Space.NEAR, Space.NEAR - 2, Space.NEAR)
        head = row(spacing=Space.HAIR)
        head.setContentsMargins(6, 0, 0, 0)
        head.addWidget(Text("Following", Type.SMALL_STRONG, "soft"), 1)
        self.add_button = Button(icon="plus", look=Look.GHOST, small=True, name="Follow somebody")
        self.bring_button = Button(
            icon="refresh",
            look=Look.GHOST,
            small=True,
            name="Bring over whom you follow in your other Nostr apps",
        )
        for button in (self.add_button, self.bring_button):
            head.addWidget(button)
        inner.addLayout(head)
        self._nobody = Text(_NOBODY, Type.SMALL, "soft", wrap=True)
        self._nobody.setContentsMargins(6, 0, 6, 6)
        inner.addWidget(self._nobody)
        self.people = PeopleList(images)
        inner.addWidget(self.people)
        self.all_button = Button("", look=Look.GHOST, small=True, name="All that you follow")
        inner.addWidget(self.all_button)
        return panel


def _caps(keys: str) -> QWidget:
    """Key caps, side by side."""
    holder = QWidget()
    holder.setFixedWidth(88)
    line = row(spacing=Space.TIGHT)
    holder.setLayout(line)
    for key in keys.split():
        cap = Text(key, Type.SMALL_STRONG)
        cap.setProperty("keycap", "true")
        line.addWidget(cap)
    line.addStretch()
    return holder


class FeedPage(Page):
    """Posts to read and to tip."""

    read_on = Signal(object)
    look = Signal(object, int)
    person = Signal(object, QRect)
    followed = Signal(object, QRect)
    """A `Link`, and where it is in the window."""
    following = Signal(QRect)
    """Whom one follows is wanted, at that place."""
    bring_over = Signal(QRect)

    def __init__(
        self, model: FeedViewModel, tips: TipViewModel, images: Images, panel: TipPanel
    ) -> None:
        super().__init__("Feed", model, widest=1_000)
        self._feed = model
        self._panel = panel
        self.list = _FeedList(model, tips, images)
        self.list.own_amount.connect(self.ask_amount)
        self.list.read_on.connect(self.read_on)
        self.list.look.connect(self.look)
        self.list.person.connect(self.person)
        self.list.followed.connect(self.followed)
        self._count = Text("", Type.SMALL, "faint", tabular=True)
        self._newer = Button("New", icon="arrow-up", look=Look.QUIET, small=True)
        self._newer.clicked.connect(self.list.to_top)
        self._newer.hide()
        self.list.new_above.connect(self._new_above)
        self.header.addWidget(self._newer)
        self.header.addWidget(self._count)
        self.following_button = Button("Following", icon="peers", small=True)
        self.following_button.clicked.connect(lambda: self._ask_following(self.following_button))
        self.header.addWidget(self.following_button)
        empty = EmptyState(
            "feed",
            "No posts yet",
            "Posts of the people you follow come in here as soon as a relay sends them.",
        )
        self._rows = ListOrWords(self.list, empty)
        self._make_side(images)
        content = row(spacing=Space.NEAR)
        content.addWidget(self._rows, 1)
        content.addWidget(self._side, 0)
        content.setContentsMargins(0, 0, GUTTER, 0)
        self.body.addLayout(content, 1)
        self.body.setSpacing(Space.NEAR)
        self.setFocusProxy(self.list)
        tips.changed.connect(self._tick)

    def _make_side(self, images: Images) -> None:
        side = self._side = _Side(images)
        side.people.person.connect(self.person)
        for button in (side.add_button, side.all_button):
            button.clicked.connect(lambda _=False, b=button: self._ask_following(b))
        side.bring_button.clicked.connect(lambda: self.bring_over.emit(_rect_of(side.bring_button)))

    def _ask_following(self, at: QWidget) -> None:
        self.following.emit(_rect_of(at))

    def update_view(self) -> None:
        """Counts, people, and whether there are posts at all."""
        count = self._feed.posts.rowCount()
        self._count.setText(words.counted(count, "post"))
        self._rows.show_rows(are_there=count > 0)
        self._side.show_people(self._feed)
        self.list.refresh_visible()

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
        self._newer.set_label(f"{count:,} new", f"{words.counted(count, 'new post')}: go up")
        self._newer.setVisible(count > 0)


def _rect_of(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


class _FeedList(VirtualList):
    """The list, with the keys that tip."""

    own_amount = Signal(object, QRect, object)
    read_on = Signal(object)
    look = Signal(object, int)
    person = Signal(object, QRect)
    followed = Signal(object, QRect)

    def __init__(self, model: FeedViewModel, tips: TipViewModel, images: Images) -> None:
        def make(parent: QWidget) -> PostCard:
            card = PostCard(model, tips, images, parent)
            card.own_amount.connect(self.own_amount)
            card.read_on.connect(self.read_on)
            card.look.connect(lambda view, place, c=card: self._look(c, view, place))
            card.person.connect(lambda key, at, c=card: self._ask(c, self.person, key, at))
            card.followed.connect(lambda link, at, c=card: self._ask(c, self.followed, link, at))
            return card

        self._posts = model.posts
        self._tips = tips
        super().__init__(model.posts, make, name="Posts", widest=776)
        self.current_changed.connect(self._leave_pictures)

    def _look(self, card: PostCard, view: PostView, place: int) -> None:
        """What T tips afterwards is the post one looked at."""
        self.take_card(card)
        self.setFocus()
        self.look.emit(view, place)

    def _ask(self, card: PostCard, signal: SignalInstance, what: object, at: QRect) -> None:
        """The keyboard comes back to the post that was asked about."""
        self.take_card(card)
        self.setFocus()
        signal.emit(what, at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """T tips the first preset, Shift+T asks for the amount, Enter reads on, P shows the author.

        Left and right go among the pictures of a post: T tips the one that the keyboard is on.
        """
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_T and plain:
            if not event.isAutoRepeat():
                self._tip_current(own=shift)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if self._current_view() is not None and (card := self._current_card()) is not None:
                card.move_picture(1 if event.key() == Qt.Key.Key_Right else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if (view := self._current_view()) is not None:
                self.read_on.emit(view)
        elif event.key() == Qt.Key.Key_P and plain:
            if self._current_view() is not None and (card := self._current_card()) is not None:
                card.ask_person()
        else:
            super().keyPressEvent(event)

    def _current_view(self) -> PostView | None:
        """The post that the keyboard is on; the first on the screen if it is on none yet."""
        if self.current < 0:
            self.set_current(self.first_visible)
        return self._posts.view(self.current) if self.current >= 0 else None

    def _tip_current(self, *, own: bool) -> None:
        view = self._current_view()
        if view is None or not view.author.can_be_tipped:
            return
        card = self._current_card()
        if not own:
            picture = None if card is None else card.picture
            self._tips.send(view, PRESETS[0].to_msat(), picture=picture)
        elif card is not None:
            card.ask_amount()
        else:  # it is gliding on to the screen
            corner = self.viewport().mapTo(self.window(), self.viewport().rect().center())
            self.own_amount.emit(view, QRect(corner, QSize(1, 1)), None)

    def _current_card(self) -> PostCard | None:
        card = self.card(self.current)
        return card if isinstance(card, PostCard) else None

    def _leave_pictures(self, row: int) -> None:
        for number, card in self.cards().items():
            if number != row and isinstance(card, PostCard):
                card.leave_pictures()
