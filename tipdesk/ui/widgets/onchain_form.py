"""A payment on the chain: the amount, how soon, every part of what it costs, and the button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from tipdesk.services.onchain import OnchainCost, Speed
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.send_onchain import OnchainDraft
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.typed_again import TypedAgain


class OnchainForm(QWidget):
    """Shows a draft and writes into it. `resized` when it needs another height."""

    resized = Signal()

    def __init__(self, draft: OnchainDraft) -> None:
        super().__init__()
        self._draft = draft
        layout = column(self, spacing=Space.NEAR)
        self.amount = AmountEdit(t("Amount to send"))
        self.amount.amount_changed.connect(draft.set_amount)
        layout.addWidget(self.amount)
        self.speed = Segments(
            t("Speed"),
            {
                Speed.SLOW.name: t("Slow"),
                Speed.NORMAL.name: t("Normal"),
                Speed.FAST.name: t("Fast"),
            },
        )
        self.speed.chosen.connect(lambda name: draft.set_speed(Speed[name]))
        self._wait = Text("", Type.SMALL, "soft")
        layout.addWidget(self.speed)
        layout.addWidget(self._wait)
        layout.addWidget(self._make_cost())
        self._question = TypedAgain()
        self.again = self._question.edit
        layout.addWidget(self._question)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.button = Button(t("Send"), icon="send", look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(lambda: draft.send(self.again.amount))
        layout.addWidget(self.button)
        draft.changed.connect(self.update_view)

    @property
    def problem_text(self) -> str:
        """What it says stands against it."""
        return "" if self._problem.isHidden() else self._problem.text()

    def begin(self) -> None:
        """The amount that was asked for, or none."""
        amount = self._draft.amount
        self.amount.blockSignals(True)  # noqa: FBT003 (Qt's signature)
        self.amount.set_amount(None if amount is None else amount.to_msat())
        self.amount.blockSignals(False)  # noqa: FBT003
        self.again.clear()
        self.update_view()

    def update_view(self) -> None:
        """Shows the draft as it is now."""
        draft = self._draft
        self.speed.choose(draft.speed.name)
        self._wait.setText(_waits(draft.speed))
        self._show_cost(draft.cost)
        problem = draft.problem or self.amount.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._question.ask(draft.question)
        self.button.setEnabled(draft.can_send)
        label = t("Sending …") if draft.is_sending else t("Send")
        if draft.cost is not None and not draft.is_sending:
            label = t("Send {amount}", amount=words.exact_amount(draft.cost.amount))
        self.button.set_label(label)
        self.resized.emit()

    def _show_cost(self, cost: OnchainCost | None) -> None:
        self._cost.setVisible(cost is not None)
        if cost is None:
            return
        self._fee.setText(
            t("{fee} ({rate} sat/vB)", fee=words.exact_amount(cost.fee), rate=cost.sat_per_vbyte)
        )
        self._total.setText(words.exact_amount(cost.total))

    def _make_cost(self) -> QWidget:
        self._cost = Panel("sunken")
        inner = column(self._cost, margin=Space.NEAR, spacing=6)
        self._fee = Text("", Type.SMALL, "soft", tabular=True)
        self._total = Text("", Type.STRONG, tabular=True)
        for name, value in ((t("Network fee"), self._fee), (t("Leaves your wallet"), self._total)):
            line = row()
            line.addWidget(Text(name, Type.SMALL, "faint"))
            line.addStretch()
            line.addWidget(value, 0, Qt.AlignmentFlag.AlignRight)
            inner.addLayout(line)
        self._cost.hide()
        return self._cost


def _waits(speed: Speed) -> str:
    return {
        Speed.SLOW: t("Within a day, if fees do not rise"),
        Speed.NORMAL: t("Within an hour"),
        Speed.FAST: t("Within twenty minutes"),
    }[speed]
