"""A label, a value, and a button that copies it."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.text import Elided, Text


class CopyLine(QWidget):
    """Nothing at all while there is no value."""

    def __init__(self, label: str, name: str, *, wide: int = 76) -> None:
        super().__init__()
        self._value = ""
        line = row()
        self.setLayout(line)
        title = Text(label, Type.SMALL, "faint")
        title.setFixedWidth(max(wide, min(title.sizeHint().width(), 2 * wide)))
        self.shown = Elided(step=Type.SMALL, tabular=True)
        self._name = name
        self.button = Button(
            icon="copy", look=Look.GHOST, small=True, name=t("Copy {name}", name=name)
        )
        self.button.clicked.connect(self._copy)
        line.addWidget(title)
        line.addWidget(self.shown, 1)
        line.addWidget(self.button)

    def show_value(self, value: str, shown: str = "") -> None:
        """A value, and how it is shown where it is long."""
        if value != self._value:
            self._value = value
            self.button.set_icon("copy")
            self.button.setAccessibleName(t("Copy {name}", name=self._name))
        self.shown.setText(shown or value)
        self.setVisible(bool(value))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)
        self.button.set_icon("check")
        self.button.setAccessibleName(t("Copied"))


def short_npub(npub: str) -> str:
    """Beginning and end of a key."""
    return f"{npub[:14]}…{npub[-10:]}"
