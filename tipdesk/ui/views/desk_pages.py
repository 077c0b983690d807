"""The card with what the overlay's pages beside the alerts show, and where they are served."""

from datetime import datetime

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from tipdesk.base.clock import Instant
from tipdesk.services.desk_settings import MAX_TITLE_CHARS
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.viewmodels.desk_pages import PagesViewModel
from tipdesk.ui.views.desk_panels import DateEdit
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.card import Card
from tipdesk.ui.widgets.number_edit import NumberEdit
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.text import Text

_LABEL = 128
_FIELD = 120


class PagesCard(Card):
    """A goal, the length of the lists, and the port."""

    def __init__(self, model: PagesViewModel) -> None:
        super().__init__(t("What the pages show"))
        self._model = model
        self._make_goal()
        self.rows = NumberEdit(t("Length of the lists"), t("lines"), least=1, most=20)
        self.days = NumberEdit(t("Top tippers of, 0 for ever"), t("days"), least=0, most=36_500)
        self.port = NumberEdit(t("Port"), t("port"), least=0, most=65_535)
        for title, field, done in (
            (t("Lists have"), self.rows, self._choose_rows),
            (t("Top tippers of"), self.days, self._choose_rows),
            (t("Served at"), self.port, self._move),
        ):
            field.setFixedWidth(_FIELD)
            field.editingFinished.connect(done)
            self.inner.addLayout(_line(title, field))
        self.days.setToolTip(t("0 counts every tip there ever was."))
        self.port.setToolTip(t("OBS needs the new addresses when it changes."))
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.inner.addWidget(self._problem)

    def update_view(self) -> None:
        """Everything as it is kept."""
        model, goal = self._model, self._model.chosen.goal
        if not self._is_written:
            with QSignalBlocker(self.title_edit), QSignalBlocker(self.target):
                self.title_edit.setText("" if goal is None else words.line(goal.title))
                self.target.set_amount(None if goal is None else goal.target)
            self.since.setText("" if goal is None else _day(goal.since))
        self.clear_button.setVisible(goal is not None)
        self.rows.set_number(model.chosen.rows)
        self.days.set_number(model.chosen.top_days)
        self.port.set_number(model.port)
        self.port.setEnabled(not model.is_moving)
        self._offer()

    def _make_goal(self) -> None:
        self._is_written = False
        self.title_edit = QLineEdit()
        self.title_edit.setFixedHeight(36)
        self.title_edit.setMaxLength(MAX_TITLE_CHARS)
        self.title_edit.setPlaceholderText(t("What the goal on the stream is for"))
        self.title_edit.setAccessibleName(t("Title of the goal on the stream"))
        self.target = AmountEdit(t("Goal on the stream"))
        self.target.setFixedHeight(36)
        self.since = DateEdit(t("First day that counts for the goal, or nothing for now"))
        self.since.setFixedHeight(36)
        self.since.setFixedWidth(_FIELD)
        self.since.setPlaceholderText(t("from now on"))
        self.clear_button = Button(
            t("No goal"), look=Look.GHOST, small=True, name=t("Show no goal")
        )
        self.goal_button = Button(t("Show"), icon="check", small=True, name=t("Show this goal"))
        for field in (self.title_edit, self.target, self.since):
            field.textEdited.connect(lambda _: self._written())
            field.returnPressed.connect(self.goal_button.click)
        self.clear_button.clicked.connect(self._clear)
        self.goal_button.clicked.connect(self._show_goal)
        self.inner.addWidget(self.title_edit)
        line = row()
        line.addWidget(self.target, 1)
        line.addWidget(self.since)
        self.inner.addLayout(line)
        acts = row()
        acts.addStretch(1)
        acts.addWidget(self.clear_button)
        acts.addWidget(self.goal_button)
        self.inner.addLayout(acts)

    def _written(self) -> None:
        self._is_written = True
        self._offer()

    def _offer(self) -> None:
        wrong_day = t("Write a day as 2026-05-03.") if self.since.is_wrong else ""
        problem = self.target.problem or wrong_day
        ready = bool(self.title_edit.text().strip()) and self.target.amount is not None
        self.goal_button.setEnabled(ready and not problem and self._is_written)
        said = problem or self._model.problem
        self._problem.setText(said)
        self._problem.setVisible(bool(said))

    def _show_goal(self) -> None:
        target, day = self.target.amount, self.since.day
        if target is None:
            return
        goal = self._model.chosen.goal
        # The day alone would move the beginning of a goal that was set at noon to midnight.
        kept = goal is not None and self.since.text() == _day(goal.since)
        since = None if day is None or kept else Instant(max(0, int(day.timestamp() * 1_000)))
        self._is_written = False
        self._model.collect(words.line(self.title_edit.text()), target, since)

    def _clear(self) -> None:
        self._is_written = False
        self._model.collect_nothing()

    def _choose_rows(self) -> None:
        self._model.show_rows(self.rows.number, self.days.number)

    def _move(self) -> None:
        self._model.move(self.port.number)


def _day(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at.ms / 1_000).astimezone():%Y-%m-%d}"


def _line(title: str, field: QWidget) -> QHBoxLayout:
    line = row()
    label = Text(title, Type.SMALL, "soft")
    label.setFixedWidth(_LABEL)
    line.addWidget(label)
    line.addWidget(field)
    line.addStretch(1)
    return line
