"""Pictures and sounds of alerts: copied into the profile, where the overlay may serve them."""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Final

from tipdesk.base.errors import RequestError
from tipdesk.ports.desk import MAX_MEDIA_BYTES, PICTURES, SOUNDS

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)
_MAX_STEM: Final = 80


class UnusableMedia(RequestError):
    """A file that cannot be part of an alert."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name[:100]!a} cannot be used: {why}.")
        self.name = name
        self.why = why


class MediaFolder:
    """See `AlertMedia`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """See `AlertMedia.names`."""
        if not self._folder.is_dir():
            return ()
        return tuple(
            sorted(
                path.name
                for path in self._folder.iterdir()
                if path.suffix in PICTURES | SOUNDS and not path.is_symlink()
            )
        )

    async def add(self, source: str) -> str:
        """See `AlertMedia.add`."""
        return await asyncio.to_thread(self._add, Path(source))

    def _add(self, source: Path) -> str:
        ending = source.suffix.lower()
        if ending not in PICTURES | SOUNDS:
            raise UnusableMedia(
                source.name, f"it is none of {', '.join(sorted(PICTURES | SOUNDS))}"
            )
        stem = _UNSAFE.sub("-", source.stem).strip("-")[:_MAX_STEM] or "file"
        try:
            if source.stat().st_size > MAX_MEDIA_BYTES:
                raise UnusableMedia(source.name, f"it has more than {MAX_MEDIA_BYTES:,} bytes")
            self._folder.mkdir(parents=True, exist_ok=True)
            number, target = 1, self._folder / f"{stem}{ending}"
            # A file of that name may be in use by another rule: it is left as it is.
            while target.exists():
                number += 1
                target = self._folder / f"{stem}-{number}{ending}"
            temporary = target.with_suffix(".new")
            shutil.copyfile(source, temporary)
            temporary.replace(target)
        except OSError as error:
            raise UnusableMedia(source.name, error.strerror or str(error)) from None
        return target.name
