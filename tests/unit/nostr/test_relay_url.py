"""Relay addresses: websocket ones only, each once, not too many."""

import pytest

from tipdesk.nostr.relay_url import is_relay_url, usable_relays


@pytest.mark.parametrize("text", ["wss://relay.example", "ws://127.0.0.1:7000/", "wss://[::1]:1/x"])
def test_websocket_addresses_are_usable(text: str) -> None:
    assert is_relay_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://relay.example",
        "wss://",
        "wss://a b",
        "wss://relay.example:99999",
        "wss://relay.example:x",
        "wss://[bad",
        "wss://relay\u00e9.example",
        "wss://relay.example/\n",
        "wss://" + "a" * 250,
    ],
)
def test_other_texts_are_not(text: str) -> None:
    assert not is_relay_url(text)


def test_relays_are_listed_once_and_at_most_so_many() -> None:
    urls = ("wss://a", "wss://a", "nonsense", "wss://b", "wss://c")
    assert usable_relays(urls, maximum=2) == ("wss://a", "wss://b")
