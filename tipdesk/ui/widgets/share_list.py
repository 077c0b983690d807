"""Who gets a part of something shared, and how much of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.tip_draft import ShareLine
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Elided, Text

_MOST = 5


class ShareList(Panel):
    """A line for each, up to five; the others are counted."""

    def __init__(self) -> None:
        super().__init__("sunken")
        self._column = column(self, margin=Space.NEAR, spacing=Space.TIGHT)
        self._title = Text(
            t("The author shares what this is given"), Type.SMALL_STRONG, "soft", wrap=True
        )
        self._column.addWidget(self._title)
        self._lines: list[tuple[Elided, Text]] = []
        self._rest = Text("", Type.SMALL, "faint")
        self._column.addWidget(self._rest)
        self.hide()

    def show_shares(self, shares: Sequence[ShareLine]) -> None:
        """Shows these; nothing at all if there are none."""
        self.setVisible(bool(shares))
        while len(self._lines) < min(_MOST, len(shares)):
            self._add_line()
        for place, (name, amount) in enumerate(self._lines):
            is_there = place < len(shares)
            name.setVisible(is_there)
            amount.setVisible(is_there)
            if is_there:
                share = shares[place]
                name.setText(" \u00b7 ".join(filter(None, (share.name, share.problem))))
                name.set_tone("bad" if share.problem else "")
                amount.setText("" if share.amount is None else words.exact_amount(share.amount))
        hidden = len(shares) - _MOST
        self._rest.setText(tn(hidden, "and {count} other", "and {count} others"))
        self._rest.setVisible(hidden > 0)
        self.setAccessibleName(
            t(
                "Shared: {shares}",
                shares=", ".join(f"{share.name} {_amount(share)}" for share in shares),
            )
        )

    def _add_line(self) -> None:
        name, amount = Elided(step=Type.SMALL), Text("", Type.SMALL, "soft", tabular=True)
        amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        line = row()
        line.addWidget(name, 1)
        line.addWidget(amount)
        self._column.insertLayout(1 + len(self._lines), line)
        self._lines.append((name, amount))


def _amount(share: ShareLine) -> str:
    return t("a part") if share.amount is None else words.exact_amount(share.amount)
