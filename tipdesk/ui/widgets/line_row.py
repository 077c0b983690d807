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
    """`mark` on the left; `who` with `pill`, and `what` beside it; `amount` over `meta`."""

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
        figures = stack(self.amount, self.meta)
        self.extras = row(spacing=Space.SNUG)
        line.addWidget(mark)
        head = QWidget()
        first = row()
        head.setLayout(first)
        first.addWidget(self.who)
        first.addWidget(self.pill)
        first.addStretch(1)
        line.addWidget(stack(head, self.what), 1)
        line.addLayout(self.extras)
        line.addWidget(figures)

    def arrange(self, width: int) -> int:
        """Every row is as high as the others."""
        return self.HEIGHT
