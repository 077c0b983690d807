"""Ciphers: the one importer of `cryptography` below the adapters."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tipdesk.base.errors import DecodeError


class AuthenticationFailed(DecodeError):
    """The tag of a sealed message does not match: changed, or sealed with another key."""


class SealingKey:
    """ChaCha20-Poly1305 (RFC 8439) under one key."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    def seal(self, nonce: bytes, plaintext: bytes, associated: bytes = b"") -> bytes:
        """Ciphertext with its 16-byte tag."""
        return self._cipher.encrypt(nonce, plaintext, associated)

    def open(self, nonce: bytes, ciphertext: bytes, associated: bytes = b"") -> bytes:
        """The plaintext, or `AuthenticationFailed`."""
        try:
            return self._cipher.decrypt(nonce, ciphertext, associated)
        except InvalidTag:
            raise AuthenticationFailed("the message was altered or meant for another key") from None


def chacha20_stream(key: bytes, length: int, nonce: bytes = bytes(12)) -> bytes:
    """`length` bytes of the ChaCha20 key stream from block 0 with a 96-bit nonce (BOLT 4)."""
    return chacha20_xor(key, nonce, bytes(length))


def chacha20_xor(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """ChaCha20 with a 96-bit nonce from block 0: the same call encrypts and decrypts."""
    encryptor = Cipher(algorithms.ChaCha20(key, bytes(4) + nonce), mode=None).encryptor()
    return encryptor.update(data)


def aes_cbc_encrypt(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """AES-256-CBC with PKCS #7 padding (NIP-04)."""
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    padder = padding.PKCS7(algorithms.AES256.block_size).padder()
    padded = padder.update(plaintext) + padder.finalize()
    return encryptor.update(padded) + encryptor.finalize()


def aes_cbc_decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """AES-256-CBC with PKCS #7 padding (LUD-10), or `AuthenticationFailed`.

    CBC vouches for nothing: a wrong key shows in the padding, mostly.
    """
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(algorithms.AES256.block_size).unpadder()
    try:
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise AuthenticationFailed("the text was sealed with another key") from None
