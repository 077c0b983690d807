"""Whether the window is locked, and what opens it."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, QTimer

from tipdesk.base.errors import BackendError, RequestError, StorageError
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade

MINUTES = (0, 1, 5, 10, 30, 60)
_LOOK_EVERY_MS = 5_000
_MINUTE_MS = 60_000


class LockViewModel(ViewModel):
    """Locked when it is made, if a passphrase is set; then by hand, or after a while of nothing.

    The window hides everything while `is_locked`. `problem` is a sentence, empty when all is well.
    """

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._lock, self._keeper, self._clock = app.keys.lock, app.preferences, app.clock
        self._subscriptions.append(self._keeper.listen(self.touch))
        self.is_locked = self._lock.is_set
        self.is_checking = False
        self.problem = ""
        self._active_at = self._clock.now()
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_EVERY_MS)
        self._watch.timeout.connect(self.look)
        self._watch.start()

    @property
    def is_set(self) -> bool:
        """Whether there is a lock at all."""
        return self._lock.is_set

    @property
    def minutes(self) -> int:
        """After so many without a key or a click it locks itself; 0: never."""
        return self._keeper.now.lock_minutes

    @property
    def waiting(self) -> str:
        """How long until an attempt is heard; empty if it is heard now."""
        left = self._lock.wait_s
        if not left:
            return ""
        return tn(left, "Try again in {count} second", "Try again in {count} seconds")

    def set_minutes(self, minutes: int) -> None:
        """After how many it locks itself."""
        self._active_at = self._clock.now()
        self._keeper.change(lock_minutes=minutes)

    def lock(self) -> None:
        """Now; nothing without a passphrase."""
        if self._lock.is_set and not self.is_locked:
            self.is_locked, self.problem = True, ""
            self.changed.emit()

    def active(self) -> None:
        """A key or a click; one after a long while, as after a sleep of the machine, locks."""
        self.look()
        self._active_at = self._clock.now()

    def look(self) -> None:
        """Locks if nothing was done for long enough."""
        idle = self._clock.now().since(self._active_at)
        if self.minutes and idle >= self.minutes * _MINUTE_MS:
            self.lock()

    def unlock(self, passphrase: str) -> None:
        """Opens it: `is_locked` is False then, or `problem` says why not."""
        self._attempt(self._lock.check(passphrase))

    def unlock_with_words(self, words: str) -> None:
        """Takes the lock away for whoever has the profile's words."""
        self._attempt(self._lock.remove_with_words(words))

    def close(self) -> None:
        """Hears nothing more."""
        self._watch.stop()
        super().close()

    def _attempt(self, attempt: Coroutine[Any, Any, None]) -> None:
        if self.is_checking:
            attempt.close()
            return
        self.is_checking, self.problem = True, ""
        self.changed.emit()
        spawn(self._unlocked_by(attempt), self)

    async def _unlocked_by(self, attempt: Coroutine[Any, Any, None]) -> None:
        try:
            await attempt
        except (RequestError, BackendError, StorageError) as error:
            self.problem = sentence(error)
        else:
            self.is_locked, self._active_at = False, self._clock.now()
        finally:
            self.is_checking = False
        self.changed.emit()


class LockSettingViewModel(ViewModel):
    """Sets, changes and takes away the passphrase: `is_done` once, or `problem`."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._lock = app.keys.lock
        self.is_busy = False
        self.is_done = False
        self.problem = ""

    @property
    def is_set(self) -> bool:
        """Whether there is a lock."""
        return self._lock.is_set

    def begin(self) -> None:
        """Nothing was asked yet."""
        self.is_done, self.problem = False, ""
        self.changed.emit()

    def set(self, new: str, again: str, old: str) -> None:
        """Another passphrase, or the first one."""
        if new != again:
            self._refuse(t("The two are not the same. Type the new passphrase twice."))
        else:
            self._begin(self._lock.set(new, old=old))

    def remove(self, old: str) -> None:
        """No lock any more."""
        self._begin(self._lock.remove(old))

    def _refuse(self, problem: str) -> None:
        self.problem = problem
        self.changed.emit()

    def _begin(self, change: Coroutine[Any, Any, None]) -> None:
        if self.is_busy:
            change.close()
            return
        self.is_busy, self.is_done, self.problem = True, False, ""
        self.changed.emit()
        spawn(self._change(change), self)

    async def _change(self, change: Coroutine[Any, Any, None]) -> None:
        try:
            await change
        except (RequestError, BackendError, StorageError) as error:
            self.problem = sentence(error)
        else:
            self.is_done = True
        finally:
            self.is_busy = False
        self.changed.emit()
