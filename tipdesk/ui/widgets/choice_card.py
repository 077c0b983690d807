"""A large button: an icon, what it does, and a sentence about it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.widgets.empty_state import Badge
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

_BADGE = 44


class ChoiceCard(QPushButton):
    """Pressed like any button; screen readers hear title and sentence."""

    def __init__(self, icon: str, title: str, note: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setAccessibleDescription(note)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(font(Type.STRONG))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        across = row(spacing=Space.ROOM)
        across.setContentsMargins(Space.ROOM, Space.ROOM, Space.ROOM, Space.ROOM)
        self.setLayout(across)
        across.addWidget(Badge(icon, _BADGE), 0, Qt.AlignmentFlag.AlignTop)
        words = QWidget()
        inner = column(words, spacing=Space.HAIR)
        inner.addWidget(Text(title, Type.HEADING, wrap=True))
        inner.addWidget(Text(note, Type.BODY, "soft", wrap=True))
        across.addWidget(words, 1)
        for part in (words, *words.findChildren(QWidget)):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """As high as its words need."""
        layout = self.layout()
        width = max(self.width(), 320)
        return QSize(width, layout.heightForWidth(width) if layout else 80)

    def minimumSizeHint(self) -> QSize:
        """The same height."""
        return QSize(240, self.sizeHint().height())

    def hasHeightForWidth(self) -> bool:
        """Its sentence wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What the sentence needs."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout else 80

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card that warms under the pointer."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        warm = self.underMouse()
        painter.setPen(QPen(QColor(colours.accent if warm else colours.line), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(rect, float(Radius.CARD), float(Radius.CARD))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent_ink), 2))
            painter.drawRoundedRect(rect, float(Radius.CARD), float(Radius.CARD))
        painter.end()
