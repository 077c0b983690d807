"""A name under a domain that is asked only when somebody presses the button."""

from PySide6.QtCore import Signal

from tipdesk.nostr.nip05 import Identifier
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, row
from tipdesk.ui.widgets.text import Elided


class AskLine(Panel):
    """The name, and a button that asks its domain; nothing at all without a name."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__("sunken")
        line = row()
        line.setContentsMargins(Space.NEAR, Space.SNUG, Space.NEAR, Space.SNUG)
        self.setLayout(line)
        self._name = Elided(step=Type.STRONG)
        self.button = Button(t("Ask"), icon="search", look=Look.PRIMARY)
        self.button.clicked.connect(self.asked)
        line.addWidget(self._name, 1)
        line.addWidget(self.button)
        self.hide()

    def show_name(self, name: Identifier | None, *, is_asking: bool) -> None:
        """A name, and whether its domain is being asked already."""
        self.setVisible(name is not None)
        if name is not None:
            self._name.setText(words.line(name.shown))
            self.button.set_label(
                t("Ask"), t("Ask {domain} whose name that is", domain=name.domain)
            )
        self.button.setEnabled(not is_asking)
