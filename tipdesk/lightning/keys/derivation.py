"""BOLT 3, "Key Derivation": a fresh key for every commitment from a base key and a point."""

from functools import lru_cache

from tipdesk.base.ids import Point
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import (
    point_add,
    point_multiply,
    point_tweak_add,
    scalar_add,
    scalar_multiply,
)


@lru_cache(maxsize=1024)
def derive_public_key(basepoint: Point, per_commitment_point: Point) -> Point:
    """`local_htlcpubkey`, `local_delayedpubkey` and their remote counterparts.

    Cached: each commitment is built at least twice, and points cost more than signatures.
    """
    return point_tweak_add(basepoint, sha256(per_commitment_point + basepoint))


def derive_private_key(base_secret: bytes, basepoint: Point, per_commitment_point: Point) -> bytes:
    """The secret behind `derive_public_key`."""
    return scalar_add(base_secret, sha256(per_commitment_point + basepoint))


@lru_cache(maxsize=1024)
def derive_revocation_public_key(basepoint: Point, per_commitment_point: Point) -> Point:
    """`revocationpubkey`: its secret needs one secret of each side."""
    return point_add(
        point_multiply(basepoint, sha256(basepoint + per_commitment_point)),
        point_multiply(per_commitment_point, sha256(per_commitment_point + basepoint)),
    )


def derive_revocation_private_key(
    base_secret: bytes, basepoint: Point, per_commitment_secret: bytes, per_commitment_point: Point
) -> bytes:
    """The secret behind `derive_revocation_public_key`, once the commitment is revoked."""
    return scalar_add(
        scalar_multiply(base_secret, sha256(basepoint + per_commitment_point)),
        scalar_multiply(per_commitment_secret, sha256(per_commitment_point + basepoint)),
    )
