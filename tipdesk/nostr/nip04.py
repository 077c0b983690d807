"""NIP-04: the old encryption, in which older clients wrote private parts of lists.

It vouches for nothing (NIP-44 does). It is written to a wallet that speaks nothing else (NIP-47),
and only if the person allowed that.
"""

import base64

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.aead import aes_cbc_decrypt, aes_cbc_encrypt
from tipdesk.crypto.secp256k1 import PrivateKey, point_multiply

MAX_PAYLOAD_CHARS = 131_072
IV_BYTES = 16
_BLOCK = 16


class NotOldPayload(DecodeError):
    """A text that is not in the form of NIP-04, or between other keys."""

    def __init__(self) -> None:
        super().__init__("the text is not encrypted as NIP-04 has it, or with other keys")


def is_old_payload(text: str) -> bool:
    """Whether it says that it is one: NIP-44 has no question mark."""
    return "?iv=" in text


def decrypt(payload: str, key: PrivateKey, other: XOnlyPubkey) -> str:
    """The text between two keys; `NotOldPayload` if it is none."""
    if len(payload) > MAX_PAYLOAD_CHARS:
        raise NotOldPayload
    body, _, iv = payload.partition("?iv=")
    try:
        sealed = base64.b64decode(body, validate=True)
        start = base64.b64decode(iv, validate=True)
        if len(start) != IV_BYTES or not sealed or len(sealed) % _BLOCK:
            raise NotOldPayload
        return aes_cbc_decrypt(_shared(key, other), start, sealed).decode()
    except (ValueError, DecodeError):
        raise NotOldPayload from None


def encrypt(text: str, key: PrivateKey, other: XOnlyPubkey, iv: bytes) -> str:
    """The payload between two keys; `iv` is 16 fresh bytes. `DecodeError` if it is no key."""
    body = aes_cbc_encrypt(_shared(key, other), iv, text.encode())
    return f"{base64.b64encode(body).decode()}?iv={base64.b64encode(iv).decode()}"


def _shared(key: PrivateKey, other: XOnlyPubkey) -> bytes:
    return bytes(point_multiply(b"\x02" + other, key.secret)[1:])
