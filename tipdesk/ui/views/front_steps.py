"""The questions of a new wallet: money, servers, who one is, where secrets are kept."""

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.viewmodels.front_draft import MAINNET, You
from tipdesk.ui.views.front_step import FrontStep, labelled, noted
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.secret_edit import SecretEdit
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text

_HIGH = 40
_LONGEST_NAME = 500
_LINES = 78


class MoneyStep(FrontStep):
    """Which coins."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("Which money?"),
            t("Bitcoin is real money. Test coins have no value, and whom you tip has none of it."),
        )
        self.network = Segments(
            t("Money"),
            {
                MAINNET: t("Bitcoin"),
                "signet": t("Test coins (signet)"),
                "testnet4": t("Test coins (testnet)"),
            },
        )
        self.network.chosen.connect(model.suggest_for)
        self.body.addWidget(self.network)
        self._risk = noted(
            model.risk,
            "warning",
        )
        self.body.addWidget(self._risk)
        self.accept = CheckBox(t("I know this, and begin with a small amount"))
        self.accept.toggled.connect(self._accepted)
        self.body.addWidget(self.accept)
        self.end()
        self.body.addStretch(1)

    def update_view(self) -> None:
        """The risk is real money's."""
        draft = self._model.draft
        self.network.choose(draft.network)
        self.accept.setChecked(draft.accepts_risk)
        for part in (self._risk, self.accept):
            part.setVisible(draft.network == MAINNET)

    def take_keyboard(self) -> None:
        """The choice."""
        self.network.buttons[self._model.draft.network].setFocus()

    def _accepted(self, on: bool) -> None:  # noqa: FBT001 (Qt's signature)
        self._model.draft.accepts_risk = on


class ServersStep(FrontStep):
    """Whom the wallet asks."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("Whom may it ask?"),
            t(
                "Your node needs somebody who tells it what the chain holds, and relays where "
                "posts are. These are public ones; your own are better. Each can be changed later."
            ),
        )
        self.chain = _lines(t("Chain servers"))
        self.relays = _lines(t("Relays"))
        self.chain.textChanged.connect(self._written)
        self.relays.textChanged.connect(self._written)
        self.body.addWidget(
            labelled(
                t("Chain servers, one a line"),
                self.chain,
                t(
                    "They learn your addresses and when you look. Two are asked, so that neither "
                    "can hide something alone; what they tell is proven against the chain."
                ),
            )
        )
        self.body.addWidget(
            labelled(
                t("Relays, one a line"),
                self.relays,
                t("They learn whom you read and your public tips."),
            )
        )
        self.end()
        self.body.addStretch(1)

    def update_view(self) -> None:
        """What was written or suggested."""
        draft = self._model.draft
        for edit, text in ((self.chain, draft.chain), (self.relays, draft.relays)):
            if edit.toPlainText() != text:
                edit.setPlainText(text)

    def take_keyboard(self) -> None:
        """The first field."""
        self.chain.setFocus()

    def _written(self) -> None:
        if self.isVisible():
            self._model.draft.chain = self.chain.toPlainText()
            self._model.draft.relays = self.relays.toPlainText()


class YouStep(FrontStep):
    """Which identity."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("Who are you on Nostr?"),
            t(
                "Posts, follows and public tips belong to a Nostr key. It has nothing to do "
                "with your money."
            ),
        )
        self.you = Segments(
            t("Identity"),
            {
                You.NEW.value: t("Somebody new"),
                You.BROUGHT.value: t("I have a key"),
                You.NONE.value: t("Just looking around"),
            },
        )
        self.you.chosen.connect(self._chosen)
        self.body.addWidget(self.you)
        self.name = QLineEdit()
        self.name.setAccessibleName(t("Your name"))
        self.name.setPlaceholderText(t("What others call you; may stay empty"))
        self.name.setFixedHeight(_HIGH)
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.textChanged.connect(self._written)
        self._named = labelled(
            t("Name"),
            self.name,
            t("Published with your new profile. Leave it empty and nothing is published."),
        )
        self.nsec = SecretEdit(t("Private key"), hint="nsec1…")
        self.nsec.textChanged.connect(self._written)
        self._keyed = labelled(
            t("Private key (nsec)"),
            self.nsec,
            t(
                "It stays on this computer, where your other secrets are kept, and is shown "
                "to nobody."
            ),
        )
        self._looking = Text(
            t(
                "A key is made that nothing is published with. You can tip, and read "
                "whatever you open."
            ),
            Type.BODY,
            "soft",
            wrap=True,
        )
        for part in (self._named, self._keyed, self._looking):
            self.body.addWidget(part)
        self.end()
        self.body.addStretch(1)

    def update_view(self) -> None:
        """The field of the choice."""
        draft = self._model.draft
        self.you.choose(draft.you.value)
        _show(self.name, draft.name)
        _show(self.nsec, draft.nsec)
        self._named.setVisible(draft.you is You.NEW)
        self._keyed.setVisible(draft.you is You.BROUGHT)
        self._looking.setVisible(draft.you is You.NONE)

    def take_keyboard(self) -> None:
        """The choice."""
        self.you.buttons[self._model.draft.you.value].setFocus()

    def _chosen(self, value: str) -> None:
        self._model.draft.you = You(value)
        self._model.problem = ""
        self._model.changed.emit()

    def _written(self) -> None:
        self._model.draft.name, self._model.draft.nsec = self.name.text(), self.nsec.text()


