"""NIP-44, version 2: a text that only two keys can read, and that nobody else can have written.

The nonce is an argument: 32 fresh random bytes a text, never used twice. The event that carries a
payload must be authentic before it is decrypted (NIP-44, "Decryption"): that is for the caller.
"""

import base64
import binascii
from typing import Final

from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.aead import chacha20_xor
from tipdesk.crypto.hashes import hkdf_expand, hmac_sha256, same
from tipdesk.crypto.secp256k1 import PrivateKey, point_multiply

MAX_TEXT_BYTES: Final = 65_535
"""Of UTF-8. The NIP allows more in a longer form and asks everybody for a limit: this is ours."""
MIN_PAYLOAD_CHARS: Final = 132
MAX_PAYLOAD_CHARS: Final = 87_472
"""What the longest text comes to."""
NONCE_BYTES: Final = 32
_SALT = b"nip44-v2"
_VERSION = 2
_MAC_BYTES = 32
_LEAST_BYTES = 99
_LEAST_PADDED = 32


class EncryptionNotKnown(DecodeError):
    """NIP-44: a payload of another version, which must be told from a damaged one."""

    def __init__(self, version: str) -> None:
        super().__init__(f"the text is encrypted in a way that is not known here ({version})")
        self.version = version


class PayloadOutOfBounds(DecodeError):
    """NIP-44: a payload too short to be one, or longer than is looked at."""

    def __init__(self, length: int) -> None:
        super().__init__(f"an encrypted text of {length} characters is not looked at")
        self.length = length


class NotBase64(DecodeError):
    """NIP-44: a payload in no base64 with padding."""

    def __init__(self) -> None:
        super().__init__("the encrypted text is not in base64")


class MacMismatch(DecodeError):
    """NIP-44: the payload was altered, or is between other keys."""

    def __init__(self) -> None:
        super().__init__("the text was altered or encrypted with other keys")


class WrongPadding(DecodeError):
    """NIP-44: what was encrypted is not padded as its length asks for."""

    def __init__(self, length: int) -> None:
        super().__init__(f"the encrypted text is padded wrongly for its length of {length} bytes")
        self.length = length


class NotUtf8(DecodeError):
    """NIP-44: what was encrypted is no text."""

    def __init__(self) -> None:
        super().__init__("what was encrypted is no text")


class TextLengthRefused(RequestError):
    """NIP-44: nothing cannot be encrypted, and no more than `MAX_TEXT_BYTES` is."""

    def __init__(self, length: int) -> None:
        super().__init__(f"A text of {length} bytes cannot be encrypted: 1 to {MAX_TEXT_BYTES}.")
        self.length = length


def conversation_key(ours: PrivateKey, theirs: XOnlyPubkey) -> bytes:
    """32 secret bytes, the same from both sides. `DecodeError` if `theirs` is no point."""
    shared = point_multiply(b"\x02" + theirs, ours.secret)
    return hmac_sha256(_SALT, shared[1:])


def message_keys(key: bytes, nonce: bytes) -> tuple[bytes, bytes, bytes]:
    """The ChaCha20 key, its nonce, and the key of the MAC, from a conversation key."""
    if len(key) != 32 or len(nonce) != NONCE_BYTES:
        raise ValueError("a conversation key and a nonce have 32 bytes each")
    stream = hkdf_expand(key, nonce, 76)
    return stream[:32], stream[32:44], stream[44:]


def padded_length(length: int) -> int:
    """To how many bytes so many of text are padded: what an onlooker learns of the length."""
    if length <= _LEAST_PADDED:
        return _LEAST_PADDED
    power = 1 << (length - 1).bit_length()
    chunk = _LEAST_PADDED if power <= 256 else power // 8
    return chunk * ((length - 1) // chunk + 1)


def encrypt(text: str, key: bytes, nonce: bytes) -> str:
    """The payload of a text under a conversation key. Raises `TextLengthRefused`."""
    plain = text.encode()
    if not 0 < len(plain) <= MAX_TEXT_BYTES:
        raise TextLengthRefused(len(plain))
    cipher_key, cipher_nonce, mac_key = message_keys(key, nonce)
    padded = len(plain).to_bytes(2, "big") + plain.ljust(padded_length(len(plain)), b"\0")
    ciphertext = chacha20_xor(cipher_key, cipher_nonce, padded)
    mac = hmac_sha256(mac_key, nonce + ciphertext)
    return base64.b64encode(bytes([_VERSION]) + nonce + ciphertext + mac).decode()


def decrypt(payload: str, key: bytes) -> str:
    """The text of a payload under a conversation key; a `DecodeError` of this module otherwise."""
    nonce, ciphertext, mac = _parts(payload)
    cipher_key, cipher_nonce, mac_key = message_keys(key, nonce)
    if not same(hmac_sha256(mac_key, nonce + ciphertext), mac):
        raise MacMismatch
    padded = chacha20_xor(cipher_key, cipher_nonce, ciphertext)
    length = int.from_bytes(padded[:2], "big")
    if length == 0 or len(padded) != 2 + padded_length(length):
        raise WrongPadding(length)
    try:
        return padded[2 : 2 + length].decode()
    except UnicodeDecodeError:
        raise NotUtf8 from None


def _parts(payload: str) -> tuple[bytes, bytes, bytes]:
    """Nonce, ciphertext, MAC."""
    if payload.startswith("#"):
        raise EncryptionNotKnown("a form without base64")
    if not MIN_PAYLOAD_CHARS <= len(payload) <= MAX_PAYLOAD_CHARS:
        raise PayloadOutOfBounds(len(payload))
    try:
        data = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise NotBase64 from None
    if data[0] != _VERSION:
        raise EncryptionNotKnown(f"version {data[0]}")
    if len(data) < _LEAST_BYTES:
        raise PayloadOutOfBounds(len(payload))
    body = data[1 + NONCE_BYTES : -_MAC_BYTES]
    return data[1 : 1 + NONCE_BYTES], body, data[-_MAC_BYTES:]
