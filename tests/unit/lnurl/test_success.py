"""LUD-09 and LUD-10: what is shown after paying; sealed texts are made by OpenSSL's own cipher."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Preimage
from tipdesk.lnurl import success
from tipdesk.lnurl.success import (
    BadSuccessAction,
    Link,
    Message,
    Sealed,
    SuccessAction,
    read_action,
)

CALLBACK = "https://a.example/cb"
PREIMAGE = Preimage(b"\x05" * 32)
IV = b"\x09" * 16


def seal(text: str, key: bytes = PREIMAGE) -> bytes:
    data = text.encode()
    missing = 16 - len(data) % 16
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(IV)).encryptor()
    return encryptor.update(data + bytes([missing]) * missing) + encryptor.finalize()


def aes(text: str, **changed: object) -> dict[str, object]:
    return {
        "tag": "aes",
        "description": "your PIN",
        "ciphertext": b64encode(seal(text)).decode(),
        "iv": b64encode(IV).decode(),
    } | changed


@pytest.mark.parametrize("text", ["4711", "x" * 15, "x" * 16, "x" * 17, "p\u00edn \u26a1"])
def test_the_preimage_opens_a_sealed_text(text: str) -> None:
    found = read_action(aes(text), callback=CALLBACK)
    assert isinstance(found, Sealed)
    assert found.description == "your PIN"
    assert found.open(PREIMAGE) == text


def test_another_preimage_opens_nothing() -> None:
    sealed = Sealed("x", seal("4711"), IV)
    with pytest.raises(BadSuccessAction):
        sealed.open(Preimage(b"\x06" * 32))
    with pytest.raises(BadSuccessAction):
        Sealed("x", b"\x00" * 15, IV).open(PREIMAGE)


@pytest.mark.parametrize(
    "broken",
    [
        {"iv": b64encode(b"short").decode()},
        {"iv": "***"},
        {"ciphertext": ""},
        {"ciphertext": "A" * 5_000},
        {"ciphertext": 7},
        {"description": None},
    ],
)
def test_a_sealed_text_that_could_not_be_opened_is_refused_before_paying(
    broken: dict[str, object],
) -> None:
    with pytest.raises(BadSuccessAction):
        read_action(aes("4711", **broken), callback=CALLBACK)


@pytest.mark.parametrize(
    "action",
    [
        Message("thanks \u26a1"),
        Link("a song", "https://a.example/song"),
        Sealed("pin", b"\x01\x02", IV),
    ],
)
def test_actions_are_stored_and_read_again(action: SuccessAction) -> None:
    assert success.from_text(success.to_text(action)) == action


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"message": 7}'])
def test_what_was_not_stored_by_us_is_no_action(text: str) -> None:
    with pytest.raises(DecodeError):
        success.from_text(text)
