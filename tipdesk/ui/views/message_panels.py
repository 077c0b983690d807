"""What floats over the page of messages: where we take them, and whether they are to be deleted."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.messages import MessagesViewModel
from tipdesk.ui.viewmodels.messages_places import MessagePlacesViewModel
from tipdesk.ui.widgets.action_line import Act, Line, LineList
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.text import Text

_WIDTH = 410
_ABOUT = Phrase(
    "Others leave messages for you at these relays, and nowhere else. Everybody can see this "
    "list; the relays see that somebody wrote to you, not who, nor what. One to three are enough."
)
_NOWHERE = Phrase("Nobody can write to you: you have not said where you take messages.")


class PlacesPanel(Popover):
    """Our message relays (NIP-17, kind 10050): what is changed is published at once."""

    def __init__(self, model: MessagePlacesViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName(t("Where you take messages"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Where you take messages")))
        layout.addWidget(Text(say(_ABOUT), Type.SMALL, "soft", wrap=True))
        self._nowhere = Text(say(_NOWHERE), Type.SMALL_STRONG, "bad", wrap=True)
        layout.addWidget(self._nowhere)
        self.lines = LineList(t("Your message relays"))
        layout.addWidget(self.lines)
        self.first_button = Button(
            t("Take them where you publish"), icon="check", look=Look.PRIMARY
        )
        self.first_button.clicked.connect(model.open_first)
        layout.addWidget(self.first_button)
        add = row(spacing=Space.SNUG)
        self.address = QLineEdit()
        self.address.setFixedHeight(36)
        self.address.setMaxLength(500)
        self.address.setPlaceholderText("wss://relay.example")
        self.address.setAccessibleName(t("Address of a relay to add"))
        self.address.textChanged.connect(lambda _: self._update())
        self.add_button = Button(t("Add"), icon="plus")
        self.add_button.clicked.connect(self._add)
        add.addWidget(self.address, 1)
        add.addWidget(self.add_button)
        layout.addLayout(add)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        model.changed.connect(self._update)

    @property
    def problem_text(self) -> str:
        """Why the last change was not made."""
        return self._problem.text()

    def begin(self) -> None:
        """Shows the list, and asks the relays for the latest."""
        self.address.clear()
        self._model.look()
        self._update()
        self.address.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds what is written."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._add()
            event.accept()
            return
        super().keyPressEvent(event)

    def _add(self) -> None:
        if self.add_button.isEnabled():
            self._model.use(self.address.text())

    def _update(self) -> None:
        model = self._model
        self.lines.show_lines([self._line(url) for url in model.urls])
        self._nowhere.setVisible(not model.urls)
        self.first_button.setVisible(not model.urls)
        self.first_button.setEnabled(not model.is_busy)
        written = self.address.text().strip()
        if written.rstrip("/") in (url.rstrip("/") for url in model.urls):
            self.address.clear()
        self.add_button.setEnabled(bool(self.address.text().strip()) and not model.is_busy)
        self.add_button.set_label(t("Asking …") if model.is_busy else t("Add"))
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        if self.isVisible():
            self.fit()

    def _line(self, url: str) -> Line:
        shown = words.address(url)
        drop = Act(
            t("Drop"),
            t("Take no more messages at {shown}", shown=shown),
            lambda: self._model.drop(url),
        )
        return Line(shown, acts=(drop,))


class ForgetPanel(Popover):
    """Asks before a conversation is deleted here: it cannot be undone."""

    def __init__(self, model: MessagesViewModel, window: QWidget) -> None:
        super().__init__(window, width=330)
        self._model = model
        self.setAccessibleName(t("Delete the conversation"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Delete the conversation?")))
        self._about = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._about)
        foot = row(spacing=Space.SNUG)
        self.delete_button = Button(t("Delete"), look=Look.DANGER)
        self.delete_button.clicked.connect(self._delete)
        keep = Button(t("Keep it"), look=Look.QUIET)
        keep.clicked.connect(self.dismiss)
        foot.addWidget(keep, 1)
        foot.addWidget(self.delete_button, 1)
        layout.addLayout(foot)

    def begin(self) -> None:
        """Says what goes and what stays."""
        peer = self._model.peer
        who = t("They") if peer is None else words.name(peer.title)
        self._about.setText(
            t(
                "All that was written goes from this computer. {who} keeps what is on theirs, "
                "and the relays keep what they have for as long as they like.",
                who=who,
            )
        )
        self.delete_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _delete(self) -> None:
        self.dismiss()
        self._model.forget()
