"""Relay addresses: websocket ones only, each once, not too many."""

import pytest

from tipdesk.nostr.relay_url import is_relay_url, normalised, strangers_relays, usable_relays


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


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("wss://Relay.Example/", "wss://relay.example"),
        ("WSS://relay.example:443", "wss://relay.example"),
        ("ws://relay.example:80/x/", "ws://relay.example/x/"),
        ("wss://relay.example:7777/?a=b", "wss://relay.example:7777?a=b"),
        ("wss://[2001:DB8::1]:5/", "wss://[2001:db8::1]:5"),
        ("nonsense", "nonsense"),
    ],
)
def test_one_relay_has_one_address(url: str, same: str) -> None:
    assert normalised(url) == same


@pytest.mark.parametrize(
    "url",
    [
        "ws://relay.example",
        "wss://localhost",
        "wss://printer.local",
        "wss://router.lan:7",
        "wss://127.0.0.1",
        "wss://192.168.1.1",
        "wss://[::1]",
        "wss://[::ffff:10.0.0.1]",
        "wss://me:secret@relay.example",
        "wss://intranet",
        "wss://abc.onion",
    ],
)
def test_a_strangers_word_leads_to_no_private_place_outside_practice(url: str) -> None:
    assert strangers_relays([url], practice=False, maximum=9) == ()
    assert strangers_relays([url], practice=True, maximum=9) == (normalised(url),)


def test_strangers_relays_are_counted_once_normalised() -> None:
    urls = ["wss://a.example", "wss://A.example/", "rubbish", "wss://b.example", "wss://c.example"]
    found = strangers_relays(urls, practice=False, maximum=2)
    assert found == ("wss://a.example", "wss://b.example")
