"""A card with a title, controls beside it, and whatever stands under them."""

from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Elided, Text


class Card(Panel):
    """`inner` is its column, `head` the line of its title."""

    def __init__(self, title: str, *extras: QWidget, note: str = "") -> None:
        super().__init__("card")
        self.setAccessibleName(title)
        self.inner = column(self, margin=Space.ROOM, spacing=Space.NEAR)
        self.head = row()
        self.title = Elided(title, Type.STRONG)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        for extra in extras:
            self.head.addWidget(extra)
        self.inner.addLayout(self.head)
        if note:
            self.inner.addWidget(Text(note, Type.SMALL, "soft", wrap=True))
