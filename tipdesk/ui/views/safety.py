"""The panel of limits: budgets, what is typed twice, the undo window, amounts in a currency."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from tipdesk.base.units import Msat, Sat
from tipdesk.tips.budget import BudgetScope
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.safety import SafetyViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.chooser import Chooser
from tipdesk.ui.widgets.limit_edit import LimitEdit
from tipdesk.ui.widgets.number_edit import NumberEdit
from tipdesk.ui.widgets.panel import Panel, Popover, column, line, row
from tipdesk.ui.widgets.preset_line import PresetLine
from tipdesk.ui.widgets.text import Text

_WIDTH = 430
_LABEL = 150
_LONGEST_UNDO = 60


class SafetyPanel(Popover):
    """What is set holds at once."""

    def __init__(self, model: SafetyViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName(t("Safety"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Safety")))
        layout.addWidget(Text(t("The most that goes out, fees and all"), Type.SMALL_STRONG, "soft"))
        self.budgets: dict[BudgetScope, LimitEdit] = {}
        for budget in model.budgets:
            edit = LimitEdit(budget.title, t("No limit"))
            edit.limit_set.connect(lambda limit, s=budget.scope: self._set_budget(s, limit))
            self.budgets[budget.scope] = edit
            layout.addWidget(edit)
        layout.addWidget(line())
        layout.addWidget(Text(t("Before a tip goes"), Type.SMALL_STRONG, "soft"))
        self.retype = LimitEdit(t("Typed twice from"), t("Never"))
        self.retype.limit_set.connect(model.set_retype_from)
        layout.addWidget(self.retype)
        layout.addLayout(self._make_undo())
        self.presets = PresetLine()
        self.presets.kept.connect(self._set_amounts)
        self.presets.resized.connect(self._resized)
        layout.addWidget(self.presets)
        layout.addWidget(line())
        layout.addLayout(self._make_currency())
        self._note = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._note)
        layout.addWidget(self._make_privacy())
        model.changed.connect(self._update)

    @property
    def note_text(self) -> str:
        """What it says of the rate."""
        return self._note.text()

    def begin(self) -> None:
        """Shows what holds now."""
        self._model.forget_choice()
        self.presets.show_amounts(self._model.amounts)
        self.budgets[BudgetScope.DAY].amount.setFocus()

    def _make_undo(self) -> QHBoxLayout:
        self.undo = NumberEdit(t("Undo"), t("seconds"), least=0, most=_LONGEST_UNDO)
        self.undo.setFixedWidth(130)
        self.undo.editingFinished.connect(self._undo_written)
        return _labelled(t("Can be undone for"), self.undo)

    def _make_currency(self) -> QHBoxLayout:
        self.currency = Chooser(t("Currency"), t("Off"))
        self.currency.offer(self._model.currencies)
        self.currency.chosen.connect(self._model.choose_currency)
        return _labelled(t("Amounts also in"), self.currency)

    def _make_privacy(self) -> QWidget:
        self.privacy = Panel("sunken")
        inner = column(self.privacy, margin=Space.NEAR, spacing=Space.SNUG)
        inner.addWidget(Text(self._model.privacy, Type.SMALL, wrap=True))
        foot = row(spacing=Space.SNUG)
        self.turn_on_button = Button(t("Turn on"), icon="check", look=Look.PRIMARY, small=True)
        self.turn_on_button.clicked.connect(self._model.turn_on)
        self.not_now_button = Button(t("Leave it off"), look=Look.GHOST, small=True)
        self.not_now_button.clicked.connect(self._model.forget_choice)
        foot.addWidget(self.turn_on_button)
        foot.addWidget(self.not_now_button)
        foot.addStretch(1)
        inner.addLayout(foot)
        return self.privacy

    def _set_budget(self, scope: BudgetScope, limit: Msat | None) -> None:
        self._model.set_budget(scope, limit)

    def _set_amounts(self, amounts: tuple[Sat, ...]) -> None:
        problem = self._model.set_amounts(amounts)
        if problem:
            self.presets.refuse(problem)
        else:
            self.presets.show_amounts(self._model.amounts)

    def _resized(self) -> None:
        if self.isVisible():
            self.fit()

    def _undo_written(self) -> None:
        if self.undo.number != self._model.undo_seconds:
            self._model.set_undo_seconds(self.undo.number)

    def _update(self) -> None:
        model = self._model
        for budget in model.budgets:
            self.budgets[budget.scope].show_limit(budget.limit, budget.used)
        self.retype.show_limit(model.retype_from, None)
        self.undo.set_number(model.undo_seconds)
        self.currency.choose(model.considered or model.currency)
        self._note.setText(model.rate_note)
        self._note.setVisible(bool(model.rate_note))
        self.privacy.setVisible(bool(model.considered))
        self.turn_on_button.set_label(t("Turn on {considered}", considered=model.considered))
        self._resized()


def _labelled(name: str, field: QWidget) -> QHBoxLayout:
    line = row(spacing=Space.NEAR)
    label = Text(name, Type.BODY, wrap=True)
    label.setFixedWidth(_LABEL)
    line.addWidget(label)
    line.addWidget(field)
    line.addStretch(1)
    return line
