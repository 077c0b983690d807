"""Where secrets are kept, and who signs for the person."""

from enum import Enum
from typing import Protocol

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.event import Event, UnsignedEvent


class SecretsPlace(Enum):
    """Where a profile's secrets are."""

    KEYRING = "keyring"
    """With the system, which asks for its own password."""
    FILE = "file"
    """In a file of the profile, under a passphrase."""
    PRACTICE = "practice"
    """In a file whose key lies beside it: they are worth nothing."""


class SecretVault(Protocol):
    """Keeps small secrets by name. Raises `VaultUnavailable` or a `StorageError`."""

    async def get(self, name: str) -> bytes | None:
        """The secret of that name, or None."""
        ...

    async def put(self, name: str, secret: bytes) -> None:
        """Keeps the secret; once this returns it is on disk."""
        ...

    async def delete(self, name: str) -> None:
        """Forgets the secret, if there is one."""
        ...


class EventSigner(Protocol):
    """Signs Nostr events, encrypts and decrypts, with a key that it does not show."""

    @property
    def pubkey(self) -> XOnlyPubkey:
        """Whose events it signs."""
        ...

    async def sign(self, unsigned: UnsignedEvent) -> Event:
        """The event with its signature; `unsigned.pubkey` must be this signer's."""
        ...

    async def encrypt(self, to: XOnlyPubkey, text: str) -> str:
        """NIP-44: the payload that only `to` and we can read.

        Raises `TextLengthRefused`, and `DecodeError` if `to` is no key.
        """
        ...

    async def decrypt(self, sender: XOnlyPubkey, payload: str) -> str:
        """NIP-44: the text of a payload between `sender` and us; `DecodeError` otherwise."""
        ...

    async def decrypt_old(self, sender: XOnlyPubkey, payload: str) -> str:
        """NIP-04: the same of what older clients wrote."""
        ...


class VaultUnavailable(BackendError):
    """The secrets cannot be reached now; nothing is lost by that."""
