"""The three amounts that one press tips: one line, and three fields to write others in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Sat
from tipdesk.services.tip_amounts import Amounts
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Elided, Text

_HEIGHT = 34


class PresetLine(QWidget):
    """`kept` with three amounts that were written; `reset` when the usual ones are wanted again.

    Whoever hears `kept` calls `show_amounts`, or `refuse` with a sentence.
    """

    kept = Signal(object)
    reset = Signal()
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        outer = column(self, spacing=Space.SNUG)
        self._shown = QWidget()
        line = row(spacing=Space.NEAR)
        self._shown.setLayout(line)
        self._said = Elided(step=Type.SMALL, tone="soft", tabular=True)
        self.change_button = Button(t("Change"), look=Look.GHOST, small=True)
        self.change_button.clicked.connect(self.open)
        line.addWidget(self._said, 1)
        line.addWidget(self.change_button)
        outer.addWidget(self._shown)
        self._form = self._make_form()
        outer.addWidget(self._form)
        self._form.hide()

    @property
    def said_text(self) -> str:
        """The amounts, as it says them."""
        return self._said.text()

    @property
    def problem_text(self) -> str:
        """Why what was written is not kept."""
        return self._problem.text()

    def show_amounts(self, amounts: Amounts, *, name: str = "", own: bool = False) -> None:
        """What holds now: for somebody, and whether it is their own; the fields are closed."""
        figures = " \u00b7 ".join(words.exact_figure(amount) for amount in amounts)
        self._said.setText(
            t("Tip them with {figures} sat", figures=figures)
            if own
            else t("One press tips {figures} sat", figures=figures)
        )
        whose = t("for {name}", name=name) if name else ""
        self.change_button.setAccessibleName(
            " ".join(filter(None, (t("Change the amounts of one press"), whose)))
        )
        for edit, amount in zip(self.edits, amounts, strict=True):
            edit.set_amount(amount.to_msat())
        self.usual_button.setVisible(own)
        self._show_form(on=False)

    def refuse(self, problem: str) -> None:
        """They were not kept, and why."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.resized.emit()

    def open(self) -> None:
        """The fields, to write in."""
        self._show_form(on=True)
        self.edits[0].setFocus()
        self.edits[0].selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field keeps, Escape leaves it as it was."""
        if self._form.isHidden() or isinstance(self.window().focusWidget(), Button):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._keep()
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _make_form(self) -> QWidget:
        form = QWidget()
        inner = column(form, spacing=Space.SNUG)
        inner.addWidget(Text(t("The amounts of one press"), Type.SMALL, "soft"))
        fields = row(spacing=Space.SNUG)
        names = (t("First amount"), t("Second amount"), t("Third amount"))
        self.edits = tuple(AmountEdit(name) for name in names)
        for edit in self.edits:
            edit.setFixedHeight(_HEIGHT)
            edit.setMaxLength(14)
            fields.addWidget(edit, 1)
        inner.addLayout(fields)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self._problem.hide()
        inner.addWidget(self._problem)
        foot = row(spacing=Space.SNUG)
        self.keep_button = Button(t("Keep"), icon="check", look=Look.PRIMARY, small=True)
        self.keep_button.clicked.connect(self._keep)
        self.usual_button = Button(t("The usual ones"), small=True)
        self.usual_button.clicked.connect(self.reset)
        leave = Button(t("Leave as it was"), look=Look.GHOST, small=True)
        leave.clicked.connect(self._leave)
        for button in (self.keep_button, self.usual_button, leave):
            foot.addWidget(button)
        foot.addStretch(1)
        inner.addLayout(foot)
        return form

    def _keep(self) -> None:
        amounts = []
        for edit in self.edits:
            if edit.amount is None or edit.amount.value % 1_000:
                self.refuse(edit.problem or t("Write three different amounts in whole sats."))
                edit.setFocus()
                return
            amounts.append(Sat(edit.amount.value // 1_000))
        self.kept.emit(tuple(amounts))

    def _leave(self) -> None:
        self._show_form(on=False)
        self.change_button.setFocus()

    def _show_form(self, *, on: bool) -> None:
        had_focus = self._form.isAncestorOf(self.window().focusWidget() or self)
        self._problem.hide()
        self._form.setVisible(on)
        self._shown.setVisible(not on)
        if had_focus and not on:
            self.change_button.setFocus()
        self.resized.emit()
