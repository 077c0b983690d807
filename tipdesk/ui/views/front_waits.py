"""The start of the program where nothing is asked but one thing: unlock, wait, what went wrong."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from tipdesk.services.front import Remedy
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.views.front_step import FrontStep, labelled, noted
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.secret_edit import SecretEdit, WordsEdit
from tipdesk.ui.widgets.text import Text


class UnlockStep(FrontStep):
    """The passphrase of a vault file."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(model, t("Unlock"), t("This profile's secrets are behind a passphrase."))
        self.who = Text("", Type.STRONG)
        self.body.addWidget(self.who)
        self.passphrase = SecretEdit(t("Passphrase"))
        self.passphrase.returnPressed.connect(self.unlock)
        self.body.addWidget(self.passphrase)
        self.button = Button(t("Unlock"), icon="lock", look=Look.PRIMARY)
        self.button.clicked.connect(self.unlock)
        line = row()
        line.addWidget(self.button)
        line.addStretch(1)
        self.body.addLayout(line)
        self.end()
        self.body.addStretch(1)

    def unlock(self) -> None:
        """Tries what was written; it does not stay in the field."""
        text = self.passphrase.text()
        self.passphrase.clear()
        self._model.unlock(text)

    def update_view(self) -> None:
        """Whose."""
        entry = self._model.entry
        if entry is not None:
            network = words.network(entry.network) if entry.network else ""
            self.who.setText(t("{name} · {network}", name=words.name(entry.name), network=network))

    def take_keyboard(self) -> None:
        """The field."""
        self.passphrase.setFocus()


class StartingStep(FrontStep):
    """What is being done, until it is done or cancelled."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(model, t("One moment"), "")
        self.said = Text("", Type.BODY, wrap=True)
        self.body.addWidget(self.said)
        self.cancel = Button(t("Cancel"), icon="close")
        self.cancel.clicked.connect(model.cancel)
        line = row()
        line.addWidget(self.cancel)
        line.addStretch(1)
        self.body.addSpacing(Space.NEAR)
        self.body.addLayout(line)
        self.end()
        self.body.addStretch(1)

    def update_view(self) -> None:
        """The latest."""
        self.said.setText(f"{self._model.progress} …")

    def take_keyboard(self) -> None:
        """The one button."""
        self.cancel.setFocus()


class FailedStep(FrontStep):
    """Why the profile did not open; its file stays as it is."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("This did not open"),
            t("No money moved, and nothing was changed."),
        )
        self.end()
        self.again = Button(t("Try again"), icon="refresh", look=Look.PRIMARY)
        self.again.clicked.connect(model.try_again)
        self.mend = Button("", icon="undo")
        self.mend.clicked.connect(model.begin_mending)
        line = row(spacing=Space.SNUG)
        line.addWidget(self.again)
        line.addWidget(self.mend)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addStretch(1)

    def update_view(self) -> None:
        """What helps, if something does."""
        remedy = self._model.remedy
        self.mend.setVisible(remedy is not Remedy.NONE)
        self.mend.set_label(
            t("Bring the key back") if remedy is Remedy.NOSTR_KEY else t("Open it with the words")
        )

    def take_keyboard(self) -> None:
        """Once more."""
        self.again.setFocus()


class WordsStep(FrontStep):
    """The words of a lost wallet, its channel backup, its Nostr key."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("Bring a lost wallet back"),
            t(
                "The words bring back your coins. The channel backup asks the other sides of your "
                "channels to pay out what was yours. Never run one wallet in two places."
            ),
        )
        self.words = WordsEdit(t("Backup words"))
        self.words.textChanged.connect(self._written)
        self.body.addWidget(labelled(t("The 12 or 24 words, in their order"), self.words))
        self.file = Button(t("Choose the channel backup"), icon="export")
        self.file.clicked.connect(self._choose)
        self._chosen = Text("", Type.SMALL, "soft")
        line = row(spacing=Space.NEAR)
        line.addWidget(self.file)
        line.addWidget(self._chosen, 1)
        self.body.addLayout(line)
        self.nsec = SecretEdit(t("Private key"), hint="nsec1…")
        self.nsec.textChanged.connect(self._written)
        self.body.addWidget(
            labelled(
                t("Nostr key (nsec), if you have it"),
                self.nsec,
                t("The words do not bring it back. Without it a new one is made."),
            )
        )
        self.body.addWidget(
            noted(t("Nobody from TipDesk will ever ask for your words or your keys."))
        )
        self.end()
        self.body.addStretch(1)
        self.dialog: QFileDialog | None = None

    def update_view(self) -> None:
        """What was given before."""
        draft = self._model.draft
        if self.words.toPlainText() != draft.words:
            self.words.setPlainText(draft.words)
        if self.nsec.text() != draft.nsec:
            self.nsec.setText(draft.nsec)
        self._chosen.setText(words.line(draft.backup_name) or t("None: coins alone come back."))

    def take_keyboard(self) -> None:
        """The words."""
        self.words.setFocus()

    def _written(self) -> None:
        draft = self._model.draft
        draft.words, draft.nsec = self.words.toPlainText(), self.nsec.text()

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), t("The file channels.backup"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._model.choose_backup)
        self.dialog = dialog
        dialog.open()
