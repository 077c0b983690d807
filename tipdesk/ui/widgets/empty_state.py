"""What a page says while it has nothing to show: what will be here, and how it comes."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.text import Text

_WIDTH = 380


class Badge(QWidget):
    """An icon in a soft disc of `size` pixels."""

    def __init__(self, icon: str, size: int = 72) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(size, size)

    def show_icon(self, icon: str) -> None:
        """Another icon."""
        if icon != self._icon:
            self._icon = icon
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The disc and the icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(roles().accent_soft))
        painter.drawEllipse(self.rect())
        # Whole pixels on every side: half ones blur the strokes.
        edge = round(self.width() * 0.29)
        inner = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        draw(painter, self._icon, inner, roles().accent_ink)
        painter.end()


class EmptyState(QWidget):
    """An icon, a line, and a sentence; `action` is a button that is there if it has words."""

    def __init__(self, icon: str, title: str, text: str) -> None:
        super().__init__()
        layout = column(self, margin=Space.WIDE, spacing=Space.SNUG)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._badge = Badge(icon)
        self._title = Text("", Type.HEADING)
        self._words = Text("", Type.BODY, "soft", wrap=True)
        self._words.setAlignment(middle)
        self._words.setFixedWidth(_WIDTH)
        self.action = Button("", name=t("Go on"))
        layout.addStretch(2)
        layout.addWidget(self._badge, 0, middle)
        layout.addSpacing(Space.SNUG)
        layout.addWidget(self._title, 0, middle)
        layout.addWidget(self._words, 0, middle)
        layout.addSpacing(Space.SNUG)
        layout.addWidget(self.action, 0, middle)
        layout.addStretch(3)
        self.show_words(icon, title, text)

    @property
    def title_text(self) -> str:
        """Its first line."""
        return self._title.text()

    def show_words(self, icon: str, title: str, text: str, *, action: str = "") -> None:
        """Says something else."""
        self._badge.show_icon(icon)
        self._title.setText(title)
        self._words.setText(text)
        self._words.setMinimumHeight(max(0, self._words.heightForWidth(_WIDTH)))
        self.action.set_label(action, action or t("Go on"))
        self.action.setVisible(bool(action))
