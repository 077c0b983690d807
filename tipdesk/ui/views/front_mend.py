"""What helps a profile whose secrets are gone: its words, its key, another place."""

from tipdesk.services.front import Remedy
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.views.front_step import FrontStep, labelled, noted
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.secret_edit import SecretEdit, WordsEdit
from tipdesk.ui.widgets.text import Text


class MendStep(FrontStep):
    """Asks for as little as the remedy needs."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(model, t("Open it again"), "")
        self._about = Text("", wrap=True)
        self.body.addWidget(self._about)
        self.words = WordsEdit(t("Backup words"))
        self.words.textChanged.connect(self._written)
        self._worded = labelled(t("The words of this wallet"), self.words)
        self.nsec = SecretEdit(t("Private key"), hint="nsec1…")
        self._keyed = labelled(
            t("Nostr key (nsec)"), self.nsec, t("Leave it empty to go on with a new one.")
        )
        self.passphrase = SecretEdit(t("Passphrase"), hint="")
        self.again = SecretEdit(t("Passphrase, again"), hint="")
        self._first = labelled(
            t("A passphrase for the file"), self.passphrase, t("Asked at every start.")
        )
        self._second = labelled(t("The same again"), self.again)
        for edit in (self.nsec, self.passphrase, self.again):
            edit.textChanged.connect(self._written)
        self._never = noted(t("Nobody from TipDesk will ever ask for your words or your keys."))
        for part in (self._worded, self._keyed, self._first, self._second, self._never):
            self.body.addWidget(part)
        self.end()
        self.button = Button(t("Open it"), look=Look.PRIMARY)
        self.button.clicked.connect(model.mend)
        foot = row(spacing=Space.SNUG)
        foot.addWidget(self.button)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.body.addStretch(1)

    def update_view(self) -> None:
        """The fields that the remedy needs."""
        remedy, draft = self._model.remedy, self._model.draft
        self._about.setText(_about(remedy))
        wants_words = remedy is not Remedy.NOSTR_KEY
        for part in (self._worded, self._never):
            part.setVisible(wants_words)
        self._keyed.setVisible(not wants_words)
        for part in (self._first, self._second):
            part.setVisible(not draft.in_keyring)
        if self.words.toPlainText() != draft.words:
            self.words.setPlainText(draft.words)
        for edit, text in (
            (self.nsec, draft.nsec),
            (self.passphrase, draft.passphrase),
            (self.again, draft.again),
        ):
            if edit.text() != text:
                edit.setText(text)

    def take_keyboard(self) -> None:
        """The first field that is asked for."""
        is_key = self._model.remedy is Remedy.NOSTR_KEY
        (self.nsec if is_key else self.words).setFocus()

    def _written(self) -> None:
        if self.isVisible():
            draft = self._model.draft
            draft.words, draft.nsec = self.words.toPlainText(), self.nsec.text()
            draft.passphrase, draft.again = self.passphrase.text(), self.again.text()


def _about(remedy: Remedy) -> str:
    match remedy:
        case Remedy.KEYRING:
            return t(
                "With your words the wallet opens without the keyring: its secrets go into a file "
                "of its own, behind a passphrase. Your channels live on."
            )
        case Remedy.NOSTR_KEY:
            return t("Your money is safe. People know you by your old key, if you have it.")
        case _:
            return t("With the words that you wrote down, your money and channels are there again.")
