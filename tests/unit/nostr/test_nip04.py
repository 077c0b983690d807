"""NIP-04: whatever comes, the answer is a text or a refusal."""

import base64

import nostr_sdk
import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.crypto.secp256k1 import PrivateKey, point_multiply
from tipdesk.nostr.nip04 import NotOldPayload, decrypt, encrypt, is_old_payload

ALICE, BOB = (PrivateKey(bytes(31) + bytes([n])) for n in (1, 2))


def sealed(text: str) -> str:
    """As an older client of Bob's would write it."""
    key = point_multiply(b"\x02" + ALICE.x_only, BOB.secret)[1:]
    padder = padding.PKCS7(128).padder()
    padded = padder.update(text.encode()) + padder.finalize()
    iv = bytes(range(16))
    encryptor = Cipher(algorithms.AES256(bytes(key)), modes.CBC(iv)).encryptor()
    body = encryptor.update(padded) + encryptor.finalize()
    return f"{base64.b64encode(body).decode()}?iv={base64.b64encode(iv).decode()}"


def test_what_an_older_client_wrote_is_read() -> None:
    payload = sealed('[["p","é"]]')
    assert is_old_payload(payload)
    assert decrypt(payload, ALICE, BOB.x_only) == '[["p","é"]]'


def test_what_we_write_is_what_an_older_client_writes() -> None:
    text = '{"method":"get_info"}'
    assert encrypt(text, BOB, ALICE.x_only, bytes(range(16))) == sealed(text)


def test_another_implementation_reads_what_we_write() -> None:
    payload = encrypt("gr\u00fc\u00dfe" * 50, ALICE, BOB.x_only, bytes(range(16)))
    bob = nostr_sdk.SecretKey.parse(BOB.secret.hex())
    alice = nostr_sdk.PublicKey.parse(ALICE.x_only.hex())
    assert nostr_sdk.nip04_decrypt(bob, alice, payload) == "gr\u00fc\u00dfe" * 50


def test_another_key_reads_nothing() -> None:
    with pytest.raises(NotOldPayload):
        decrypt(sealed("x" * 40), PrivateKey(bytes(31) + b"\x09"), BOB.x_only)


@given(st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    for payload in (text, f"{text}?iv=", f"AAAA?iv={text}", "A" * 200_000):
        with pytest.raises(NotOldPayload):
            decrypt(payload, ALICE, BOB.x_only)
