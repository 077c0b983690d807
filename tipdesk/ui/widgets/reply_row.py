"""A post of a thread in few lines: a press or Enter opens it, T tips it."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.base.clock import Instant
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.post_card import said
from tipdesk.ui.widgets.text import Elided, Prose, plain_tooltip
from tipdesk.ui.widgets.tip_button import preset_key

_FACE = 30
_LINES = 8
_STEP = 22
_PAD = 8


class ReplyRow(QWidget):
    """`opened` with the post; `followed` with a link of its text."""

    opened = Signal(object)
    followed = Signal(object, QRect)

    def __init__(
        self, feed: FeedViewModel, tips: TipViewModel, images: Images, view: PostView, depth: int
    ) -> None:
        super().__init__()
        self._feed, self._tips = feed, tips
        self.view = view
        self.indent = depth
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._avatar = Avatar(_FACE, images, self)
        self._name = Elided(step=Type.SMALL_STRONG)
        self._meta = Elided(step=Type.SMALL, tone="faint")
        for part in (self._name, self._meta):
            part.setParent(self)
        self.text = Prose(Type.BODY, lines=_LINES, parent=self)
        self.text.followed.connect(self.followed)
        self.tip_button = Button("", icon="bolt", look=Look.GHOST, small=True, parent=self)
        self.tip_button.clicked.connect(lambda: self._tip())
        tips.offers_changed.connect(self._offer)
        self.show_post(view)

    def show_post(self, view: PostView) -> None:
        """The post as it is now."""
        self.view = view
        post, author = view.post, view.author
        now = self._tips.now
        moment = Instant.from_unix_seconds(post.created_at)
        self._avatar.show_profile(author)
        self._name.setText(words.name(author.title))
        tipped = "" if view.my_tip is None else said(view.my_tip)[0]
        standing = self._feed.standing(view)[0]
        parts = (words.age(moment, now), standing, tipped, self._pictures())
        self._meta.setText(" · ".join(filter(None, parts)))
        if post.warning is not None:
            self.text.setText(t("Covered by its author. Open it to read it."))
        else:
            self.text.show_linked(self._feed.linked(words.prose(post.title or post.text)))
        self._offer()
        self.tip_button.setVisible(author.can_be_tipped)
        self.setAccessibleName(
            t("Post by {name}, {when}", name=author.title, when=words.ago(moment, now))
        )
        self.setAccessibleDescription(self.text.text())

    def arrange(self, width: int) -> None:
        """Lays itself out, and takes the height it needs."""
        left = self.indent * _STEP + _PAD
        inner = left + _FACE + Space.SNUG
        button = self.tip_button.sizeHint()
        room = width - inner - button.width() - Space.SNUG
        self._avatar.move(left, _PAD)
        name = min(self._name.sizeHint().width() + 2, room * 2 // 3)
        self._name.setGeometry(inner, _PAD - 1, name, 18)
        self._meta.setGeometry(inner + name + 8, _PAD - 1, max(0, room - name - 8), 18)
        self.tip_button.setGeometry(
            width - button.width() - 4, _PAD - 6, button.width(), button.height()
        )
        height = self.text.arrange(width - inner - _PAD)
        self.text.setGeometry(inner, _PAD + 20, width - inner - _PAD, height)
        self.setFixedHeight(max(_PAD + 20 + height, _PAD + _FACE) + _PAD)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; T, 1, 2 and 3 tip."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.view)
        elif (place := preset_key(event)) is not None:
            self._tip(place)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press opens."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.opened.emit(self.view)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Stays here: beside the sheet a press would close it."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines for how deep it stands, a ground under the pointer, a ring for the keyboard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self.indent * _STEP
        painter.setPen(QPen(QColor(roles().line), 1))
        for step in range(self.indent):
            painter.drawLine(step * _STEP + 10, 0, step * _STEP + 10, self.height())
        ground = QRectF(self.rect()).adjusted(left + 1, 1, -1, -1)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(roles().hover))
            painter.drawRoundedRect(ground, float(Radius.CONTROL), float(Radius.CONTROL))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(roles().accent_ink), 2))
            painter.drawRoundedRect(ground, float(Radius.CONTROL), float(Radius.CONTROL))
        painter.end()

    def _pictures(self) -> str:
        count = len(self.view.post.images)
        return tn(count, "{count} picture", "{count} pictures") if count else ""

    def _offer(self) -> None:
        author = self.view.author
        amount = words.exact_amount(self._tips.amounts(author.pubkey)[0])
        self.tip_button.set_label(
            amount, t("Tip {name} {amount}", name=words.name(author.title), amount=amount)
        )
        cost = self._tips.costs(self.view)[0]
        self.tip_button.setAccessibleDescription(cost)
        self.tip_button.setToolTip(plain_tooltip(cost))

    def _tip(self, place: int = 0) -> None:
        if self.view.author.can_be_tipped:
            amounts = self._tips.amounts(self.view.post.author)
            self._tips.send(self.view, amounts[place].to_msat())
