"""One conversation in the list: a face, a name, the last words, when, and how much is unread."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import ConversationView
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.copies import Copied, person_copied
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.messages import MessagesViewModel, describe, last_words
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.panel import row, stack
from tipdesk.ui.widgets.row_card import RowCard, has_keyboard
from tipdesk.ui.widgets.text import Elided, Text

HEIGHT = 66
_BADGE = 20


class _Unread(QWidget):
    """How many; quiet for strangers."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._is_quiet = False
        self.setFixedSize(_BADGE + 8, _BADGE)

    def show_count(self, count: int, *, is_quiet: bool) -> None:
        """Nothing at all for 0."""
        self._count, self._is_quiet = count, is_quiet
        self.setVisible(count > 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A capsule with a figure."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.sunken if self._is_quiet else colours.accent))
        painter.setFont(font(Type.SMALL_STRONG, tabular=True))
        text = str(self._count) if self._count < 100 else "99+"
        wide = max(_BADGE, painter.fontMetrics().horizontalAdvance(text) + 10)
        rect = QRectF(self.width() - wide, 0, wide, _BADGE)
        painter.drawRoundedRect(rect, _BADGE / 2, _BADGE / 2)
        painter.setPen(QColor(colours.ink_soft if self._is_quiet else colours.on_accent))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.end()


class ConversationRow(RowCard):
    """Shows a `ConversationView`; the one that is open has a ground."""

    def __init__(self, model: MessagesViewModel, images: Images, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.view: ConversationView | None = None
        self._avatar = Avatar(42, images)
        self._name = Elided(step=Type.STRONG)
        self._when = Text("", Type.SMALL, "faint", tabular=True)
        self._words = Elided(step=Type.SMALL, tone="soft")
        self._unread = _Unread()
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(10, 8, 12, 8)
        self.setLayout(line)
        line.addWidget(self._avatar)
        line.addWidget(
            stack(_beside(self._name, self._when), _beside(self._words, self._unread), spacing=1), 1
        )

    def show_row(self, view: ConversationView) -> None:
        """Shows a conversation."""
        self.view = view
        self._avatar.show_profile(view.peer)
        self._name.setText(words.name(view.peer.title))
        self._words.setText(last_words(view))
        self._words.set_tone("" if view.unread and not view.is_request else "soft")
        self._when.setText(words.age(view.latest.at, self._model.now))
        self._unread.show_count(view.unread, is_quiet=view.is_request)
        self.setAccessibleName(describe(view))

    def copied(self) -> Copied | None:
        """The public key of whom it is with."""
        return None if self.view is None else person_copied(self.view.peer)

    def arrange(self, width: int) -> int:
        """Every row is as high as the others."""
        return HEIGHT

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground for the one that is open, a softer one under the pointer."""
        peer = self._model.peer
        is_open = (
            self.view is not None and peer is not None and peer.pubkey == self.view.peer.pubkey
        )
        if not (is_open or self.underMouse() or self._current):
            return
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.line), 1) if is_open else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.surface if is_open else colours.sunken))
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(rect, float(Radius.CONTROL), float(Radius.CONTROL))
        if self._current and has_keyboard(self):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent_ink), 2))
            painter.drawRoundedRect(rect, float(Radius.CONTROL), float(Radius.CONTROL))
        painter.end()


def _beside(first: QWidget, second: QWidget) -> QWidget:
    holder = QWidget()
    line = row(spacing=Space.SNUG)
    holder.setLayout(line)
    line.addWidget(first, 1)
    line.addWidget(second)
    return holder
