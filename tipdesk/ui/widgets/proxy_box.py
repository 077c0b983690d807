"""What goes through the proxy, where the proxy is, and whether it answers."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.said import Said
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text

_FIELD = 36


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
        self._form = QWidget()
        line = row(spacing=Space.SNUG)
        self._form.setLayout(line)
        self.field = QLineEdit()
        self.field.setFixedHeight(_FIELD)
        self.field.setMaxLength(60)
        self.field.setPlaceholderText("127.0.0.1:9050")
        self.field.setAccessibleName(t("Address and port of the proxy"))
        self.button = Button(t("Use it"), small=True, name=t("Use this proxy"))
        for press in (self.field.returnPressed, self.button.clicked):
            press.connect(lambda *_: self.address_chosen.emit(self.field.text()))
        line.addWidget(self.field, 1)
        line.addWidget(self.button)
        layout.addWidget(self._form)
        self.said = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self.said)
        self._place = ""

    def show_proxy(self, scope: str, place: str, words: str, said: Said) -> None:
        """What holds now, what that means, and what became of it."""
        self.scope.choose(scope)
        self.words.setText(words)
        if place != self._place:
            self._place = place
            with QSignalBlocker(self.field):
                self.field.setText(place)
        self._form.setVisible(scope != "off")
        self.said.setText(said.text)
        self.said.set_tone(said.tone)
        self.said.setVisible(bool(said.text))
