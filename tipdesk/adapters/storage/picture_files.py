"""`PictureShelf` over files in the profile's folder, one for each picture, named by its hash."""

import asyncio
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase

_NAME: Final = re.compile(r"[0-9a-f]{64}")


class PictureNotKept(BackendError):
    """The disk did not take it."""

    def __init__(self, why: str) -> None:
        super().__init__(
            Phrase(
                "The picture cannot be kept on this computer: {why}. Nothing was added.", why=why
            )
        )
        self.why = why


class PictureFiles:
    """See `PictureShelf`. The folder is made with its first picture."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, name: str, data: bytes, *, most: int) -> bool:
        """See `PictureShelf.put`."""
        return await asyncio.to_thread(self._put, name, data, most)

    async def get(self, name: str) -> bytes | None:
        """See `PictureShelf.get`."""
        return await asyncio.to_thread(self._get, name)

    async def drop(self, names: frozenset[str]) -> None:
        """See `PictureShelf.drop`."""
        await asyncio.to_thread(self._drop, names)

    async def names(self) -> frozenset[str]:
        """See `PictureShelf.names`."""
        return await asyncio.to_thread(lambda: frozenset(path.name for path in self._files()))

    def _put(self, name: str, data: bytes, most: int) -> bool:
        path = self._path(name)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists():
                return True
            if sum(file.stat().st_size for file in self._files()) + len(data) > most:
                return False
            temporary = path.with_suffix(".new")
            temporary.write_bytes(data)
            os.replace(temporary, path)
        except OSError as error:
            raise PictureNotKept(error.strerror or "?") from error
        return True

    def _get(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except OSError:
            return None

    def _drop(self, names: frozenset[str]) -> None:
        for name in names:
            # One that cannot be deleted now is tried again at the next start.
            with suppress(OSError):
                self._path(name).unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise ValueError("a picture is named by its hash")
        return self._folder / name
