"""`BackupSink` over files: one in the profile, and one wherever the person wants a second."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from tipdesk.base.errors import StorageError

FILE_NAME = "channels.backup"


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

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    async def save(self, sealed: bytes) -> None:
        """Writes every copy; `BackupNotWritten` names the first that failed."""
        await asyncio.to_thread(self._save, sealed)

    def _save(self, sealed: bytes) -> None:
        failed: BackupNotWritten | None = None
        for folder in self._folders:
            try:
                _replace(folder / FILE_NAME, sealed)
            except OSError as error:
                failed = failed or BackupNotWritten(folder, error.strerror or str(error))
        if failed is not None:
            raise failed


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        os.chmod(temporary, 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
