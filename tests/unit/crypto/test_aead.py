"""ChaCha20-Poly1305, ChaCha20 and AES-CBC: the RFCs' answers, and what was altered is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.crypto.aead import (
    AuthenticationFailed,
    SealingKey,
    chacha20_stream,
    chacha20_xor,
)

KEY = bytes(range(0x80, 0xA0))
NONCE = bytes.fromhex("070000004041424344454647")
ASSOCIATED = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
PLAIN = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    b"sunscreen would be it."
)
TAG = "1ae10b594f09e26a7e902ecbd0600691"


def test_the_sealed_example_of_rfc_8439() -> None:
    sealed = SealingKey(KEY).seal(NONCE, PLAIN, ASSOCIATED)
    assert sealed[:16].hex() == "d31a8d34648e60db7b86afbc53ef7ec2"
    assert sealed[-16:].hex() == TAG
    assert SealingKey(KEY).open(NONCE, sealed, ASSOCIATED) == PLAIN


@given(st.binary(max_size=100), st.binary(max_size=20), st.integers(0, 10_000))
def test_what_was_altered_anywhere_does_not_open(
    plain: bytes, associated: bytes, place: int
) -> None:
    key = SealingKey(KEY)
    sealed = bytearray(key.seal(NONCE, plain, associated))
    assert key.open(NONCE, bytes(sealed), associated) == plain
    sealed[place % len(sealed)] ^= 1
    for nonce, data, extra in (
        (NONCE, bytes(sealed), associated),
        (NONCE, bytes(sealed)[:-1], associated),
        (bytes(12), key.seal(NONCE, plain, associated), associated),
        (NONCE, key.seal(NONCE, plain, associated), associated + b"x"),
    ):
        with pytest.raises(AuthenticationFailed):
            key.open(nonce, data, extra)


@pytest.mark.parametrize("length", [0, 1, 15])
def test_less_than_a_tag_does_not_open(length: int) -> None:
    with pytest.raises(AuthenticationFailed):
        SealingKey(KEY).open(NONCE, bytes(length))


def test_the_key_stream_of_rfc_8439_from_block_zero() -> None:
    stream = chacha20_stream(bytes(32), 64)
    assert stream[:32].hex() == "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"


@given(st.binary(max_size=200))
def test_the_same_call_encrypts_and_decrypts(data: bytes) -> None:
    assert chacha20_xor(KEY, NONCE, chacha20_xor(KEY, NONCE, data)) == data
    assert chacha20_xor(KEY, NONCE, bytes(40)) == chacha20_stream(KEY, 40, NONCE)
