"""What is said to media servers and what they say, without a wire."""

import base64
import json

import pytest

from tests.fakes import FAN
from tipdesk.base.errors import DecodeError
from tipdesk.nostr.blossom import (
    authorization_header,
    read_descriptor,
    read_refusal,
    upload_authorization,
)
from tipdesk.nostr.event import parse, sign

HASH = "ab" * 32
URL = f"https://media.example/{HASH}.png"


def test_the_word_for_an_upload_is_read_with_either_base64() -> None:
    for host in ("m.example", "mm.example", "mmm.example"):
        word = upload_authorization(FAN.x_only, picture=HASH, host=host, now=1_700_000_000)
        event = sign(word, FAN, bytes(32))
        scheme, _, text = authorization_header(event).partition(" ")
        assert scheme == "Nostr"
        assert not set(text) & set("+/-_=")
        assert parse(base64.b64decode(text, validate=True).decode()) == event
        assert event.values("x") == (HASH,)
        assert event.first("expiration") == "1700000600"


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "cd" * 32},
        {"sha256": None},
        {"size": 11},
        {"url": "https://media.example/latest.png"},
        {"url": f"ftp://media.example/{HASH}"},
        {"url": f"https://media.example/{HASH}/other"},
        {"url": f"https://media.example/?{HASH} x"},
        {"url": 7},
    ],
)
def test_an_answer_about_anything_else_is_not_believed(change: dict[str, object]) -> None:
    good: dict[str, object] = {"url": URL, "sha256": HASH, "size": 10}
    assert read_descriptor(json.dumps(good).encode(), picture=HASH, size=10) == URL
    with pytest.raises(DecodeError):
        read_descriptor(json.dumps(good | change).encode(), picture=HASH, size=10)


def test_a_refusals_words_come_from_the_header_or_the_body_or_are_none() -> None:
    assert read_refusal(" no\x07room ", b"") == "noroom"
    assert read_refusal("", b'{"message": "too big"}') == "too big"
    for body in (b"", b"<html>", b'{"message": 3}', b"[]"):
        assert read_refusal("", body) == ""
