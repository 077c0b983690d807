"""Where a post is written: a name begun after an @ is offered to be linked."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font

_BEGUN = re.compile(r"(?:^|(?<=[\s(\[]))@(\w[\w .'-]{0,30}|)$")


class PostEdit(QPlainTextEdit):
    """`sent` on Ctrl+Enter, `left` on Escape, `naming` with what follows an @, None if nothing."""

    sent = Signal()
    left = Signal()
    naming = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(Type.BODY))
        self.setTabChangesFocus(True)
        self.setAccessibleName(t("Text of your post"))
        self.cursorPositionChanged.connect(self._look)
        self.textChanged.connect(self._look)

    def put_link(self, link: str) -> None:
        """In the place of the name that was begun."""
        begun = self._begun()
        cursor = self.textCursor()
        if begun is not None:
            left, keep = QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor
            cursor.movePosition(left, keep, len(begun) + 1)
        cursor.insertText(f"{link} ")
        self.setTextCursor(cursor)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter publishes, Escape leaves."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _begun(self) -> str | None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        match = _BEGUN.search(before)
        return None if match is None else match[1]

    def _look(self) -> None:
        self.naming.emit(self._begun())
