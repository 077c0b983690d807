"""A bounded reader over bytes from outside: it never reads past the end and says what was short."""

from tipdesk.base.errors import DecodeError


class ShortRead(DecodeError):
    """Fewer bytes than the field needs."""

    def __init__(self, *, needed: int, left: int) -> None:
        super().__init__(f"{needed} bytes needed, {left} left")
        self.needed = needed
        self.left = left


class TrailingBytes(DecodeError):
    """Bytes left over after the last field."""

    def __init__(self, *, count: int) -> None:
        super().__init__(f"{count} bytes after the end")
        self.count = count


class Reader:
    """Reads forward through `data`; every method raises `ShortRead` rather than return less."""

    __slots__ = ("_data", "_end", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._end = len(data)

    @property
    def left(self) -> int:
        """How many bytes are still unread."""
        return self._end - self._position

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        start = self._position
        if count < 0 or count > self._end - start:
            raise ShortRead(needed=count, left=self._end - start)
        self._position = start + count
        return self._data[start : self._position]

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)

    def uint(self, size: int) -> int:
        """A big-endian unsigned number of `size` bytes, as Lightning writes them."""
        return int.from_bytes(self.take(size), "big")

    def uint_le(self, size: int) -> int:
        """A little-endian unsigned number of `size` bytes, as Bitcoin writes them."""
        return int.from_bytes(self.take(size), "little")

    def finish(self) -> None:
        """Refuses what was not read."""
        if self.left:
            raise TrailingBytes(count=self.left)
