"""Somebody to write to: one of those that are followed, or whose key or name was given."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.messages_new import MAX_OFFERED, NewMessageViewModel
from tipdesk.ui.widgets.ask_line import AskLine
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.found_line import FoundLine
from tipdesk.ui.widgets.panel import Popover, column
from tipdesk.ui.widgets.person_choice import PersonChoice
from tipdesk.ui.widgets.text import Text

_WIDTH = 360
_HINT = Phrase(
    "You follow nobody yet. Paste an npub, an nprofile or a link, or write a name@domain."
)


class NewMessagePanel(Popover):
    """`chosen` with the key of somebody; Enter takes the first."""

    chosen = Signal(object)

    def __init__(self, model: NewMessageViewModel, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName(t("New message"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("New message")))
        self.text = QLineEdit()
        self.text.setFixedHeight(40)
        self.text.setMaxLength(2_000)
        self.text.setPlaceholderText(t("Name, npub or name@domain"))
        self.text.setAccessibleName(t("Whom to write to: a name, npub, nprofile or name@domain"))
        self.text.textChanged.connect(model.look_at)
        layout.addWidget(self.text)
        holder = QWidget()
        inner = column(holder, spacing=Space.HAIR)
        self.people = [PersonChoice(images) for _ in range(MAX_OFFERED)]
        for place, button in enumerate(self.people):
            button.clicked.connect(lambda _=False, n=place: self._take(model.offered[n]))
            inner.addWidget(button)
        layout.addWidget(holder)
        self._offered = holder
        self.ask = AskLine()
        self.ask.asked.connect(model.look_up)
        layout.addWidget(self.ask)
        self.found = FoundLine(images)
        layout.addWidget(self.found)
        self._problem = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._problem)
        self.button = Button(t("Write"), icon="comment", look=Look.PRIMARY)
        self.button.clicked.connect(self._go_on)
        layout.addWidget(self.button)
        model.changed.connect(self._update)

    @property
    def problem_text(self) -> str:
        """What it says of a text that does not name somebody at once."""
        return self._problem.text()

    def begin(self) -> None:
        """A new search."""
        self.text.clear()
        self._model.look_at("")
        self.text.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes who was found, or the first of those offered."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_on()
            event.accept()
            return
        super().keyPressEvent(event)

    def _go_on(self) -> None:
        found, offered = self._model.found, self._model.offered
        if found is not None and found.person is not None:
            self._take(found.person)
        elif offered and self.text.text().strip():
            self._take(offered[0])
        elif self.ask.isVisible():
            self._model.look_up()

    def _take(self, person: ProfileView) -> None:
        self.dismiss()
        self.chosen.emit(person.pubkey)

    def _update(self) -> None:
        model = self._model
        for place, button in enumerate(self.people):
            button.setVisible(place < len(model.offered))
            if place < len(model.offered):
                button.show_person(model.offered[place])
        self._offered.setVisible(bool(model.offered))
        found, said = model.found, model.said
        self.ask.show_name(None if found else model.identifier, is_asking=model.is_asking)
        self.found.show_found(found)
        is_empty = not self.text.text().strip() and not model.offered
        self._problem.setText(say(_HINT) if is_empty else said.text)
        self._problem.set_tone(said.tone)
        self._problem.setVisible(bool(self._problem.text()))
        self.button.setVisible(found is not None)
        who = "" if found is None else words.name(found.title)
        self.button.setAccessibleName(t("Write to {who}", who=who))
        if self.isVisible():
            self.fit()
