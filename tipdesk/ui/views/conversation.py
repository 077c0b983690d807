"""One conversation: with whom, what was written, and the box to write in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.messages import MessagesViewModel
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.bubble_list import BubbleList
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.composer import Composer
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, column, line, row, stack
from tipdesk.ui.widgets.text import Elided, Text, plain_tooltip

_REQUEST = Phrase(
    "You do not know this person: nothing rings, and they do not learn whether you read it. "
    "Accept to talk, or delete what they wrote."
)


class ConversationPane(QWidget):
    """`left` on Escape; `forget_wanted` when everything written with them is to go."""

    left = Signal()
    forget_wanted = Signal()

    def __init__(self, model: MessagesViewModel, images: Images) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=0)
        layout.addLayout(self._make_head(images))
        layout.addSpacing(Space.SNUG)
        layout.addWidget(line())
        self.list = BubbleList(model.bubbles)
        self.list.retry.connect(model.retry)
        self.down_button = Button(
            icon="arrow-down", name=t("To the latest message"), parent=self.list
        )
        self.down_button.clicked.connect(self.list.to_end)
        self.down_button.hide()
        self.list.at_end.connect(lambda is_there: self.down_button.setVisible(not is_there))
        nothing = EmptyState(
            "lock",
            t("Nothing written yet"),
            t("What you write here, only the two of you can read."),
        )
        holder = QWidget()
        self._found = QStackedLayout(holder)
        self._found.addWidget(self.list)
        self._found.addWidget(nothing)
        layout.addWidget(holder, 1)
        layout.addSpacing(Space.SNUG)
        layout.addWidget(self._make_request())
        layout.addWidget(self._make_foot())
        model.sent.connect(self._sent)
        model.opened.connect(self._opened)

    @property
    def hint_text(self) -> str:
        """What it says before anything is written."""
        return self._hint.text()

    @property
    def problem_text(self) -> str:
        """What it says stands against writing, or stood against the last message."""
        return self._problem.text()

    def update_view(self) -> None:
        """Shows the conversation as it is now."""
        model, peer = self._model, self._model.peer
        if peer is None:
            return
        who = words.name(peer.title)
        self._avatar.show_profile(peer)
        self._who.setText(who)
        npub = f"{peer.npub[:16]}…{peer.npub[-8:]}"
        self._proof.setText(words.line(peer.nip05 or npub))
        self._proof.setToolTip(plain_tooltip(peer.npub))
        self.setAccessibleName(t("Conversation with {who}", who=who))
        self._found.setCurrentIndex(0 if model.bubbles.rowCount() else 1)
        self.list.refresh_visible()
        self._request.setVisible(model.is_request)
        self.ask_button.setVisible(not model.obstacle and not model.is_request)
        self.forget_button.setVisible(model.bubbles.rowCount() > 0 and not model.is_request)
        problem = model.obstacle or model.problem
        self._problem.setText(problem)
        self._problem_line.setVisible(bool(problem) and not model.is_request)
        self._hint.setText(model.hint)
        self._hint_line.setVisible(not problem and not model.is_request)
        can_write = not model.obstacle and not model.is_request
        self.composer.set_open(is_open=can_write and not model.is_sending)
        self.composer.edit.setReadOnly(model.is_sending)
        self.composer.setVisible(can_write)

    def write(self) -> None:
        """The keyboard goes where something can be written."""
        if self._model.is_request:
            self.accept_button.setFocus(Qt.FocusReason.TabFocusReason)
        elif self._model.obstacle:
            self.list.setFocus()
        else:
            self.composer.edit.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button to the latest stays in its corner."""
        super().resizeEvent(event)
        self._place_button()

    def _make_head(self, images: Images) -> QHBoxLayout:
        head = row(spacing=Space.NEAR)
        self._avatar = Avatar(38, images)
        self._who = Elided(step=Type.STRONG)
        self._proof = Elided(step=Type.SMALL, tone="faint")
        self.forget_button = Button(t("Delete"), look=Look.GHOST, small=True)
        self.forget_button.setAccessibleName(t("Delete this conversation"))
        self.forget_button.clicked.connect(self.forget_wanted)
        head.addWidget(self._avatar)
        head.addWidget(stack(self._who, self._proof), 1)
        self.ask_button = Button(t("Ask for money"), icon="receive", look=Look.GHOST, small=True)
        head.addWidget(self.ask_button)
        head.addWidget(self.forget_button)
        return head

    def _make_request(self) -> QWidget:
        self._request = Panel("sunken")
        inner = column(self._request, margin=Space.NEAR, spacing=Space.SNUG)
        inner.addWidget(Text(say(_REQUEST), Type.SMALL, "soft", wrap=True))
        foot = row(spacing=Space.SNUG)
        self.accept_button = Button(t("Accept"), icon="check", look=Look.PRIMARY, small=True)
        self.accept_button.clicked.connect(self._accept)
        self.delete_button = Button(t("Delete"), look=Look.DANGER, small=True)
        self.delete_button.setAccessibleName(t("Delete what they wrote"))
        self.delete_button.clicked.connect(self._model.forget)
        foot.addWidget(self.accept_button)
        foot.addWidget(self.delete_button)
        foot.addStretch(1)
        inner.addLayout(foot)
        return self._request

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        inner = column(foot, spacing=Space.SNUG)
        inner.setContentsMargins(0, Space.SNUG, 0, Space.NEAR)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self._problem_line = _with_icon("alert", "bad", self._problem)
        self.composer = Composer()
        self.composer.sent.connect(self._model.send)
        self.composer.changed.connect(self._model.keep_draft)
        self.composer.left.connect(self.left)
        self._hint = Text("", Type.SMALL, "faint", wrap=True)
        self._hint_line = _with_icon("lock", "ink_faint", self._hint)
        for part in (self._problem_line, self.composer, self._hint_line):
            inner.addWidget(part)
        return foot

    def _accept(self) -> None:
        self._model.accept()
        self.update_view()
        self.write()

    def _opened(self) -> None:
        self.update_view()
        peer = self._model.peer
        if peer is not None:
            self.composer.show_draft(self._model.draft, words.name(peer.title))
            self.list.to_end()

    def _sent(self, pubkey: bytes) -> None:
        peer = self._model.peer
        if peer is not None and peer.pubkey == pubkey:
            self.composer.edit.clear()
            self.list.to_end()

    def _place_button(self) -> None:
        size = self.down_button.sizeHint()
        self.down_button.setGeometry(
            self.list.width() - size.width() - Space.ROOM - 4,
            self.list.height() - size.height() - Space.SNUG,
            size.width(),
            size.height(),
        )


def _with_icon(icon: str, role: str, text: Text) -> QWidget:
    holder = QWidget()
    across = row(spacing=7)
    holder.setLayout(across)
    across.addWidget(Icon(icon, role, 15), 0, Qt.AlignmentFlag.AlignTop)
    across.addWidget(text, 1)
    return holder
