"""The key of one's Nostr identity: copied whole, the private half for the lock's passphrase."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError, StorageError
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class NostrKeyViewModel(ViewModel):
    """`revealed` with the ``nsec``, which nothing here keeps; or `problem`."""

    revealed = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._key, self._lock = app.keys.nostr, app.keys.lock
        self.is_busy = False
        self.problem = ""

    @property
    def npub(self) -> str:
        """The public half."""
        return self._key.npub

    @property
    def asks_passphrase(self) -> bool:
        """Whether the lock's passphrase is needed."""
        return self._lock.is_set

    def begin(self) -> None:
        """Nothing was asked yet."""
        self.problem = ""
        self.changed.emit()

    def reveal(self, passphrase: str) -> None:
        """Gives the private half once."""
        if not self.is_busy:
            self.is_busy, self.problem = True, ""
            self.changed.emit()
            spawn(self._reveal(passphrase), self)

    async def _reveal(self, passphrase: str) -> None:
        nsec = ""
        try:
            nsec = await self._key.reveal(passphrase)
        except (RequestError, BackendError, StorageError) as error:
            self.problem = sentence(error)
        finally:
            self.is_busy = False
        self.changed.emit()
        if nsec:
            self.revealed.emit(nsec)
