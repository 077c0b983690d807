"""The desk's panel of triggers: what tips set off, how it went, and new ones."""

from functools import partial

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.ports.desk import JobState, TriggerJob
from tipdesk.services.trigger_rules import MAX_NAME_CHARS, Command, TriggerRule, Webhook
from tipdesk.ui import format as words
from tipdesk.ui.clipboard import copy_secret
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk_triggers import TriggersViewModel
from tipdesk.ui.views.desk_panel import DeskPanel
from tipdesk.ui.widgets.action_line import Act, Line, LineList
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.card import Card
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.scroll_column import ScrollColumn, side_by_side
from tipdesk.ui.widgets.text import Text

_STATES = {
    JobState.WAITING: (Phrase("Waits"), "busy"),
    JobState.BEGUN: (Phrase("Under way"), "busy"),
    JobState.DONE: (Phrase("Done"), "good"),
    JobState.FAILED: (Phrase("Failed"), "bad"),
}


class TriggersPanel(DeskPanel):
    """Rules and their last results on the left, new ones on the right."""

    def __init__(self, model: TriggersViewModel) -> None:
        super().__init__()
        self._model = model
        scroll = ScrollColumn(t("Triggers"))
        both = QWidget()
        across = row(spacing=Space.NEAR)
        both.setLayout(across)
        across.addWidget(side_by_side(self._make_rules(), self._make_jobs()), 1)
        across.addWidget(side_by_side(self._make_form(), self._make_secret()), 1)
        scroll.add(both)
        column(self).addWidget(scroll)
        self._choose_kind()

    def hideEvent(self, event: QHideEvent) -> None:
        """Who goes elsewhere leaves no secret on the screen."""
        super().hideEvent(event)
        self._model.forget_secret()

    def update_view(self) -> None:
        """Rules, results, secret."""
        model = self._model
        self.rules.show_lines([self._rule_line(rule) for rule in model.rules])
        self._no_rules.setVisible(not model.rules)
        jobs = model.jobs
        self.jobs.show_lines([self._job_line(job) for job in jobs])
        self._no_jobs.setVisible(not jobs)
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        self._secret_box.setVisible(bool(model.secret))
        self._ask_line.setVisible(not model.secret)
        half = len(model.secret) // 2
        self.secret.setText(f"{model.secret[:half]}\n{model.secret[half:]}".strip())

    def _make_rules(self) -> QWidget:
        card = Card(
            t("What tips set off"), note=t("Off until you turn it on. Earlier tips do nothing.")
        )
        self.rules = LineList(t("Triggers"))
        self._no_rules = Text(t("Nothing yet."), Type.SMALL, "soft")
        card.inner.addWidget(self.rules)
        card.inner.addWidget(self._no_rules)
        return card

    def _make_jobs(self) -> QWidget:
        card = Card(t("How it went"))
        self.jobs = LineList(t("Last results"), wrap=True)
        self._no_jobs = Text(t("No tip has set anything off."), Type.SMALL, "soft")
        card.inner.addWidget(self.jobs)
        card.inner.addWidget(self._no_jobs)
        return card

    def _make_form(self) -> QWidget:
        self.webhook = Button(t("Webhook"), look=Look.CHOICE, small=True)
        self.command = Button(t("Program"), look=Look.CHOICE, small=True)
        self.webhook.setChecked(True)
        card = Card(t("New trigger"), self.webhook, self.command)
        for button in (self.webhook, self.command):
            button.setAutoExclusive(True)
            button.clicked.connect(self._choose_kind)
        self.name = QLineEdit()
        self.name.setFixedHeight(40)
        self.name.setMaxLength(MAX_NAME_CHARS)
        self.name.setPlaceholderText(t("Name"))
        self.name.setAccessibleName(t("Name of the trigger"))
        self.least = AmountEdit(t("Tips from this amount on"))
        self.url = QLineEdit()
        self.url.setFixedHeight(40)
        self.url.setMaxLength(2_000)
        self.url.setPlaceholderText("https://")
        self.url.setAccessibleName(t("Address of the webhook"))
        self.arguments = QPlainTextEdit()
        self.arguments.setFont(monospace(Type.SMALL))
        self.arguments.setFixedHeight(96)
        self.arguments.setTabChangesFocus(True)
        self.arguments.setPlaceholderText(t("/usr/bin/program\nfirst argument\nsecond argument"))
        self.arguments.setAccessibleName(t("The program, then its arguments, one in each line"))
        self._warning = Panel("warning")
        inner = column(self._warning, margin=Space.NEAR)
        inner.addWidget(
            Text(
                t(
                    "The program runs with all your rights whenever a tip of that amount comes, "
                    "and reads what strangers wrote. Use only one that you trust with both."
                ),
                Type.SMALL,
                wrap=True,
            )
        )
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.add_button = Button(t("Add it, turned off"), icon="plus", look=Look.PRIMARY)
        self.add_button.clicked.connect(self._add)
        hint = Text(
            t("From this amount on; leave it empty for every tip"), Type.SMALL, "soft", wrap=True
        )
        for part in (self.name, hint, self.least, self.url, self.arguments, self._warning):
            card.inner.addWidget(part)
        card.inner.addWidget(self._problem)
        card.inner.addWidget(self.add_button)
        return card

    def _make_secret(self) -> QWidget:
        card = Card(
            t("Secret of the webhooks"),
            note=t(
                "Each call is signed with it (X-TipDesk-Signature), so that your server knows it "
                "is from here. The server needs the same secret."
            ),
        )
        self._ask_line = QWidget()
        line = row()
        self._ask_line.setLayout(line)
        self.show_button = Button(
            t("Show it"), small=True, name=t("Show the secret of the webhooks")
        )
        self.show_button.clicked.connect(lambda: self._model.show_secret())
        self.renew_button = Button(t("Make a new one"), icon="refresh", small=True)
        self.renew_button.clicked.connect(lambda: self._model.show_secret(new=True))
        self.renew_button.setToolTip(t("Servers with the old one refuse what comes from here."))
        line.addWidget(self.show_button)
        line.addWidget(self.renew_button)
        line.addStretch()
        self._secret_box = Panel("sunken")
        inner = column(self._secret_box, margin=Space.NEAR)
        self.secret = Text("")
        self.secret.setFont(monospace(Type.SMALL))
        self.secret.setAccessibleName(t("The secret"))
        foot = row()
        self.copy_button = Button(t("Copy"), icon="copy", small=True, name=t("Copy the secret"))
        self.copy_button.clicked.connect(lambda: copy_secret(self._model.secret))
        self.done_button = Button(t("Done"), small=True, name=t("Hide the secret"))
        self.done_button.clicked.connect(self._model.forget_secret)
        inner.addWidget(self.secret)
        foot.addWidget(self.copy_button)
        foot.addWidget(self.done_button)
        foot.addStretch()
        inner.addLayout(foot)
        card.inner.addWidget(self._ask_line)
        card.inner.addWidget(self._secret_box)
        return card

    def _choose_kind(self) -> None:
        is_webhook = self.webhook.isChecked()
        self.url.setVisible(is_webhook)
        self.arguments.setVisible(not is_webhook)
        self._warning.setVisible(not is_webhook)

    def _add(self) -> None:
        if self.least.problem:
            self._model.refuse(self.least.problem)
            return
        does: Webhook | Command
        if self.webhook.isChecked():
            does = Webhook(self.url.text().strip())
        else:
            lines = self.arguments.toPlainText().splitlines()
            does = Command(tuple(line for line in lines if line.strip()))
        if self._model.add(self.name.text(), does, self.least.amount or Msat(0)):
            for field in (self.name, self.least, self.url, self.arguments):
                field.clear()

    def _rule_line(self, rule: TriggerRule) -> Line:
        does = rule.does
        what = does.url if isinstance(does, Webhook) else " ".join(does.arguments)
        least = t("From {amount}", amount=rule.min_amount) if rule.min_amount else t("Every tip")
        name = words.name(rule.name)
        turn = partial(self._model.turn, rule.name, on=not rule.is_on)
        verb = t("Turn off") if rule.is_on else t("Turn on")
        called = t("Turn off {name}", name=name) if rule.is_on else t("Turn on {name}", name=name)
        return Line(
            title=name,
            detail=f"{least} · {words.line(what)}",
            state=t("On") if rule.is_on else t("Off"),
            state_tone="good" if rule.is_on else "calm",
            acts=(
                Act(verb, called, turn),
                Act(
                    t("Remove"),
                    t("Remove {name}", name=name),
                    partial(self._model.remove, rule.name),
                ),
            ),
        )

    def _job_line(self, job: TriggerJob) -> Line:
        state, tone = _STATES[job.state]
        tries = tn(job.attempts, "{count} try", "{count} tries")
        again = ""
        if job.state is JobState.WAITING and job.attempts:
            again = t(
                "Tried again in {took}.", took=words.took(max(0, job.due_at.since(self._model.now)))
            )
        return Line(
            title=words.name(job.rule),
            detail=" ".join(filter(None, (f"{tries}.", words.line(job.problem), again))),
            state=say(state),
            state_tone=tone,
        )
