"""Pictures for the practice network's creators: landscapes and portraits, drawn by numbers.

Every picture follows from its seed, so the same post always shows the same view, and nothing has to
be shipped. PNG by hand: signature, header, compressed rows, end.
"""

import math
import struct
import zlib
from hashlib import sha256

Colour = tuple[int, int, int]

PALETTES: tuple[tuple[Colour, Colour, tuple[Colour, ...]], ...] = (
    ((255, 183, 120), (94, 75, 139), ((120, 84, 120), (77, 60, 98), (40, 36, 66))),
    ((214, 236, 247), (92, 158, 206), ((138, 170, 150), (84, 128, 110), (44, 82, 76))),
    ((250, 226, 190), (226, 130, 98), ((190, 120, 90), (138, 82, 72), (82, 52, 56))),
    ((28, 38, 78), (10, 14, 34), ((38, 54, 92), (26, 38, 68), (14, 22, 44))),
    ((196, 228, 222), (64, 140, 150), ((96, 150, 148), (58, 108, 116), (30, 66, 80))),
)


def png(width: int, height: int, rows: list[bytes]) -> bytes:
    """A PNG of 24-bit rows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _mix(left: Colour, right: Colour, share: float) -> Colour:
    r, g, b = (round(x + (y - x) * share) for x, y in zip(left, right, strict=True))
    return r, g, b


def _numbers(seed: str, count: int) -> list[float]:
    """Numbers from 0 to 1 that follow from the seed."""
    digest = b"".join(sha256(f"{seed}/{i}".encode()).digest() for i in range(count // 32 + 1))
    return [byte / 255 for byte in digest[:count]]


def _ridge(width: int, height: int, level: float, numbers: list[float]) -> list[int]:
    """The height of a chain of hills at each column, in rows from the top."""
    waves = [
        (0.004 + 0.03 * numbers[i], 6.28 * numbers[i + 1], numbers[i + 2] / (1 + i / 3))
        for i in range(0, 12, 3)
    ]
    return [
        round(height * (level + 0.07 * sum(a * math.sin(f * x + p) for f, p, a in waves)))
        for x in range(width)
    ]


def landscape(seed: str, width: int = 880, height: int = 560) -> bytes:
    """A view over hills under a low sun."""
    numbers = _numbers(seed, 64)
    low, high, hills = PALETTES[int(numbers[0] * 255) % len(PALETTES)]
    ridges = [
        _ridge(width, height, 0.48 + 0.17 * layer, numbers[4 + 13 * layer :]) for layer in range(3)
    ]
    sun_x, sun_y = width * (0.2 + 0.6 * numbers[1]), height * (0.2 + 0.22 * numbers[2])
    radius = height * (0.05 + 0.05 * numbers[3])
    rows = []
    for y in range(height):
        sky = bytes(_mix(high, low, min(1.0, y / (height * 0.62))))
        row = bytearray(sky * width)
        half = radius**2 - (y - sun_y) ** 2
        if half > 0:
            left, right = max(0, round(sun_x - half**0.5)), min(width, round(sun_x + half**0.5))
            row[left * 3 : right * 3] = bytes(_mix(low, (255, 248, 230), 0.8)) * (right - left)
        for ridge, colour in zip(ridges, hills, strict=True):
            shade = bytes(_mix(colour, low, max(0.0, 0.35 - y / height * 0.3)))
            for x in range(width):
                if y >= ridge[x]:
                    row[x * 3 : x * 3 + 3] = shade
        rows.append(bytes(row))
    return png(width, height, rows)


def portrait(seed: str, size: int = 160) -> bytes:
    """A round pattern of one person's colours."""
    numbers = _numbers(seed, 16)
    low, high, hills = PALETTES[int(numbers[0] * 255) % len(PALETTES)]
    angle = 6.28 * numbers[1]
    rows = []
    for y in range(size):
        row = bytearray()
        for x in range(size):
            dx, dy = x / size - 0.5, y / size - 0.5
            wave = math.sin(9 * (dx * math.cos(angle) + dy * math.sin(angle)) + 6 * numbers[2])
            base = _mix(low, high, min(1.0, max(0.0, 0.5 + dy + 0.18 * wave)))
            ring = math.hypot(dx, dy - 0.05)
            row += bytes(hills[0] if ring < 0.2 or ring > 0.42 + 0.03 * wave else base)
        rows.append(bytes(row))
    return png(size, size, rows)
