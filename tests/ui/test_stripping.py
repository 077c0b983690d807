"""Nothing of a file but its pixels gets out, and what is no picture is refused in time."""

import struct
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QColorSpace, QImage, QImageReader, QImageWriter

from tests.ui.stage import paint
from tests.ui.test_images import blank_png
from tipdesk.ui.viewmodels.stripping import (
    MAX_SIDE,
    NotAPictureFile,
    PictureFileTooLarge,
    strip,
    strip_file,
    strip_image,
)

SECRET = "38.7223 N 9.1393 W"


def encoded(image: QImage, form: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(form.encode())).write(image)
    return bytes(buffer.data().data())


def telling(width: int, height: int) -> QImage:
    """Red above blue, with words and a profile in it."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    for y in range(height // 2):
        for x in range(width):
            image.setPixelColor(x, y, QColor("red"))
    image.setText("Comment", SECRET)
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb))
    return image


def with_exif(jpeg: bytes) -> bytes:
    """Orientation 6 (turned right), and a place, as a telephone writes them."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    entries += struct.pack("<HHII", 0x010E, 2, len(SECRET) + 1, 38)
    body = b"II*\x00" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0)
    exif = b"Exif\x00\x00" + body + SECRET.encode() + b"\x00"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def test_a_telephones_photograph_keeps_its_pixels_upright_and_nothing_else() -> None:
    before = with_exif(encoded(telling(60, 40), "jpeg"))
    assert SECRET.encode() in before
    after = strip(before, "photo.jpg")
    assert (after.media_type, after.width, after.height) == ("image/jpeg", 40, 60)
    for trace in (SECRET.encode(), b"Exif", b"ICC_PROFILE", b"Adobe RGB", b"Comment"):
        assert trace not in after.data
    image = QImage.fromData(after.data)
    assert image.textKeys() == []
    # What was above is on the right now.
    assert image.pixelColor(35, 30).red() > 180
    assert image.pixelColor(5, 30).blue() > 180


def test_words_and_profile_of_a_png_stay_behind_and_its_clearness_stays() -> None:
    image = telling(30, 20).convertToFormat(QImage.Format.Format_ARGB32)
    image.setPixelColor(0, 0, QColor(0, 0, 0, 0))
    after = strip(encoded(image, "png"), "screen.png")
    assert after.media_type == "image/png"
    chunks = (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"iCCP", b"tIME")
    assert [kind for kind in chunks if kind in after.data] == []
    assert SECRET.encode() not in after.data
    assert QImage.fromData(after.data).pixelColor(0, 0).alpha() == 0


def test_what_is_large_is_made_smaller_and_what_is_heavy_becomes_a_photograph() -> None:
    wide = QImage(MAX_SIDE * 2, 100, QImage.Format.Format_RGB32)
    wide.fill(QColor("green"))
    after = strip_image(wide)
    assert (after.width, after.height, after.media_type) == (MAX_SIDE, 50, "image/png")
    noise = QImage(bytes(range(251)) * 12_000, 1_000, 700, QImage.Format.Format_RGB32)
    heavy = strip_image(noise.scaled(1_900, 1_500))
    assert heavy.media_type in ("image/png", "image/jpeg")
    assert len(heavy.data) <= 5_000_000


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "bmp"])
def test_the_formats_that_are_named_are_read(form: str) -> None:
    supported = [bytes(one.data()).decode() for one in QImageReader.supportedImageFormats()]
    assert form in supported
    assert strip(encoded(telling(30, 20), form), "x").width == 30


def test_what_is_no_picture_or_too_large_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", paint("x")[:60]):
        with pytest.raises(NotAPictureFile, match="Nothing was added"):
            strip(data, "x")
    with pytest.raises(PictureFileTooLarge):
        strip(blank_png(8_000, 8_000), "bomb.png")
    for path in (tmp_path, tmp_path / "none.png"):
        with pytest.raises(NotAPictureFile):
            strip_file(path)
    with pytest.raises(NotAPictureFile, match="What was pasted"):
        strip_image(QImage())
