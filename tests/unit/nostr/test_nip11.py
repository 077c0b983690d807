"""NIP-11: what a relay says it can."""

import pytest

from tipdesk.base.errors import DecodeError
from tipdesk.nostr.nip11 import document_url, supported_nips


def test_the_document_lies_where_the_relay_is() -> None:
    assert document_url("wss://r.example/path") == "https://r.example/path"
    assert document_url("ws://127.0.0.1:7") == "http://127.0.0.1:7"


def test_numbers_are_read_and_all_else_is_left_out() -> None:
    assert supported_nips(b'{"supported_nips": [1, 50, "9", true, null, 1.5]}') == {1, 50}


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"supported_nips": 1}', b"\xff"])
def test_a_document_that_says_nothing_is_refused(document: bytes) -> None:
    with pytest.raises(DecodeError):
        supported_nips(document)
