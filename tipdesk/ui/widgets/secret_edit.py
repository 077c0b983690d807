"""Fields for what nobody else should read: nothing predicted, nothing learned by the keyboard."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from tipdesk.ui.theme.fonts import Type, font

_SENSITIVE: Final = (
    Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
)
LONGEST_SECRET: Final = 500


class SecretEdit(QLineEdit):
    """A passphrase or a key, as dots.

    Screen readers say its `name`; while it is empty its `hint` stands in it, or else the name.
    """

    def __init__(
        self,
        name: str,
        *,
        hint: str | None = None,
        most: int = LONGEST_SECRET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(_SENSITIVE | Qt.InputMethodHint.ImhHiddenText)
        self.setFont(font(Type.BODY))
        self.setFixedHeight(40)
        self.setMaxLength(most)
        self.setPlaceholderText(name if hint is None else hint)
        self.setAccessibleName(name)


class WordsEdit(QPlainTextEdit):
    """Backup words, readable while they are written: nobody types two dozen of them blind."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setInputMethodHints(_SENSITIVE)
        self.setFixedHeight(72)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
