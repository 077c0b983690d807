"""A sheet over the whole window that shows the pictures of a post large, one at a time."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from tipdesk.nostr.feed import Image
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import DARK, Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.pictures import SIDE

_VEIL = QColor(12, 12, 13, 250)
_CAPTION = 44


class Viewer(QWidget):
    """Escape, or a press beside the picture, closes; the arrow keys go on and back."""

    closed = Signal()

    def __init__(self, images: Images, window: QWidget) -> None:
        super().__init__(window)
        self._images = images
        self._shown: tuple[Image, ...] = ()
        self._place = 0
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close = Button(icon="close", look=Look.QUIET, name="Close the picture", parent=self)
        self._close.clicked.connect(self.dismiss)
        images.loaded.connect(self._loaded)
        self.hide()

    @property
    def picture(self) -> Image | None:
        """The picture that is shown."""
        return self._shown[self._place] if self._shown else None

    def open_for(self, pictures: tuple[Image, ...], place: int) -> None:
        """Shows one of several pictures."""
        self._shown = pictures
        self._back = QApplication.focusWidget()
        self._turn_to(place)
        self.setGeometry(self.window().rect())
        self.show()
        self.raise_()
        self.setFocus()

    def dismiss(self) -> None:
        """Back to where it was opened."""
        self.hide()
        if self._back is not None and self._back.isVisible():
            self._back.setFocus()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Enter close, arrows turn; nothing reaches the page behind."""
        match event.key():
            case Qt.Key.Key_Escape | Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.dismiss()
            case Qt.Key.Key_Right | Qt.Key.Key_Down | Qt.Key.Key_J:
                self._turn_to(self._place + 1)
            case Qt.Key.Key_Left | Qt.Key.Key_Up | Qt.Key.Key_K:
                self._turn_to(self._place - 1)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On the picture the next one follows; beside it, it closes."""
        if len(self._shown) > 1 and self._frame().contains(event.position()):
            self._turn_to((self._place + 1) % len(self._shown))
        else:
            self.dismiss()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button stays in its corner."""
        self._close.adjustSize()
        self._close.move(self.width() - self._close.width() - Space.NEAR, Space.NEAR)

    def sizeHint(self) -> QSize:
        """As large as the window."""
        return self.window().size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture whole, on a veil, with what it shows below it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), _VEIL)
        picture = self.picture
        if picture is not None:
            image = self._images.get(picture.url, SIDE)
            frame = self._frame()
            if image is not None:
                painter.drawImage(frame, image)
            else:
                middle = frame.center() - QPointF(20, 20)
                draw(painter, "picture", QRectF(middle.x(), middle.y(), 40, 40), DARK.ink_faint)
            self._paint_caption(painter, picture, failed=self._images.has_failed(picture.url))
        painter.end()

    def _paint_caption(self, painter: QPainter, picture: Image, *, failed: bool) -> None:
        count = f"{self._place + 1} of {len(self._shown)}" if len(self._shown) > 1 else ""
        problem = "The picture cannot be loaded" if failed else ""
        text = " \u00b7 ".join(filter(None, (count, problem, words.line(picture.alt))))
        painter.setPen(QColor(DARK.ink_soft))
        painter.setFont(font(Type.SMALL))
        room = QRectF(self.rect()).adjusted(Space.FAR, 0, -Space.FAR, -Space.SNUG)
        room.setTop(room.bottom() - _CAPTION)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), text)

    def _frame(self) -> QRectF:
        """Where the picture is: whole, never larger than it is kept."""
        room = QRectF(self.rect()).adjusted(
            Space.FAR, Space.FAR + Space.WIDE, -Space.FAR, -_CAPTION - Space.ROOM
        )
        picture = self.picture
        image = None if picture is None else self._images.get(picture.url, SIDE)
        if image is None:
            return room
        factor = min(room.width() / image.width(), room.height() / image.height(), 1.6)
        width, height = image.width() * factor, image.height() * factor
        corner = room.center() - QPointF(width / 2, height / 2)
        return QRectF(corner.x(), corner.y(), width, height)

    def _turn_to(self, place: int) -> None:
        self._place = max(0, min(place, len(self._shown) - 1))
        picture = self.picture
        alt = "" if picture is None else words.line(picture.alt)
        self.setAccessibleName(f"Picture {self._place + 1} of {len(self._shown)}. {alt}".strip())
        self.update()

    def _loaded(self, url: str) -> None:
        if self.isVisible() and any(picture.url == url for picture in self._shown):
            self.update()
