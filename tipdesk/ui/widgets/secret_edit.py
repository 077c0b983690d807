"""A field for what nobody else should read: dots, nothing predicted, nothing to copy."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui.theme.fonts import Type, font


class SecretEdit(QLineEdit):
    """A passphrase; `name` stands in it while it is empty, and is what screen readers say."""

    def __init__(self, name: str, *, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.setFont(font(Type.BODY))
        self.setFixedHeight(40)
        self.setMaxLength(most)
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
