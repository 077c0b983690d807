"""`BackupSink` over files: one in the profile, and one wherever the person wants a second."""

import asyncio
import os
from pathlib import Path
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import StorageError
from tipdesk.ports.backup import BackupCopy

FILE_NAME = "channels.backup"
_MAX_BYTES: Final = 16_000_000


class BackupNotWritten(StorageError):
    """None of the backup files can be written."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            f"The channel backup cannot be written to {folder}: {why}. Channels go on; without it "
            "a lost disk would lose what is in them."
        )
        self.folder = folder


class BackupFiles:
    """The same file in each folder, replaced all at once."""

    def __init__(self, folder: Path, second: Path | None = None) -> None:
        self._folder = folder
        self._second = second

    @property
    def second(self) -> str | None:
        """The folder of the second copy."""
        return None if self._second is None else str(self._second)

    def use_second(self, folder: str | None) -> None:
        """Another folder from now on."""
        self._second = None if folder is None else Path(folder)

    async def copies(self) -> tuple[BackupCopy, ...]:
        """What is in each folder."""
        return await asyncio.to_thread(lambda: tuple(_copy(path) for path in self._paths()))

    async def newest(self) -> bytes | None:
        """What the file that was written last holds."""
        return await asyncio.to_thread(self._newest)

    def _newest(self) -> bytes | None:
        copies = [copy for copy in map(_copy, self._paths()) if copy.written_at is not None]
        for copy in sorted(copies, key=lambda c: c.written_at or Instant(0), reverse=True):
            try:
                with Path(copy.path).open("rb") as file:
                    data = file.read(_MAX_BYTES + 1)
            except OSError:
                continue
            if len(data) <= _MAX_BYTES:
                return data
        return None

    def _paths(self) -> list[Path]:
        folders = [self._folder, self._second]
        return [folder / FILE_NAME for folder in folders if folder is not None]

    async def save(self, sealed: bytes) -> None:
        """Writes every copy; `BackupNotWritten` names the first that failed."""
        await asyncio.to_thread(self._save, sealed)

    def _save(self, sealed: bytes) -> None:
        failed: BackupNotWritten | None = None
        for path in self._paths():
            try:
                _replace(path, sealed)
            except OSError as error:
                failed = failed or BackupNotWritten(path.parent, error.strerror or str(error))
        if failed is not None:
            raise failed


def _copy(path: Path) -> BackupCopy:
    try:
        found = path.stat()
    except OSError:
        return BackupCopy(str(path), None, 0)
    return BackupCopy(str(path), Instant(found.st_mtime_ns // 1_000_000), found.st_size)


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        os.chmod(temporary, 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
