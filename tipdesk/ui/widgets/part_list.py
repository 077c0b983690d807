"""The parts of a shared tip, one under the other: for whom, how much, how far."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from tipdesk.services.views import TipView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.text import Elided, Text, plain_tooltip

_MOST = 4


class PartList(QWidget):
    """Shows up to four parts; the others are counted."""

    def __init__(self) -> None:
        super().__init__()
        self._column = column(self, spacing=Space.TIGHT)
        self._lines: list[tuple[QWidget, Elided, Text, Pill]] = []
        self._rest = Text("", Type.SMALL, "faint")
        self._column.addWidget(self._rest)
        self.hide()

    def show_parts(self, parts: Sequence[TipView]) -> None:
        """Shows these; nothing at all if there are none."""
        while len(self._lines) < min(_MOST, len(parts)):
            self._add_line()
        for place, (line, name, amount, pill) in enumerate(self._lines):
            line.setVisible(place < len(parts))
            if place < len(parts):
                part = parts[place]
                name.setText(words.name(part.recipient.title))
                amount.setText(words.amount(part.amount))
                pill.show_state(part.state)
                line.setToolTip(plain_tooltip(words.line(part.sentence)))
        hidden = len(parts) - _MOST
        self._rest.setText(tn(hidden, "and {count} other", "and {count} others"))
        self._rest.setVisible(hidden > 0)
        self.setVisible(bool(parts))

    def _add_line(self) -> None:
        name, amount = Elided(step=Type.SMALL), Text("", Type.SMALL, "soft", tabular=True)
        pill, holder = Pill(), QWidget()
        line = row(spacing=Space.NEAR)
        holder.setLayout(line)
        line.addWidget(name, 1)
        line.addWidget(amount)
        line.addWidget(pill)
        self._column.insertWidget(len(self._lines), holder)
        self._lines.append((holder, name, amount, pill))
