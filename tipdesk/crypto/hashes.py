"""Hash functions of Bitcoin, Lightning and Nostr, over the standard library."""

import hashlib
import hmac
from functools import cache


def sha256(data: bytes | memoryview) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def sha256d(data: bytes) -> bytes:
    """SHA-256 twice: txids, block hashes, BIP-143."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def ripemd160(data: bytes) -> bytes:
    """RIPEMD-160."""
    return hashlib.new("ripemd160", data).digest()


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256: addresses and script hashes."""
    return ripemd160(sha256(data))


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(key, data, "sha256")


def hmac_sha512(key: bytes, data: bytes) -> bytes:
    """HMAC with SHA-512 (BIP 32)."""
    return hmac.digest(key, data, "sha512")


def same(left: bytes, right: bytes) -> bool:
    """Whether two secrets are equal, in time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)


def hkdf_two_keys(salt: bytes, key_material: bytes) -> tuple[bytes, bytes]:
    """BOLT 8: HKDF-SHA256 (RFC 5869) with empty info and 64 bytes out, as two keys."""
    pseudo_random_key = hmac.digest(salt, key_material, "sha256")
    first = hmac.digest(pseudo_random_key, b"\x01", "sha256")
    return first, hmac.digest(pseudo_random_key, first + b"\x02", "sha256")


def hkdf_expand(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA256 (RFC 5869), the second step: up to 8,160 bytes from a pseudo-random key."""
    stream = block = b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        stream += block
    return stream[:length]


@cache
def _tag_prefix(tag: str) -> bytes:
    return sha256(tag.encode()) * 2


def tagged_hash(tag: str, data: bytes) -> bytes:
    """BIP-340 tagged hash."""
    return sha256(_tag_prefix(tag) + data)
