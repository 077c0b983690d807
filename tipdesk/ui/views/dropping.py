"""What is dropped on the window: a link, a text or a code's picture is opened as if pasted."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.loop import spawn
from tipdesk.ui.widgets.code_reading import text_of_file

_MOST_CHARS = 10_000


class Dropping(QObject):
    """Takes drops for a window that no field in it takes, unless it is locked."""

    def __init__(
        self, window: QWidget, open_link: Callable[[str], None], may: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self._open, self._may = open_link, may
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drags that bring something we can open are welcome."""
        if isinstance(event, QDropEvent):
            # Entering and moving are drops that have not happened yet.
            dropped, may = event.mimeData(), self._may()
            text, picture = (link_in(dropped), picture_in(dropped)) if may else ("", "")
            if not text and not picture:
                event.ignore()
                return True
            event.acceptProposedAction()
            if event.type() != QEvent.Type.Drop:
                return True
            if text:
                self._open(text)
            else:
                spawn(self._read(Path(picture)), self)
            return True
        return False

    async def _read(self, path: Path) -> None:
        """Opens what a picture's code says; why it cannot goes where the window's errors go."""
        text = await text_of_file(path)
        if self._may():
            self._open(text)


def picture_in(dropped: QMimeData) -> str:
    """The one file that was dragged here; empty if there is none, or several."""
    files = [url.toLocalFile() for url in dropped.urls() if url.isLocalFile()]
    return files[0] if len(files) == len(dropped.urls()) == 1 else ""


def link_in(dropped: QMimeData) -> str:
    """The link, or the text, that was dragged here; empty if there is none, as with files."""
    if dropped.hasUrls():
        for url in dropped.urls():
            if not url.isLocalFile():
                return url.toString()[:_MOST_CHARS]
        return ""
    return dropped.text().strip()[:_MOST_CHARS]
