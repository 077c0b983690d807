"""A post: who, when, what, and the tip button; laid out by hand, for scrolling without a hitch."""

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.services.views import PostView, ProfileView, TipView
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.copies import Copied, post_copied
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.pictures import Pictures
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.row_card import RowCard
from tipdesk.ui.widgets.text import Elided, Prose, Text, plain_tooltip
from tipdesk.ui.widgets.tip_button import TipButton
from tipdesk.ui.widgets.travel import Travel

_PAD = 18
_AVATAR = 42
_LINES = 9


class PostCard(RowCard):
    """Shows a `PostView`."""

    own_amount = Signal(object, QRect, object)
    """The post, where the button is in the window, and the picture if it is for one."""
    read_on = Signal(object)
    menu = Signal(object, QRect)
    """What else can be done with the post is wanted, at that place."""
    look = Signal(object, int)
    """The post, and which of its pictures is wanted large."""
    person = Signal(object, QRect)
    """Who wrote it, and where their name is in the window."""
    followed = Signal(object, QRect)
    """A `Link` in the text, and where it is in the window."""

    def __init__(
        self, feed: FeedViewModel, tips: TipViewModel, images: Images, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._feed = feed
        self._tips = tips
        self._view: PostView | None = None
        self._is_covered = False
        self._avatar = Avatar(_AVATAR, images, self)
        self._name = self._place(Elided(step=Type.STRONG))
        self._meta = self._place(Elided(step=Type.SMALL, tone="faint"))
        self._title = Prose(Type.HEADING, lines=2, parent=self)
        self._text = Prose(Type.BODY, lines=_LINES, parent=self)
        self._text.followed.connect(self.followed)
        for part in (self._avatar, self._name):
            part.setCursor(Qt.CursorShape.PointingHandCursor)
        self._pictures = Pictures(images, self)
        self._pictures.pressed.connect(lambda _, place: self.look.emit(self._view, place))
        self._more = Button(t("Read on"), look=Look.GHOST, small=True, icon="reader", parent=self)
        self._bolt = Icon("bolt", "ink_faint", 16)
        self._bolt.setParent(self)
        self._total = self._place(Text(step=Type.SMALL, tone="soft", tabular=True))
        self._proof = self._place(Elided(step=Type.SMALL, tone="faint", tabular=True))
        self._state = Pill()
        self._state.setParent(self)
        self._tip = TipButton(tips.usual, self)
        self._more.clicked.connect(self._go_on)
        self._menu = Button(
            icon="more", look=Look.GHOST, small=True, parent=self, name=t("More about this post")
        )
        self._menu.clicked.connect(self.ask_menu)
        self._tip.preset.connect(self.send)
        self._tip.own_amount.connect(self.ask_amount)
        self._tip.undo.connect(self.undo)
        self.travel = Travel(self)

    @property
    def view(self) -> PostView | None:
        """What it shows."""
        return self._view

    @property
    def tip_button(self) -> TipButton:
        """The strip of amounts."""
        return self._tip

    @property
    def picture(self) -> str | None:
        """The picture that the keyboard is on, if the post has several."""
        focused = self._pictures.focused
        return None if focused is None else focused.url

    @property
    def proof_text(self) -> str:
        """What it says on how far its total is proven."""
        return self._proof.accessibleName()

    @property
    def meta_text(self) -> str:
        """What stands below the name."""
        return self._meta.text()

    def move_picture(self, by: int) -> None:
        """The keyboard goes on among the pictures, where there are several."""
        if self._view is not None and len(self._view.post.images) > 1:
            self._pictures.move_focus(by)

    def leave_pictures(self) -> None:
        """The keyboard is on none of them."""
        self._pictures.set_focused(None)

    @property
    def text_label(self) -> Prose:
        """The words of the post."""
        return self._text

    def show_row(self, view: PostView | None) -> None:
        """Shows a post."""
        before, self._view = self._view, view
        if view is None:
            self.travel.stop()
            return
        now, post, author = self._tips.now, view.post, view.author
        moment = Instant.from_unix_seconds(post.created_at)
        self._avatar.show_profile(author)
        self._name.setText(words.name(author.title))
        stranger = t("you do not follow them") if view.is_strangers else ""
        said = (words.age(moment, now), name_line(author), stranger)
        self._meta.setText(" · ".join(filter(None, said)))
        self._is_covered = self._feed.is_covered(view)
        if self._is_covered:
            self._title.setText("")
            self._text.setText(self._feed.cover_words(view))
        else:
            self._title.setText(words.line(post.title))
            self._text.show_linked(self._feed.linked(words.prose(post.text)))
        self._pictures.show_pictures(() if self._is_covered else post.images, post.author)
        self._show_total(view)
        self._show_tip(view, now)
        self._set_off(before, view)
        self.setAccessibleName(
            t("Post by {name}, {ago}", name=author.title, ago=words.ago(moment, now))
        )

    def copied(self) -> Copied | None:
        """A link to the post."""
        return None if self._view is None else post_copied(self._view.post)

    def send(self, amount: Msat) -> None:
        """Tips the post."""
        if self._view is not None and self._view.author.can_be_tipped:
            self._tips.send(self._view, amount, picture=self.picture)

    def tick(self) -> None:
        """A moment passed: the countdown of our tip, if there is one."""
        if self._view is not None and self._view.my_tip is not None and self._view.my_tip.can_undo:
            whole = self._tips.whole(self._view.my_tip)
            self._tip.show_tip(whole, self._tips.now, self._tips.undo_window_ms)

    def ask_amount(self) -> None:
        """Wants the panel for one's own amount."""
        if self._view is not None and self._view.author.can_be_tipped:
            button = self._tip.segments[-1]
            corner = button.mapTo(self.window(), QPoint(0, 0))
            self.own_amount.emit(self._view, QRect(corner, button.size()), self.picture)

    def ask_person(self) -> None:
        """Wants to know who wrote it."""
        if self._view is not None:
            corner = self._avatar.mapTo(self.window(), QPoint(0, 0))
            self.person.emit(self._view.author.pubkey, QRect(corner, self._avatar.size()))

    def ask_menu(self) -> None:
        """Wants what else can be done with the post."""
        if self._view is not None:
            corner = self._menu.mapTo(self.window(), QPoint(0, 0))
            self.menu.emit(self._view, QRect(corner, self._menu.size()))

    def reveal(self) -> None:
        """Shows what is covered, or else the pictures that are held back."""
        if self._view is not None and self._is_covered:
            self._feed.uncover(self._view)
        elif self._view is not None and self._view.post.images:
            self._pictures.reveal()

    def _go_on(self) -> None:
        if self._is_covered:
            self.reveal()
        else:
            self.read_on.emit(self._view)

    def undo(self) -> None:
        """Takes our tip back."""
        if self._view is not None and self._view.my_tip is not None:
            self._tips.undo(self._view.my_tip.tip_id)

    def arrange(self, width: int) -> int:
        """From top to bottom."""
        inner = width - 2 * _PAD
        self._arrange_head(inner)
        top = _PAD + _AVATAR + Space.NEAR
        has_pictures = bool(self._view and self._view.post.images) and not self._is_covered
        for part in (self._title, self._text):
            part.setVisible(bool(part.text()))
            if part.text():
                height = part.arrange(inner)
                part.setGeometry(_PAD, top, inner, height)
                top += height + (Space.TIGHT + 2 if part is self._title else Space.SNUG)
        top = self._arrange_more(top)
        self._pictures.setVisible(has_pictures)
        if has_pictures:
            height = self._pictures.arrange(inner)
            self._pictures.setGeometry(_PAD, top, inner, height)
            top += height + Space.NEAR
        return self._arrange_foot(top + Space.TIGHT, inner)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a face or a name asks who that is."""
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self._is_person(at):
            self.ask_person()
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click reads on."""
        if event.button() == Qt.MouseButton.LeftButton and self._text.is_cut:
            self.read_on.emit(self._view)

    def _is_person(self, at: QPoint) -> bool:
        return any(part.geometry().contains(at) for part in (self._avatar, self._name))

    def _place(self, label: Elided | Text) -> Text:
        label.setParent(self)
        return label

    def _show_total(self, view: PostView) -> None:
        total = t("Tips not counted here") if view.is_strangers else t("No tips yet")
        if view.tips_count:
            count = tn(view.tips_count, "{count} tip", "{count} tips")
            total = f"{words.amount(view.tips_total)} · {count}"
        self._total.setText(total)
        self._total.set_tone("soft" if view.tips_count else "faint")
        warm = "accent_ink" if view.tips_count else "ink_faint"
        self._bolt.show_icon("bolt-solid" if view.tips_count else "bolt", warm)
        parts = view.tips_proven, view.tips_total - view.tips_proven, view.tips_unverified
        proof = words.proof(*parts)
        self._proof.setText(words.proof_in_short(*parts))
        self._proof.setVisible(bool(proof))
        for label in (self._total, self._bolt, self._proof):
            label.setToolTip(plain_tooltip(proof) if proof else "")
        self._proof.setAccessibleName(proof)

    def _show_tip(self, view: PostView, now: Instant) -> None:
        can = view.author.can_be_tipped
        tip = None if view.my_tip is None else self._tips.whole(view.my_tip)
        self._tip.setVisible(can)
        self._tip.offer(
            words.name(view.author.title),
            amounts=self._tips.amounts(view.post.author),
            costs=self._tips.costs(view),
        )
        self._tip.show_tip(tip, now, self._tips.undo_window_ms)
        label, tone = self._feed.standing(view)
        if not label and not can:
            label = t("Takes no tips yet")
        if tip is not None and not tip.can_undo:
            label, tone = said(tip)
        self._state.show_words(label, tone)
        why = tip is not None and tip.state in (TipStatus.FAILED, TipStatus.IN_FLIGHT)
        self._state.setToolTip(plain_tooltip(tip.sentence) if tip is not None and why else "")
        self._state.setVisible(bool(label))

    def _set_off(self, before: PostView | None, view: PostView) -> None:
        """A tip of ours that settled while it was seen travels from its button to the total."""
        if before is None or before.post.id != view.post.id:
            self.travel.stop()
        elif has_settled(before.my_tip, view.my_tip) and self.isVisible():
            button, bolt = self._tip.geometry(), self._bolt.geometry()
            self.travel.begin(QPointF(button.center()), QPointF(bolt.center()))

    def _arrange_head(self, inner: int) -> None:
        self._avatar.move(_PAD, _PAD)
        left = _PAD + _AVATAR + Space.NEAR
        more = self._menu.sizeHint()
        self._menu.setGeometry(
            _PAD + inner - more.width() + 6, _PAD - 4, more.width(), more.height()
        )
        room = inner - _AVATAR - Space.NEAR - more.width()
        self._name.setGeometry(left, _PAD + 1, min(room, self._name.sizeHint().width() + 2), 21)
        self._meta.setGeometry(left, _PAD + 23, room, 18)

    def _arrange_more(self, top: int) -> int:
        is_there = self._text.is_cut or self._is_covered
        self._more.setVisible(is_there)
        if not is_there:
            return top
        self._more.set_label(t("Show it") if self._is_covered else t("Read on"))
        self._more.set_icon("eye" if self._is_covered else "reader")
        size = self._more.sizeHint()
        self._more.setGeometry(_PAD - 10, top - 6, size.width(), size.height())
        return top + size.height() - 2

    def _arrange_foot(self, top: int, inner: int) -> int:
        height = self._tip.height()
        middle = top + height // 2
        wide = self._tip.wanted_width() if not self._tip.isHidden() else 0
        self._tip.setGeometry(_PAD + inner - wide, top, wide, height)
        pill = self._state.sizeHint()
        right = _PAD + inner - wide - (Space.NEAR if wide else 0)
        self._state.setGeometry(right - pill.width(), middle - 12, pill.width(), 24)
        if not self._state.isHidden():
            right -= pill.width() + Space.NEAR
        line = middle - 20 if self._proof.text() else middle - 10
        total = min(self._total.sizeHint().width() + 2, right - _PAD - 22)
        self._bolt.move(_PAD, line + 2)
        self._total.setGeometry(_PAD + 22, line, total, 20)
        self._proof.setGeometry(_PAD + 22, line + 20, right - _PAD - 22, 18)
        return top + height + _PAD - 2


def has_settled(before: TipView | None, now: TipView | None) -> bool:
    """Whether it was paid between two looks at it."""
    return (
        before is not None
        and now is not None
        and before.tip_id == now.tip_id
        and now.state.is_paid
        and not before.state.is_paid
    )


def name_line(author: ProfileView) -> str:
    """What stands beside an age: only a name that its domain confirmed (NIP-05)."""
    return words.line(author.nip05 or "")


def said(tip: TipView) -> tuple[str, str]:
    """How far a tip of ours is, in two words and a tone; empty while its button says so."""
    amount = words.amount(tip.amount)
    match tip.state:
        case TipStatus.PAID | TipStatus.RECEIPT_SEEN:
            return t("You tipped {amount}", amount=amount), "good"
        case TipStatus.PAYING:
            return t("Paying {amount}", amount=amount), "busy"
        case TipStatus.IN_FLIGHT:
            return t("{amount} in flight", amount=amount), "busy"
        case TipStatus.FAILED:
            return t("Not paid"), "bad"
        case _:
            return "", "calm"
