"""The desk's panel of alerts: the queue, the rules, how alerts come, and the overlay."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.tips.alert import AlertRule, QuietHours
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk_alerts import AlertLine, AlertsViewModel, OverlayViewModel
from tipdesk.ui.viewmodels.desk_pages import PagesViewModel
from tipdesk.ui.views.desk_overlay import OverlayCard
from tipdesk.ui.views.desk_pages import PagesCard
from tipdesk.ui.views.desk_panel import DeskPanel
from tipdesk.ui.views.desk_rule import RulePanel, WordsPanel
from tipdesk.ui.widgets.action_line import Act, Line, LineList
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.card import Card
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.number_edit import NumberEdit, TimeEdit
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.scroll_column import ScrollColumn, side_by_side
from tipdesk.ui.widgets.text import Text

_TRIAL = Msat(21_000)
_UNSIGNED = Phrase("Nobody signed the name in this alert: viewers see it in grey.")


class AlertsPanel(DeskPanel):
    """Queue and rules on the left, overlay and habits on the right."""

    def __init__(
        self, model: AlertsViewModel, overlay: OverlayViewModel, pages: PagesViewModel
    ) -> None:
        super().__init__()
        self._model = model
        self.rule_panel: RulePanel | None = None
        self.words_panel: WordsPanel | None = None
        self.overlay = OverlayCard(overlay)
        self.pages = PagesCard(pages)
        scroll = ScrollColumn(t("Alerts"))
        both = QWidget()
        across = row(spacing=Space.NEAR)
        both.setLayout(across)
        for parts in (
            (self._make_queue(), self._make_rules(), self.pages),
            (self._make_habits(), self.overlay),
        ):
            across.addWidget(side_by_side(*parts), 1)
        scroll.add(both)
        column(self).addWidget(scroll)

    def update_view(self) -> None:
        """Everything as it is now."""
        model = self._model
        self.overlay.update_view()
        self.pages.update_view()
        self.queue.show_lines([self._queue_line(line) for line in model.lines])
        more = tn(model.more, "and {count} more", "and {count} more") if model.more else ""
        self._nothing.setText(more or t("Nothing is on air, and nothing waits."))
        self._nothing.setVisible(bool(more) or not model.lines)
        self.hide_button.setEnabled(model.is_on_air)
        self.rules.show_lines([self._rule_line(rule) for rule in model.settings.rules])
        self._no_rules.setVisible(not model.settings.rules)
        self._show_habits()

    def ask_rule(self, rule: AlertRule | None) -> None:
        """The panel with one rule; None for a new one."""
        if self.rule_panel is None:
            self.rule_panel = RulePanel(self._model, self.window())
        self.rule_panel.open_for(rule, self._place(self.add_button), self.add_button)

    def ask_words(self) -> None:
        """The panel with the words that are left out."""
        if self.words_panel is None:
            self.words_panel = WordsPanel(self._model, self.window())
        self.words_panel.open_now(self._place(self.words_button), self.words_button)

    def _make_queue(self) -> QWidget:
        self.hide_button = Button(
            t("Hide · F9"), look=Look.DANGER, small=True, name=t("Hide what is on air, key F9")
        )
        self.hide_button.clicked.connect(self._model.hide)
        card = Card(t("Now"), self.hide_button)
        self._nothing = Text("", Type.SMALL, "soft")
        self.queue = LineList(t("Alerts on air, held, next and missed"))
        card.inner.addWidget(self.queue)
        card.inner.addWidget(self._nothing)
        line = row()
        self.trial = AmountEdit(t("Amount of the test"))
        self.trial.setFixedHeight(36)
        self.trial.set_amount(_TRIAL)
        self.trial_button = Button(t("Show a test"), icon="bolt")
        self.trial_button.clicked.connect(self._try_it)
        self.trial.returnPressed.connect(self.trial_button.click)
        line.addWidget(self.trial, 1)
        line.addWidget(self.trial_button)
        card.inner.addLayout(line)
        return card

    def _make_rules(self) -> QWidget:
        self.add_button = Button(t("Add a rule"), icon="plus", small=True)
        self.add_button.clicked.connect(lambda: self.ask_rule(None))
        card = Card(
            t("Rules"), self.add_button, note=t("The highest rule that a tip reaches is taken.")
        )
        self.rules = LineList(t("Alert rules"))
        self._no_rules = Text(t("Without a rule no tip is shown."), Type.SMALL, "bad")
        card.inner.addWidget(self.rules)
        card.inner.addWidget(self._no_rules)
        return card

    def _make_habits(self) -> QWidget:
        self.is_on = CheckBox(t("Show alerts"))
        self.holds = CheckBox(t("Hold each until I let it pass"))
        self.quiet = CheckBox(t("Quiet from"))
        self.begin, self.end = TimeEdit(t("Quiet from")), TimeEdit(t("Quiet until"))
        self.spacing = NumberEdit(t("Pause between alerts"), t("seconds"), least=0, most=600)
        self.spacing.setFixedWidth(120)
        self.words_button = Button(t("Word filter"), small=True)
        card = Card(t("How alerts come"), self.words_button)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        for box in (self.is_on, self.holds, self.quiet):
            box.clicked.connect(self._choose)
        for field in (self.begin, self.end, self.spacing):
            field.editingFinished.connect(self._choose)
        self.words_button.clicked.connect(self.ask_words)
        card.inner.addWidget(self.is_on)
        card.inner.addWidget(self.holds)
        hours = row()
        for part in (self.quiet, self.begin, Text(t("to"), Type.SMALL, "soft"), self.end):
            hours.addWidget(part)
        hours.addStretch()
        card.inner.addLayout(hours)
        pause = row()
        pause.addWidget(Text(t("Pause between alerts"), Type.SMALL, "soft"))
        pause.addWidget(self.spacing)
        pause.addStretch()
        card.inner.addLayout(pause)
        card.inner.addWidget(self._problem)
        return card

    def _show_habits(self) -> None:
        chosen = self._model.settings
        self.is_on.setChecked(chosen.is_on)
        self.holds.setChecked(chosen.holds)
        self.quiet.setChecked(chosen.quiet is not None)
        quiet = chosen.quiet or QuietHours(23 * 60, 8 * 60)
        if chosen.quiet is not None or not self.begin.text():
            self.begin.set_minute(quiet.begin)
            self.end.set_minute(quiet.end)
        self.spacing.set_number(chosen.spacing_ms // 1_000)
        count = len(chosen.words.words)
        self.words_button.set_label(
            t("Word filter · {words}", words=tn(count, "{count} word", "{count} words"))
            if count
            else t("Word filter")
        )
        self._problem.setText(self._model.problem)
        self._problem.setVisible(bool(self._model.problem))

    def _choose(self) -> None:
        begin, end = self.begin.minute, self.end.minute
        if self.quiet.isChecked() and (begin is None or end is None):
            self._problem.setText(t("Write a time as 22:30."))
            self._problem.show()
            return
        is_quiet = self.quiet.isChecked() and begin is not None and end is not None
        self._model.choose(
            replace(
                self._model.settings,
                is_on=self.is_on.isChecked(),
                holds=self.holds.isChecked(),
                quiet=QuietHours(begin or 0, end or 0) if is_quiet else None,
                spacing_ms=self.spacing.number * 1_000,
            )
        )

    def _try_it(self) -> None:
        if self.trial.amount is not None:
            self._model.trial(self.trial.amount)

    def _queue_line(self, line: AlertLine) -> Line:
        model, acts = self._model, []
        if line.is_held and line.number is not None:
            passing = partial(model.let_pass, line.number)
            acts.append(Act(t("Show"), t("Show {name}", name=line.title), passing))
        if line.number is not None:
            acts.append(
                Act(t("Skip"), t("Skip {name}", name=line.title), partial(model.skip, line.number))
            )
        elif line.payment_hash is not None:
            again = partial(model.replay, line.payment_hash)
            acts.append(Act(t("Show"), t("Show {name}", name=line.title), again))
        return Line(
            title=line.title,
            detail=line.detail,
            state=line.place,
            state_tone=line.tone,
            tone="soft" if line.is_claimed else "",
            hint=say(_UNSIGNED) if line.is_claimed else "",
            acts=tuple(acts),
        )

    def _rule_line(self, rule: AlertRule) -> Line:
        parts = [t("{n} s", n=f"{rule.duration_ms / 1_000:g}"), rule.picture, rule.sound]
        if rule.sound:
            parts.append(t("{n} %", n=rule.volume))
        if rule.speaks:
            parts.append(t("read aloud"))
        name = t("Change the rule from {amount} on", amount=rule.min_amount)
        return Line(
            title=t(
                "From {amount}: {template}",
                amount=rule.min_amount,
                template=words.line(rule.template),
            ),
            detail=" · ".join(filter(None, parts)),
            acts=(Act(t("Change"), name, partial(self.ask_rule, rule)),),
        )

    def _place(self, widget: QWidget) -> QRect:
        corner = widget.mapTo(self.window(), widget.rect().topLeft())
        return widget.rect().translated(corner)
