"""A profile made anew from its words: coins by the words alone, channels by their backup."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.adapters.wallet.words import check_words, seed_from_words
from tipdesk.app.config import Settings, save_settings
from tipdesk.app.core import open_money
from tipdesk.app.identity import NOSTR_KEY, WORDS, KnownSecrets
from tipdesk.app.profile import open_vault
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.backup import ChannelBackup, backup_key, open_backup
from tipdesk.node.backup import restore_channel
from tipdesk.node.opening import parse_peer
from tipdesk.ports.secrets import SecretVault
from tipdesk.ports.stores import PeerAddress


class ProfileExists(RequestError):
    """A restore never writes over a profile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            Phrase(
                "There is a profile in {folder} already, and it may hold newer channels than any "
                "backup. Nothing was changed: restore into another folder.",
                folder=folder,
            )
        )
        self.folder = folder


class BackupUnreadable(RequestError):
    """The backup file cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            Phrase(
                "The channel backup {path} cannot be read: {why}. Nothing was changed.",
                path=path,
                why=why,
            )
        )
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """What a profile is made from."""

    settings: Settings
    words: tuple[str, ...]
    backup: bytes | None
    """The sealed channel backup, if it was kept."""
    peers: tuple[str, ...]
    """`node_id@host:port` of whom to ask for what they keep of us (BOLT 1, "Peer Storage")."""


async def restore_profile(
    folder: Path, request: RestoreRequest, *, practice: bool, passphrase: bytes | None
) -> int:
    """Makes the profile; how many channels it will ask to be closed when it is started.

    `InvalidWords`, `NotABackup` or `ProfileExists`: then nothing was written.
    """
    _read(request)
    if (folder / "money.db").exists() or (folder / "vault").exists():
        raise ProfileExists(folder)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
    vault = await open_vault(folder, SystemEntropy(), practice=practice, passphrase=passphrase)
    if await vault.get(WORDS) is not None:
        raise ProfileExists(folder)
    return await fill_profile(folder, vault, request)


async def fill_profile(folder: Path, vault: SecretVault, request: RestoreRequest) -> int:
    """The same in a folder and a vault that hold nothing yet."""
    peers, backups = _read(request)
    await vault.put(WORDS, " ".join(request.words).encode())
    database = open_money(folder, request.settings.network)
    try:
        store = SqliteNodeStore(database)
        store.set_recovering(SystemClock().now())
        for backup in backups:
            restore_channel(store, backup)
        for peer in peers:
            store.save_peer(peer)
        store.commit()
    finally:
        database.close()
    # The settings come last: a folder without them is no profile.
    save_settings(folder, request.settings)
    return len(backups)


async def bring_words_back(
    folder: Path, network: Network, words: str, *, passphrase: bytes | None
) -> None:
    """The words of a profile that has its wallet and lost them (`WordsGone`); channels live on.

    They go into the keyring, or with a passphrase into a vault file, which is used from then on.
    `InvalidWords` or `OtherWords`: then nothing was written.
    """
    typed = words.lower().split()
    sentence = check_words(typed)
    database = open_money(folder, network)
    try:
        KnownSecrets(folder, database).check_words(typed)
        vault = await open_vault(folder, SystemEntropy(), practice=False, passphrase=passphrase)
        await vault.put(WORDS, sentence.encode())
    finally:
        database.close()


async def bring_nostr_key_back(
    folder: Path, network: Network, key: PrivateKey | None, *, passphrase: bytes | None
) -> None:
    """The Nostr key of a profile that lost it (`NostrKeyGone`); None makes a new one."""
    entropy = SystemEntropy()
    database = open_money(folder, network)
    try:
        vault = await open_vault(folder, entropy, practice=False, passphrase=passphrase)
        await vault.put(NOSTR_KEY, entropy.random_bytes(32) if key is None else key.secret)
    finally:
        database.close()


def _read(request: RestoreRequest) -> tuple[list[PeerAddress], tuple[ChannelBackup, ...]]:
    words = list(request.words)
    check_words(words)
    peers = [parse_peer(text) for text in request.peers]
    if request.backup is None:
        return peers, ()
    return peers, tuple(open_backup(request.backup, backup_key(seed_from_words(words))))
