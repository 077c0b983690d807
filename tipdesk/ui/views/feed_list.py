"""The posts of the feed as a list, with the keys that tip."""

from PySide6.QtCore import QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import PostView
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.post_card import PostCard
from tipdesk.ui.widgets.tip_button import preset_key
from tipdesk.ui.widgets.virtual_list import VirtualList


class FeedList(VirtualList):
    """The list, with the keys that tip."""

    own_amount = Signal(object, QRect, object)
    read_on = Signal(object)
    menu = Signal(object, QRect)
    look = Signal(object, int)
    person = Signal(object, QRect)
    followed = Signal(object, QRect)

    def __init__(self, model: FeedViewModel, tips: TipViewModel, images: Images) -> None:
        def make(parent: QWidget) -> PostCard:
            card = PostCard(model, tips, images, parent)
            card.own_amount.connect(self.own_amount)
            card.read_on.connect(self.read_on)
            card.menu.connect(lambda view, at, c=card: self._ask(c, self.menu, view, at))
            card.look.connect(lambda view, place, c=card: self._look(c, view, place))
            card.person.connect(lambda key, at, c=card: self._ask(c, self.person, key, at))
            card.followed.connect(lambda link, at, c=card: self._ask(c, self.followed, link, at))
            return card

        self._posts = model.posts
        self._tips = tips
        super().__init__(model.posts, make, name=t("Posts"), widest=776)
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
        """T, 1, 2 and 3 tip the author's amounts, Shift+T asks for the amount, Enter reads on.

        P shows the author, M opens the menu of a post, S shows what is covered or held back.
        Left and right go among the pictures of a post: T tips the one that the keyboard is on.
        """
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if (place := preset_key(event)) is not None:
            self._tip_current(place)
        elif event.key() == Qt.Key.Key_T and plain:
            if shift and not event.isAutoRepeat():
                self._tip_current(None)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if self._current_view() is not None and (card := self._current_card()) is not None:
                card.move_picture(1 if event.key() == Qt.Key.Key_Right else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if (view := self._current_view()) is not None:
                self.read_on.emit(view)
        elif event.key() == Qt.Key.Key_P and plain:
            if self._current_view() is not None and (card := self._current_card()) is not None:
                card.ask_person()
        elif event.key() in (Qt.Key.Key_M, Qt.Key.Key_S) and plain:
            if self._current_view() is not None and (card := self._current_card()) is not None:
                (card.ask_menu if event.key() == Qt.Key.Key_M else card.reveal)()
        else:
            super().keyPressEvent(event)

    def _current_view(self) -> PostView | None:
        """The post that the keyboard is on; the first on the screen if it is on none yet."""
        if self.current < 0:
            self.set_current(self.first_visible)
        return self._posts.view(self.current) if self.current >= 0 else None

    def _tip_current(self, place: int | None) -> None:
        """One of the author's amounts; None to ask for another."""
        view = self._current_view()
        if view is None or not view.author.can_be_tipped:
            return
        card = self._current_card()
        if place is not None:
            picture = None if card is None else card.picture
            amount = self._tips.amounts(view.post.author)[place]
            self._tips.send(view, amount.to_msat(), picture=picture)
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
