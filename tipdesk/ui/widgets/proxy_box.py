"""What goes through the proxy, where the proxy is, and whether it answers."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.said import Said
from tipdesk.ui.widgets.apply_line import ApplyLine
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text

_MOST = 60


class ProxyBox(QWidget):
    """`chosen` with the value of what goes through it, `address_chosen` with what was typed."""

    chosen = Signal(str)
    address_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        layout = column(self, spacing=Space.SNUG)
        self.scope = Segments(
            t("What goes through the proxy"),
            {"off": t("Nothing"), "onion": t("Onion addresses"), "everything": t("Everything")},
        )
        self.scope.chosen.connect(self.chosen)
        choices = row()
        choices.addWidget(self.scope)
        choices.addStretch()
        layout.addLayout(choices)
        self.words = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self.words)
        self.address = ApplyLine(
            t("Address and port of the proxy"), "127.0.0.1:9050", t("Use this proxy"), most=_MOST
        )
        self.address.applied.connect(self.address_chosen)
        layout.addWidget(self.address)

    def show_proxy(self, scope: str, place: str, words: str, said: Said) -> None:
        """What holds now, what that means, and what became of it."""
        self.scope.choose(scope)
        self.words.setText(words)
        self.address.show_value(place, said)
        self.address.setVisible(scope != "off" or bool(said.text))
