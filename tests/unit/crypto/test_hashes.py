"""Hash functions by their published answers."""

import pytest

from tipdesk.crypto.hashes import (
    hash160,
    hkdf_expand,
    hkdf_two_keys,
    hmac_sha256,
    ripemd160,
    same,
    sha256,
    sha256d,
    tagged_hash,
)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (sha256d(b"hello"), "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50"),
        (ripemd160(b"abc"), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
        (hash160(b""), "b472a266d0bd89c13706a4132ccfb16f7c3b9fcb"),
        (
            hmac_sha256(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ],
)
def test_a_published_answer(found: bytes, expected: str) -> None:
    assert found.hex() == expected


def test_a_tagged_hash_hashes_its_tag_twice_in_front() -> None:
    tag = sha256(b"BIP0340/challenge")
    assert tagged_hash("BIP0340/challenge", b"data") == sha256(tag + tag + b"data")
    assert tagged_hash("a", b"data") != tagged_hash("b", b"data")


def test_two_keys_of_hkdf_are_the_first_act_of_bolt_8() -> None:
    # RFC 5869, test case 3 has an empty salt and info too, and 42 bytes of this output.
    first, second = hkdf_two_keys(bytes(32), b"\x0b" * 22)
    assert (first + second)[:42].hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


def test_hkdf_expands_as_rfc_5869_says() -> None:
    # RFC 5869, test case 1: its pseudo-random key, its info, 42 bytes.
    key = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")
    assert hkdf_expand(key, info, 42).hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_secrets_are_compared_whole() -> None:
    assert same(b"abc", b"abc")
    assert not same(b"abc", b"abd")
    assert not same(b"abc", b"abcd")
