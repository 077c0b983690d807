"""All profiles of this machine as the window lists them, and how one of them is removed.

Removing is the one thing here that destroys. What would be lost is read from the profile's own
`money.db`, whose lock at the same time tells that no process has it open. The folder leaves in one
rename; the sealed channel backup of a profile with channels is kept, as the words can still use it.
"""

import asyncio
import logging
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tipdesk.adapters.secrets.keyring import KeyringMissing, KeyringUnavailable, SystemKeyring
from tipdesk.adapters.storage.backup_file import FILE_NAME
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.app.profile import SECRETS, keyring_service
from tipdesk.app.profiles import entry_of, folder_of, listed
from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError, StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.state import inner
from tipdesk.services.front import ProfileEntry, ProfileFacts, ProfileLoss
from tipdesk.services.seed_words import CHECKED

_REMOVED: Final = "removed"
_USED: Final = ("money.db", "money.db-wal", "cache.db", "graph")
"""Written while a profile is open, or when it is closed."""

_log = logging.getLogger(__name__)


class NotToBeRemoved(RequestError):
    """It is open, or it is the practice profile, or there is no such profile."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase("The profile {name} cannot be removed here. Nothing was changed.", name=name)
        )
        self.name = name


class WordsNotChecked(RequestError):
    """Money may be in it, and nobody ever showed that the words are written down."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase(
                "Money may be in the profile {name}, and its words were never checked. Open it, "
                "write its words down and have them checked in the settings. Nothing was removed.",
                name=name,
            )
        )
        self.name = name


class OtherAmount(RequestError):
    """What was typed is not what is in its channels."""

    def __init__(self, typed: Sat | None, expected: Sat) -> None:
        super().__init__(
            Phrase(
                "That is not the amount in its channels, {expected}. Nothing was removed.",
                expected=expected,
            )
        )
        self.typed, self.expected = typed, expected


class StillThere(StorageError):
    """The file system did not let its folder go."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            Phrase(
                "The folder {folder} could not be removed: {why}. Nothing was changed.",
                folder=folder,
                why=error.strerror or str(error),
            )
        )
        self.folder = folder


class ProfileShelf:
    """Beside the profile that is open, whose folder is given: all lie two floors below one."""

    def __init__(self, open_folder: Path) -> None:
        self._open = open_folder
        self._root = open_folder.parent.parent

    async def all(self) -> tuple[ProfileFacts, ...]:
        """Every one, with how large it is and when it was last used."""
        return await asyncio.to_thread(self._all)

    async def loss(self, entry: ProfileEntry) -> ProfileLoss:
        """What would be lost with one; `ProfileInUse` if a process has it open."""
        return await asyncio.to_thread(_loss, self._removable(entry), entry)

    async def remove(self, entry: ProfileEntry, typed: Sat | None) -> str:
        """Removes one for good; `typed` is what is in its channels, if there are any.

        Returns where its sealed channel backup is kept, empty if it had none to keep.
        Errors with a sentence: nothing was removed.
        """
        folder = self._removable(entry)
        loss = await self.loss(entry)
        if loss.is_refused:
            raise WordsNotChecked(entry.name)
        if loss.channels and typed != loss.in_channels:
            raise OtherAmount(typed, loss.in_channels)
        keyring = None if entry.needs_passphrase else await _keyring_of(folder)
        kept, gone = await asyncio.to_thread(self._take_away, folder, keeps=bool(loss.channels))
        if keyring is not None:
            await _forget(keyring)
        await asyncio.to_thread(shutil.rmtree, gone, ignore_errors=True)
        return "" if kept is None else str(kept)

    def _all(self) -> tuple[ProfileFacts, ...]:
        facts = [self._facts(e, folder_of(self._root, e)) for e in listed(self._root)]
        if not any(one.is_open for one in facts):
            # A command opened it from a folder of its own.
            facts.insert(0, self._facts(entry_of(self._open), self._open))
        return tuple(facts)

    def _facts(self, entry: ProfileEntry, folder: Path) -> ProfileFacts:
        files = [path for path in folder.rglob("*") if not path.is_symlink() and path.is_file()]
        used = [at for name in _USED if (at := _written(folder / name)) is not None]
        return ProfileFacts(
            entry=entry,
            is_open=folder == self._open,
            size=_total(files),
            used_at=max(used, default=None),
        )

    def _removable(self, entry: ProfileEntry) -> Path:
        folder = folder_of(self._root, entry)
        if entry not in listed(self._root) or entry.is_practice or folder == self._open:
            raise NotToBeRemoved(entry.name)
        return folder

    def _take_away(self, folder: Path, *, keeps: bool) -> tuple[Path | None, Path]:
        """Its backup if that is kept, and its folder where nobody looks for profiles."""
        removed = self._root / _REMOVED
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        gone, kept = removed / f"{folder.name}-{stamp}", None
        try:
            removed.mkdir(mode=0o700, exist_ok=True)
            for left in removed.iterdir():
                if left.is_dir():
                    # Of a removal that was cut off.
                    shutil.rmtree(left, ignore_errors=True)
            if keeps and (folder / FILE_NAME).exists():
                kept = removed / f"{folder.name}-{stamp}.backup"
                shutil.copy2(folder / FILE_NAME, kept)
            folder.rename(gone)
        except OSError as error:
            raise StillThere(folder, error) from None
        return kept, gone


def _loss(folder: Path, entry: ProfileEntry) -> ProfileLoss:
    # The database's module is heavy to load, and this is seldom wanted.
    from tipdesk.app.core import open_money

    database = open_money(folder, Network(entry.network))
    try:
        channels = map(inner, SqliteNodeStore(database).channels())
        ours = [state.commitments.local_balance for state in channels]
        checked = MoneySettingsStore(database).setting(CHECKED) is not None
    finally:
        database.close()
    return ProfileLoss(
        channels=len(ours),
        in_channels=sum(ours, Msat(0)).to_sat_floor(),
        words_checked=checked,
        is_practice=entry.network == Network.REGTEST.value,
        is_real=entry.network == Network.MAINNET.value,
    )


async def _keyring_of(folder: Path) -> SystemKeyring | None:
    """None on a system that has none any more: then there is nothing to forget."""
    try:
        keyring = await SystemKeyring.open(service=keyring_service(folder))
        for name in SECRETS:
            await keyring.get(name)
    except KeyringMissing:
        return None
    return keyring


async def _forget(keyring: SystemKeyring) -> None:
    try:
        for name in SECRETS:
            await keyring.delete(name)
    except KeyringUnavailable as error:
        _log.warning("the keyring still has secrets of a profile that was removed: %s", error)


def _written(path: Path) -> Instant | None:
    try:
        return Instant(path.stat().st_mtime_ns // 1_000_000)
    except OSError:
        return None


def _total(files: Iterable[Path]) -> int:
    total = 0
    for path in files:
        try:
            total += path.stat().st_size
        except OSError:
            # It went away meanwhile.
            continue
    return total
