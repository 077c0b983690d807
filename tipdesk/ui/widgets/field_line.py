"""A field to write in, its label, and what is wrong with it right below."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

LABEL = 92
_HIGH, _TALL = 36, 86
_MOST = 4_000


class _Lines(QPlainTextEdit):
    """Enter is a new line and stays here; Tab goes on."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter is for what the field stands in."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_send = is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_send or event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class FieldLine(QWidget):
    """`written` with the text at every stroke."""

    written = Signal(str)

    def __init__(self, label: str, name: str, hint: str, *, lines: bool = False) -> None:
        super().__init__()
        across = row(spacing=Space.SNUG)
        self.setLayout(across)
        title = Text(label, Type.SMALL, "soft", wrap=True)
        title.setFixedSize(LABEL, _HIGH)
        self.edit: QLineEdit | QPlainTextEdit = _Lines() if lines else QLineEdit()
        self.edit.setFont(font(Type.BODY))
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(name)
        if isinstance(self.edit, QPlainTextEdit):
            self.edit.setTabChangesFocus(True)
            self.edit.setFixedHeight(_TALL)
        else:
            self.edit.setFixedHeight(_HIGH)
            self.edit.setMaxLength(_MOST)
        self.edit.textChanged.connect(lambda: self.written.emit(self.text))
        title.setBuddy(self.edit)
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        self._said.hide()
        right = QWidget()
        inner = column(right, spacing=Space.TIGHT)
        inner.addWidget(self.edit)
        inner.addWidget(self._said)
        across.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(right, 1)

    @property
    def text(self) -> str:
        """What stands in it."""
        edit = self.edit
        return edit.text() if isinstance(edit, QLineEdit) else edit.toPlainText()

    @property
    def said_text(self) -> str:
        """What is said below it."""
        return self._said.text()

    def show_text(self, text: str) -> None:
        """Another text, which nobody wrote here."""
        if text == self.text:
            return
        with QSignalBlocker(self.edit):
            if isinstance(self.edit, QLineEdit):
                self.edit.setText(text)
                self.edit.setCursorPosition(0)
            else:
                self.edit.setPlainText(text)

    def show_said(self, problem: str, hint: str) -> None:
        """What is wrong, or else what is to be known."""
        self._said.setText(problem or hint)
        self._said.set_tone("bad" if problem else "faint")
        self._said.setVisible(bool(problem or hint))
        self.edit.setAccessibleDescription(problem or hint)
        if self.edit.property("wrong") != bool(problem):
            self.edit.setProperty("wrong", bool(problem))
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)
