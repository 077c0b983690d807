"""A person's picture in a circle; until it is there, initials on a colour of their own."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPaintEvent, QTransform
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import Nameless, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import AVATAR_HUES
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.images import Images

SIDE = 128
"""Pixels that avatars are kept at."""


class Avatar(QWidget):
    """Shows a profile, or an unknown somebody."""

    def __init__(self, size: int, images: Images, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images = images
        self._profile: ProfileView | Nameless | None = None
        self.setFixedSize(size, size)
        images.loaded.connect(self._loaded)
        images.allowed.connect(self.update)

    def show_profile(self, profile: ProfileView | Nameless | None) -> None:
        """Shows somebody; None is a tipper who did not say who they are."""
        if profile != self._profile:
            self._profile = profile
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, or what stands for it."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.setPen(Qt.PenStyle.NoPen)
        if not self._paint_picture(painter):
            self._paint_stand_in(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> bool:
        if self._profile is None or not self._profile.picture:
            return False
        image = self._images.get(self._profile.picture, SIDE, self._profile.pubkey)
        if image is None:
            return False
        side = min(image.width(), image.height())
        scale = self.width() / side
        fit = QTransform.fromScale(scale, scale)
        fit.translate(-(image.width() - side) / 2, -(image.height() - side) / 2)
        brush = QBrush(image)
        brush.setTransform(fit)
        painter.setBrush(brush)
        painter.drawEllipse(self.rect())
        return True

    def _paint_stand_in(self, painter: QPainter) -> None:
        colours = roles()
        if self._profile is None:
            painter.setBrush(QColor(colours.sunken))
            painter.drawEllipse(self.rect())
            inset = self.width() * 0.26
            rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            draw(painter, "bolt-solid", rect, colours.ink_faint)
            return
        mark = self._profile.pubkey or self._profile.title.encode()
        hue = AVATAR_HUES[sum(mark[:1]) % len(AVATAR_HUES)]
        dark = colours.is_dark
        painter.setBrush(QColor.fromHsl(hue, 90 if dark else 130, 62 if dark else 218))
        painter.drawEllipse(self.rect())
        painter.setPen(QColor.fromHsl(hue, 150 if dark else 120, 205 if dark else 72))
        face = font(Type.STRONG)
        face.setPixelSize(max(10, round(self.width() * 0.36)))
        face.setWeight(QFont.Weight.DemiBold)
        painter.setFont(face)
        letters = words.initials(self._profile.title)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), letters)

    def _loaded(self, url: str) -> None:
        if self._profile is not None and self._profile.picture == url:
            self.update()
