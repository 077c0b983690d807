"""Money that is asked for or promised, as a card: what, how it stands, and what can be done."""

from PySide6.QtCore import Qt, Signal, SignalInstance

from tipdesk.base.clock import Instant
from tipdesk.services.views import AskState, MessageView
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.ask_words import ask_said, ask_title, ask_tone, ask_words
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.text import Text


class AskCard(Panel):
    """`pay` and `answer` with the id of the message, `refuse` with the whole of it."""

    pay = Signal(object)
    answer = Signal(object)
    refuse = Signal(object)

    def __init__(self) -> None:
        super().__init__("card")
        self.view: MessageView | None = None
        inner = column(self, margin=Space.ROOM, spacing=Space.SNUG)
        head = row(spacing=Space.SNUG)
        self.title = Text("", Type.STRONG, wrap=True, tabular=True)
        self.pill = Pill()
        head.addWidget(self.title, 1)
        head.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(head)
        self.words = Text("", Type.BODY, wrap=True)
        self.said = Text("", Type.SMALL, "soft", wrap=True)
        inner.addWidget(self.words)
        inner.addWidget(self.said)
        foot = row(spacing=Space.SNUG)
        self.pay_button = Button(t("Pay"), icon="send", look=Look.PRIMARY, small=True)
        self.pay_button.clicked.connect(lambda: self._tell_id(self.pay))
        self.answer_button = Button(
            t("Send an invoice"), icon="receive", look=Look.PRIMARY, small=True
        )
        self.answer_button.clicked.connect(lambda: self._tell_id(self.answer))
        self.refuse_button = Button(t("Refuse"), look=Look.QUIET, small=True)
        self.refuse_button.clicked.connect(self._refuse)
        for button in (self.pay_button, self.answer_button, self.refuse_button):
            foot.addWidget(button)
        foot.addStretch(1)
        inner.addLayout(foot)

    def show_ask(self, view: MessageView, name: str, now: Instant) -> None:
        """A message that asks for something; `name` is what the other one is called."""
        ask = view.ask
        if ask is None:
            return
        self.view = view
        title, said, for_what = ask_title(ask, name), ask_said(ask, now), ask_words(ask)
        self.title.setText(title)
        self.pill.show_words(say(ask.state.value), ask_tone(ask.state))
        self.pill.setVisible(ask.state is not AskState.OPEN)
        self.words.setText(for_what)
        self.words.setVisible(bool(for_what))
        self.said.setText(said)
        self.said.setVisible(bool(said))
        for button in (self.pay_button, self.refuse_button):
            button.setVisible(ask.can_pay)
        self.answer_button.setVisible(ask.can_answer)
        parts = (title, say(ask.state.value), for_what, said)
        self.setAccessibleName(". ".join(part for part in parts if part))

    def _tell_id(self, signal: SignalInstance) -> None:
        if self.view is not None:
            signal.emit(self.view.message_id)

    def _refuse(self) -> None:
        if self.view is not None:
            self.refuse.emit(self.view)
