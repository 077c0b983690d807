"""An append-only file of blocks that a kill at any moment cannot spoil.

Each record is a length, a checksum and the bytes. What was being written when the process died is
a torn tail: it is cut off at the next start. A damaged record with others behind it is no torn
tail; the file is then refused and left as it is.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tipdesk.base.errors import StorageError
from tipdesk.crypto.hashes import sha256

_HEAD: Final = 12
_LARGEST: Final = 4_000_000


class DamagedBlockLog(StorageError):
    """A record in the middle of the block log does not match its checksum."""

    def __init__(self, path: Path, offset: int) -> None:
        super().__init__(f"{path} is damaged at byte {offset}; remove it to start a new chain")
        self.path = path
        self.offset = offset


class BlockLog:
    """The file; every `append` is on the disk when it returns."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file and cuts a torn tail; `DamagedBlockLog` if it is worse."""
        self._path = path
        data = path.read_bytes() if path.exists() else b""
        self.records, good = _read_records(path, data)
        self._file = path.open("ab")
        if good < len(data):
            self._file.truncate(good)
            self._sync()

    def append(self, payloads: Iterable[bytes]) -> None:
        """Adds records, in order, durably."""
        self._file.write(b"".join(map(_record, payloads)))
        self._sync()

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


def _record(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "little") + sha256(payload)[:8] + payload


def _read_records(path: Path, data: bytes) -> tuple[list[bytes], int]:
    records: list[bytes] = []
    offset = 0
    while offset + _HEAD <= len(data):
        size = int.from_bytes(data[offset : offset + 4], "little")
        end = offset + _HEAD + size
        if end > len(data) and size <= _LARGEST:
            break
        payload = data[offset + _HEAD : end]
        if size > _LARGEST or data[offset + 4 : offset + _HEAD] != sha256(payload)[:8]:
            if end == len(data):
                break
            raise DamagedBlockLog(path, offset)
        records.append(payload)
        offset = end
    return records, offset
