"""Where a post is written: a name begun after an @ is offered to be linked."""

import re
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font

_BEGUN = re.compile(r"(?:^|(?<=[\s(\[]))@(\w[\w .'-]{0,30}|)$")


class PostEdit(QPlainTextEdit):
    """`sent` on Ctrl+Enter, `left` on Escape, `naming` with what follows an @, None if nothing."""

    sent = Signal()
    left = Signal()
    naming = Signal(object)
    given = Signal(object)
    """A list of files (`Path`) that were dropped, or pictures (`QImage`) that were pasted."""

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

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, pictures and files."""
        return bool(pictures_in(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """What is no text goes below it."""
        if pictures := pictures_in(source):
            self.given.emit(pictures)
        else:
            super().insertFromMimeData(source)

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


def pictures_in(source: QMimeData) -> list[Path | QImage]:
    """Files, or a picture that is not the look of a text."""
    files: list[Path | QImage] = [
        Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()
    ]
    if files or source.hasText() or not source.hasImage():
        return files
    image = source.imageData()
    return [image] if isinstance(image, QImage) and not image.isNull() else []
