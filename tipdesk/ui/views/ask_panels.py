"""What floats where money is asked for: a request that is written, and one that is refused."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.tips.payment_ask import MAX_WORDS_CHARS
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.ask_words import ask_title
from tipdesk.ui.viewmodels.asks import AskDraft, AsksViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.text import Text

_WIDTH = 380
_HIGH = 40


class AskPanel(Popover):
    """How much, and what for; Enter sends."""

    def __init__(self, model: AsksViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        head = row()
        self._title = Text("", Type.HEADING, wrap=True)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(self._title, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        self.amount = AmountEdit(t("Amount"))
        self.amount.amount_changed.connect(self._written)
        layout.addWidget(self.amount)
        self.words = QLineEdit()
        self.words.setFont(font(Type.BODY))
        self.words.setFixedHeight(_HIGH)
        self.words.setMaxLength(MAX_WORDS_CHARS)
        self.words.setPlaceholderText(t("What for"))
        self.words.setAccessibleName(t("What the money is for"))
        self.words.textChanged.connect(self._written)
        layout.addWidget(self.words)
        self._about = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._about)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.button = Button("", icon="comment", look=Look.PRIMARY, name=t("Send"))
        self.button.setFixedHeight(_HIGH)
        self.button.clicked.connect(model.send)
        layout.addWidget(self.button)
        model.changed.connect(self._update)
        model.sent.connect(self.dismiss)

    @property
    def problem_text(self) -> str:
        """Why it was not sent."""
        return self._problem.text()

    def open_for(self, anchor: QRect, back: QWidget | None) -> None:
        """For the draft that the model began."""
        draft = self._model.draft
        if draft is None:
            return
        self.amount.set_amount(draft.amount)
        self.words.setText(draft.words)
        self._show(draft)
        self.open_at(anchor, back)
        self.amount.setFocus(Qt.FocusReason.TabFocusReason)
        self.amount.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field sends."""
        focused = self.window().focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, Button):
                focused.click()
            else:
                self._model.send()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _written(self, _: object = None) -> None:
        self._model.write(self.amount.amount, self.words.text())

    def _update(self) -> None:
        if self.isVisible() and self._model.draft is not None:
            self._show(self._model.draft)
            self.fit()

    def _show(self, draft: AskDraft) -> None:
        if draft.is_promise:
            title = t("Tell {name} that you want to send", name=draft.name)
            about = t(
                "A private message says so and asks for an invoice. Nothing is paid before you "
                "press Pay on their answer."
            )
            label = t("Send the message")
        else:
            title = t("Ask {name} for money", name=draft.name)
            about = t(
                "A private message with an invoice, which any wallet can pay for three days. Only "
                "the two of you can read it."
            )
            label = t("Ask")
        self._title.setText(title)
        self.setAccessibleName(title)
        self._about.setText(about)
        self.button.set_label(t("Sending \u2026") if draft.is_busy else label)
        self.button.setEnabled(not draft.is_busy)
        self._problem.setText(draft.problem)
        self._problem.setVisible(bool(draft.problem))


class RefusePanel(Popover):
    """Refuses a request, and tells them if that is wanted."""

    def __init__(self, model: AsksViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName(t("Refuse the request"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Refuse the request?")))
        self._about = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._about)
        self.words = QLineEdit()
        self.words.setFont(font(Type.BODY))
        self.words.setFixedHeight(_HIGH)
        self.words.setMaxLength(MAX_WORDS_CHARS)
        self.words.setPlaceholderText(t("Say why, if you like"))
        self.words.setAccessibleName(t("What you tell them"))
        layout.addWidget(self.words)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        foot = row(spacing=Space.SNUG)
        self.quiet_button = Button(t("Refuse quietly"), look=Look.QUIET)
        self.quiet_button.clicked.connect(lambda: model.refuse("", tell=False))
        self.tell_button = Button(t("Refuse and tell them"), look=Look.DANGER)
        self.tell_button.clicked.connect(lambda: model.refuse(self.words.text(), tell=True))
        for button in (self.quiet_button, self.tell_button):
            button.setFixedHeight(_HIGH)
            foot.addWidget(button, 1)
        layout.addLayout(foot)
        model.changed.connect(self._update)
        model.refused.connect(self.dismiss)

    def open_for(self, anchor: QRect, back: QWidget | None) -> None:
        """For the request that the model is about to refuse."""
        view = self._model.refusing
        if view is None or view.ask is None:
            return
        self.words.clear()
        self._about.setText(f"{ask_title(view.ask, words.name(view.peer.title))}.")
        self._update()
        self.open_at(anchor, back)
        self.words.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the keyboard; in the words it refuses and tells."""
        focused = self.window().focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            pressed = focused if isinstance(focused, Button) else self.tell_button
            pressed.click()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _update(self) -> None:
        model = self._model
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        for button in (self.quiet_button, self.tell_button):
            button.setEnabled(not model.is_busy)
        if self.isVisible():
            self.fit()
