"""Sending to somebody privately: amount and message above, who learns what below."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from tipdesk.services.payment_asks import AskToPay
from tipdesk.tips.leaks import WHAT_STILL_LEAKS, SendWay
from tipdesk.tips.person import PersonId
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.private_send import PrivateSendViewModel, Step
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.leak_table import LeakTable
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Elided, Text, plain_tooltip
from tipdesk.ui.widgets.virtual_list import GUTTER

_MAX_MESSAGE = 500


class PrivateSendPane(QWidget):
    """`left` when the person goes back, `later` when they are to be told instead."""

    left = Signal()
    later = Signal()

    def __init__(self, model: PrivateSendViewModel) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.NEAR)
        layout.addLayout(self._make_head())
        self._scroll = ScrollColumn(t("A private send"))
        self._scroll.add(self._make_form())
        self._scroll.add(self._make_question())
        self._scroll.add(self._make_table())
        layout.addWidget(self._scroll, 1)
        below = row()
        below.setContentsMargins(0, 0, GUTTER, 0)
        below.addWidget(self._make_foot())
        layout.addLayout(below)
        model.changed.connect(self.update_view)

    @property
    def said(self) -> str:
        """What stands under the form: what is known, what it costs, what is wrong."""
        parts = (self._answered, self._cost, self._problem)
        return "\n".join(part.text() for part in parts if not part.isHidden())

    def begin(self, person_id: PersonId) -> None:
        """An empty send to somebody."""
        self.message.clear()
        self.in_clear.setChecked(False)
        self._model.begin(person_id)
        self.amount.set_amount(self._model.amount)
        self.amount.setFocus()

    def begin_ask(self, asked: AskToPay) -> None:
        """A send of what somebody asked for; the way is theirs."""
        self.message.clear()
        self._model.begin_ask(asked)
        self.amount.set_amount(self._model.amount)
        (self.button if self._model.can_ask else self.amount).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the button and does not send by itself; Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self._back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.button.isEnabled():
                self.button.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def update_view(self) -> None:
        """The send as it is now."""
        model = self._model
        self._title.setText(t("Send to {name}", name=words.line(model.name)))
        for part in (self.amount, self.message, self.ways, self.in_clear):
            part.setEnabled(model.is_free)
        self._show_ways()
        self.in_clear.setVisible(model.asks_for_clear)
        self._question.setVisible(model.step is Step.QUESTION)
        self._losses.setText(model.question)
        self.table.show_rows(model.rows)
        self._below.setVisible(bool(model.rows))
        for label, text in (
            (self._answered, model.answered),
            (self._cost, model.cost),
            (self._problem, self.amount.problem or model.problem or model.why_not),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.later_button.setVisible(model.may_tell_them)
        self._show_button()

    def _make_head(self) -> QHBoxLayout:
        head = row(spacing=Space.SNUG)
        self._title = Elided(step=Type.HEADING)
        self.back_button = Button(t("Back"), icon="arrow-left", look=Look.GHOST, small=True)
        self.back_button.clicked.connect(self._back)
        head.addWidget(self._title, 1)
        head.addWidget(self.back_button)
        return head

    def _make_form(self) -> QWidget:
        card, inner = _card("")
        self.amount = AmountEdit(t("Amount"))
        self.amount.amount_changed.connect(self._model.set_amount)
        inner.addWidget(self.amount)
        self.message = QLineEdit()
        self.message.setFixedHeight(40)
        self.message.setMaxLength(_MAX_MESSAGE)
        self.message.setPlaceholderText(t("A message, for them alone to read"))
        self.message.setAccessibleName(t("A message, for them alone to read"))
        self.message.textChanged.connect(self._model.set_message)
        inner.addWidget(self.message)
        self.ways = Segments(t("Way"), {way.name: say(way.value) for way in SendWay})
        self.ways.chosen.connect(lambda name: self._model.choose(SendWay[name]))
        inner.addWidget(self.ways)
        self.in_clear = CheckBox(t("Let the server of their address read the message"))
        self.in_clear.toggled.connect(lambda on: self._model.set_in_clear(wanted=on))
        inner.addWidget(self.in_clear)
        return card

    def _make_question(self) -> QWidget:
        self._question = Panel("warning")
        inner = column(self._question, margin=Space.ROOM, spacing=Space.SNUG)
        inner.addWidget(
            Text(
                t("This way tells others more than the best one does:"),
                Type.SMALL_STRONG,
                wrap=True,
            )
        )
        self._losses = Text("", Type.SMALL, "soft", wrap=True)
        inner.addWidget(self._losses)
        foot = row(spacing=Space.SNUG)
        self.keep_button = Button(t("Choose another way"), look=Look.QUIET, small=True)
        self.keep_button.clicked.connect(self._model.back)
        self.accept_button = Button(t("Send this way all the same"), look=Look.DANGER, small=True)
        self.accept_button.clicked.connect(self._model.accept_losses)
        foot.addWidget(self.keep_button)
        foot.addWidget(self.accept_button)
        foot.addStretch()
        inner.addLayout(foot)
        return self._question

    def _make_table(self) -> QWidget:
        card, inner = _card(t("Who learns what"))
        self.table = LeakTable()
        inner.addWidget(self.table)
        self._below = QWidget()
        below = column(self._below, spacing=Space.TIGHT)
        below.addWidget(Text(t("What still leaks"), Type.SMALL_STRONG, "soft"))
        for said in WHAT_STILL_LEAKS:
            below.addWidget(Text(say(said), Type.SMALL, "soft", wrap=True))
        inner.addWidget(self._below)
        return card

    def _make_foot(self) -> QWidget:
        foot = Panel("card")
        inner = column(foot, margin=Space.NEAR, spacing=Space.SNUG)
        self._answered = Text("", Type.SMALL, "good", wrap=True)
        self._cost = Text("", Type.SMALL, "soft", tabular=True, wrap=True)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        line = row(spacing=7)
        line.addWidget(Icon("route", "ink_faint", 16), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._cost, 1)
        inner.addWidget(self._answered)
        inner.addLayout(line)
        inner.addWidget(self._problem)
        self.later_button = Button(t("Tell them that you want to send"), icon="comment", small=True)
        self.later_button.clicked.connect(self.later)
        inner.addWidget(self.later_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.button = Button(t("Ask for an invoice"), icon="send", look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(self._go_on)
        inner.addWidget(self.button)
        return foot

    def _show_ways(self) -> None:
        options = {option.way.name: option for option in self._model.options}
        for name, button in self.ways.buttons.items():
            option = options.get(name)
            button.setVisible(option is not None)
            said = "" if option is None else say(option.problem)
            button.setToolTip(plain_tooltip(said) if said else "")
            button.setAccessibleDescription(said)
        chosen = self._model.option
        if chosen is not None:
            self.ways.choose(chosen.way.name)

    def _show_button(self) -> None:
        model, amount = self._model, self._model.amount
        labels = {
            Step.WRITING: t("Go on"),
            Step.ASKING: t("Asking {name} …", name=words.line(model.name)),
            Step.QUESTION: t("Go on"),
            Step.READY: t("Send {amount}", amount=amount) if amount else t("Send"),
            Step.SENDING: t("Sending …"),
        }
        self.button.set_label(labels[model.step])
        self.button.setEnabled(
            model.step is Step.READY
            or (model.step is Step.WRITING and model.can_ask and not self.amount.problem)
        )

    def _go_on(self) -> None:
        if self._model.step is Step.READY:
            self._model.send()
        else:
            self._model.ask()

    def _back(self) -> None:
        if self._model.step is Step.SENDING:
            return
        self._model.back()
        self.left.emit()


def _card(title: str) -> tuple[QWidget, QVBoxLayout]:
    card = Panel("card")
    inner = column(card, margin=Space.ROOM, spacing=Space.SNUG)
    if title:
        inner.addWidget(Text(title, Type.SMALL_STRONG, "soft"))
    return card, inner
