"""`ExportFile`: written beside its place, for its owner's eyes, and moved there when complete."""

import os
import tempfile
from pathlib import Path

from tipdesk.ports.timeline import ExportFailed


class ReplacingFile:
    """See `ExportFile`. Opens at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            handle, name = tempfile.mkstemp(
                prefix=f".{path.name}.", suffix=".part", dir=path.parent
            )
        except OSError as error:
            raise self._failed(error) from error
        self._temporary: Path | None = Path(name)
        # Its lines end as they were written, whatever the system's own line ends.
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")

    def write(self, text: str) -> None:
        """See `ExportFile.write`."""
        try:
            self._file.write(text)
        except OSError as error:
            raise self._failed(error) from error

    def finish(self) -> None:
        """See `ExportFile.finish`."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if self._temporary is not None:
                self._temporary.replace(self._path)
                self._temporary = None
        except OSError as error:
            raise self._failed(error) from error

    def discard(self) -> None:
        """See `ExportFile.discard`."""
        if self._temporary is None:
            return
        try:
            self._file.close()
        except OSError:
            # The disk is full: what could not be written is not wanted any more.
            pass
        finally:
            self._temporary.unlink(missing_ok=True)
            self._temporary = None

    def _failed(self, error: OSError) -> ExportFailed:
        return ExportFailed(str(self._path), error.strerror or str(error))
