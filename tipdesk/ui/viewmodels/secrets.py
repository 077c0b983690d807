"""Where the words and keys are kept, and moving them from the keyring into a file and back."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, RequestError, StorageError
from tipdesk.ports.secrets import SecretsPlace
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.front_draft import new_passphrase_problem


class SecretsViewModel(ViewModel):
    """`is_done` once they are moved, or `problem`; `told` is what came of the last move."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._secrets = app.keys.secrets
        self.is_busy = False
        self.is_done = False
        self.problem = ""
        self.told = ""

    @property
    def place(self) -> SecretsPlace:
        """Where they are now."""
        return self._secrets.place

    def begin(self) -> None:
        """Nothing was asked yet."""
        self.is_done, self.problem = False, ""
        self.changed.emit()

    def move_into_file(self, passphrase: str, again: str) -> None:
        """Into a file under a new passphrase."""
        self.problem = new_passphrase_problem(passphrase, again)
        if self.problem:
            self.changed.emit()
        else:
            self._do(lambda: self._into_file(passphrase))

    def move_into_keyring(self, passphrase: str) -> None:
        """Into the system's keyring; the file's passphrase is asked a last time."""
        self._do(lambda: self._into_keyring(passphrase))

    def _do(self, move: Callable[[], Awaitable[str]]) -> None:
        if not self.is_busy:
            self.is_busy, self.is_done, self.problem, self.told = True, False, "", ""
            self.changed.emit()
            spawn(self._run(move), self)

    async def _run(self, move: Callable[[], Awaitable[str]]) -> None:
        try:
            self.told = await move()
            self.is_done = True
        except (RequestError, BackendError, StorageError) as error:
            self.problem = sentence(error)
        finally:
            self.is_busy = False
        self.changed.emit()

    async def _into_file(self, passphrase: str) -> str:
        if await self._secrets.move_into_file(passphrase):
            return t("They are in the file now, and the keyring has forgotten them.")
        return t(
            "They are in the file now. The keyring did not forget them yet: TipDesk asks it again "
            "when it starts."
        )

    async def _into_keyring(self, passphrase: str) -> str:
        await self._secrets.move_into_keyring(passphrase)
        return t("They are in the system's keyring now, and the file is gone.")
