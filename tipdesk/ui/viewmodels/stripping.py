"""Pictures of ours, drawn anew: what a file says of place, time, camera and owner stays behind.

Only pixels are taken over, onto an image of our own, so that nothing has to be known of the
formats' many places for such words. All of it is for a thread. `QImage` and what draws on one are
QtGui's, as in `images`.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageReader, QImageWriter, QPainter

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.ports.pictures import StrippedPicture

MAX_FILE_BYTES: Final = 50_000_000
MAX_SIDE: Final = 2_048
"""Pixels that the longer side is made smaller to."""
_MAX_FILE_SIDE: Final = 30_000
_MAX_FILE_PIXELS: Final = 60_000_000
_MAX_JPEG_PIXELS: Final = 250_000_000
"""JPEG is made smaller while it is read."""
_MOST_PNG: Final = 1_500_000
"""What weighs more as PNG is a photograph, or as large as one: JPEG."""
_QUALITY: Final = 88
_FORMATS: Final = frozenset({b"png", b"jpeg", b"gif", b"webp", b"bmp"})


class NotAPictureFile(RequestError):
    """A file that cannot be made a picture."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase(
                "{name} cannot be read as a picture. Nothing was added. TipDesk takes JPEG, PNG, "
                "WebP, GIF and BMP.",
                name=name[:80] or Phrase("What was pasted"),
            )
        )
        self.name = name


class PictureFileTooLarge(RequestError):
    """More than a file of a picture may have, in bytes or in pixels."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase(
                "{name} is too large to be read. Nothing was added. Choose a smaller one.",
                name=name[:80],
            )
        )
        self.name = name


def strip_file(path: Path) -> StrippedPicture:
    """The picture in a file. Raises `NotAPictureFile` and `PictureFileTooLarge`."""
    try:
        if not path.is_file():
            raise NotAPictureFile(path.name)
        with path.open("rb") as file:
            encoded = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        raise NotAPictureFile(path.name) from None
    if len(encoded) > MAX_FILE_BYTES:
        raise PictureFileTooLarge(path.name)
    return strip(encoded, path.name)


def strip(encoded: bytes, name: str) -> StrippedPicture:
    """The picture in the bytes of a file; of an animation the first one."""
    buffer = QBuffer()
    buffer.setData(QByteArray(encoded))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    form, size = bytes(reader.format().data()), reader.size()
    if form not in _FORMATS or not size.isValid() or size.isEmpty():
        raise NotAPictureFile(name)
    most = _MAX_JPEG_PIXELS if form == b"jpeg" else _MAX_FILE_PIXELS
    longer = max(size.width(), size.height())
    if longer > _MAX_FILE_SIDE or size.width() * size.height() > most:
        raise PictureFileTooLarge(name)
    if form == b"jpeg" and longer > MAX_SIDE:
        reader.setScaledSize(_smaller(size))
    image = reader.read()
    if image.isNull():
        raise NotAPictureFile(name)
    return strip_image(image, is_photograph=form == b"jpeg")


def strip_image(image: QImage, *, is_photograph: bool = False) -> StrippedPicture:
    """A picture from the clipboard, or one that was read. Raises `NotAPictureFile`."""
    if image.isNull():
        raise NotAPictureFile("")
    if not is_photograph:
        drawn = _drawn(image, QImage.Format.Format_ARGB32)
        encoded = _encoded(drawn, "png", -1)
        if len(encoded) <= _MOST_PNG:
            return StrippedPicture(encoded, "image/png", drawn.width(), drawn.height())
    drawn = _drawn(image, QImage.Format.Format_RGB32)
    encoded = _encoded(drawn, "jpeg", _QUALITY)
    return StrippedPicture(encoded, "image/jpeg", drawn.width(), drawn.height())


def _drawn(image: QImage, form: QImage.Format) -> QImage:
    """The pixels alone, on white where the format knows no transparency."""
    if image.colorSpace().isValid():
        # Without its profile it would show other colours.
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    wanted = _smaller(image.size())
    if wanted != image.size():
        keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode
        image = image.scaled(wanted, keep, smooth.SmoothTransformation)
    image.setDevicePixelRatio(1)
    drawn = QImage(wanted, form)
    is_clear = form == QImage.Format.Format_ARGB32
    drawn.fill(Qt.GlobalColor.transparent if is_clear else Qt.GlobalColor.white)
    painter = QPainter(drawn)
    painter.drawImage(0, 0, image)
    painter.end()
    return drawn


def _encoded(image: QImage, form: str, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(form.encode()))
    writer.setQuality(quality)
    if not writer.write(image):
        raise NotAPictureFile("")
    return bytes(buffer.data().data())


def _smaller(size: QSize) -> QSize:
    factor = min(1.0, MAX_SIDE / max(size.width(), size.height()))
    return QSize(max(1, round(size.width() * factor)), max(1, round(size.height() * factor)))
