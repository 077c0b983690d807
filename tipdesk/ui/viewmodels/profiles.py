"""The profiles of this machine, and removing one."""

from PySide6.QtCore import QLocale, QObject

from tipdesk.base.errors import BackendError, RequestError, StorageError
from tipdesk.base.units import Msat
from tipdesk.services.front import ProfileEntry, ProfileFacts, ProfileLoss
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import cancel_all, spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class ProfilesViewModel(ViewModel):
    """The list is read when the section is seen; `loss` belongs to `leaving`, which may go."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._shelf, self._clock = app.profiles, app.clock
        self.all: tuple[ProfileFacts, ...] = ()
        self.leaving: ProfileEntry | None = None
        """The one that somebody wants to remove."""
        self.loss: ProfileLoss | None = None
        self.is_busy = False
        self.problem = ""
        self.told = ""

    def read(self) -> None:
        """Looks at the folders."""
        spawn(self._read(), self)

    def begin_removal(self, entry: ProfileEntry) -> None:
        """Finds out what would be lost."""
        if not self.is_busy:
            self.leaving, self.loss, self.problem, self.told = entry, None, "", ""
            self._start()
            spawn(self._weigh(entry), self)

    def remove(self, typed: Msat | None) -> None:
        """It goes for good; `typed` is what was written as the amount in its channels."""
        if self.leaving is not None and self.loss is not None and not self.is_busy:
            self._start()
            spawn(self._remove(self.leaving, typed), self)

    def close(self) -> None:
        """Does nothing more."""
        cancel_all(self)
        super().close()

    def about(self, facts: ProfileFacts) -> str:
        """The line below its name."""
        entry, size = facts.entry, QLocale().formattedDataSize(facts.size, 1)
        network = words.network(entry.network) if entry.network else t("Settings unreadable")
        used = (
            t("never opened")
            if facts.used_at is None
            else t("used {ago}", ago=words.ago(facts.used_at, self._clock.now()))
        )
        parts = [network, place_of(entry), size]
        return " · ".join(parts if facts.is_open else [*parts, used])

    def _start(self) -> None:
        self.is_busy, self.problem = True, ""
        self.changed.emit()

    async def _read(self) -> None:
        self.all = await self._shelf.all()
        self.changed.emit()

    async def _weigh(self, entry: ProfileEntry) -> None:
        try:
            self.loss = await self._shelf.loss(entry)
        except (RequestError, BackendError, StorageError) as error:
            self.problem = sentence(error)
        finally:
            self.is_busy = False
        self.changed.emit()

    async def _remove(self, entry: ProfileEntry, typed: Msat | None) -> None:
        whole = None if typed is None or typed.value % 1_000 else typed.to_sat_floor()
        try:
            kept = await self._shelf.remove(entry, whole)
            self.leaving = None
            self.told = _removed(entry, kept)
        except (RequestError, BackendError, StorageError) as error:
            self.problem = sentence(error)
        finally:
            self.is_busy = False
        await self._read()


def title_of(entry: ProfileEntry) -> str:
    """What a profile is called."""
    return t("Practice") if entry.is_practice else entry.name


def place_of(entry: ProfileEntry) -> str:
    """Where its secrets are."""
    if entry.is_practice:
        return t("no passphrase")
    return t("keys in a file") if entry.needs_passphrase else t("keys in the keyring")


def words_of(entry: ProfileEntry, loss: ProfileLoss) -> str:
    """What goes with it, and what brings it back."""
    if loss.is_refused:
        return t(
            "Money may be in it, and its words were never checked: it would be lost for good. Open "
            "it, write its words down and have them checked. It can be removed then."
        )
    said = [
        t(
            "Its tips, messages and history go, and so do its words and keys on this machine. "
            "Nothing is paid out, and no channel is closed by it."
        )
    ]
    if loss.channels:
        said.append(
            tn(
                loss.channels,
                "{amount} are in its channel. The sealed backup of it stays on this disk: with "
                "that and the words you can ask for the money back.",
                "{amount} are in its {count} channels. The sealed backup of them stays on this "
                "disk: with that and the words you can ask for the money back.",
                amount=loss.in_channels,
            )
        )
    if not loss.is_practice:
        said.append(
            t("Only the words bring its coins back. They were checked once: be sure to have them.")
            if loss.words_checked
            else t(
                "Only the words bring its coins back, and they were never checked. Without them "
                "whatever it has on chain is lost for good."
            )
        )
    return "\n\n".join(said)


def _removed(entry: ProfileEntry, kept: str) -> str:
    if kept:
        return t(
            "{name} is removed. The backup of its channels is in {path}.",
            name=title_of(entry),
            path=kept,
        )
    return t("{name} is removed.", name=title_of(entry))
