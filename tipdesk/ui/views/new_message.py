"""Somebody to write to: one of those that are followed, or whose key was pasted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.messages_new import MAX_OFFERED, NewMessageViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.found_line import FoundLine
from tipdesk.ui.widgets.panel import Popover, column
from tipdesk.ui.widgets.person_choice import PersonChoice
from tipdesk.ui.widgets.text import Text

_WIDTH = 360
_HINT = "Nobody you follow fits. Paste an npub, an nprofile or a link to somebody."


class NewMessagePanel(Popover):
    """`chosen` with the key of somebody; Enter takes the first."""

    chosen = Signal(object)

    def __init__(self, model: NewMessageViewModel, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName("New message")
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head("New message"))
        self.text = QLineEdit()
        self.text.setFixedHeight(40)
        self.text.setMaxLength(2_000)
        self.text.setPlaceholderText("Name, npub or nprofile")
        self.text.setAccessibleName("Whom to write to: a name, an npub or an nprofile")
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
        self.found = FoundLine(images)
        layout.addWidget(self.found)
        self._problem = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._problem)
        self.button = Button("Write", icon="comment", look=Look.PRIMARY)
        self.button.clicked.connect(self._go_on)
        layout.addWidget(self.button)
        model.changed.connect(self._update)

    @property
    def problem_text(self) -> str:
        """What it says of a text that names nobody."""
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
        self.found.show_found(model.found)
        is_empty = not self.text.text().strip()
        said = model.problem or (_HINT if is_empty and not model.offered else "")
        self._problem.setText(said)
        self._problem.setVisible(bool(said))
        self.button.setVisible(model.found is not None)
        who = "" if model.found is None else words.name(model.found.title)
        self.button.setAccessibleName(f"Write to {who}")
        if self.isVisible():
            self.fit()
