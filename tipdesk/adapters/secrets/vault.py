"""`SecretVault` in an encrypted file: for systems without a keyring, servers and practice.

The file, all numbers big-endian::

    8   "TDVAULT1"
    1   how the key is made: 1 from a passphrase with Scrypt, 2 from a key file
    1   Scrypt's cost as a power of two (0 with a key file); r is 8, p is 1
    16  salt
    8   what tells a wrong key from a damaged file: the tagged hash of the key's second half
    12  nonce, fresh for each writing
    n   AES-256-GCM under the key's first half, with all the above as associated data
    8   the beginning of the SHA-256 of everything before

The plain text is a JSON object of names to hexadecimal secrets. The file is replaced as a whole:
after a crash there is the old one or the new one.
"""

import asyncio
import contextlib
import json
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tipdesk.base import strict_json
from tipdesk.base.buffer import Reader
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError, RequestError, StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.crypto.hashes import same, sha256, tagged_hash
from tipdesk.crypto.stretching import MAX_COST, USUAL_COST, stretch

MAX_FILE_BYTES: Final = 1_000_000
_MAGIC: Final = b"TDVAULT1"
_FROM_PASSPHRASE: Final = 1
_FROM_KEY_FILE: Final = 2
_KEY_FILE_BYTES: Final = 32
_CHECKSUM_BYTES: Final = 8
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class DamagedVault(StorageError):
    """The file is not what was written: cut, altered, or no vault at all. It is left as it is."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            Phrase(
                "The vault {path} is damaged ({reason}). It was not changed.",
                path=path,
                reason=reason,
            )
        )
        self.path = path
        self.reason = reason


class VaultNotUsable(StorageError):
    """The file system does not let us read or write the vault."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            Phrase(
                "The vault {path} cannot be used: {why}.", path=path, why=error.strerror or error
            )
        )
        self.path = path


class WrongPassphrase(RequestError):
    """The passphrase or the key file is not the vault's; the file itself is sound."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Phrase(
                "That does not open the vault {path}: another passphrase or key made it.", path=path
            )
        )
        self.path = path


class FileVault:
    """Secrets in one file, in memory once it is open. One process at a time may hold it."""

    def __init__(self, path: Path, header: "_Header", key: bytes, entropy: Entropy) -> None:
        self._path = path
        self._header = header
        self._key = key
        self._entropy = entropy
        self._secrets: dict[str, bytes] = {}
        self._writing = asyncio.Lock()

    @classmethod
    async def open(
        cls, path: Path, passphrase: bytes, entropy: Entropy, *, cost: int = USUAL_COST
    ) -> "FileVault":
        """The vault under a passphrase; a new one where there is no file.

        `cost` is that of a new vault, as a power of two; 17 takes 128 MiB and about half a second,
        in a thread. Raises `WrongPassphrase`, `DamagedVault` or `VaultNotUsable`.
        """
        return await asyncio.to_thread(cls._open, path, _FROM_PASSPHRASE, cost, passphrase, entropy)

    @classmethod
    async def open_with_key_file(cls, path: Path, key_file: Path, entropy: Entropy) -> "FileVault":
        """The vault under a 32-byte key file, without stretching; both are made if absent.

        For practice profiles and for servers that keep the key elsewhere: whoever reads both
        files has the secrets.
        """

        def opened() -> "FileVault":
            secret = _key_file(path, key_file, entropy)
            return cls._open(path, _FROM_KEY_FILE, 0, secret, entropy)

        return await asyncio.to_thread(opened)

    async def get(self, name: str) -> bytes | None:
        """See `SecretVault.get`."""
        return self._secrets.get(name)

    async def put(self, name: str, secret: bytes) -> None:
        """See `SecretVault.put`."""
        async with self._writing:
            await self._replace({**self._secrets, name: secret})

    async def delete(self, name: str) -> None:
        """See `SecretVault.delete`."""
        async with self._writing:
            if name in self._secrets:
                kept = {key: value for key, value in self._secrets.items() if key != name}
                await self._replace(kept)

    def move_to(self, path: Path) -> None:
        """The same vault under another name, on disk when this returns; or as it was."""
        try:
            self._path.replace(path)
            try:
                _sync_folder(path.parent)
            except OSError:
                path.replace(self._path)
                raise
        except OSError as error:
            raise VaultNotUsable(path, error) from None
        self._path = path

    def remove(self) -> None:
        """No file any more. An error means that it is still there."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise VaultNotUsable(self._path, error) from None
        # Should the disk not keep that, the file is found again and holds what it held.
        with contextlib.suppress(OSError):
            _sync_folder(self._path.parent)

    async def _replace(self, secrets: dict[str, bytes]) -> None:
        writing = asyncio.ensure_future(asyncio.to_thread(self._write, secrets))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            # A cancelled caller still holds the lock until the file says what memory says.
            await writing
            raise

    @classmethod
    def _open(
        cls, path: Path, mode: int, cost: int, secret: bytes, entropy: Entropy
    ) -> "FileVault":
        data = _read(path)
        if data is None:
            header = _Header(mode, cost, entropy.random_bytes(16))
            vault = cls(path, header, header.stretch(secret), entropy)
            vault._write({})
            return vault
        header, check, nonce, ciphertext = _parse(path, data)
        if header.mode != mode:
            raise WrongPassphrase(path)
        key = header.stretch(secret)
        if not same(check, _check(key)):
            raise WrongPassphrase(path)
        vault = cls(path, header, key, entropy)
        vault._secrets = _decrypt(path, key, nonce, ciphertext, data)
        return vault

    def _write(self, secrets: dict[str, bytes]) -> None:
        plain = json.dumps({name: secret.hex() for name, secret in secrets.items()}).encode()
        nonce = self._entropy.random_bytes(12)
        head = self._header.to_bytes() + _check(self._key) + nonce
        body = head + AESGCM(self._key[:32]).encrypt(nonce, plain, head)
        _replace_file(self._path, body + sha256(body)[:_CHECKSUM_BYTES])
        self._secrets = secrets


