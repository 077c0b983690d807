"""A profile made anew from its words: coins by the words alone, channels by their backup."""

from dataclasses import dataclass
from pathlib import Path

from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.adapters.wallet.words import check_words, seed_from_words
from tipdesk.app.config import Settings, save_settings
from tipdesk.app.core import open_money
from tipdesk.app.profile import WORDS, open_vault
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.errors import RequestError
from tipdesk.lightning.channel.backup import backup_key, open_backup
from tipdesk.node.backup import restore_channel
from tipdesk.node.opening import parse_peer


class ProfileExists(RequestError):
    """A restore never writes over a profile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is a profile in {folder} already, and it may hold newer channels than any "
            "backup. Nothing was changed: restore into another folder."
        )
        self.folder = folder


class BackupUnreadable(RequestError):
    """The backup file cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The channel backup {path} cannot be read: {why}. Nothing was changed.")
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """What a profile is made from."""

    folder: Path
    settings: Settings
    words: tuple[str, ...]
    backup: bytes | None
    """The sealed channel backup, if it was kept."""
    peers: tuple[str, ...]
    """`node_id@host:port` of whom to ask for what they keep of us (BOLT 1, "Peer Storage")."""


async def restore_profile(
    request: RestoreRequest, *, practice: bool, passphrase: bytes | None
) -> int:
    """Makes the profile; how many channels it will ask to be closed when it is started.

    `InvalidWords`, `NotABackup` or `ProfileExists`: then nothing was written.
    """
    words, folder, clock = list(request.words), request.folder, SystemClock()
    check_words(words)
    peers = [parse_peer(text) for text in request.peers]
    backups = (
        ()
        if request.backup is None
        else open_backup(request.backup, backup_key(seed_from_words(words)))
    )
    if (folder / "money.db").exists() or (folder / "vault").exists():
        raise ProfileExists(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    entropy = SystemEntropy()
    vault = await open_vault(folder, entropy, practice=practice, passphrase=passphrase)
    if await vault.get(WORDS) is not None:
        raise ProfileExists(folder)
    await vault.put(WORDS, " ".join(words).encode())
    save_settings(folder, request.settings)
    database = open_money(folder, request.settings.network)
    try:
        store = SqliteNodeStore(database)
        store.set_recovering(clock.now())
        for backup in backups:
            restore_channel(store, backup)
        for peer in peers:
            store.save_peer(peer)
        store.commit()
    finally:
        database.close()
    return len(backups)
