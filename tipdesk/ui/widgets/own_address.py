"""The form of the address that TipDesk answers for: name and domain, or what stands before it."""

from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk_receiving import ReceivingViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.copy_line import CopyLine
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

_HIGH = 36
_LONGEST = 253


class OwnAddressForm(QWidget):
    """Two fields and a button; then the line for the web server, and a button that ends it."""

    def __init__(self, model: ReceivingViewModel) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.SNUG)
        self._fields = QWidget()
        line = row(spacing=Space.TIGHT)
        self._fields.setLayout(line)
        self.user, self.domain = _edit(t("Name")), _edit(t("Domain"))
        self.domain.returnPressed.connect(self._use)
        line.addWidget(self.user, 2)
        line.addWidget(Text("@", Type.BODY, "soft"))
        line.addWidget(self.domain, 3)
        layout.addWidget(self._fields)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.proxy = CopyLine(t("Hand on with"), t("the line for your web server"), wide=90)
        layout.addWidget(self.proxy)
        self._about = Text("", Type.SMALL, "faint", wrap=True)
        layout.addWidget(self._about)
        acts = row()
        self.use_button = Button(t("Answer for it"), small=True)
        self.use_button.clicked.connect(self._use)
        self.end_button = Button(t("Stop answering"), look=Look.GHOST, small=True)
        self.end_button.clicked.connect(model.give_up)
        for button in (self.use_button, self.end_button):
            acts.addWidget(button)
        acts.addStretch(1)
        layout.addLayout(acts)

    @property
    def problem_text(self) -> str:
        """Why it was not set."""
        return "" if self._problem.isHidden() else self._problem.text()

    def update_view(self) -> None:
        """As it is now."""
        model, own = self._model, self._model.own
        self._fields.setVisible(own is None)
        self.use_button.setVisible(own is None)
        self.end_button.setVisible(own is not None)
        self._problem.setText(model.own_problem)
        self._problem.setVisible(bool(model.own_problem))
        self.proxy.show_value(model.proxy)
        self._about.setText("" if own is None else _about(is_onion=own.is_onion))
        self._about.setVisible(own is not None)

    def _use(self) -> None:
        self._model.use(self.user.text(), self.domain.text())


def _about(*, is_onion: bool) -> str:
    if is_onion:
        return t(
            "This goes into Tor's torrc. Only wallets that go over Tor reach an onion address; "
            "TipDesk tries it like one of them, if Tor is set as the proxy in Settings, Privacy."
        )
    return t(
        "Your web server (this is Caddy's form) hands /.well-known/lnurlp/ and /lnurlp/ on to "
        "TipDesk. Then write the address into your profile, and try it."
    )


def _edit(name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setAccessibleName(name)
    edit.setPlaceholderText(name)
    edit.setMaxLength(_LONGEST)
    edit.setFixedHeight(_HIGH)
    return edit
