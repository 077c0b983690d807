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
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.facade import ImageSource
from tipdesk.ui.viewmodels.picture_policy import PicturePolicy

MAX_BYTES = 10 * 1024 * 1024
MAX_SIDE = 16_384
MAX_PIXELS = 50_000_000
MAX_WHOLE_PIXELS = 16_000_000
"""Of what is decoded whole before it is made smaller: all but JPEG."""
CACHE_BYTES = 48 * 1024 * 1024
_AT_ONCE = 4
_MAX_WAITING = 200
_RETRY_MS = 60_000
_MAX_FAILED = 2_000
_FORMATS = frozenset({"png", "jpeg", "jpg", "gif", "webp", "bmp"})
"""No SVG: a drawing of a stranger's is a program."""
_SCALED = frozenset({b"jpeg", b"jpg"})
"""Made smaller while they are decoded."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture at a size: its longer side is at most `side` pixels."""

    url: str
    side: int


class Images(QObject):
    """Pictures at hand; `loaded` with the address when one came, `allowed` when more may come.

    Without a policy every server may be asked.
    """

    loaded = Signal(str)
    allowed = Signal()

    def __init__(
        self,
        source: ImageSource,
        clock: Clock,
        parent: QObject | None = None,
        *,
        policy: PicturePolicy | None = None,
    ) -> None:
        super().__init__(parent)
        self._policy = policy
        self._source = source
        self._clock = clock
        self._cache: OrderedDict[Wanted, QImage] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[Wanted, asyncio.Task[None]] = {}
        self._failed: OrderedDict[str, Instant] = OrderedDict()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    @property
    def bytes_held(self) -> int:
        """Memory of the decoded pictures that are kept."""
        return self._bytes

    def may_show(self, url: str, author: XOnlyPubkey | None) -> bool:
        """Whether the picture's server may be asked; `author` is who points to it."""
        return self._policy is None or self._policy.allows(url, author)

    def show(self, urls: tuple[str, ...]) -> None:
        """The person wants to see these."""
        if self._policy is not None:
            self._policy.show(urls)
            self.allowed.emit()

    def show_person(self, pubkey: XOnlyPubkey) -> None:
        """The person wants to see all of somebody's."""
        if self._policy is not None:
            self._policy.show_person(pubkey)
            self.allowed.emit()

    def leave(self, urls: tuple[str, ...]) -> None:
        """One who showed these shows them no more: what is under way for them ends.

        Whoever else shows one hears `loaded`, and sends for it again.
        """
        for wanted in [one for one in self._under_way if one.url in urls]:
            self._under_way.pop(wanted).cancel()
            self.loaded.emit(wanted.url)

    def get(self, url: str, side: int, author: XOnlyPubkey | None = None) -> QImage | None:
        """The picture if it is here; otherwise it is sent for if it may, and `loaded` tells."""
        wanted = Wanted(url, side)
        image = self._cache.get(wanted)
        if image is not None:
            self._cache.move_to_end(wanted)
            return image
        busy = wanted in self._under_way or len(self._under_way) >= _MAX_WAITING
        if not busy and not self.has_failed(url) and self.may_show(url, author):
            self._under_way[wanted] = spawn(self._load(wanted), self)
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
            # One that was left may be under way anew.
            if self._under_way.get(wanted) is asyncio.current_task():
                del self._under_way[wanted]
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
    most = MAX_PIXELS if bytes(reader.format().data()) in _SCALED else MAX_WHOLE_PIXELS
    if not _is_reasonable(size, most):
        return None
    if max(size.width(), size.height()) > side:
        factor = side / max(size.width(), size.height())
        scaled = QSize(max(1, round(size.width() * factor)), max(1, round(size.height() * factor)))
        reader.setScaledSize(scaled)
    image = reader.read()
    if image.isNull():
        return None
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _is_reasonable(size: QSize, most: int) -> bool:
    width, height = size.width(), size.height()
    return 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= most
