"""What can be spent, large; below it all that is ours as a bar, and each other part in words."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.holdings import HoldingsViewModel, NextStep, PartLine, Step
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.holdings_bar import HoldingsBar, Swatch, spoken
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Elided, Text

_COLUMNS = 2


class HoldingsCard(Panel):
    """`stepped` with the `Step` that its button offers."""

    stepped = Signal(object)

    def __init__(self, model: HoldingsViewModel) -> None:
        super().__init__("card")
        self._model = model
        layout = column(self, margin=Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self._make_figures())
        self._bar = HoldingsBar()
        layout.addWidget(self._bar)
        self._parts = QGridLayout()
        self._parts.setHorizontalSpacing(Space.FAR)
        self._parts.setVerticalSpacing(Space.TIGHT)
        self._lines: list[_Line] = []
        layout.addLayout(self._parts)
        layout.addWidget(self._make_step())

    def update_view(self) -> None:
        """Figures, parts, next step."""
        model = self._model
        summary, holdings = model.summary, model.holdings
        self._heading.setText(model.heading)
        self.figure.setText(words.figure(summary.spendable))
        self.worth.setText(model.worth)
        self._total.setText(t("{amount} in all", amount=holdings.total))
        room = summary.receivable
        self._room.setVisible(room is not None)
        if room is not None:
            self._room.setText(t("{amount} can be received", amount=room))
        self._bar.show_holdings(holdings)
        self._bar.setVisible(bool(holdings.total))
        self._show_lines(model.lines)
        self._show_step(model.next_step)

    @property
    def step_text(self) -> str:
        """What is said about the next step."""
        return "" if self._step_line.isHidden() else self._said.text()

    def part_texts(self) -> tuple[str, ...]:
        """The lines as screen readers say them."""
        return tuple(line.accessibleName() for line in self._lines if not line.isHidden())

    def _make_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(Space.HAIR)
        self._heading = Text(t("Can be spent now"), Type.SMALL_STRONG, "soft")
        grid.addWidget(self._heading, 0, 0)
        line = row(spacing=Space.SNUG)
        self.figure = Text("", Type.DISPLAY, tabular=True)
        self.figure.setAccessibleName(t("Can be spent now"))
        self.worth = Text("", Type.BODY, "soft", tabular=True)
        line.addWidget(self.figure)
        line.addWidget(Text("sat", Type.STRONG, "faint"), 0, Qt.AlignmentFlag.AlignBottom)
        line.addSpacing(Space.SNUG)
        line.addWidget(self.worth, 0, Qt.AlignmentFlag.AlignBottom)
        line.addStretch()
        grid.addLayout(line, 1, 0, 2, 1)
        self._total = Text("", Type.STRONG, tabular=True)
        self._room = Text("", Type.SMALL, "soft", tabular=True)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        grid.addWidget(self._total, 1, 1, right)
        grid.addWidget(self._room, 2, 1, right)
        grid.setColumnStretch(0, 1)
        return grid

    def _make_step(self) -> QWidget:
        self._step_line = Panel("sunken")
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(Space.NEAR, Space.SNUG, Space.SNUG, Space.SNUG)
        self._step_line.setLayout(line)
        self._icon = Icon("info", "ink_faint", 20)
        self._said = Text("", Type.BODY, wrap=True)
        self.step_button = Button(look=Look.PRIMARY, small=True, name=t("The next step"))
        self._step: Step | None = None
        self.step_button.clicked.connect(lambda: self.stepped.emit(self._step))
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._said, 1)
        line.addWidget(self.step_button, 0, Qt.AlignmentFlag.AlignVCenter)
        return self._step_line

    def _show_step(self, step: NextStep | None) -> None:
        self._step_line.setVisible(step is not None)
        if step is None:
            return
        self._said.setText(step.text)
        problem = step.is_problem
        self._icon.show_icon("alert" if problem else "info", "bad" if problem else "ink_faint")
        self._step = step.step
        labels = {
            Step.RECEIVE: t("Receive"),
            Step.OPEN_CHANNEL: t("Open a channel"),
            Step.ASK_AGAIN: t("Ask again"),
        }
        self.step_button.setVisible(step.step is not None)
        if step.step is not None:
            self.step_button.set_label(labels[step.step])

    def _show_lines(self, lines: tuple[PartLine, ...]) -> None:
        while len(self._lines) < len(lines):
            line = _Line()
            place = len(self._lines)
            self._parts.addWidget(line, place // _COLUMNS, place % _COLUMNS)
            self._parts.setColumnStretch(place % _COLUMNS, 1)
            self._lines.append(line)
        for number, line in enumerate(self._lines):
            line.setVisible(number < len(lines))
            if number < len(lines):
                line.show_part(lines[number])


class _Line(QWidget):
    """One part."""

    def __init__(self) -> None:
        super().__init__()
        across = row(spacing=Space.SNUG)
        self.setLayout(across)
        self._swatch = Swatch()
        self._title = Text("", Type.SMALL_STRONG)
        self._detail = Elided("", Type.SMALL, "faint")
        self._amount = Text("", Type.SMALL, "soft", tabular=True)
        across.addWidget(self._swatch)
        across.addWidget(self._title)
        across.addWidget(self._detail, 1)
        across.addWidget(self._amount)

    def show_part(self, line: PartLine) -> None:
        """Shows one."""
        self._swatch.show_place(line.place)
        self._title.setText(line.title)
        self._detail.setText(line.detail)
        self._amount.setText(words.amount(line.amount))
        self.setAccessibleName(spoken(line.title, line.amount, line.detail))
