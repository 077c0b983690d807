"""A profile's folder: settings, secrets, money.db, cache.db. One process holds it at a time.

PROFILE/tipdesk.toml   settings
PROFILE/vault          seed words and Nostr key, encrypted
PROFILE/vault.key      the vault's key, in practice profiles only
PROFILE/money.db       what must not be lost
PROFILE/cache.db       what can be fetched again
PROFILE/graph          the public graph, likewise
PROFILE/control.json   where a running `tipdesk serve` can be asked, and the token it wants
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from tipdesk.adapters.secrets.keyring import KeyringUnavailable, SystemKeyring
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.adapters.wallet.words import check_words, new_words, seed_from_words
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.ports.secrets import SecretVault

WORDS = "seed-words"
NOSTR_KEY = "nostr-key"


class PassphraseNeeded(RequestError):
    """No keyring of the operating system can be used, so the vault needs a passphrase."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The system keyring cannot be used ({why}). Give a passphrase for TipDesk's own "
            "encrypted vault with --passphrase-file. No money moved."
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """The secrets of a profile, opened."""

    words: tuple[str, ...]
    seed: bytes
    nostr_key: PrivateKey

    def __repr__(self) -> str:
        return "Identity(...)"


def default_folder() -> Path:
    """Where everything of the machine's user lives on this system."""
    return Path(platformdirs.user_data_dir("tipdesk", appauthor=False))


def default_profile() -> Path:
    """The profile that commands mean when they name none: the first that the window makes."""
    return default_folder() / "profiles" / "main"


async def open_vault(
    folder: Path, entropy: Entropy, *, practice: bool, passphrase: bytes | None
) -> SecretVault:
    """The profile's secrets: a practice vault with a key file, the keyring, or a passphrase vault.

    `folder` exists. A vault file that is there already is always the one that is used.
    """
    path = folder / "vault"
    if practice:
        return await FileVault.open_with_key_file(path, folder / "vault.key", entropy)
    if passphrase is not None or await asyncio.to_thread(path.exists):
        if passphrase is None:
            raise PassphraseNeeded("this profile has a vault file")
        return await FileVault.open(path, passphrase, entropy)
    try:
        return await SystemKeyring.open(service=f"tipdesk:{folder}")
    except KeyringUnavailable as error:
        raise PassphraseNeeded(str(error)) from error


async def open_identity(vault: SecretVault, entropy: Entropy) -> Identity:
    """The words and the Nostr key, made at the first run and kept before they are used."""
    stored = await vault.get(WORDS)
    if stored is None:
        words = new_words(entropy.random_bytes(16))
        await vault.put(WORDS, " ".join(words).encode())
    else:
        words = stored.decode().split()
        check_words(words)
    secret = await vault.get(NOSTR_KEY)
    if secret is None:
        secret = entropy.random_bytes(32)
        await vault.put(NOSTR_KEY, secret)
    return Identity(tuple(words), seed_from_words(words), PrivateKey(secret))
