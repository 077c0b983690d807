"""BOLT 3, appendix E: key derivation."""

from tipdesk.base.ids import Point
from tipdesk.crypto.secp256k1 import point_of
from tipdesk.lightning.keys.derivation import (
    derive_private_key,
    derive_public_key,
    derive_revocation_private_key,
    derive_revocation_public_key,
)

BASE_SECRET = bytes(range(32))
PER_COMMITMENT_SECRET = BASE_SECRET[::-1]
BASEPOINT = point_of(BASE_SECRET)
PER_COMMITMENT_POINT = point_of(PER_COMMITMENT_SECRET)


def test_the_points_of_the_appendix() -> None:
    assert (
        Point.from_hex("036d6caac248af96f6afa7f904f550253a0f3ef3f5aa2fe6838a95b216691468e2")
        == BASEPOINT
    )
    assert (
        Point.from_hex("025f7117a78150fe2ef97db7cfc83bd57b2e2c0d0dd25eaf467a4a1c2a45ce1486")
        == PER_COMMITMENT_POINT
    )


def test_public_key() -> None:
    assert derive_public_key(BASEPOINT, PER_COMMITMENT_POINT) == Point.from_hex(
        "0235f2dbfaa89b57ec7b055afe29849ef7ddfeb1cefdb9ebdc43f5494984db29e5"
    )


def test_private_key() -> None:
    secret = derive_private_key(BASE_SECRET, BASEPOINT, PER_COMMITMENT_POINT)
    assert secret.hex() == "cbced912d3b21bf196a766651e436aff192362621ce317704ea2f75d87e7be0f"


def test_revocation_public_key() -> None:
    assert derive_revocation_public_key(BASEPOINT, PER_COMMITMENT_POINT) == Point.from_hex(
        "02916e326636d19c33f13e8c0c3a03dd157f332f3e99c317c141dd865eb01f8ff0"
    )


def test_revocation_private_key() -> None:
    secret = derive_revocation_private_key(
        BASE_SECRET, BASEPOINT, PER_COMMITMENT_SECRET, PER_COMMITMENT_POINT
    )
    assert secret.hex() == "d09ffff62ddb2297ab000cc85bcb4283fdeb6aa052affbc9dddcf33b61078110"
