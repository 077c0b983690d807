"""Money that a message asks for, within its bubble: a title above the words, buttons below them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import AskState
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.ask_words import ask_tone
from tipdesk.ui.viewmodels.messages_rows import Bubble
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.text import Text

_BUTTON_HIGH = 32
_PILL_HIGH = 22
_LEAST = 250


class AskLines:
    """Parts of a bubble; nothing at all where nothing is asked for."""

    def __init__(self, parent: QWidget) -> None:
        self.title = Text("", Type.STRONG, wrap=True, tabular=True, parent=parent)
        self.title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.pill = Pill()
        self.pill.setParent(parent)
        self.said = Text("", Type.SMALL, "soft", wrap=True, parent=parent)
        self.said.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.pay_button = _button(t("Pay"), "send", Look.PRIMARY, parent)
        self.answer_button = _button(t("Send an invoice"), "receive", Look.PRIMARY, parent)
        self.refuse_button = _button(t("Refuse"), "", Look.QUIET, parent)
        self._shown: list[Button] = []
        self._is_there = False
        self._wide = 0

    @property
    def wide(self) -> int:
        """The room that it would like across."""
        if not self._is_there:
            return 0
        buttons = sum(one.sizeHint().width() + Space.SNUG for one in self._shown)
        metrics = QFontMetrics(self.title.font())
        return max(_LEAST, buttons, metrics.horizontalAdvance(self.title.text()) + 2)

    def show_bubble(self, bubble: Bubble) -> None:
        """What a message asks for."""
        ask = bubble.view.ask
        self._is_there = ask is not None
        self.title.setVisible(self._is_there)
        self.pill.setVisible(ask is not None and ask.state is not AskState.OPEN)
        self.said.setVisible(self._is_there and bool(bubble.asked))
        self._shown = []
        if ask is not None:
            self.title.setText(bubble.title)
            self.pill.show_words(say(ask.state.value), ask_tone(ask.state))
            self.said.setText(bubble.asked)
            able = ((self.pay_button, ask.can_pay), (self.answer_button, ask.can_answer))
            self._shown = [one for one, can in (*able, (self.refuse_button, ask.can_pay)) if can]
        for button in (self.pay_button, self.answer_button, self.refuse_button):
            button.setVisible(button in self._shown)

    def arrange(self, wide: int) -> None:
        """The room that there is across."""
        self._wide = wide

    def place_head(self, x: int, y: int) -> int:
        """The title and its pill, from there on down; how high they are."""
        if not self._is_there:
            return 0
        high = self.title.heightForWidth(self._wide)
        self.title.setGeometry(x, y, self._wide, high)
        if self.pill.isHidden():
            return high + Space.TIGHT
        size = self.pill.sizeHint()
        self.pill.setGeometry(x, y + high + Space.TIGHT, size.width(), size.height())
        return high + Space.TIGHT + _PILL_HIGH + Space.TIGHT

    def place_foot(self, x: int, y: int) -> int:
        """What is said of it, and the buttons; how high they are."""
        if not self._is_there:
            return 0
        top = y
        if not self.said.isHidden():
            high = self.said.heightForWidth(self._wide)
            self.said.setGeometry(x, y + Space.HAIR, self._wide, high)
            y += high + Space.TIGHT
        left = x
        for button in self._shown:
            size = button.sizeHint()
            button.setGeometry(left, y + Space.TIGHT, size.width(), _BUTTON_HIGH)
            left += size.width() + Space.SNUG
        return y - top + (_BUTTON_HIGH + Space.SNUG if self._shown else 0)


def _button(text: str, icon: str, look: Look, parent: QWidget) -> Button:
    button = Button(text, icon=icon, look=look, small=True, parent=parent)
    button.hide()
    return button
