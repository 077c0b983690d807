"""Scrypt (RFC 7914): what a person can remember, made into bytes that are costly to guess."""

from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

USUAL_COST: Final = 17
"""128 MiB and about half a second."""
MAX_COST: Final = 20


def stretch(passphrase: bytes, salt: bytes, *, cost: int, length: int) -> bytes:
    """`length` bytes; `cost` is a power of two, r is 8, p is 1. Takes long: never on the loop."""
    return Scrypt(salt=salt, length=length, n=1 << cost, r=8, p=1).derive(passphrase)
