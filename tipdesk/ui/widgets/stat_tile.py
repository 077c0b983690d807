"""A figure that matters, with what it is above and a word of explanation below."""

from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat, Sat
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Elided, Text


class StatTile(Panel):
    """One amount; `large` for the most important of a page."""

    def __init__(
        self, title: str, icon: str, *, large: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__("card", parent)
        self._title = title
        layout = column(self, margin=Space.ROOM, spacing=Space.TIGHT)
        head = row(spacing=7)
        head.addWidget(Icon(icon, "accent_ink" if large else "ink_faint", 16))
        head.addWidget(Text(title, Type.SMALL_STRONG, "soft"))
        head.addStretch()
        layout.addLayout(head)
        line = row(spacing=6)
        self._figure = Text("", Type.DISPLAY if large else Type.TITLE, tabular=True)
        self._unit = Text("sat", Type.STRONG, "faint")
        line.addWidget(self._figure)
        line.addWidget(self._unit)
        line.addStretch()
        layout.addStretch()
        layout.addLayout(line)
        self._note = Elided("", Type.SMALL, "faint")
        layout.addWidget(self._note)

    def show_amount(self, amount: Msat | Sat, note: str) -> None:
        """An amount, exact."""
        self._show(words.figure(amount), "sat", note)

    def show_count(self, count: int, unit: str, note: str) -> None:
        """A number of things."""
        self._show(f"{count:,}", unit, note)

    def show_words(self, figure: str, unit: str, note: str) -> None:
        """A figure of another kind."""
        self._show(figure, unit, note)

    def _show(self, figure: str, unit: str, note: str) -> None:
        self._figure.setText(figure)
        self._unit.setText(unit)
        self._note.setText(note)
        self.setAccessibleName(f"{self._title}: {figure} {unit}. {note}")
