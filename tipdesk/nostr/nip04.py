"""NIP-04, read only: the old encryption, in which older clients wrote private parts of lists.

Nothing is written in it any more: it vouches for nothing (NIP-44 does).
"""

import base64

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.aead import aes_cbc_decrypt
from tipdesk.crypto.secp256k1 import PrivateKey, point_multiply

MAX_PAYLOAD_CHARS = 131_072
_IV_BYTES = 16
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
        if len(start) != _IV_BYTES or not sealed or len(sealed) % _BLOCK:
            raise NotOldPayload
        shared = point_multiply(b"\x02" + other, key.secret)[1:]
        return aes_cbc_decrypt(bytes(shared), start, sealed).decode()
    except (ValueError, DecodeError):
        raise NotOldPayload from None
