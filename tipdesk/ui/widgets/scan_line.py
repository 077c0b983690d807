"""Where a code comes from: the screen or a picture; a picture may also be dropped or pasted."""

from collections.abc import Awaitable
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from tipdesk.base.errors import RequestError
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import ask, spawn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.base import sentence
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.code_reading import text_in, text_of_file
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.screen_picker import pick_from_screen
from tipdesk.ui.widgets.text import Text


class ScanLine(QWidget):
    """`read` with the text of a code."""

    read = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        layout = column(self, spacing=Space.SNUG)
        line = row(spacing=Space.SNUG)
        self.screen_button = Button(t("Code on the screen"), icon="scan", small=True)
        self.screen_button.clicked.connect(lambda: self._look(self._of_screen()))
        self.file_button = Button(t("Picture of a code"), icon="picture", small=True)
        self.file_button.clicked.connect(lambda: self._look(self._of_dialog()))
        line.addWidget(self.screen_button, 1)
        line.addWidget(self.file_button, 1)
        layout.addLayout(line)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self._problem.hide()
        layout.addWidget(self._problem)

    @property
    def problem_text(self) -> str:
        """Why no code was read; empty if nothing is wrong."""
        return "" if self._problem.isHidden() else self._problem.text()

    def clear(self) -> None:
        """Nothing is wrong."""
        self._problem.hide()

    def takes(self, data: QMimeData) -> bool:
        """Whether something dropped or pasted is a picture."""
        return data.hasImage() or any(url.isLocalFile() for url in data.urls())

    def take(self, data: QMimeData) -> None:
        """Reads a picture that was dropped or pasted."""
        image = data.imageData() if data.hasImage() else None
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if isinstance(image, QImage):
            self._look(text_in(image))
        elif files:
            self._look(text_of_file(Path(files[0])))

    def _look(self, reading: Awaitable[str]) -> None:
        self._problem.hide()
        spawn(self._read(reading), self)

    async def _read(self, reading: Awaitable[str]) -> None:
        try:
            text = await reading
        except RequestError as error:
            self._problem.setText(sentence(error))
            self._problem.show()
            return
        if text:
            self.read.emit(text)

    async def _of_screen(self) -> str:
        part = await pick_from_screen(self.window())
        return "" if part.isNull() else await text_in(part.toImage())

    async def _of_dialog(self) -> str:
        dialog = QFileDialog(self.window(), t("Picture of a code"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(t("Pictures") + " (*.png *.jpg *.jpeg *.webp *.gif *.bmp)")
        try:
            done = await ask(dialog)
            files = dialog.selectedFiles()
        finally:
            dialog.deleteLater()
        if done != QDialog.DialogCode.Accepted or not files:
            return ""
        return await text_of_file(Path(files[0]))
