"""One of a few, side by side."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import row


class Segments(QWidget):
    """`options` are words by value; `chosen` with the value of another one."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Mapping[str, str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        line = row(spacing=Space.TIGHT)
        self.setLayout(line)
        self._group = group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        for value, words in options.items():
            button = Button(words, look=Look.CHOICE, small=True, name=f"{name}: {words}")
            button.clicked.connect(lambda _=False, v=value: self.chosen.emit(v))
            group.addButton(button)
            self.buttons[value] = button
            line.addWidget(button)

    @property
    def choice(self) -> str:
        """The value that is chosen; empty if none is."""
        return next((v for v, b in self.buttons.items() if b.isChecked()), "")

    def choose(self, value: str) -> None:
        """Shows a choice."""
        if value in self.buttons:
            self.buttons[value].setChecked(True)

    def choose_none(self) -> None:
        """What holds is none of these."""
        self._group.setExclusive(False)
        for button in self.buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)
