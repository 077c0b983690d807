"""The secrets of an open profile, and how they move between the keyring and a vault file.

Both ways the new place has given back all of them before the old one forgets any, and a file
becomes the profile's in one rename. While the keyring may hold what it should not, a mark says so:
if the process dies in between, the next start has the keyring forget what the file holds.
"""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tipdesk.adapters.secrets.keyring import KeyringUnavailable, SystemKeyring
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.app.identity import WORDS, WordsGone
from tipdesk.app.profile import SECRETS, VaultExists, keyring_service
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError, StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.ports.secrets import SecretsPlace, SecretVault

MARK: Final = "vault.left"
_MOVING: Final = "vault.moving"
_TIDY_UP_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class CannotBeMoved(RequestError):
    """The secrets are not where they would be moved from."""

    def __init__(self, place: SecretsPlace) -> None:
        super().__init__(
            Phrase("The secrets of this profile cannot be moved there. Nothing was changed.")
        )
        self.place = place


class CopyDiffers(StorageError):
    """What was read back of a new vault is not what went in; the keyring was left as it was."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Phrase(
                "The new vault {path} does not give back what was put in, so it was taken away "
                "again. Your secrets are still in the keyring.",
                path=path,
            )
        )
        self.path = path


class KeyringDiffers(StorageError):
    """What was read back of the keyring is not what went in; the file was left as it was."""

    def __init__(self, service: str) -> None:
        super().__init__(
            Phrase(
                "The keyring does not give back what was put in. Your secrets are still in the "
                "encrypted file of this profile, under the same passphrase."
            )
        )
        self.service = service


class ProfileSecrets:
    """A `SecretVault` that can change its place while the profile is open."""

    def __init__(
        self, folder: Path, vault: SecretVault, entropy: Entropy, *, practice: bool
    ) -> None:
        self._folder, self._vault, self._entropy = folder, vault, entropy
        self._practice = practice
        self._busy = asyncio.Lock()

    @property
    def place(self) -> SecretsPlace:
        """Where they are now."""
        if self._practice:
            return SecretsPlace.PRACTICE
        in_file = isinstance(self._vault, FileVault)
        return SecretsPlace.FILE if in_file else SecretsPlace.KEYRING

    async def get(self, name: str) -> bytes | None:
        """See `SecretVault.get`."""
        async with self._busy:
            return await self._vault.get(name)

    async def put(self, name: str, secret: bytes) -> None:
        """See `SecretVault.put`."""
        async with self._busy:
            await self._vault.put(name, secret)

    async def delete(self, name: str) -> None:
        """See `SecretVault.delete`."""
        async with self._busy:
            await self._vault.delete(name)

    async def move_into_file(self, passphrase: str) -> bool:
        """From the keyring; whether that has forgotten them already. Errors: nothing changed."""
        async with self._busy:
            if self.place is not SecretsPlace.KEYRING:
                raise CannotBeMoved(self.place)
            found = await _all_of(self._vault)
            if WORDS not in found:
                raise WordsGone(self._folder)
            vault = await self._filled(found, passphrase.encode())
            # Nothing is awaited between these two: there is no moment without a place.
            vault.move_to(self._file)
            self._vault = vault
            return await self._tidied_up()

    async def move_into_keyring(self, passphrase: str) -> None:
        """From the file, which the passphrase opens. Errors: the file is as it was."""
        async with self._busy:
            vault = self._vault
            if self.place is not SecretsPlace.FILE or not isinstance(vault, FileVault):
                raise CannotBeMoved(self.place)
            await FileVault.open(self._file, passphrase.encode(), self._entropy)
            service = keyring_service(self._folder)
            keyring = await SystemKeyring.open(service=service)
            found = await _all_of(vault)
            await asyncio.to_thread(self._mark.touch, mode=0o600)
            try:
                for name in SECRETS:
                    await _copy(keyring, name, found.get(name))
                await _compare(keyring, found, KeyringDiffers(service))
                vault.remove()
            except BaseException:
                # What is in the keyring by now is taken out again, here or at the next start.
                await self._tidied_up()
                raise
            self._vault = keyring
            self._mark.unlink(missing_ok=True)

    async def tidy_up(self) -> None:
        """After the words were found where they are: an end that came between is completed."""
        half_made = await asyncio.to_thread(lambda: list(self._folder.glob(f"{_MOVING}*")))
        for path in half_made:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        if await asyncio.to_thread(self._mark.exists):
            await self._tidied_up()

    async def _filled(self, found: Mapping[str, bytes], passphrase: bytes) -> FileVault:
        """A vault file with all of it, beside the place where it is looked for."""
        if await asyncio.to_thread(self._file.exists):
            raise VaultExists(self._folder)
        path = self._folder / _MOVING
        await asyncio.to_thread(path.unlink, missing_ok=True)
        try:
            vault = await FileVault.open(path, passphrase, self._entropy)
            for name, secret in found.items():
                await vault.put(name, secret)
            again = await FileVault.open(path, passphrase, self._entropy)
            await _compare(again, found, CopyDiffers(self._file))
            await asyncio.to_thread(self._mark.touch, mode=0o600)
        except BaseException:
            await asyncio.to_thread(path.unlink, missing_ok=True)
            raise
        return vault

    async def _tidied_up(self) -> bool:
        """The keyring has nothing, if a file has it; whether that is so now."""
        if isinstance(self._vault, FileVault):
            try:
                keyring = await SystemKeyring.open(
                    service=keyring_service(self._folder), timeout=_TIDY_UP_SECONDS
                )
                for name in SECRETS:
                    await keyring.delete(name)
            except KeyringUnavailable as error:
                _log.warning("the keyring still has secrets that are in a file now: %s", error)
                return False
        await asyncio.to_thread(self._mark.unlink, missing_ok=True)
        return True

    @property
    def _file(self) -> Path:
        return self._folder / "vault"

    @property
    def _mark(self) -> Path:
        return self._folder / MARK


async def _all_of(vault: SecretVault) -> dict[str, bytes]:
    secrets = {name: await vault.get(name) for name in SECRETS}
    return {name: secret for name, secret in secrets.items() if secret is not None}


async def _compare(
    vault: SecretVault, expected: Mapping[str, bytes], otherwise: StorageError
) -> None:
    if await _all_of(vault) != expected:
        raise otherwise


async def _copy(vault: SecretVault, name: str, secret: bytes | None) -> None:
    if secret is None:
        await vault.delete(name)
    else:
        await vault.put(name, secret)
