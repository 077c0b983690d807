"""Somebody of the book of people in its list: a face, a name, and how they are reached."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.services.people_book import PersonView
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.book import (
    BookViewModel,
    Pane,
    describe,
    face_of,
    name_of,
    second_line,
)
from tipdesk.ui.viewmodels.copies import Copied
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.panel import row, stack
from tipdesk.ui.widgets.row_card import RowCard, has_keyboard
from tipdesk.ui.widgets.text import Elided

HEIGHT = 60


class BookRow(RowCard):
    """Shows a `PersonView`; the one whose entry is open has a ground."""

    def __init__(self, model: BookViewModel, images: Images, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.view: PersonView | None = None
        self._avatar = Avatar(40, images)
        self._name = Elided(step=Type.STRONG)
        self._line = Elided(step=Type.SMALL, tone="soft")
        across = row(spacing=Space.NEAR)
        across.setContentsMargins(10, 8, 12, 8)
        self.setLayout(across)
        across.addWidget(self._avatar)
        across.addWidget(stack(self._name, self._line, spacing=1), 1)

    def show_row(self, view: PersonView) -> None:
        """Shows somebody."""
        self.view = view
        self._avatar.show_profile(face_of(view))
        self._name.setText(name_of(view))
        self._line.setText(second_line(view))
        self.setAccessibleName(describe(view))

    def copied(self) -> Copied | None:
        """How they are paid."""
        text = "" if self.view is None else self._model.pay_text(self.view.person.id)
        return Copied(text=text) if text else None

    def arrange(self, width: int) -> int:
        """Every row is as high as the others."""
        return HEIGHT

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground for the one that is open, a softer one under the pointer."""
        entry = self._model.entry
        is_open = (
            self.view is not None
            and entry is not None
            and self._model.pane is not Pane.IMPORT
            and entry.person.id == self.view.person.id
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
