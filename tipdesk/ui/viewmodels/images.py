"""Strangers' pictures: fetched once, decoded in a thread, bounded in bytes, pixels and memory.

`QImage` is QtGui's: a value, not a widget, and the one thing beyond QtCore that view models use.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Signal
from PySide6.QtGui import QImage, QImageReader

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.facade import ImageSource

MAX_BYTES = 10 * 1024 * 1024
MAX_SIDE = 16_384
MAX_PIXELS = 50_000_000
CACHE_BYTES = 96 * 1024 * 1024
_AT_ONCE = 4
_MAX_WAITING = 200
_RETRY_MS = 60_000
_MAX_FAILED = 2_000
_FORMATS = frozenset({"png", "jpeg", "jpg", "gif", "webp", "bmp"})
"""No SVG: a drawing of a stranger's is a program."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture at a size: its longer side is at most `side` pixels."""

    url: str
    side: int


class Images(QObject):
    """Pictures at hand; `loaded` with the address when one came."""

    loaded = Signal(str)

    def __init__(self, source: ImageSource, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._clock = clock
        self._cache: OrderedDict[Wanted, QImage] = OrderedDict()
        self._bytes = 0
        self._under_way: set[Wanted] = set()
        self._failed: OrderedDict[str, Instant] = OrderedDict()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def get(self, url: str, side: int) -> QImage | None:
        """The picture if it is here; otherwise it is sent for, and `loaded` tells."""
        wanted = Wanted(url, side)
        image = self._cache.get(wanted)
        if image is not None:
            self._cache.move_to_end(wanted)
            return image
        busy = wanted in self._under_way or len(self._under_way) >= _MAX_WAITING
        if not busy and not self.has_failed(url):
            self._under_way.add(wanted)
            spawn(self._load(wanted), self)
        return None

    def has_failed(self, url: str) -> bool:
        """Whether it could not be had a moment ago; it is tried again after a minute."""
        failed_at = self._failed.get(url)
        return failed_at is not None and self._clock.now().since(failed_at) < _RETRY_MS

    async def _load(self, wanted: Wanted) -> None:
        try:
            async with self._gate:
                encoded = await self._source.fetch(wanted.url)
                image = await asyncio.to_thread(decode, encoded, wanted.side)
        except (BackendError, RequestError):
            image = None
        finally:
            self._under_way.discard(wanted)
        if image is None:
            self._fail(wanted.url)
        else:
            self._keep(wanted, image)
        self.loaded.emit(wanted.url)

    def _keep(self, wanted: Wanted, image: QImage) -> None:
        self._failed.pop(wanted.url, None)
        self._cache[wanted] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > CACHE_BYTES and len(self._cache) > 1:
            _, oldest = self._cache.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()

    def _fail(self, url: str) -> None:
        self._failed[url] = self._clock.now()
        self._failed.move_to_end(url)
        if len(self._failed) > _MAX_FAILED:
            self._failed.popitem(last=False)


def decode(encoded: bytes, side: int) -> QImage | None:
    """The picture, its longer side at most `side`; None if it is none, or too large."""
    if not encoded or len(encoded) > MAX_BYTES:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(encoded))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()).decode("ascii", "replace") not in _FORMATS:
        return None
    size = reader.size()
    if not _is_reasonable(size):
        return None
    if max(size.width(), size.height()) > side:
        factor = side / max(size.width(), size.height())
        scaled = QSize(max(1, round(size.width() * factor)), max(1, round(size.height() * factor)))
        reader.setScaledSize(scaled)
    image = reader.read()
    if image.isNull():
        return None
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _is_reasonable(size: QSize) -> bool:
    width, height = size.width(), size.height()
    return 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS
