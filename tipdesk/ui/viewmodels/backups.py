"""Backups: where they are, a second folder, and the test of a restore."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, RequestError, StorageError
from tipdesk.ports.backup import BackupCopy
from tipdesk.services.backups import BackupStatus, RestoreTest
from tipdesk.services.events import ChannelsChanged
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import cancel_all, spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class BackupsViewModel(ViewModel):
    """What the section shows; it is read when the section is opened."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.status: BackupStatus | None = None
        self.problem = ""
        self.told = ""
        self.is_busy = False
        self._is_read = False
        self.listen(ChannelsChanged, self._channels_changed)

    @property
    def copies(self) -> tuple[tuple[str, str], ...]:
        """Each copy's path, and when it was written."""
        if self.status is None:
            return ()
        return tuple((copy.path, self._written(copy)) for copy in self.status.copies)

    @property
    def second(self) -> str:
        """The second folder; empty if there is none."""
        return "" if self.status is None else self.status.second or ""

    @property
    def holders(self) -> str:
        """Who else keeps a copy."""
        count = 0 if self.status is None else self.status.holders
        if not count:
            return t("No connected peer offers to keep one. That is common, and no harm.")
        return tn(
            count,
            "{count} peer was handed the newest copy, which it cannot read.",
            "{count} peers were handed the newest copy, which they cannot read.",
        )

    def read(self) -> None:
        """Looks at the files, once the section is seen."""
        self._is_read = True
        self._do(self._nothing)

    def write_now(self) -> None:
        """Writes every copy anew."""
        self._do(self._write)

    def use_folder(self, folder: str | None) -> None:
        """Keeps the second copy there, or none."""
        self._do(lambda: self._use(folder))

    def test(self) -> None:
        """Tests a restore, which changes nothing."""
        self._do(self._test)

    def close(self) -> None:
        """Does nothing more."""
        cancel_all(self)
        super().close()

    def _channels_changed(self, _: ChannelsChanged) -> None:
        if self._is_read and not self.is_busy:
            spawn(self._look(), self)

    def _do(self, work: Callable[[], Awaitable[str]]) -> None:
        if not self.is_busy:
            self.is_busy, self.problem, self.told = True, "", ""
            self.changed.emit()
            spawn(self._run(work), self)

    async def _run(self, work: Callable[[], Awaitable[str]]) -> None:
        try:
            self.told = await work()
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        except StorageError as error:
            self.problem = sentence(error)
        finally:
            self.is_busy = False
        await self._look()

    async def _look(self) -> None:
        self.status = await self._app.backups.status()
        self.changed.emit()

    async def _nothing(self) -> str:
        return ""

    async def _write(self) -> str:
        await self._app.backups.write_now()
        return t("Every copy is written anew.")

    async def _use(self, folder: str | None) -> str:
        await self._app.backups.use_folder(folder)
        if folder is None:
            return t("No second copy is kept from now on. The file that is there stays.")
        return t("A copy is in {folder} now, and is kept up to date.", folder=folder)

    async def _test(self) -> str:
        return _said(await self._app.backups.test())

    def _written(self, copy: BackupCopy) -> str:
        if copy.written_at is None:
            return t("Not there. It is written when a channel is opened or closed.")
        return t(
            "Written {ago}, {size} bytes",
            ago=words.ago(copy.written_at, self._app.clock.now()),
            size=copy.size,
        )


def _said(found: RestoreTest) -> str:
    said = [
        t(
            "The backup opens with this profile's words. It would ask {peers} to close "
            "{channels}, and their money would come back on chain.",
            peers=tn(found.peers, "{count} peer", "{count} peers"),
            channels=tn(found.channels, "{count} channel", "{count} channels"),
        )
    ]
    if found.missing:
        said.append(
            tn(
                found.missing,
                "{count} channel that you have is not in it: write it anew now.",
                "{count} channels that you have are not in it: write it anew now.",
            )
        )
    else:
        said.append(t("No channel that you have is missing."))
    if found.without_address:
        said.append(
            tn(
                found.without_address,
                "The peer of {count} channel has to call you, as its address is not known.",
                "The peers of {count} channels have to call you, as their address is not known.",
            )
        )
    return " ".join(said)
