"""What a page says while it has nothing to show: what will be here, and how it comes."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.text import Text


class _Badge(QWidget):
    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(72, 72)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(roles().accent_soft))
        painter.drawEllipse(self.rect())
        draw(painter, self._icon, QRectF(21, 21, 30, 30), roles().accent_ink)
        painter.end()


class EmptyState(QWidget):
    """An icon, a line, and a sentence."""

    def __init__(self, icon: str, title: str, text: str) -> None:
        super().__init__()
        layout = column(self, margin=Space.WIDE, spacing=Space.SNUG)
        layout.addStretch(2)
        layout.addWidget(_Badge(icon), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(Space.SNUG)
        layout.addWidget(Text(title, Type.HEADING), 0, Qt.AlignmentFlag.AlignHCenter)
        words = Text(text, Type.BODY, "soft", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setFixedWidth(380)
        words.setMinimumHeight(words.heightForWidth(380))
        layout.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