class _Header:
    """How the key is made from what the person knows or has."""

    LENGTH: Final = len(_MAGIC) + 18

    def __init__(self, mode: int, cost: int, salt: bytes) -> None:
        self.mode = mode
        self.cost = cost
        self.salt = salt

    def to_bytes(self) -> bytes:
        return _MAGIC + bytes((self.mode, self.cost)) + self.salt

    def stretch(self, secret: bytes) -> bytes:
        """64 bytes of key."""
        if self.mode == _FROM_PASSPHRASE:
            return stretch(secret, self.salt, cost=self.cost, length=64)
        parts = (tagged_hash(f"TipDesk/vault/{part}", secret + self.salt) for part in (1, 2))
        return b"".join(parts)


def _check(key: bytes) -> bytes:
    return tagged_hash("TipDesk/vault/check", key[32:])[:8]


def _parse(path: Path, data: bytes) -> tuple[_Header, bytes, bytes, bytes]:
    body, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    if not data.startswith(_MAGIC):
        raise DamagedVault(path, Phrase("it does not begin as a vault does"))
    if sha256(body)[:_CHECKSUM_BYTES] != checksum:
        raise DamagedVault(path, Phrase("its checksum does not match"))
    reader = Reader(body[len(_MAGIC) :])
    try:
        header = _Header(reader.uint(1), reader.uint(1), reader.take(16))
        check, nonce, ciphertext = reader.take(8), reader.take(12), reader.rest()
    except DecodeError:
        raise DamagedVault(path, Phrase("it ends too early")) from None
    is_known = header.mode in (_FROM_PASSPHRASE, _FROM_KEY_FILE)
    if not is_known or not 0 <= header.cost <= MAX_COST:
        raise DamagedVault(path, Phrase("its key is made in an unknown way"))
    if header.mode == _FROM_PASSPHRASE and header.cost == 0:
        raise DamagedVault(path, Phrase("its key is made in an unknown way"))
    return header, check, nonce, ciphertext


def _decrypt(
    path: Path, key: bytes, nonce: bytes, ciphertext: bytes, data: bytes
) -> dict[str, bytes]:
    head = data[: _Header.LENGTH + 8 + 12]
    try:
        plain = AESGCM(key[:32]).decrypt(nonce, ciphertext, head)
        fields = strict_json.parse_object(plain, maximum=MAX_FILE_BYTES)
        return {name: bytes.fromhex(str(value)) for name, value in fields.items()}
    except (InvalidTag, DecodeError, ValueError):
        raise DamagedVault(path, Phrase("its content was altered")) from None


def _key_file(path: Path, key_file: Path, entropy: Entropy) -> bytes:
    secret = _read(key_file)
    if secret is None:
        # A new key would not open an old vault: better to say that the key is missing.
        if _read(path) is not None:
            raise VaultNotUsable(key_file, FileNotFoundError(2, Phrase("the key file is missing")))
        secret = entropy.random_bytes(_KEY_FILE_BYTES)
        _replace_file(key_file, secret)
    if len(secret) != _KEY_FILE_BYTES:
        raise DamagedVault(
            key_file,
            Phrase(
                "a key file has {wanted} bytes, not {count}",
                wanted=_KEY_FILE_BYTES,
                count=len(secret),
            ),
        )
    return secret


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise VaultNotUsable(path, error) from None
    if len(data) > MAX_FILE_BYTES:
        raise DamagedVault(path, Phrase("it is too large"))
    return data


def _replace_file(path: Path, data: bytes) -> None:
    """The file with new content and mode 0600, on disk when this returns; or as it was."""
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, _NEW_FILE, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise VaultNotUsable(path, error) from None


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
