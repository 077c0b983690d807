"""A picture as small as an avatar, cropped to a square."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QTransform
from PySide6.QtWidgets import QWidget

from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.pictures import SIDE

_SIZE = 40


class Thumbnail(QWidget):
    """Shows one picture; nothing at all without one."""

    def __init__(self, images: Images, name: str, size: int = _SIZE) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self.setAccessibleName(name)
        self._images = images
        self._url: str | None = None
        images.loaded.connect(self._loaded)
        self.hide()

    def show_picture(self, url: str | None) -> None:
        """Shows another."""
        self._url = url
        self.setVisible(url is not None)
        self.update()

    def _loaded(self, url: str) -> None:
        if url == self._url:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The middle of the picture, or a sign for one."""
        if self._url is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        rect, shape = QRectF(self.rect()), QPainterPath()
        shape.addRoundedRect(rect, float(Radius.SMALL), float(Radius.SMALL))
        image = self._images.get(self._url, SIDE)
        if image is None:
            painter.fillPath(shape, QColor(roles().sunken))
            draw(painter, "picture", _sign(rect), roles().ink_faint)
        else:
            size = self.width()
            scale = size / min(image.width(), image.height())
            brush = QBrush(image)
            left = (size - image.width() * scale) / 2
            top = (size - image.height() * scale) / 2
            brush.setTransform(QTransform().translate(left, top).scale(scale, scale))
            painter.fillPath(shape, brush)
        painter.end()


def _sign(rect: QRectF) -> QRectF:
    """In the middle."""
    middle = QRectF(0, 0, 18, 18)
    middle.moveCenter(rect.center())
    return middle
