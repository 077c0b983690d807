"""What stands in the place of something that is not there yet: asking, or why not and again."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.text import Text

_ICON = 28


class StateLine(QWidget):
    """`again` is there while there is a problem."""

    def __init__(self, asking: str) -> None:
        super().__init__()
        self._asking = asking
        layout = column(self, margin=Space.FAR, spacing=Space.NEAR)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._icon = Icon("relay", "ink_faint", _ICON)
        self._said = Text(asking, Type.BODY, "soft", wrap=True)
        self._said.setAlignment(middle)
        self.again = Button(t("Try again"), icon="refresh")
        layout.addWidget(self._icon, 0, middle)
        layout.addWidget(self._said)
        layout.addWidget(self.again, 0, middle)

    @property
    def text(self) -> str:
        """What it says."""
        return "" if self.isHidden() else self._said.text()

    def show_state(self, *, is_there: bool, problem: str) -> None:
        """Nothing, or why nothing is there."""
        self.setVisible(not is_there)
        self._said.setText(problem or self._asking)
        self._icon.show_icon("alert" if problem else "relay", "bad" if problem else "ink_faint")
        self.again.setVisible(bool(problem))
        self.setAccessibleName(self._said.text())
