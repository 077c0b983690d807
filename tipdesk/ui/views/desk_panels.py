"""What floats over the desk: a note on a tip, and which tips are looked for."""

from datetime import datetime, timedelta

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.ports.desk import LAST_INSTANT, MAX_AMOUNT, TipSearch
from tipdesk.services.views import IncomingTip
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.creator import CreatorViewModel, sender_name
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.text import Elided, Text

_WIDTH = 360
MAX_NOTE_CHARS = 1_000


class NotePanel(Popover):
    """The creator's own words about a tip; nobody else sees them."""

    def __init__(self, model: CreatorViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self._tip: IncomingTip | None = None
        self.setAccessibleName(t("Note on a tip"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Note on a tip")))
        self._about = Elided(step=Type.SMALL, tone="soft")
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(t("Note, which only you see"))
        self.text.setPlaceholderText(t("Only you see this. It is found by the search."))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(110)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.button = Button(t("Keep the note"), icon="check", look=Look.PRIMARY)
        self.button.clicked.connect(self._save)
        for part in (self._about, self.text, self._problem, self.button):
            layout.addWidget(part)

    def open_for(self, tip: IncomingTip, anchor: QRect, back: QWidget) -> None:
        """Asks for a note on a tip."""
        self._tip = tip
        self._about.setText(t("{amount} from {name}", amount=tip.amount, name=sender_name(tip)))
        self.text.setPlainText(tip.note)
        self._problem.hide()
        self.open_at(anchor, back)
        self.text.setFocus()

    def _save(self) -> None:
        if self._tip is None:
            return
        text = self.text.toPlainText()[:MAX_NOTE_CHARS]
        problem = self._model.note(self._tip.payment_hash, text)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if not problem:
            self.dismiss()


class DateEdit(QLineEdit):
    """A day, written as 2026-05-03; empty for any."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFixedHeight(40)
        self.setMaxLength(10)
        self.setPlaceholderText("2026-05-03")
        self.setAccessibleName(t("{name}, as year-month-day", name=name))

    @property
    def day(self) -> datetime | None:
        """Midnight of that day here; None if nothing is written, or no day."""
        try:
            return datetime.strptime(self.text().strip(), "%Y-%m-%d").astimezone()
        except ValueError:
            return None

    @property
    def is_wrong(self) -> bool:
        """Whether what is written is no day."""
        return bool(self.text().strip()) and self.day is None


class FilterPanel(Popover):
    """Amounts and days from and to. `chosen` with a `TipSearch` without its text."""

    chosen = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self.setAccessibleName(t("Which tips are listed"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.SNUG)
        self.clear_button = Button(
            t("Clear"), look=Look.GHOST, small=True, name=t("Clear the filter")
        )
        self.clear_button.clicked.connect(self.clear)
        layout.addLayout(self.head(t("Filter"), self.clear_button))
        self.least, self.most = AmountEdit(t("Least amount")), AmountEdit(t("Largest amount"))
        self.first, self.last = DateEdit(t("First day")), DateEdit(t("Last day"))
        for title, one, other in (
            (t("Amount from, to"), self.least, self.most),
            (t("Day from, to"), self.first, self.last),
        ):
            layout.addWidget(Text(title, Type.SMALL, "soft"))
            line = row()
            line.addWidget(one, 1)
            line.addWidget(other, 1)
            layout.addLayout(line)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self._problem.hide()
        layout.addWidget(self._problem)
        for field in (self.least, self.most, self.first, self.last):
            field.textChanged.connect(lambda _: self._tell())
            field.returnPressed.connect(self.dismiss)

    def clear(self) -> None:
        """Every tip again."""
        for field in (self.least, self.most, self.first, self.last):
            field.clear()

    def _tell(self) -> None:
        problem = self.least.problem or self.most.problem
        if self.first.is_wrong or self.last.is_wrong:
            problem = t("Write a day as 2026-05-03.")
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.fit()
        if not problem:
            first, last = self.first.day, self.last.day
            self.chosen.emit(
                TipSearch(
                    least=self.least.amount or Msat(0),
                    most=self.most.amount or MAX_AMOUNT,
                    since=Instant(0) if first is None else _instant(first),
                    before=LAST_INSTANT if last is None else _instant(last + timedelta(days=1)),
                )
            )


def _instant(moment: datetime) -> Instant:
    return Instant(max(0, int(moment.timestamp() * 1_000)))
