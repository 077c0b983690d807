"""Strangers' pictures: bounded before they are decoded, and left alone once nobody looks."""

import asyncio
import struct
import zlib

from PySide6.QtWidgets import QApplication

from tests.ui.conftest import until
from tests.ui.stage import StageClock, paint
from tipdesk.ui.loop import run
from tipdesk.ui.viewmodels.images import CACHE_BYTES, MAX_WHOLE_PIXELS, Images, decode


def blank_png(width: int, height: int) -> bytes:
    """A picture of one colour: thousands of times larger decoded than it is to send."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", sum_)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress((b"\x00" + b"\x7f" * width) * height)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class Gated:
    """A server that answers once it is let."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked: list[str] = []
        self.ended: list[str] = []

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.ended.append(url)
            raise
        return paint(url)


def test_a_picture_that_is_small_to_send_and_huge_to_decode_is_refused() -> None:
    side = int(MAX_WHOLE_PIXELS**0.5)
    assert decode(blank_png(side + 200, side + 200), 64) is None
    allowed = decode(blank_png(500, 400), 64)
    assert allowed is not None
    assert (allowed.width(), allowed.height()) == (64, 51)


def test_a_picture_that_nobody_sees_any_more_is_not_fetched_on(qapp: QApplication) -> None:
    async def scene() -> None:
        source = Gated()
        images = Images(source, StageClock())
        told: list[str] = []
        images.loaded.connect(told.append)
        images.get("a", 64)
        await until(lambda: source.asked == ["a"])
        images.leave(("a",))
        await until(lambda: source.ended == ["a"])
        assert told == ["a"], "whoever else shows it sends for it again"
        images.get("a", 64)
        source.gate.set()
        await until(lambda: images.get("a", 64) is not None)
        assert 0 < images.bytes_held < CACHE_BYTES

    run(scene)
