"""Somebody to be chosen: a face and a name."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton

from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.text import Elided

_HEIGHT = 46


class PersonChoice(QPushButton):
    """Shows a profile; a ground under the pointer, a ring with the keyboard."""

    def __init__(self, images: Images) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(t("Somebody"))
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(Space.SNUG, 0, Space.SNUG, 0)
        self.setLayout(line)
        self._avatar = Avatar(32, images)
        self._name = Elided(step=Type.STRONG)
        self._proof = Elided(step=Type.SMALL, tone="faint")
        for part in (self._avatar, self._name, self._proof):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            line.addWidget(part)
        line.addStretch(1)

    def show_person(self, person: ProfileView) -> None:
        """Shows somebody."""
        self._avatar.show_profile(person)
        self._name.setText(words.name(person.title))
        self._proof.setText(words.line(person.nip05 or ""))
        self.setAccessibleName(words.name(person.title))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and the ring."""
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ring = QPen(QColor(colours.accent_ink), 2) if self.hasFocus() else Qt.PenStyle.NoPen
        painter.setPen(ring)
        painter.setBrush(QColor(colours.hover) if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, float(Radius.CONTROL), float(Radius.CONTROL))
        painter.end()
