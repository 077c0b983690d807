"""QR codes in pictures: of a file, of the clipboard, of the screen. What is in one is only text."""

import asyncio
from pathlib import Path
from typing import Final

import zxingcpp
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase

MAX_BYTES: Final = 20_000_000
MAX_PIXELS: Final = 40_000_000
_MAX_CHARS: Final = 13_000
_FORMATS: Final = (b"png", b"jpg", b"jpeg", b"webp", b"gif", b"bmp")


class NoPicture(RequestError):
    """What was given cannot be looked at."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "This is no picture that TipDesk can look at. Use a PNG, JPEG, WebP, GIF or BMP of "
                "less than 20 MB."
            )
        )


class NoCode(RequestError):
    """A picture without a code, or with several."""

    def __init__(self, *, several: bool) -> None:
        super().__init__(
            Phrase("There are several codes in this picture. Cut out the one that you mean.")
            if several
            else Phrase("No QR code was found in this picture. Use one that is larger or sharper.")
        )


def picture_in(data: bytes) -> QImage:
    """The picture, its kind and size checked before it is unpacked; `NoPicture` otherwise."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if bytes(reader.format().data()) not in _FORMATS or not size.isValid():
        raise NoPicture
    if size.width() * size.height() > MAX_PIXELS:
        raise NoPicture
    image = reader.read()
    if image.isNull():
        raise NoPicture
    return image


def file_bytes(path: Path) -> bytes:
    """What is in a file, up to the limit; `NoPicture` if that is too much or cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NoPicture from error
    if len(data) > MAX_BYTES:
        raise NoPicture
    return data


async def text_of_file(path: Path) -> str:
    """The text of the one code in a file's picture; `RequestError` says why there is none."""
    return await text_in(picture_in(await asyncio.to_thread(file_bytes, path)))


async def text_in(image: QImage) -> str:
    """The text of the one code in a picture; `NoCode` if there is none or more than one."""
    if image.isNull() or image.width() * image.height() > MAX_PIXELS:
        raise NoPicture
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    width, height, line = grey.width(), grey.height(), grey.bytesPerLine()
    pixels = bytes(grey.constBits())
    packed = b"".join(pixels[y * line : y * line + width] for y in range(height))
    found = await asyncio.to_thread(_decode, packed, width, height)
    texts = {text for text in found if 0 < len(text) <= _MAX_CHARS}
    if len(texts) != 1:
        raise NoCode(several=len(texts) > 1)
    return texts.pop()


def _decode(pixels: bytes, width: int, height: int) -> list[str]:
    view = memoryview(pixels).cast("B", (height, width))
    # Made at each use: one that a module keeps may outlive the interpreter, which zxing reports.
    formats = zxingcpp.barcode_formats_from_str("QRCode")
    codes = zxingcpp.read_barcodes(view, formats=formats)
    return [str(code.text) for code in codes]
