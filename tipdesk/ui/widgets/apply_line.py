"""A field whose text holds once it is applied, and what became of it."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.said import Said
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

_FIELD = 36


class ApplyLine(QWidget):
    """`applied` with what stands in the field."""

    applied = Signal(str)

    def __init__(self, name: str, hint: str, apply: str, *, most: int) -> None:
        """`name` is the field's, `apply` the button's, which reads Use it."""
        super().__init__()
        layout = column(self, spacing=Space.SNUG)
        line = row(spacing=Space.SNUG)
        self.field = QLineEdit()
        self.field.setFixedHeight(_FIELD)
        self.field.setMaxLength(most)
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(name)
        self.button = Button(t("Use it"), small=True, name=apply)
        for press in (self.field.returnPressed, self.button.clicked):
            press.connect(lambda *_: self.applied.emit(self.field.text()))
        line.addWidget(self.field, 1)
        line.addWidget(self.button)
        layout.addLayout(line)
        self.said = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self.said)
        self._text = ""

    def show_value(self, text: str, said: Said) -> None:
        """What holds now; what was typed stays until that is another."""
        if text != self._text:
            self._text = text
            with QSignalBlocker(self.field):
                self.field.setText(text)
                self.field.setCursorPosition(0)
        self.said.setText(said.text)
        self.said.set_tone(said.tone)
        self.said.setVisible(bool(said.text))
