"""NIP-04 is read, never written; whatever comes, the answer is a text or a refusal."""

import base64

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.crypto.secp256k1 import PrivateKey, point_multiply
from tipdesk.nostr.nip04 import NotOldPayload, decrypt, is_old_payload

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


def test_another_key_reads_nothing() -> None:
    with pytest.raises(NotOldPayload):
        decrypt(sealed("x" * 40), PrivateKey(bytes(31) + b"\x09"), BOB.x_only)


@given(st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    for payload in (text, f"{text}?iv=", f"AAAA?iv={text}", "A" * 200_000):
        with pytest.raises(NotOldPayload):
            decrypt(payload, ALICE, BOB.x_only)
