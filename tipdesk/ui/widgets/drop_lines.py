"""A list that is added to by a field and taken from by buttons."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.said import Said
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Elided, Text

_FIELD = 36
Line = tuple[object, str, str]
"""What it stands for, its name, and a note."""


class DropLines(QWidget):
    """A field that adds, what is to be known, and lines that can be dropped.

    `dropped` with what a line stands for.
    """

    dropped = Signal(object)

    def __init__(self, name: str, hint: str, add: str, drop: Callable[[str], str]) -> None:
        super().__init__()
        layout = column(self, spacing=Space.SNUG)
        layout.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        self._drop_name = drop
        self.field = QLineEdit()
        self.field.setFixedHeight(_FIELD)
        self.field.setMaxLength(300)
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(name)
        self.button = Button(add, small=True)
        head = row(spacing=Space.SNUG)
        head.addWidget(self.field, 1)
        head.addWidget(self.button)
        layout.addLayout(head)
        self.said = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self.said)
        self._column = column(holder := QWidget(), spacing=0)
        layout.addWidget(holder)
        self.drop_buttons: list[Button] = []
        self._shown: Sequence[Line] | None = None

    def show_lines(self, lines: Sequence[Line], none: str, said: Said) -> None:
        """Each is what is dropped, its name, and a note."""
        self.said.setText(said.text or ("" if lines else none))
        self.said.set_tone(said.tone)
        self.said.setVisible(bool(self.said.text()))
        if lines == self._shown:
            return
        self._shown = lines
        self.drop_buttons.clear()
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for what, name, note in lines:
            self._column.addWidget(self._line(what, name, note))

    def _line(self, what: object, name: str, note: str) -> QWidget:
        holder = QWidget()
        across = row(spacing=Space.NEAR)
        holder.setLayout(across)
        label = Elided(words.address(name))
        across.addWidget(label, 1)
        if note:
            across.addWidget(Text(note, Type.SMALL, "faint"))
        drop = Button(icon="close", look=Look.GHOST, small=True, name=self._drop_name(name))
        drop.clicked.connect(lambda: self.dropped.emit(what))
        self.drop_buttons.append(drop)
        across.addWidget(drop)
        return holder
