"""A picture as small as an avatar, cropped to a square."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QTransform
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.pictures import SIDE

_SIZE = 40


class Thumbnail(QWidget):
    """Shows one picture; nothing at all without one."""

    def __init__(self, images: Images) -> None:
        super().__init__()
        self.setFixedSize(_SIZE, _SIZE)
        self.setAccessibleName(t("The picture that is tipped"))
        self._images = images
        self._url: str | None = None
        images.loaded.connect(lambda url: self.update() if url == self._url else None)
        self.hide()

    def show_picture(self, url: str | None) -> None:
        """Shows another."""
        self._url = url
        self.setVisible(url is not None)
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
            draw(painter, "picture", rect.adjusted(11, 11, -11, -11), roles().ink_faint)
        else:
            scale = _SIZE / min(image.width(), image.height())
            brush = QBrush(image)
            left = (_SIZE - image.width() * scale) / 2
            top = (_SIZE - image.height() * scale) / 2
            brush.setTransform(QTransform().translate(left, top).scale(scale, scale))
            painter.fillPath(shape, brush)
        painter.end()
