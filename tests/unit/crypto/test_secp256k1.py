"""libsecp256k1 behind our types: known answers, wallycore beside it, and everything refused."""

import pytest
import wallycore
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import Point, Signature
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import (
    CURVE_ORDER,
    InvalidPoint,
    InvalidScalar,
    InvalidSignature,
    PrivateKey,
    check_point,
    check_scalar,
    is_low_s,
    point_add,
    point_multiply,
    point_of,
    point_tweak_add,
    recover,
    scalar_add,
    scalar_multiply,
    sign_ecdsa,
    signature_from_der,
    signature_to_der,
    verify_ecdsa,
    verify_schnorr,
)

GENERATOR = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
ONE = (1).to_bytes(32, "big")
MINUS_ONE = (CURVE_ORDER - 1).to_bytes(32, "big")
TOO_LARGE = CURVE_ORDER.to_bytes(32, "big")
NO_POINTS = [b"", bytes(33), b"\x02" + bytes(32), b"\x05" + b"\x01" * 32, b"\x02" + b"\xff" * 32]

scalars = st.integers(1, CURVE_ORDER - 1).map(lambda n: n.to_bytes(32, "big"))
digests = st.binary(min_size=32, max_size=32)


@given(scalars, digests)
def test_a_signature_is_the_one_that_wallycore_makes(secret: bytes, digest: bytes) -> None:
    key = PrivateKey(secret)
    signature = key.sign_ecdsa(digest)
    assert key.point == wallycore.ec_public_key_from_private_key(secret)
    assert signature == wallycore.ec_sig_from_bytes(secret, digest, wallycore.EC_FLAG_ECDSA)
    assert signature == sign_ecdsa(secret, digest)
    assert signature_to_der(signature) == wallycore.ec_sig_to_der(signature)
    assert signature_from_der(signature_to_der(signature)) == signature
    assert is_low_s(signature)
    assert verify_ecdsa(key.point, signature, digest)
    assert recover(key.sign_recoverable(digest), digest) == key.point


@given(scalars, digests, st.integers(0, 511))
def test_no_flipped_bit_passes(secret: bytes, digest: bytes, bit: int) -> None:
    key = PrivateKey(secret)
    signature = bytearray(key.sign_ecdsa(digest))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify_ecdsa(key.point, bytes(signature), digest)
    assert not verify_ecdsa(key.point, key.sign_ecdsa(digest), sha256(digest))


@given(scalars, digests)
def test_a_high_s_is_refused_although_it_fits(secret: bytes, digest: bytes) -> None:
    key = PrivateKey(secret)
    signature = key.sign_ecdsa(digest)
    high = (CURVE_ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    assert not is_low_s(signature[:32] + high)
    assert not verify_ecdsa(key.point, signature[:32] + high, digest)


@given(scalars, scalars)
def test_keys_and_points_are_tweaked_alike(secret: bytes, tweak: bytes) -> None:
    key = PrivateKey(secret)
    assert point_multiply(key.point, tweak) == point_of(scalar_multiply(secret, tweak))
    assert scalar_multiply(secret, tweak) == wallycore.ec_scalar_multiply(secret, tweak)
    if (int.from_bytes(secret, "big") + int.from_bytes(tweak, "big")) % CURVE_ORDER:
        assert point_tweak_add(key.point, tweak) == point_of(scalar_add(secret, tweak))
        assert point_add(key.point, point_of(tweak)) == point_tweak_add(key.point, tweak)
        assert scalar_add(secret, tweak) == wallycore.ec_scalar_add(secret, tweak)


@given(scalars, scalars)
def test_both_sides_find_the_same_shared_secret(left: bytes, right: bytes) -> None:
    a, b = PrivateKey(left), PrivateKey(right)
    assert a.ecdh(b.point) == b.ecdh(a.point) == sha256(point_multiply(a.point, right))


@given(scalars, digests, digests)
def test_schnorr_signatures_are_verified_by_the_key_without_its_parity(
    secret: bytes, digest: bytes, aux: bytes
) -> None:
    key = PrivateKey(secret)
    signature = key.sign_schnorr(digest, aux)
    assert verify_schnorr(key.x_only, signature, digest)
    assert not verify_schnorr(key.x_only, signature, sha256(digest))
    assert not verify_schnorr(key.x_only, signature[:-1], digest)
    assert not verify_schnorr(key.x_only[:-1], signature, digest)
    assert not verify_schnorr(b"\xff" * 32, signature, digest)


def test_the_first_vector_of_bip_340() -> None:
    key = PrivateKey((3).to_bytes(32, "big"))
    assert key.x_only.hex() == "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"
    assert key.sign_schnorr(bytes(32), bytes(32)).hex() == (
        "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
        "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0"
    )


def test_the_key_one_is_the_generator() -> None:
    assert point_of(ONE) == Point.from_hex(GENERATOR)
    assert PrivateKey(ONE).secret == ONE


@pytest.mark.parametrize("secret", [bytes(32), TOO_LARGE, b"\xff" * 32, b"", bytes(31), bytes(33)])
def test_a_secret_out_of_range_is_refused(secret: bytes) -> None:
    for use in (PrivateKey, check_scalar, point_of):
        with pytest.raises(InvalidScalar):
            use(secret)
    with pytest.raises(InvalidScalar):
        point_multiply(PrivateKey(ONE).point, secret)


def test_a_key_tweaked_to_zero_is_refused() -> None:
    with pytest.raises(InvalidScalar):
        PrivateKey(scalar_add(ONE, MINUS_ONE))
    with pytest.raises(InvalidPoint):
        point_add(PrivateKey(ONE).point, PrivateKey(MINUS_ONE).point)


@pytest.mark.parametrize("point", NO_POINTS)
def test_bytes_that_are_no_point_are_refused_wherever_they_come(point: bytes) -> None:
    key = PrivateKey(ONE)
    signature = key.sign_ecdsa(bytes(32))
    for use in (
        lambda: check_point(point),
        lambda: key.ecdh(point),
        lambda: point_add(key.point, point),
        lambda: point_multiply(point, ONE),
        lambda: verify_ecdsa(point, signature, bytes(32)),
    ):
        with pytest.raises(InvalidPoint):
            use()


@pytest.mark.parametrize("signature", [b"\xff" * 64, TOO_LARGE * 2])
def test_a_signature_out_of_range_is_refused(signature: bytes) -> None:
    assert not verify_ecdsa(Point.from_hex(GENERATOR), signature, bytes(32))
    with pytest.raises(InvalidSignature):
        signature_to_der(Signature(signature))


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x06\x02\x01\x01", bytes(70)])
def test_bytes_that_are_no_der_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidSignature):
        signature_from_der(data)


@pytest.mark.parametrize("signature", [bytes(65), b"\xff" * 65, bytes(64) + b"\x04", b""])
def test_no_key_is_recovered_from_nonsense(signature: bytes) -> None:
    with pytest.raises(InvalidSignature):
        recover(signature, bytes(32))


def test_a_private_key_never_prints_its_secret() -> None:
    key = PrivateKey(sha256(b"secret"))
    assert key.secret.hex() not in repr(key)
    assert key.point.hex() in repr(key)
