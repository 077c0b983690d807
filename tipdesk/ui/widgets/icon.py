"""An icon by itself: decoration beside words, silent to screen readers."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import roles


class Icon(QWidget):
    """Paints an icon in a colour role, named as in `Roles`."""

    def __init__(self, name: str, role: str = "ink_soft", size: int = 18) -> None:
        super().__init__()
        self._name = name
        self._role = role
        self.setFixedSize(size, size)

    def show_icon(self, name: str, role: str) -> None:
        """Another icon or colour."""
        self._name, self._role = name, role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon fills the widget."""
        painter = QPainter(self)
        draw(painter, self._name, QRectF(self.rect()), getattr(roles(), self._role))
        painter.end()
