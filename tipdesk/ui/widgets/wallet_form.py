"""The form that connects a wallet: a link in one field or a server's fields, then what it says."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.connect import PASTED, ConnectDraft, can_do
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, column
from tipdesk.ui.widgets.scan_line import ScanLine
from tipdesk.ui.widgets.secret_edit import SecretEdit
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text

_HIGH = 40
_LONGEST_LINK = 20_000
_LONGEST_NAME = 40
_GROUP = 4


class WalletForm(QWidget):
    """Shows a draft. `resized` when it needs another height."""

    resized = Signal()

    def __init__(self, draft: ConnectDraft, *, asks_name: bool = True) -> None:
        super().__init__()
        self._draft = draft
        self._asks_name = asks_name
        layout = column(self, spacing=Space.NEAR)
        self.forms = Segments(
            t("How it is connected"),
            {
                PASTED: t("Paste a link"),
                "lnd": "LND",
                "cln": "Core Lightning",
                "phoenixd": "phoenixd",
            },
        )
        self.forms.chosen.connect(self._chosen)
        layout.addWidget(self.forms)
        self._hint = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._hint)
        self.link = SecretEdit(
            t("Link of the wallet"), hint="nostr+walletconnect://…", most=_LONGEST_LINK
        )
        self.link.textChanged.connect(self._pasted)
        self.scan = ScanLine()
        self.scan.read.connect(self.link.setText)
        self.address = _line(t("Address of the server"))
        self.secret = SecretEdit(t("Key"), most=_LONGEST_LINK)
        for edit in (self.address, self.secret):
            edit.textChanged.connect(self._filled)
        for part in (self.link, self.scan, self.address, self.secret):
            layout.addWidget(part)
        self._caution = Text("", Type.SMALL, "accent", wrap=True)
        self._caution.setText(
            t(
                "This link came from outside. Whoever made it holds what you receive with it: go "
                "on only if it is from your own wallet."
            )
        )
        layout.addWidget(self._caution)
        self._certificate = self._make_certificate()
        layout.addWidget(self._certificate)
        self._found = self._make_found()
        layout.addWidget(self._found)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        # Where no name is asked, the button that goes on is another one.
        look = Look.PRIMARY if asks_name else Look.QUIET
        self.button = Button(t("Ask the wallet"), look=look)
        self.button.clicked.connect(self._press)
        layout.addWidget(self.button)
        draft.changed.connect(self.update_view)
        self.update_view()

    @property
    def problem_text(self) -> str:
        """What it says is wrong."""
        return "" if self._problem.isHidden() else self._problem.text()

    @property
    def found_text(self) -> str:
        """What it says the wallet is and can do."""
        if self._found.isHidden():
            return ""
        return "\n".join((self._who.text(), self._abilities.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is the button's."""
        if event.text() == "\r" and self.button.isEnabled():
            self._press()
            event.accept()
        else:
            super().keyPressEvent(event)

    def take_keyboard(self) -> None:
        """The first field of the form."""
        (self.link if self._draft.form == PASTED else self.address).setFocus()

    def update_view(self) -> None:
        """What the draft says now."""
        draft, is_pasted = self._draft, self._draft.form == PASTED
        self.forms.choose(draft.form)
        self._hint.setText(_hint(draft.form))
        for field, text in (
            (self.link, draft.text),
            (self.address, draft.address),
            (self.secret, draft.secret),
        ):
            if field.text() != text:
                field.setText(text)
        self.link.setVisible(is_pasted)
        self.scan.setVisible(is_pasted)
        self.address.setVisible(not is_pasted)
        self.secret.setVisible(not is_pasted)
        key = _key(draft.form)
        self.secret.setPlaceholderText(key)
        self.secret.setAccessibleName(key)
        self._caution.setVisible(draft.is_brought)
        self._show_certificate()
        self._show_found()
        self._problem.setText(draft.problem)
        self._problem.setVisible(bool(draft.problem))
        self._show_button()
        self.resized.emit()

    def _make_certificate(self) -> QWidget:
        panel = Panel("warning")
        layout = column(panel, margin=Space.NEAR, spacing=Space.SNUG)
        layout.addWidget(
            Text(
                t(
                    "Nobody vouches for this server. Compare its fingerprint with the one that "
                    "your node shows. Nothing secret was sent to it yet."
                ),
                Type.SMALL,
                wrap=True,
            )
        )
        self._fingerprint = Text("", Type.SMALL, wrap=True, tabular=True)
        self._fingerprint.setAccessibleName(t("Fingerprint of the certificate"))
        layout.addWidget(self._fingerprint)
        return panel

    def _make_found(self) -> QWidget:
        panel = Panel("sunken")
        layout = column(panel, margin=Space.NEAR, spacing=Space.SNUG)
        self._who = Text("", Type.STRONG, wrap=True)
        self._abilities = Text("", Type.SMALL, "soft", wrap=True)
        self.name = _line(t("What you call it"))
        self.name.setMaxLength(_LONGEST_NAME)
        for part in (self._who, self._abilities, self.name):
            layout.addWidget(part)
        return panel

    def _show_certificate(self) -> None:
        fingerprint = self._draft.fingerprint
        self._certificate.setVisible(fingerprint is not None)
        if fingerprint is not None:
            digits = fingerprint.hex().upper()
            groups = [digits[i : i + _GROUP] for i in range(0, len(digits), _GROUP)]
            self._fingerprint.setText(" ".join(groups))

    def _show_found(self) -> None:
        facts = self._draft.facts
        self._found.setVisible(facts is not None)
        self.name.setVisible(self._asks_name)
        if facts is None:
            return
        alias = words.line(facts.alias) or t("A wallet without a name")
        network = "" if facts.network is None else words.network(facts.network.value)
        self._who.setText(
            t("{name} · {network}", name=alias, network=network) if network else alias
        )
        marks = {True: "●", False: "○"}
        self._abilities.setText("\n".join(f"{marks[can]}  {text}" for can, text in can_do(facts)))
        self.name.setPlaceholderText(t("Its name here: {name}", name=alias))

    def _show_button(self) -> None:
        draft = self._draft
        if draft.is_busy:
            label = t("Asking …")
        elif draft.fingerprint is not None:
            label = t("It is my node's: trust it")
        elif draft.is_old:
            label = t("Use it all the same")
        elif draft.facts is not None:
            label = t("Pay with this wallet") if self._asks_name else t("Use it")
        else:
            label = t("Ask the wallet")
        self.button.set_label(label)
        self.button.setVisible(self._asks_name or draft.facts is None)
        asks_more = draft.fingerprint is not None or draft.facts is not None
        self.button.setEnabled(not draft.is_busy and (asks_more or draft.is_ready))

    def _press(self) -> None:
        draft = self._draft
        if draft.fingerprint is not None:
            draft.trust()
        elif draft.is_old:
            draft.allow_old()
        elif draft.facts is not None:
            draft.connect_it(self.name.text())
        else:
            draft.look()

    def _chosen(self, form: str) -> None:
        self._draft.choose_form(form)
        self.take_keyboard()

    def _pasted(self, text: str) -> None:
        if text != self._draft.text:
            self._draft.paste(text)

    def _filled(self) -> None:
        given = self.address.text(), self.secret.text()
        if given != (self._draft.address, self._draft.secret):
            self._draft.fill(*given)


def _line(name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setAccessibleName(name)
    edit.setPlaceholderText(name)
    edit.setFixedHeight(_HIGH)
    return edit


def _hint(form: str) -> str:
    match form:
        case "lnd":
            return t(
                "LND's REST address, and a macaroon that may pay and make invoices: bake one with "
                "only that."
            )
        case "cln":
            return t("The address of clnrest, and a rune that may pay and make invoices.")
        case "phoenixd":
            return t("The address of phoenixd, and the http-password of its phoenix.conf.")
        case _:
            return t(
                "A link of Nostr Wallet Connect (Alby Hub, Zeus, coinos and others), or one that "
                "begins with lndconnect or clnrest. It can spend your money: it is kept with your "
                "other secrets."
            )


def _key(form: str) -> str:
    match form:
        case "lnd":
            return t("Macaroon")
        case "cln":
            return t("Rune")
        case _:
            return t("Password")
