"""Settings as a card: one line each, with its name, a note, and what sets it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.panel import Panel, column, line, row
from tipdesk.ui.widgets.text import Text


class SettingGroup(QWidget):
    """A heading over a card of lines."""

    def __init__(self, title: str) -> None:
        super().__init__()
        outer = column(self, spacing=Space.SNUG)
        heading = Text(title, Type.SMALL_STRONG, "soft")
        heading.setContentsMargins(Space.TIGHT, 0, 0, 0)
        outer.addWidget(heading)
        self._card = Panel("card")
        self._lines: QVBoxLayout = column(self._card, spacing=0)
        outer.addWidget(self._card)

    def add(self, title: str, control: QWidget | None, note: str = "") -> Text:
        """A line whose control stands on the right; returns its note, which may change."""
        holder = QWidget()
        across = row(spacing=Space.ROOM)
        across.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        holder.setLayout(across)
        left = QWidget()
        inner = column(left, spacing=Space.HAIR)
        inner.addWidget(Text(title, Type.BODY))
        words = Text(note, Type.SMALL, "soft", wrap=True)
        # In its layout first: what has no parent and is shown is a window for a moment.
        inner.addWidget(words)
        words.setVisible(bool(note))
        across.addWidget(left, 1)
        if control is not None:
            across.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        self.add_widget(holder)
        return words

    def add_widget(self, part: QWidget) -> None:
        """A line that is laid out by whoever made it."""
        if self._lines.count():
            self._lines.addWidget(line())
        self._lines.addWidget(part)
