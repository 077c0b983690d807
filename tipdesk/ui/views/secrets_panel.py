"""Where the words and keys are kept: a line in the settings, and the panel that moves them."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ports.secrets import SecretsPlace
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.secrets import SecretsViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column
from tipdesk.ui.widgets.secret_edit import SecretEdit
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.text import Text

_WIDTH = 400


class SecretsGroup(SettingGroup):
    """Says where they are; its button opens the panel."""

    def __init__(self, model: SecretsViewModel) -> None:
        super().__init__(t("Where words and keys are kept"))
        self._model = model
        self.panel: SecretsPanel | None = None
        self.button = Button(t("Move"), small=True, name=t("Move the words and keys"))
        self.button.clicked.connect(self._open)
        self._note = self.add(t("Their place"), self.button, " ")

    @property
    def said(self) -> str:
        """What it says about the place."""
        return self._note.text()

    def update_view(self) -> None:
        """Where they are now."""
        model = self._model
        self.button.setVisible(model.place is not SecretsPlace.PRACTICE)
        self._note.setText(f"{_where(model.place)} {model.told}".strip())

    def _open(self) -> None:
        if self.panel is None:
            self.panel = SecretsPanel(self._model, self.window())
        corner = self.button.mapTo(self.window(), self.button.rect().topLeft())
        self.panel.open_for(self.button.rect().translated(corner), self.button)


class SecretsPanel(Popover):
    """Asks for the passphrase that the move needs, and says what went wrong."""

    def __init__(self, model: SecretsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self._into_file = True
        self.setAccessibleName(t("Move the words and keys"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Move the words and keys")))
        self._about = Text("", Type.BODY, "soft", wrap=True)
        layout.addWidget(self._about)
        self.passphrase = SecretEdit(t("Passphrase of the file"))
        self.again = SecretEdit(t("Passphrase of the file, again"))
        layout.addWidget(self.passphrase)
        layout.addWidget(self.again)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.done_button = Button(look=Look.PRIMARY, name=t("Move them"))
        self.done_button.clicked.connect(self._do)
        layout.addWidget(self.done_button)
        model.changed.connect(self._update)
        self.closed.connect(self._clear)

    @property
    def problem_text(self) -> str:
        """What it says went wrong."""
        return self._problem.text()

    def open_for(self, anchor: QRect, back: QWidget) -> None:
        """Asks for what the way from here needs."""
        self._into_file = self._model.place is SecretsPlace.KEYRING
        self._clear()
        self._model.begin()
        self._about.setText(_into_file() if self._into_file else _into_keyring())
        self.again.setVisible(self._into_file)
        self.open_at(anchor, back)
        self._update()
        self.passphrase.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field, from the last one it does it."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        if self.passphrase.text() and self._into_file and not self.again.text():
            self.again.setFocus()
        else:
            self._do()
        event.accept()

    def _do(self) -> None:
        if self._into_file:
            self._model.move_into_file(self.passphrase.text(), self.again.text())
        else:
            self._model.move_into_keyring(self.passphrase.text())

    def _update(self) -> None:
        if self.isHidden():
            return
        model = self._model
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        self.done_button.setEnabled(not model.is_busy)
        self.done_button.set_label(t("One moment") if model.is_busy else t("Move them"))
        if model.is_done:
            self.dismiss()

    def _clear(self) -> None:
        self.passphrase.clear()
        self.again.clear()


def _where(place: SecretsPlace) -> str:
    match place:
        case SecretsPlace.KEYRING:
            return t("In the keyring of this system, which opens when you log in.")
        case SecretsPlace.FILE:
            return t("In an encrypted file of this profile. Its passphrase is asked at the start.")
        case SecretsPlace.PRACTICE:
            return t("In a file of this profile. Practice coins need no passphrase.")


def _into_file() -> str:
    return t(
        "They go from the keyring of this system into an encrypted file of this profile. From "
        "then on TipDesk asks for its passphrase at each start, and nobody can tell it to you if "
        "you forget it: then only your words bring the money back."
    )


def _into_keyring() -> str:
    return t(
        "They go into the keyring of this system, and the encrypted file is removed. TipDesk then "
        "starts without a passphrase, once you are logged in."
    )
