"""BOLT 4, "Key Generation" and "Pseudo Random Byte Stream"."""

from tipdesk.crypto.aead import chacha20_stream, chacha20_xor
from tipdesk.crypto.hashes import hmac_sha256


def key_of(kind: bytes, secret: bytes) -> bytes:
    """The key of a kind (`rho`, `mu`, `um`, `ammag`, `ammagext`, `pad`) from a secret."""
    return hmac_sha256(kind, secret)


def stream(kind: bytes, secret: bytes, length: int) -> bytes:
    """The pseudo-random byte stream under the key of a kind."""
    return chacha20_stream(key_of(kind, secret), length)


def xor_stream(kind: bytes, secret: bytes, data: bytes) -> bytes:
    """`data` XORed with the stream under the key of a kind."""
    return chacha20_xor(key_of(kind, secret), bytes(12), data)
