"""Backups as a person sees them: where copies are, a second folder, and whether they would do."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import DecodeError, RequestError, StorageError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.lightning.channel.backup import ChannelBackup
from tipdesk.ports.backup import BackupCopies, BackupCopy
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ports.stores_tips import SettingsStore

_FOLDER: Final = "backup_folder"
_IN_BACKUP: Final = (
    ChannelStatus.ONLINE,
    ChannelStatus.OFFLINE,
    ChannelStatus.CONFIRMING,
    ChannelStatus.FAILED,
)


class FolderRefused(RequestError):
    """The second copy cannot be kept there; the first goes on."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            Phrase(
                "No copy can be kept in {folder}: {why}. The copy in the profile goes on as "
                "before. Choose another folder.",
                folder=folder,
                why=why.rstrip("."),
            )
        )
        self.folder = folder


class NothingToTest(RequestError):
    """There is no file of the backup."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "There is no channel backup yet: it is written when the first channel is opened. "
                "Your words alone bring back what is on chain."
            )
        )


class BackupUseless(RequestError):
    """The file that is there would bring nothing back."""

    def __init__(self, why: str) -> None:
        super().__init__(
            Phrase(
                "The newest channel backup cannot be opened with this profile's words: {why}. "
                "Write a new one now, and test again.",
                why=why.rstrip("."),
            )
        )


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """Where copies are; `holders` are the peers that were handed one since the start."""

    copies: tuple[BackupCopy, ...]
    holders: int
    second: str | None


@dataclass(frozen=True, slots=True)
class RestoreTest:
    """What the newest backup would bring back, beside what there is now."""

    channels: int
    peers: int
    without_address: int
    """Channels whose peer has to call us, as nobody told where it is."""
    missing: int
    """Channels that there are and the backup lacks."""


class BackupService:
    """Reads and tests the copies; the node writes them."""

    def __init__(
        self,
        *,
        files: BackupCopies,
        write: Callable[[], Awaitable[None]],
        read: Callable[[bytes], Sequence[ChannelBackup]],
        holders: Callable[[], int],
        channels: Callable[[], Sequence[ChannelView]],
        settings: SettingsStore,
    ) -> None:
        """`write` writes every copy now; `read` opens one with the words in memory."""
        self._files = files
        self._write = write
        self._read = read
        self._holders = holders
        self._channels = channels
        self._settings = settings
        kept = settings.setting(_FOLDER)
        if kept is not None:
            files.use_second(kept or None)

    async def status(self) -> BackupStatus:
        """How it stands now."""
        return BackupStatus(await self._files.copies(), self._holders(), self._files.second)

    async def write_now(self) -> None:
        """Writes every copy anew; `StorageError` names the folder that failed."""
        await self._write()

    async def use_folder(self, folder: str | None) -> None:
        """Keeps the second copy there, written at once; `FolderRefused` changes nothing."""
        before = self._files.second
        self._files.use_second(folder)
        if folder is not None:
            try:
                await self._write()
            except StorageError as error:
                self._files.use_second(before)
                raise FolderRefused(folder, in_words(error)) from error
        self._settings.put_setting(_FOLDER, folder or "")

    async def test(self) -> RestoreTest:
        """Opens the newest copy as a restore would, and changes nothing."""
        sealed = await self._files.newest()
        if sealed is None:
            raise NothingToTest
        try:
            found = self._read(sealed)
        except DecodeError as error:
            raise BackupUseless(in_words(error)) from error
        kept = {backup.terms.channel_id for backup in found}
        needed = {view.channel_id for view in self._channels() if view.status in _IN_BACKUP}
        return RestoreTest(
            channels=len(found),
            peers=len({backup.terms.peer for backup in found}),
            without_address=sum(1 for backup in found if not backup.host),
            missing=len(needed - kept),
        )