class KeysStep(FrontStep):
    """Where secrets are kept."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("Where are your secrets kept?"),
            t("The words that your money hangs on, and your Nostr key."),
        )
        self.place = Segments(
            t("Place"),
            {"keyring": t("The system's keyring"), "vault": t("A file with a passphrase")},
        )
        self.place.chosen.connect(self._chosen)
        self.body.addWidget(self.place)
        self._keyring = Text("", Type.BODY, "soft", wrap=True)
        self.body.addWidget(self._keyring)
        self.passphrase = SecretEdit(t("Passphrase"), hint="")
        self.again = SecretEdit(t("Passphrase, again"), hint="")
        for edit in (self.passphrase, self.again):
            edit.textChanged.connect(self._written)
        self._first = labelled(
            t("Passphrase"),
            self.passphrase,
            t("Asked at every start. Nobody can bring it back; your words can."),
        )
        self._second = labelled(t("The same again"), self.again)
        self.body.addWidget(self._first)
        self.body.addWidget(self._second)
        self.body.addWidget(
            noted(t("Nobody from TipDesk will ever ask for your words or your keys."))
        )
        self.end()
        self.body.addStretch(1)

    def update_view(self) -> None:
        """The fields of the choice."""
        model, draft = self._model, self._model.draft
        self.place.buttons["keyring"].setEnabled(model.has_keyring)
        self.place.choose("keyring" if draft.in_keyring else "vault")
        self._keyring.setText(
            t("It opens with your login, and asks when it is locked.")
            if draft.in_keyring
            else t("Whoever has the file and the passphrase has your money.")
            if model.has_keyring
            else t("This system has no keyring that can be trusted: a file it is.")
        )
        for part in (self._first, self._second):
            part.setVisible(not draft.in_keyring)
        _show(self.passphrase, draft.passphrase)
        _show(self.again, draft.again)

    def take_keyboard(self) -> None:
        """The passphrase, or the choice."""
        draft = self._model.draft
        (self.place.buttons["keyring"] if draft.in_keyring else self.passphrase).setFocus()

    def _chosen(self, value: str) -> None:
        self._model.draft.in_keyring = value == "keyring"
        self._model.problem = ""
        self._model.changed.emit()

    def _written(self) -> None:
        draft = self._model.draft
        draft.passphrase, draft.again = self.passphrase.text(), self.again.text()


def _lines(name: str) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setAccessibleName(name)
    edit.setFont(monospace(Type.SMALL))
    edit.setTabChangesFocus(True)
    edit.setFixedHeight(_LINES)
    return edit


def _show(edit: QLineEdit, text: str) -> None:
    if edit.text() != text:
        edit.setText(text)
