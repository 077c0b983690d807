"""Who learns what of a payment: a line for each party, a word for each thing there is to learn."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from tipdesk.tips.leaks import Fact, Learns, Row
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.private_send import learns_words
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.text import Text

_TONES = {Learns.NO: "faint", Learns.GUESS: "busy", Learns.ABOUT: "soft", Learns.YES: ""}
_CELL = 62


class LeakTable(QWidget):
    """Rows of `tips.leaks`. Each is one thing to a screen reader, with the reason in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(t("Who learns what"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.TIGHT)
        self._grid.setVerticalSpacing(Space.SNUG)
        self._grid.setColumnStretch(0, 1)
        self._rows: tuple[Row, ...] = ()
        self._parts: list[QWidget] = []

    @property
    def said(self) -> tuple[str, ...]:
        """Each line as it is read out."""
        return tuple(learns_words(row) for row in self._rows)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """The table of one way."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        for part in self._parts:
            self._grid.removeWidget(part)
            part.deleteLater()
        self._parts = []
        self._add_heads()
        for place, row in enumerate(self._rows, start=1):
            self._add_row(place, row)

    def _add_heads(self) -> None:
        for at, name in enumerate((t("You"), t("Them"), t("Amount"), t("Message")), start=1):
            self._add(_cell(name, "faint", Type.SMALL), 0, at)

    def _add_row(self, place: int, row: Row) -> None:
        name = _Party(row)
        self._add(name, place, 0)
        for at, fact in enumerate(Fact, start=1):
            learns = row.learns[fact]
            step = Type.SMALL_STRONG if learns is Learns.YES else Type.SMALL
            self._add(_cell(say(learns.value), _TONES[learns], step), place, at)

    def _add(self, part: QWidget, place: int, at: int) -> None:
        self._grid.addWidget(part, place, at, Qt.AlignmentFlag.AlignTop)
        self._parts.append(part)


class _Party(QWidget):
    """Who it is, and why they learn what they learn."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.setAccessibleName(learns_words(row))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inner = column(self, spacing=0)
        inner.addWidget(Text(say(row.party.value), Type.SMALL_STRONG, wrap=True))
        inner.addWidget(Text(say(row.why), Type.SMALL, "soft", wrap=True))


def _cell(text: str, tone: str, step: Type) -> Text:
    cell = Text(text, step, tone, wrap=True)
    cell.setFixedWidth(_CELL)
    cell.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    return cell
