"""NIP-44 beside its vectors: whatever is written is read, and nothing else is; nostr-sdk agrees."""

import base64

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.crypto.aead import chacha20_xor
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip44 import (
    MAX_PAYLOAD_CHARS,
    MAX_TEXT_BYTES,
    EncryptionNotKnown,
    MacMismatch,
    NotBase64,
    NotUtf8,
    PayloadOutOfBounds,
    WrongPadding,
    conversation_key,
    decrypt,
    encrypt,
    message_keys,
    padded_length,
)

ANA, BEN = PrivateKey(b"\x01" * 32), PrivateKey(b"\x02" * 32)
KEY = conversation_key(ANA, BEN.x_only)
NONCE = bytes(range(32))
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


@given(texts, st.binary(min_size=32, max_size=32))
def test_what_is_encrypted_is_decrypted_by_the_other(text: str, nonce: bytes) -> None:
    assert decrypt(encrypt(text, KEY, nonce), conversation_key(BEN, ANA.x_only)) == text


@given(st.integers(min_value=1, max_value=MAX_TEXT_BYTES))
def test_padding_grows_and_never_by_more_than_a_fourth_of_a_long_text(length: int) -> None:
    padded = padded_length(length)
    assert length <= padded <= max(length + 31, length * 5 // 4)
    assert padded <= padded_length(length + 1)


def test_the_longest_text_comes_to_the_longest_payload() -> None:
    assert len(encrypt("x" * MAX_TEXT_BYTES, KEY, NONCE)) == MAX_PAYLOAD_CHARS


@given(texts, st.data())
def test_a_payload_with_one_bit_changed_is_refused(text: str, data: st.DataObject) -> None:
    raw = bytearray(base64.b64decode(encrypt(text, KEY, NONCE)))
    bit = data.draw(st.integers(min_value=0, max_value=len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    error = EncryptionNotKnown if bit < 8 else MacMismatch
    with pytest.raises(error):
        decrypt(base64.b64encode(raw).decode(), KEY)


@given(st.text(max_size=400))
def test_any_text_is_refused_as_a_payload(text: str) -> None:
    with pytest.raises(DecodeError):
        decrypt(text, KEY)


def test_a_payload_that_is_too_long_is_not_even_decoded() -> None:
    with pytest.raises(PayloadOutOfBounds) as refused:
        decrypt("!" * (MAX_PAYLOAD_CHARS + 1), KEY)
    assert refused.value.length == MAX_PAYLOAD_CHARS + 1


@pytest.mark.parametrize("payload", ["\u00e9" * 132, "A" * 133, "A" * 131 + "-"])
def test_what_is_not_base64_is_refused(payload: str) -> None:
    with pytest.raises(NotBase64):
        decrypt(payload, KEY)


def _sealed(padded: bytes) -> str:
    """What a writer makes who keeps every rule but those of the padding."""
    cipher_key, cipher_nonce, mac_key = message_keys(KEY, NONCE)
    ciphertext = chacha20_xor(cipher_key, cipher_nonce, padded)
    mac = hmac_sha256(mac_key, NONCE + ciphertext)
    return base64.b64encode(b"\x02" + NONCE + ciphertext + mac).decode()


@pytest.mark.parametrize(
    "padded",
    [
        bytes(34),
        b"\x00\x21" + b"x" * 32,
        b"\x00\x01" + b"x" * 64,
        b"\xff\xff" + b"x" * 32,
        b"\x00\x00\x00\x01\x00\x00" + b"x" * 65_536,
    ],
)
def test_a_padding_that_does_not_fit_its_length_is_refused(padded: bytes) -> None:
    with pytest.raises((WrongPadding, PayloadOutOfBounds)):
        decrypt(_sealed(padded), KEY)


def test_what_is_no_utf8_is_refused() -> None:
    with pytest.raises(NotUtf8):
        decrypt(_sealed(b"\x00\x02\xc3\x28" + bytes(30)), KEY)


@pytest.mark.parametrize(("key", "nonce"), [(bytes(31), NONCE), (KEY, bytes(12))])
def test_keys_and_nonces_of_other_lengths_are_a_bug(key: bytes, nonce: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        encrypt("text", key, nonce)


@given(texts)
def test_nostr_sdk_reads_what_we_write_and_we_read_what_it_writes(text: str) -> None:
    theirs = nostr_sdk.SecretKey.parse(BEN.secret.hex())
    ana = nostr_sdk.PublicKey.parse(ANA.x_only.hex())
    assert nostr_sdk.nip44_decrypt(theirs, ana, encrypt(text, KEY, NONCE)) == text
    payload = nostr_sdk.nip44_encrypt(theirs, ana, text, nostr_sdk.Nip44Version.V2)
    assert decrypt(payload, KEY) == text
