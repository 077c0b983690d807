"""Where copies of the sealed channel backup are kept, and what is there."""

from dataclasses import dataclass
from typing import Protocol

from tipdesk.base.clock import Instant


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """A file of the backup; without `written_at` it is not there."""

    path: str
    written_at: Instant | None
    size: int


class BackupCopies(Protocol):
    """The profile's own copy, and a second one where the person wants it."""

    @property
    def second(self) -> str | None:
        """The folder of the second copy."""
        ...

    def use_second(self, folder: str | None) -> None:
        """Another folder from now on; nothing is written or deleted by that."""
        ...

    async def copies(self) -> tuple[BackupCopy, ...]:
        """The profile's first."""
        ...

    async def newest(self) -> bytes | None:
        """What the file that was written last holds; None if there is none that can be read."""
        ...
