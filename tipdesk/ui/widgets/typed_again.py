"""An unusual amount is typed a second time before it is paid."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.panel import Panel, column
from tipdesk.ui.widgets.text import Text


class TypedAgain(Panel):
    """Hidden until there is something to ask; `edit` is where the amount is typed."""

    def __init__(self) -> None:
        super().__init__("sunken")
        inner = column(self, margin=Space.NEAR, spacing=Space.SNUG)
        self._asks = Text("", Type.SMALL_STRONG, "accent", wrap=True)
        self.edit = AmountEdit(t("The amount again"))
        self.edit.setPlaceholderText(t("The amount again"))
        inner.addWidget(self._asks)
        inner.addWidget(self.edit)
        self.hide()

    def ask(self, question: str) -> bool:
        """Asks, or asks nothing if it is empty; whether the question is new."""
        is_new = bool(question) and self.isHidden()
        self._asks.setText(question)
        self.setVisible(bool(question))
        if is_new:
            self.edit.clear()
            self.edit.setFocus()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, question))
        return is_new
