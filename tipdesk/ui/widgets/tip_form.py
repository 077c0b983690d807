"""What a tip is written with: amount, words, how public, what it costs, and the button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.tips.visibility import Visibility
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels import cost
from tipdesk.ui.viewmodels.tip_draft import TipDraft
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.share_list import ShareList
from tipdesk.ui.widgets.text import Elided, Text, plain_tooltip
from tipdesk.ui.widgets.typed_again import TypedAgain

_MAX_COMMENT = 280
_COMMENTS = {
    Visibility.PUBLIC: Phrase("A comment, public with the tip"),
    Visibility.ANONYMOUS: Phrase("A comment, public without your name"),
    Visibility.PRIVATE: Phrase("A note, for them alone to read"),
}
_DIRECT_COMMENT = Phrase("Words for whoever gets it")


class TipForm(QWidget):
    """Shows a draft and writes into it. `resized` when it needs another height."""

    resized = Signal()

    def __init__(self, draft: TipDraft, verb: str = "", *, of: str = "") -> None:
        super().__init__()
        self._draft = draft
        self._verb = verb or t("Tip")
        layout = column(self, spacing=Space.NEAR)
        self.amount = AmountEdit(t("Amount of {of}", of=of or t("the tip")))
        self.amount.amount_changed.connect(self._amount_changed)
        self._worth = Elided(step=Type.SMALL, tone="faint", tabular=True)
        layout.addWidget(self.amount)
        layout.addWidget(self._worth)
        self.shares = ShareList()
        layout.addWidget(self.shares)
        self.comment = QLineEdit()
        self.comment.setFixedHeight(40)
        self.comment.setMaxLength(_MAX_COMMENT)
        layout.addWidget(self.comment)
        self._public = self._make_visibility()
        layout.addWidget(self._public)
        self._cost = Text("", Type.SMALL, "soft", tabular=True, wrap=True)
        layout.addLayout(self._with_icon("route", self._cost))
        self._question = TypedAgain()
        self.again = self._question.edit
        layout.addWidget(self._question)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.button = Button(self._verb, icon="bolt-solid", look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(self.send)
        layout.addWidget(self.button)
        draft.changed.connect(self.update_view)

    @property
    def cost_text(self) -> str:
        """What it says of the cost."""
        return self._cost.text()

    @property
    def problem_text(self) -> str:
        """What it says stands against the tip."""
        return self._problem.text()

    @property
    def learns_text(self) -> str:
        """What it says on who learns what."""
        return self._learns.text()

    @property
    def worth_text(self) -> str:
        """The amount in the other unit, by whose rate; or why there is none."""
        return self._worth.text()

    def begin(self, amount: Msat | None) -> None:
        """Empty but for an amount; the draft has begun before."""
        self.comment.clear()
        self.again.clear()
        self.amount.offer_rate(self._draft.rate)
        self.amount.set_amount(amount)
        self._amount_changed(amount)

    def send(self) -> None:
        """Sends what is written; the draft says if it cannot be."""
        # A rate may have grown old since it was offered.
        self.amount.offer_rate(self._draft.rate)
        if self.button.isEnabled():
            self._draft.send(self.comment.text().strip(), self.again.amount)

    def update_view(self) -> None:
        """Shows the draft as it is now."""
        draft = self._draft
        self.amount.offer_rate(draft.rate)
        self._show_visibility()
        self.shares.show_shares(draft.shares)
        self._show_worth()
        problem = self.amount.problem or draft.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        said = " ".join(filter(None, (draft.cost, draft.undo_note)))
        self._cost.setText(said if draft.amount else t("Write an amount to see what it costs."))
        self._show_question()
        self.button.setEnabled(draft.can_send and not self.amount.problem)
        label = self._verb
        if draft.amount is not None:
            amount = words.exact_amount(draft.amount)
            label = t("{verb} {amount}", verb=self._verb, amount=amount)
        self.button.set_label(label)
        self.resized.emit()

    def _make_visibility(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        line = row(spacing=Space.SNUG)
        group = QButtonGroup(self)
        self.choices: dict[Visibility, Button] = {}
        for visibility in Visibility:
            button = Button(say(visibility.value), look=Look.CHOICE, small=True)
            button.clicked.connect(lambda _=False, v=visibility: self._draft.set_visibility(v))
            group.addButton(button)
            self.choices[visibility] = button
            line.addWidget(button, 1)
        inner.addLayout(line)
        self._learns = Text("", Type.SMALL, "soft", wrap=True)
        inner.addLayout(self._with_icon("peers", self._learns))
        return holder

    def _with_icon(self, icon: str, text: Text) -> QHBoxLayout:
        line = row(spacing=7)
        line.addWidget(Icon(icon, "ink_faint", 16), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        return line

    def _show_visibility(self) -> None:
        draft = self._draft
        for visibility, button in self.choices.items():
            why_not = draft.private_problem if visibility is Visibility.PRIVATE else ""
            button.setVisible(visibility in draft.offered or bool(why_not))
            button.setEnabled(visibility in draft.offered)
            button.setToolTip(plain_tooltip(why_not) if why_not else "")
            button.setChecked(visibility is draft.visibility)
            said = draft.who_learns if button.isChecked() else why_not
            button.setAccessibleDescription(said)
        self._learns.setText(draft.who_learns)
        said = say(_COMMENTS[draft.visibility] if draft.offered else _DIRECT_COMMENT)
        self.comment.setPlaceholderText(said)
        self.comment.setAccessibleName(said)

    def _show_worth(self) -> None:
        draft, said = self._draft, self.amount.worth
        if draft.rate is not None:
            price = cost.price_line(draft.rate)
            said = f"{said or price} {cost.rate_line(draft.rate, draft.now)}"
            self._worth.setToolTip(plain_tooltip(price))
        self._worth.setText(said or draft.rate_problem)
        self._worth.setVisible(bool(self._worth.text()))

    def _show_question(self) -> None:
        asked = self._draft.question
        self._public.setVisible(not asked)
        self.shares.setVisible(not asked and bool(self._draft.shares))
        if self._question.ask(asked):
            self.amount.use_sat()

    def _amount_changed(self, amount: Msat | None) -> None:
        self._draft.set_amount(amount, in_fiat=self.amount.in_fiat)
