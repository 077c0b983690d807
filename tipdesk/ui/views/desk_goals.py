"""The desk's panel of goals: each with its progress, and a new one."""

from datetime import timedelta

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tipdesk.base.clock import Instant
from tipdesk.services.goals import GoalView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk_goals import GoalsViewModel
from tipdesk.ui.views.desk_panel import DeskPanel
from tipdesk.ui.views.desk_panels import DateEdit
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.card import Card
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.rank_row import ShareBar
from tipdesk.ui.widgets.scroll_column import ScrollColumn, side_by_side
from tipdesk.ui.widgets.text import Elided, Text

_MAX_TEXT = 500


class GoalCard(Panel):
    """One goal: what for, how far, until when."""

    def __init__(self) -> None:
        super().__init__("card")
        layout = column(self, margin=Space.ROOM, spacing=Space.SNUG)
        head = row()
        self.title = Text("", Type.STRONG, wrap=True)
        self.pill = Pill()
        head.addWidget(self.title, 1)
        head.addWidget(self.pill)
        layout.addLayout(head)
        self._bar = ShareBar(8)
        layout.addWidget(self._bar)
        foot = row()
        self.sum = Elided(step=Type.SMALL_STRONG, tabular=True)
        self.until = Elided(step=Type.SMALL, tone="soft", tabular=True)
        foot.addWidget(self.sum)
        foot.addStretch()
        foot.addWidget(self.until)
        layout.addLayout(foot)
        self._late = Text("", Type.SMALL, "faint", wrap=True)
        layout.addWidget(self._late)

    def show_goal(self, view: GoalView) -> None:
        """Shows a goal."""
        goal, progress = view.goal, view.progress
        title = words.line(goal.summary or goal.description) or t("A goal without words")
        self.title.setText(title)
        state, tone = _state(view)
        self.pill.show_words(state, tone)
        self._bar.show_share(progress.collected.value / goal.amount.value)
        tips = tn(progress.tips, "{count} tip", "{count} tips")
        percent = progress.collected.value * 100 // goal.amount.value
        said = t("{part} of {whole}", part=words.figure(progress.collected), whole=goal.amount)
        self.sum.setText(t("{sum} · {n} %", sum=said, n=percent))
        end = None if goal.closed_at is None else words.date(Instant(goal.closed_at * 1_000))
        if end is None:
            closing = t("no end")
        else:
            closing = t("closed {day}" if view.is_closed else "until {day}", day=end)
        self.until.setText(f"{tips} · {closing}")
        self._late.setText(
            t("{amount} came after it closed and do not count.", amount=progress.late)
        )
        self._late.setVisible(bool(progress.late))
        self.setAccessibleName(f"{title}. {state}. {said}, {tips}, {closing}")


def _state(view: GoalView) -> tuple[str, str]:
    """How it stands, in a word and a tone."""
    if view.is_closed:
        return t("Closed"), "calm"
    return (t("Reached"), "good") if view.progress.is_reached else (t("Still open"), "accent")


class GoalsPanel(DeskPanel):
    """Goals on the left, a new one on the right."""

    def __init__(self, model: GoalsViewModel) -> None:
        super().__init__()
        self._model = model
        self._published = model.published
        self.cards: list[GoalCard] = []
        self._list = QWidget()
        self._column = column(self._list, spacing=Space.NEAR)
        self._said = Card(t("No goals yet"))
        self._words = Text("", Type.SMALL, "soft", wrap=True)
        self._said.inner.addWidget(self._words)
        scroll = ScrollColumn(t("Goals"))
        both = QWidget()
        across = row(spacing=Space.NEAR)
        both.setLayout(across)
        across.addWidget(side_by_side(self._said, self._list), 6)
        across.addWidget(side_by_side(self._make_form()), 5)
        scroll.add(both)
        column(self).addWidget(scroll)

    def showEvent(self, event: QShowEvent) -> None:
        """Asks the relays when it is opened."""
        super().showEvent(event)
        self._model.ask()

    def update_view(self) -> None:
        """Goals and form as they are."""
        model = self._model
        while len(self.cards) < len(model.goals):
            self.cards.append(GoalCard())
            self._column.addWidget(self.cards[-1])
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(model.goals))
            if place < len(model.goals):
                card.show_goal(model.goals[place])
        self._show_words()
        if self._published != model.published:
            self._published = model.published
            for field in (self.amount, self.text, self.day):
                field.clear()
        self._update()

    def _show_words(self) -> None:
        model = self._model
        title = t("The relays do not answer") if model.offline else t("No goals yet")
        if model.is_asking and not model.goals:
            title = t("Asking the relays …")
        self._said.title.setText(title)
        self._words.setText(
            model.offline
            or t(
                "Fans see a goal with your posts and can tip for it. What your own wallet received "
                "counts, up to the day it closes."
            )
        )
        self._said.setVisible(not model.goals or bool(model.offline))

    def _make_form(self) -> QWidget:
        card = Card(
            t("New goal"),
            note=t(
                "It is published to the relays that you write to, and its tips are counted from "
                "there. It cannot be changed afterwards."
            ),
        )
        self.amount = AmountEdit(t("Amount of the goal"))
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(t("What it is for"))
        self.text.setPlaceholderText(t("What it is for"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(84)
        self.day = DateEdit(t("Last day, or nothing for no end"))
        self.day.setPlaceholderText(t("Last day, 2026-05-03 (optional)"))
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.button = Button(t("Publish the goal"), icon="send", look=Look.PRIMARY)
        self.button.clicked.connect(self._publish)
        for part in (self.amount, self.text, self.day, self._problem, self.button):
            card.inner.addWidget(part)
        self.amount.textChanged.connect(lambda _: self._update())
        self.day.textChanged.connect(lambda _: self._update())
        return card

    def _update(self) -> None:
        model = self._model
        wrong_day = t("Write a day as 2026-05-03.") if self.day.is_wrong else ""
        problem = self.amount.problem or wrong_day or model.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        ready = self.amount.amount is not None and not wrong_day and not model.is_publishing
        self.button.setEnabled(ready)
        self.button.set_label(t("Publishing …") if model.is_publishing else t("Publish the goal"))

    def _publish(self) -> None:
        amount, day = self.amount.amount, self.day.day
        end = None if day is None else Instant(int((day + timedelta(days=1)).timestamp() * 1_000))
        if amount is not None:
            self._model.publish(amount, self.text.toPlainText()[:_MAX_TEXT], end)
