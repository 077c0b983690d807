"""The common shape of a row: something round, two lines of words, a state, an amount."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.panel import row, stack
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.row_card import RowCard
from tipdesk.ui.widgets.text import Elided, Text


class LineRow(RowCard):
    """`mark` on the left; `who` and `what` beside it; `pill`; `amount` over `meta` at the end."""

    HEIGHT = 68

    def __init__(self, mark: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(14, 8, 16, 8)
        self.setLayout(line)
        self.who = Elided(step=Type.STRONG)
        self.what = Elided(step=Type.SMALL, tone="soft")
        self.pill = Pill()
        self.amount = Text(step=Type.STRONG, tabular=True)
        self.meta = Text(step=Type.SMALL, tone="faint", tabular=True)
        for label in (self.amount, self.meta):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        end = stack(self.amount, self.meta)
        end.setMinimumWidth(170)
        self.extras = row(spacing=Space.SNUG)
        line.addWidget(mark)
        line.addWidget(stack(self.who, self.what), 1)
        line.addWidget(self.pill)
        line.addLayout(self.extras)
        line.addWidget(end)

    def arrange(self, width: int) -> int:
        """Every row is as high as the others."""
        return self.HEIGHT
