"""A sheet over the page to read one post whole with its thread, and tip it."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from tipdesk.base.clock import Instant
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.linked import Linked
from tipdesk.ui.viewmodels.thread import ThreadViewModel
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.face_button import FaceButton
from tipdesk.ui.widgets.linked_edit import LinkedEdit
from tipdesk.ui.widgets.panel import Panel, column, line, row
from tipdesk.ui.widgets.pictures import Pictures
from tipdesk.ui.widgets.post_card import name_line
from tipdesk.ui.widgets.reply_row import ReplyRow
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.thread_box import ThreadBox
from tipdesk.ui.widgets.tip_button import TipButton, preset_key

_WIDTH = 680
_MAX_CHARS = 100_000


class Reader(QWidget):
    """Dims the page; Escape goes back to the post before, and at last closes the sheet."""

    closed = Signal()
    own_amount = Signal(object, QRect, object)
    look = Signal(object, int)
    person = Signal(object, QRect)
    reply = Signal(object)
    followed = Signal(object, QRect)
    """A `Link` of the text, and where it is in the window."""

    def __init__(
        self,
        feed: FeedViewModel,
        thread: ThreadViewModel,
        tips: TipViewModel,
        images: Images,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._host = parent
        self._feed = feed
        self._tips = tips
        self._thread = thread
        self._view: PostView | None = None
        self._before: list[PostView] = []
        self._sheet = Panel("card", self)
        layout = column(self._sheet, margin=Space.WIDE, spacing=Space.ROOM)
        head = row(spacing=Space.NEAR)
        self.author = FaceButton(images, side=42)
        self.author.person.connect(self.person)
        self.back_button = Button(icon="arrow-left", look=Look.GHOST, name=t("Post before"))
        self.back_button.clicked.connect(self._back)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"))
        close.clicked.connect(self.dismiss)
        head.addWidget(self.back_button)
        head.addWidget(self.author, 1)
        head.addWidget(close)
        layout.addLayout(head)
        layout.addWidget(self._make_content(images), 1)
        foot = row(spacing=Space.NEAR)
        self._cost = Text("", Type.SMALL, "faint", tabular=True, wrap=True)
        self._tip = TipButton(tips.usual)
        self._tip.preset.connect(self._send)
        self._tip.own_amount.connect(self._ask)
        self._tip.undo.connect(tips.undo_latest)
        tips.offers_changed.connect(self._offer)
        thread.changed.connect(self._thread_changed)
        thread.found.connect(self.open_for)
        self.reply_button = Button(t("Reply"), icon="reply")
        self.reply_button.setToolTip(t("R"))
        self.reply_button.clicked.connect(self._reply)
        foot.addWidget(self._cost, 1)
        foot.addWidget(self.reply_button)
        foot.addWidget(self._tip)
        layout.addLayout(foot)
        self.hide()

    @property
    def cost_text(self) -> str:
        """What it says of the cost of a press."""
        return self._cost.text()

    def open_for(self, view: PostView) -> None:
        """Shows a post; the one that was read before is a step back."""
        if self.isVisible() and self._view is not None and self._view.post.id != view.post.id:
            self._before.append(self._view)
        elif not self.isVisible():
            self._before.clear()
        self._show(view)

    def _show(self, view: PostView) -> None:
        self._view = view
        self._thread.open(view)
        self.back_button.setVisible(bool(self._before))
        moment = Instant.from_unix_seconds(view.post.created_at)
        who = words.name(view.author.title)
        when = words.ago(moment, self._tips.now)
        said = " · ".join(filter(None, (when, name_line(view.author))))
        self.author.show_person(view.author, said)
        self._show_content(view)
        self.text.setVisible(bool(view.post.text))
        self._offer()
        self._tip.setVisible(view.author.can_be_tipped)
        self._cost.setVisible(view.author.can_be_tipped)
        self.setAccessibleName(t("Post by {name}", name=who))
        self._show_thread()
        self.show()
        self.place()
        self.raise_()
        self._scroll.verticalScrollBar().setValue(0)
        self._scroll.setFocus()

    def _offer(self) -> None:
        """What one press tips, and what that costs."""
        if self._view is not None:
            author = self._view.author
            amounts, costs = self._tips.amounts(author.pubkey), self._tips.costs(self._view)
            self._tip.offer(words.name(author.title), amounts=amounts, costs=costs)
            self._cost.setText(costs[0])

    def _show_content(self, view: PostView) -> None:
        """The post itself, or its cover."""
        post, covered = view.post, self._feed.is_covered(view)
        self.uncover_button.setVisible(covered)
        self._title.setText("" if covered else words.line(post.title))
        self._title.setVisible(bool(self._title.text()))
        self._pictures.show_pictures(() if covered else post.images, post.author)
        if covered:
            self.text.show_linked(Linked(self._feed.cover_words(view)))
        else:
            self.text.show_linked(self._feed.linked(many_lines(post.text, maximum=_MAX_CHARS)))

    def _reveal(self) -> None:
        if self._view is None:
            return
        if self._feed.is_covered(self._view):
            self._feed.uncover(self._view)
            self._show_content(self._view)
            self.text.setVisible(bool(self._view.post.text))
            self.place()
        else:
            self._pictures.reveal()

    def place(self) -> None:
        """Over the whole page; the sheet as high as the post needs."""
        self.setGeometry(self._host.rect())
        width = min(_WIDTH, self.width() - 2 * Space.WIDE)
        inner = width - 2 * Space.WIDE - Space.ROOM
        self.text.document().setTextWidth(inner)
        text = round(self.text.document().size().height()) + Space.TIGHT
        self.text.setFixedHeight(text)
        pictures = self._pictures.arrange(inner)
        self._pictures.setFixedHeight(pictures)
        title = self._title.heightForWidth(inner) if not self._title.isHidden() else 0
        thread = self.above.wanted_height(inner) + self.replies.wanted_height(inner)
        more = self.more_button.sizeHint().height() if not self.more_button.isHidden() else 0
        wanted = text + pictures + title + thread + more + 230
        height = min(self.height() - 2 * Space.WIDE, wanted)
        self._sheet.setGeometry(
            (self.width() - width) // 2, (self.height() - height) // 2, width, height
        )

    def dismiss(self) -> None:
        """Back to the page."""
        self.hide()
        self._thread.leave()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back, T, 1, 2, 3 tip, R replies, S shows what is hidden, as in the feed."""
        if event.key() == Qt.Key.Key_Escape:
            self._back()
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self._reveal()
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self._reply()
        elif (place := preset_key(event)) is not None:
            self._tip.press(place)
        elif _asks(event):
            self._ask()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the sheet closes."""
        if not self._sheet.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        painter.end()

    def _make_content(self, images: Images) -> QScrollArea:
        content = QWidget()
        content.setObjectName("column")
        inner = column(content, spacing=Space.NEAR)
        inner.setContentsMargins(0, 0, Space.ROOM, 0)
        self._title = Text(step=Type.TITLE, wrap=True)
        self._pictures = Pictures(images)
        self._pictures.pressed.connect(lambda _, place: self.look.emit(self._view, place))
        self.text = LinkedEdit(t("Text of the post"))
        self.text.followed.connect(self.followed)
        self.above, self.replies = ThreadBox(self._make_row), ThreadBox(self._make_row)
        self.more_button = Button(t("More replies"), look=Look.QUIET, small=True)
        self.more_button.clicked.connect(self._thread.show_more)
        for box in (self.above, self.replies):
            box.opened.connect(self.open_for)
            box.followed.connect(self.followed)
        self.uncover_button = Button(t("Show it"), icon="eye", small=True)
        self.uncover_button.clicked.connect(self._reveal)
        for part in (self.above, self._title, self.text):
            inner.addWidget(part)
        inner.addWidget(self.uncover_button, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(self._pictures)
        inner.addWidget(line())
        inner.addWidget(self.replies)
        inner.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addStretch()
        self._images = images
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(content)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(t("The post"))
        return self._scroll

    def _make_row(self, view: PostView, depth: int) -> ReplyRow:
        return ReplyRow(self._feed, self._tips, self._images, view, depth)

    def _back(self) -> None:
        if self._before:
            self._show(self._thread.post(self._before.pop()))
        else:
            self.dismiss()

    def _thread_changed(self) -> None:
        if self.isVisible():
            self._show_thread()
            self.place()

    def _show_thread(self) -> None:
        thread = self._thread
        self.above.show_posts(thread.above_text, [(view, 0) for view in thread.view.above])
        lines = [(one.view, one.depth) for one in thread.view.replies]
        self.replies.show_posts(thread.replies_text, lines)
        rest = thread.rest
        self.more_button.set_label(tn(rest, "{count} more reply", "{count} more replies"))
        self.more_button.setVisible(rest > 0)

    def _reply(self) -> None:
        if self._view is not None:
            self.reply.emit(self._view)

    def _send(self, amount: Msat) -> None:
        if self._view is not None and self._view.author.can_be_tipped:
            self._tips.send(self._view, amount)

    def _ask(self) -> None:
        if self._view is not None and self._view.author.can_be_tipped:
            button = self._tip.segments[-1]
            corner = button.mapTo(self.window(), QPoint(0, 0))
            self.own_amount.emit(self._view, QRect(corner, button.size()), None)


def _asks(event: QKeyEvent) -> bool:
    """Shift+T wants another amount."""
    shift = Qt.KeyboardModifier.ShiftModifier
    return event.key() == Qt.Key.Key_T and event.modifiers() == shift and not event.isAutoRepeat()
