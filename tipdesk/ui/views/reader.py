"""A sheet over the page to read one post whole."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tipdesk.base.clock import Instant
from tipdesk.base.text import many_lines
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, column, row, stack
from tipdesk.ui.widgets.text import Elided, Text

_WIDTH = 700
_MAX_CHARS = 100_000


class Reader(QWidget):
    """Dims the page; Escape or a press beside the sheet closes."""

    closed = Signal()

    def __init__(self, tips: TipViewModel, images: Images, parent: QWidget) -> None:
        super().__init__(parent)
        self._tips = tips
        self._sheet = Panel("card", self)
        layout = column(self._sheet, margin=Space.WIDE, spacing=Space.ROOM)
        head = row(spacing=Space.NEAR)
        self._avatar = Avatar(42, images)
        self._name = Elided(step=Type.STRONG)
        self._meta = Elided(step=Type.SMALL, tone="faint")
        close = Button(icon="close", look=Look.GHOST, name="Close")
        close.clicked.connect(self.dismiss)
        head.addWidget(self._avatar)
        head.addWidget(stack(self._name, self._meta), 1)
        head.addWidget(close)
        layout.addLayout(head)
        self._title = Text(step=Type.TITLE, wrap=True)
        layout.addWidget(self._title)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("reading", "true")
        self.text.setFont(font(Type.BODY))
        self.text.setAccessibleName("Text of the post")
        layout.addWidget(self.text, 1)
        self.hide()

    def open_for(self, view: PostView) -> None:
        """Shows a post."""
        moment = Instant.from_unix_seconds(view.post.created_at)
        self._avatar.show_profile(view.author)
        self._name.setText(words.name(view.author.title))
        self._meta.setText(words.ago(moment, self._tips.now))
        self._title.setText(words.line(view.post.title))
        self._title.setVisible(bool(view.post.title))
        self.text.setPlainText(many_lines(view.post.text, maximum=_MAX_CHARS))
        self.setAccessibleName(f"Post by {words.name(view.author.title)}")
        self.place()
        self.show()
        self.raise_()
        self.text.setFocus()

    def place(self) -> None:
        """Over the whole parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
            width = min(_WIDTH, self.width() - 2 * Space.WIDE)
            self._sheet.setGeometry(
                (self.width() - width) // 2, Space.WIDE, width, self.height() - 2 * Space.WIDE
            )

    def dismiss(self) -> None:
        """Back to the page."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the sheet closes."""
        if not self._sheet.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        painter.end()
