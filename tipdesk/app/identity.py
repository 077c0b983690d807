"""The secrets that a profile's money hangs on: made once, and never again without being asked.

`money.db` remembers their fingerprints. A keyring can lose an entry, or hold that of another
profile: new words would then open an empty wallet over the channels of the old one.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.adapters.wallet.words import check_words, new_words, seed_from_words
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.crypto.hashes import tagged_hash
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.ports.secrets import SecretVault

WORDS: Final = "seed-words"
NOSTR_KEY: Final = "nostr-key"
_SEED_SETTING: Final = "identity.seed"
_NOSTR_SETTING: Final = "identity.nostr"


class WordsGone(RequestError):
    """The profile has a wallet, and its words are not where they were kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            Phrase(
                "The words of the wallet in {folder} are not where TipDesk kept them: its entry "
                "in the keyring is gone, or the folder was moved. No new words were made and "
                "nothing was changed. Type the words that you wrote down, and your money and "
                "channels are there again.",
                folder=folder,
            )
        )
        self.folder = folder


class OtherWords(RequestError):
    """They are good words, of another wallet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            Phrase(
                "Those are not the words that the wallet in {folder} was made with. Nothing was "
                "changed. Look for the words of this profile, or make another profile from these.",
                folder=folder,
            )
        )
        self.folder = folder


class NostrKeyGone(RequestError):
    """The profile had a Nostr key, and it is not where it was kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            Phrase(
                "The Nostr key of the profile in {folder} is not where TipDesk kept it, and no "
                "new one was made. Your money is safe. Bring the key back as nsec, or go on with "
                "a new one: people know you by the old one.",
                folder=folder,
            )
        )
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Identity:
    """The secrets of a profile, opened."""

    words: tuple[str, ...]
    seed: bytes
    nostr_key: PrivateKey

    def __repr__(self) -> str:
        return "Identity(...)"


class KnownSecrets:
    """What `money.db` knows of the secrets it belongs to."""

    def __init__(self, folder: Path, database: MoneyDatabase) -> None:
        self.folder = folder
        self._settings = MoneySettingsStore(database)
        # Profiles from before fingerprints were kept have a wallet all the same.
        used = "SELECT 1 FROM wallet_changes UNION ALL SELECT 1 FROM channels LIMIT 1"
        self.has_wallet = bool(self._settings.setting(_SEED_SETTING) or list(database.read(used)))

    @property
    def has_nostr_key(self) -> bool:
        """Whether there ever was one."""
        return self._settings.setting(_NOSTR_SETTING) is not None

    def check_words(self, words: list[str]) -> None:
        """`OtherWords` if the wallet was made with others, `InvalidWords` if they are none."""
        known = self._settings.setting(_SEED_SETTING)
        if known is not None and known != _fingerprint(seed_from_words(words)):
            raise OtherWords(self.folder)

    def remember(self, identity: Identity) -> None:
        """That the profile belongs to these secrets from now on."""
        for name, secret in (
            (_SEED_SETTING, identity.seed),
            (_NOSTR_SETTING, identity.nostr_key.secret),
        ):
            if self._settings.setting(name) != _fingerprint(secret):
                self._settings.put_setting(name, _fingerprint(secret))


async def open_identity(
    vault: SecretVault, entropy: Entropy, known: KnownSecrets | None = None
) -> Identity:
    """The words and the Nostr key, made at the first run and kept before they are used.

    Where there is a wallet, missing ones are never made anew: `WordsGone`, `NostrKeyGone`.
    """
    stored = await vault.get(WORDS)
    if stored is not None:
        words = stored.decode().split()
        check_words(words)
    elif known is not None and known.has_wallet:
        raise WordsGone(known.folder)
    else:
        words = new_words(entropy.random_bytes(16))
        await vault.put(WORDS, " ".join(words).encode())
    if known is not None:
        known.check_words(words)
    secret = await vault.get(NOSTR_KEY)
    if secret is None:
        if known is not None and known.has_nostr_key:
            raise NostrKeyGone(known.folder)
        secret = entropy.random_bytes(32)
        await vault.put(NOSTR_KEY, secret)
    identity = Identity(tuple(words), seed_from_words(words), PrivateKey(secret))
    if known is not None:
        known.remember(identity)
    return identity


def _fingerprint(secret: bytes) -> str:
    return tagged_hash("TipDesk/identity", secret)[:8].hex()
