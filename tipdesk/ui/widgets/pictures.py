"""The pictures of a post: one, a pair, three, or four and a count, in a frame that never jumps."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.feed import Image
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.link_panel import host_of

SIDE = 1_400
"""Pixels that the longer side of a post's picture is kept at."""
_GAP = 4
_LOW, _HIGH = 150, 380
_PAIR = 230
_MOST_ALT = 60


class Pictures(QWidget):
    """Shows up to four pictures, cropped to fill; what they show is told to screen readers."""

    pressed = Signal(object, int)
    """All the pictures, and the place of the one that was pressed."""

    def __init__(self, images: Images, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._images = images
        self._shown: tuple[Image, ...] = ()
        self._focused: int | None = None
        self._author: XOnlyPubkey | None = None
        images.loaded.connect(self._loaded)
        images.allowed.connect(self.update)

    @property
    def are_held_back(self) -> bool:
        """Whether some of them are not asked for unless the person wants it."""
        return any(not self._images.may_show(one.url, self._author) for one in self._shown)

    def reveal(self) -> None:
        """Asks for all of them."""
        self._images.show(tuple(one.url for one in self._shown))

    def show_pictures(self, pictures: tuple[Image, ...], author: XOnlyPubkey | None) -> None:
        """Shows these of somebody; what is not asked for stays a frame."""
        self._author = author
        if pictures != self._shown:
            self._images.leave(tuple(one.url for one in self._shown if one not in pictures))
            self._shown, self._focused = pictures, None
            what = ", ".join(words.line(p.alt) for p in pictures if p.alt)
            count = tn(len(pictures), "{count} picture", "{count} pictures")
            self.setAccessibleName(f"{count}: {what}" if what else count)
            self.update()

    @property
    def focused(self) -> Image | None:
        """The picture that the keyboard is on."""
        return None if self._focused is None else self._shown[self._focused]

    def move_focus(self, by: int) -> None:
        """The keyboard goes on to another picture, or before the first one to none."""
        last = len(self._shown) - 1
        place = min(last, by - 1 if self._focused is None else self._focused + by)
        self.set_focused(place if place >= 0 else None)

    def set_focused(self, place: int | None) -> None:
        """The keyboard is on this picture, or on none; screen readers say which."""
        if place == self._focused:
            return
        self._focused = place
        self.update()
        if place is not None:
            said = t(
                "Picture {place} of {shown}. {alt}",
                place=place + 1,
                shown=len(self._shown),
                alt=words.line(self._shown[place].alt),
            )
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))

    def arrange(self, width: int) -> int:
        """The height they take at a width: from the stated size, so that nothing jumps later."""
        if not self._shown:
            return 0
        if len(self._shown) > 1:
            return _PAIR if len(self._shown) == 2 else _PAIR + 70
        one = self._shown[0]
        ratio = one.height / one.width if one.width and one.height else 0.6
        return max(_LOW, min(_HIGH, round(width * ratio)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a picture wants it large; on a frame, it wants to see it."""
        if event.button() == Qt.MouseButton.LeftButton and self.are_held_back:
            self.reveal()
        elif event.button() == Qt.MouseButton.LeftButton:
            for number, place in enumerate(self._places()[: len(self._shown)]):
                if place.contains(event.position()):
                    self.pressed.emit(self._shown, number)
                    return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Every picture in its place."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        for picture, place in zip(self._shown, self._places(), strict=False):
            self._paint_one(painter, picture, place)
        hidden = len(self._shown) - 4
        if hidden > 0:
            self._paint_count(painter, self._places()[3], hidden)
        self._round_corners(painter)
        self._paint_focus(painter)
        painter.end()

    def _paint_focus(self, painter: QPainter) -> None:
        places = self._places()
        if self._focused is None or len(self._shown) < 2:
            return
        # Beyond the fourth place are pictures that only the count tells of.
        place = places[min(self._focused, len(places) - 1)].adjusted(2, 2, -2, -2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, wide in ((roles().surface, 6), (roles().accent, 3)):
            painter.setPen(QPen(QColor(colour), wide))
            painter.drawRoundedRect(place, float(Radius.CONTROL), float(Radius.CONTROL))

    def _round_corners(self, painter: QPainter) -> None:
        """The card's ground over the corners: clipping would leave them ragged."""
        rect, radius = QRectF(self.rect()), float(Radius.CONTROL)
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(rect.adjusted(-1, -1, 1, 1))
        inside.addRoundedRect(rect, radius, radius)
        painter.fillPath(outside.subtracted(inside), QColor(roles().surface))

    def _places(self) -> list[QRectF]:
        width, height = float(self.width()), float(self.height())
        half, low = (width - _GAP) / 2, (height - _GAP) / 2
        right, down = half + _GAP, low + _GAP
        match len(self._shown):
            case 0 | 1:
                return [QRectF(0, 0, width, height)]
            case 2:
                return [QRectF(0, 0, half, height), QRectF(right, 0, half, height)]
            case 3:
                return [
                    QRectF(0, 0, half, height),
                    QRectF(right, 0, half, low),
                    QRectF(right, down, half, low),
                ]
            case _:
                return [QRectF(x, y, half, low) for y in (0.0, down) for x in (0.0, right)]

    def _paint_one(self, painter: QPainter, picture: Image, place: QRectF) -> None:
        image = self._images.get(picture.url, SIDE, self._author)
        if image is not None:
            painter.drawImage(place, image, _cover(image, place))
            return
        colours = roles()
        painter.fillRect(place, QColor(colours.sunken))
        failed = self._images.has_failed(picture.url)
        icon = QRectF(place.center().x() - 14, place.center().y() - 22, 28, 28)
        draw(painter, "picture", icon, colours.ink_faint)
        held = not self._images.may_show(picture.url, self._author)
        if failed or held or picture.alt:
            text = words.line(picture.alt) or t("The picture cannot be loaded")
            if held:
                text = self._held_words(picture)
            painter.setPen(QColor(colours.ink_faint))
            painter.setFont(font(Type.SMALL))
            below = QRectF(place.left() + 16, icon.bottom() + 6, place.width() - 32, 40)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(below, int(flags), text)

    def _held_words(self, picture: Image) -> str:
        """What is said in a frame: whom a press asks."""
        ask = t("Show: asks {host}", host=host_of(picture.url))
        return f"{words.line(picture.alt)[:_MOST_ALT]}\n{ask}" if picture.alt else ask

    def _paint_count(self, painter: QPainter, place: QRectF, hidden: int) -> None:
        painter.fillRect(place, QColor(0, 0, 0, 140))
        painter.setPen(QColor("#ffffff"))
        painter.setFont(font(Type.TITLE))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), f"+{hidden}")

    def _loaded(self, url: str) -> None:
        if any(picture.url == url for picture in self._shown):
            self.update()


def _cover(image: QImage, place: QRectF) -> QRectF:
    """The part of an image that fills a place without distortion, from its middle."""
    scale = max(place.width() / image.width(), place.height() / image.height())
    width, height = place.width() / scale, place.height() / scale
    return QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
