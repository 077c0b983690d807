"""Somebody as a button: face, name and a second line; a press tells more about them."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton

from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.copies import Copied, person_copied
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.carrying import Carrying
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.text import Elided

_IN = 6
_NAME, _LINE = 20, 17


class FaceButton(QPushButton):
    """`person` with their key and where the button is in the window."""

    person = Signal(object, QRect)

    def __init__(self, images: Images, *, side: int = 34) -> None:
        super().__init__()
        self._profile: ProfileView | None = None
        self._avatar = Avatar(side, images, self)
        self.name, self.line = Elided(step=Type.STRONG), Elided(step=Type.SMALL, tone="faint")
        self.mark = Pill()
        self.mark.hide()
        for part in (self._avatar, self.name, self.line, self.mark):
            part.setParent(self)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(max(side, _NAME + _LINE) + 2 * _IN)
        self.setMinimumWidth(side + 80)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(t("Somebody"))
        self.clicked.connect(self._ask)
        self._carrying = Carrying(self)

    @property
    def profile(self) -> ProfileView | None:
        """Whom it shows."""
        return self._profile

    def show_person(self, profile: ProfileView, line: str, mark: str = "") -> None:
        """Somebody, what is said under their name, and a word beside it."""
        self._profile = profile
        self._avatar.show_profile(profile)
        self.name.setText(words.name(profile.title))
        self.line.setText(line)
        self.mark.show_words(mark, "calm")
        self.mark.setVisible(bool(mark))
        self.setAccessibleName(". ".join(filter(None, (self.name.text(), line, mark))))
        self._arrange()

    def copied(self) -> Copied | None:
        """Their public key."""
        return None if self._profile is None else person_copied(self._profile)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies."""
        copies = event.matches(QKeySequence.StandardKey.Copy)
        if not copies or not self._carrying.copy(self.copied()):
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As wide as its words would like."""
        said = max(self.name.sizeHint().width(), self.line.sizeHint().width())
        return QSize(self._avatar.width() + 2 * _IN + Space.NEAR + said + 2, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words take the room there is."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground under the pointer, a ring for the keyboard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, radius = QRectF(self.rect()).adjusted(1, 1, -1, -1), float(Radius.CONTROL)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(roles().hover))
            painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(roles().accent_ink), 2))
            painter.drawRoundedRect(rect, radius, radius)
        painter.end()

    def _arrange(self) -> None:
        side, high = self._avatar.width(), self.height()
        self._avatar.move(_IN, (high - side) // 2)
        left = _IN + side + Space.NEAR - 2
        mark = self.mark.sizeHint()
        taken = 0 if self.mark.isHidden() else mark.width() + Space.SNUG
        room = max(0, self.width() - left - _IN - taken)
        top = (high - _NAME - (_LINE if self.line.text() else 0)) // 2
        self.name.setGeometry(left, top, room, _NAME)
        self.line.setGeometry(left, top + _NAME, room, _LINE)
        right = self.width() - _IN - mark.width()
        self.mark.setGeometry(right, (high - mark.height()) // 2, mark.width(), mark.height())

    def _ask(self) -> None:
        if self._profile is not None:
            corner = self.mapTo(self.window(), QPoint(0, 0))
            self.person.emit(self._profile.pubkey, QRect(corner, self.size()))
