"""A profile's folder: settings, secrets, money.db, cache.db. One process holds it at a time.

PROFILE/tipdesk.toml   settings
PROFILE/vault          seed words and Nostr key, encrypted
PROFILE/vault.key      the vault's key, in practice profiles only
PROFILE/vault.left     while the keyring may still have what is in the vault (`app/secrets`)
PROFILE/money.db       what must not be lost
PROFILE/cache.db       what can be fetched again
PROFILE/graph          the public graph, likewise
PROFILE/control.json   where a running `tipdesk serve` can be asked, and the token it wants
"""

import asyncio
from pathlib import Path
from typing import Final

from tipdesk.adapters.secrets.keyring import KeyringUnavailable, SystemKeyring
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.app.identity import NOSTR_KEY, WORDS
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.ports.secrets import SecretVault
from tipdesk.services.app_lock import LOCK_ENTRY
from tipdesk.services.overlay import OVERLAY_TOKEN
from tipdesk.services.triggers import WEBHOOK_SECRET
from tipdesk.services.wallet_refusals import LINK_SECRETS

SECRETS: Final = (WORDS, NOSTR_KEY, LOCK_ENTRY, OVERLAY_TOKEN, WEBHOOK_SECRET, *LINK_SECRETS)
"""All that a profile may keep in a vault."""


class PassphraseNeeded(RequestError):
    """No keyring of the operating system can be used, so the vault needs a passphrase."""

    def __init__(self, why: str) -> None:
        super().__init__(
            Phrase(
                "The system keyring cannot be used ({why}). Give a passphrase for TipDesk's own "
                "encrypted vault with --passphrase-file. No money moved.",
                why=why,
            )
        )


class VaultExists(RequestError):
    """The profile has a vault file already."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            Phrase("There is a vault file in {folder} already. Nothing was changed.", folder=folder)
        )
        self.folder = folder


class NoVaultYet(RequestError):
    """A wallet's secrets are looked for in a vault file that was never made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            Phrase(
                "The wallet in {folder} keeps its words in the keyring of this system, so there "
                "is no vault file for a passphrase to open, and none was made. Open it without a "
                "passphrase. Nothing was changed.",
                folder=folder,
            )
        )
        self.folder = folder


async def open_vault(
    folder: Path,
    entropy: Entropy,
    *,
    practice: bool,
    passphrase: bytes | None,
    has_wallet: bool = False,
) -> SecretVault:
    """The profile's secrets: a practice vault with a key file, the keyring, or a passphrase vault.

    `folder` exists. A vault file that is there already is always the one that is used. For a
    profile that has a wallet none is made: an empty one would hide where its secrets are.
    """
    path = folder / "vault"
    if practice:
        return await FileVault.open_with_key_file(path, folder / "vault.key", entropy)
    is_there = await asyncio.to_thread(path.exists)
    if is_there and passphrase is None:
        raise PassphraseNeeded(Phrase("this profile has a vault file"))
    if passphrase is not None:
        if has_wallet and not is_there:
            raise NoVaultYet(folder)
        return await FileVault.open(path, passphrase, entropy)
    try:
        return await SystemKeyring.open(service=keyring_service(folder))
    except KeyringUnavailable as error:
        if has_wallet:
            raise
        raise PassphraseNeeded(error.args[0]) from error


def keyring_service(folder: Path) -> str:
    """Under which name the keyring has the secrets of a profile."""
    return f"tipdesk:{folder}"
