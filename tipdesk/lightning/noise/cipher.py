"""BOLT 8, "Lightning Message Specification": one direction's cipher and its key rotation."""

from typing import Final

from tipdesk.crypto.aead import AuthenticationFailed, SealingKey
from tipdesk.crypto.hashes import hkdf_two_keys
from tipdesk.lightning.noise.errors import BadMessageTag

ROTATION_INTERVAL: Final = 1000
"""Uses of one key: a message takes two, its length and its body."""


def nonce_of(number: int) -> bytes:
    """BOLT 8: 32 zero bits, then the counter in little-endian."""
    return bytes(4) + number.to_bytes(8, "little")


class DirectionCipher:
    """Seals or opens (never both) the blocks of one direction in their order."""

    __slots__ = ("_chaining_key", "_key", "_number", "_sealing")

    def __init__(self, key: bytes, chaining_key: bytes) -> None:
        self._key = key
        self._chaining_key = chaining_key
        self._sealing = SealingKey(key)
        self._number = 0

    def seal(self, plaintext: bytes) -> bytes:
        """The next block: ciphertext and tag."""
        sealed = self._sealing.seal(nonce_of(self._number), plaintext)
        self._advance()
        return sealed

    def open(self, sealed: bytes) -> bytes:
        """The next block's plaintext, or `BadMessageTag`."""
        try:
            plaintext = self._sealing.open(nonce_of(self._number), sealed)
        except AuthenticationFailed:
            raise BadMessageTag(number=self._number) from None
        self._advance()
        return plaintext

    def _advance(self) -> None:
        self._number += 1
        if self._number == ROTATION_INTERVAL:
            self._chaining_key, self._key = hkdf_two_keys(self._chaining_key, self._key)
            self._sealing = SealingKey(self._key)
            self._number = 0
