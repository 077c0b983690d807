"""NIP-47: the link that a person copies from their wallet."""

from urllib.parse import quote

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.secp256k1 import CURVE_ORDER, PrivateKey
from tipdesk.nostr.nip47_link import (
    MAX_RELAYS,
    NotAWalletLink,
    WalletConnectLink,
    WalletLinkKeyMissing,
    WalletLinkWithoutRelay,
    is_link,
    parse_link,
)

PUBKEY = PrivateKey(b"\x05" * 32).x_only
SECRET = "0a" * 32
RELAY = "wss://relay.example"
LINK = WalletConnectLink(pubkey=PUBKEY, relays=(RELAY,), secret=bytes.fromhex(SECRET))
REST = f"{PUBKEY}?relay={quote(RELAY, safe='')}&secret={SECRET}"


@pytest.mark.parametrize(
    "scheme",
    [
        "nostr+walletconnect://",
        "nostr+walletconnect:",
        "nostrwalletconnect://",
        "nostrwalletconnect:",
        "NOSTR+WALLETCONNECT://",
        "  nostr+walletconnect://",
    ],
)
def test_every_form_of_the_link_is_read(scheme: str) -> None:
    assert is_link(scheme + REST)
    assert parse_link(scheme + REST) == LINK
    assert parse_link(f"{scheme}{str(PUBKEY).upper()}/?relay={RELAY}&secret={SECRET}\n") == LINK


@given(
    secret=st.integers(1, CURVE_ORDER - 1),
    hosts=st.lists(st.integers(0, 999), min_size=1, max_size=10, unique=True),
    lud16=st.sampled_from(["", "ana+tips@wallet.example", "a&b=c%20@x.example"]),
)
def test_a_link_comes_as_it_went(secret: int, hosts: list[int], lud16: str) -> None:
    link = WalletConnectLink(
        pubkey=PUBKEY,
        relays=tuple(f"wss://r{number}.example/nwc?a=b&c=d" for number in hosts),
        secret=secret.to_bytes(32, "big"),
        lud16=lud16,
    )
    assert parse_link(link.to_uri()) == link


def test_another_implementation_reads_our_link_and_we_read_its() -> None:
    link = WalletConnectLink(
        pubkey=PUBKEY,
        relays=(RELAY, "wss://other.example/path"),
        secret=bytes.fromhex(SECRET),
        lud16="ana@wallet.example",
    )
    theirs = nostr_sdk.NostrWalletConnectUri.parse(link.to_uri())
    assert theirs.public_key().to_hex() == str(PUBKEY)
    assert theirs.secret().to_hex() == SECRET
    assert [str(url).rstrip("/") for url in theirs.relays()] == list(link.relays)
    assert theirs.lud16() == link.lud16
    assert parse_link(str(theirs)) == link


def test_a_plus_in_an_address_stays_a_plus() -> None:
    assert parse_link(f"nostr+walletconnect://{REST}&lud16=a+b@c.example").lud16 == "a+b@c.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nostr+walletconnect",
        "https://relay.example",
        "nostr:" + REST,
        "nostrnwc://connect?appname=x",
        f"nostr+walletconnect://{REST}&x=" + "y" * 5_000,
    ],
)
def test_another_text_is_no_link(text: str) -> None:
    with pytest.raises(NotAWalletLink):
        parse_link(text)


@pytest.mark.parametrize(
    "rest",
    [
        f"?relay={RELAY}&secret={SECRET}",
        f"{'ff' * 32}?relay={RELAY}&secret={SECRET}",
        f"{PUBKEY}?relay={RELAY}",
        f"{PUBKEY}?relay={RELAY}&secret={SECRET[:-2]}",
        f"{PUBKEY}?relay={RELAY}&secret={'00' * 32}",
        f"{PUBKEY}?relay={RELAY}&secret={'ff' * 32}",
    ],
)
def test_a_link_without_its_keys_is_refused_and_not_repeated(rest: str) -> None:
    with pytest.raises(WalletLinkKeyMissing) as caught:
        parse_link("nostr+walletconnect://" + rest)
    assert SECRET[:20] not in str(caught.value)


@pytest.mark.parametrize("relay", ["", "&relay=", "&relay=https%3A%2F%2Fa.example", "&relay=wss:"])
def test_a_link_without_a_relay_is_refused(relay: str) -> None:
    with pytest.raises(WalletLinkWithoutRelay):
        parse_link(f"nostr+walletconnect://{PUBKEY}?secret={SECRET}{relay}")


def test_of_many_relays_the_first_are_used_each_once_and_bad_ones_not() -> None:
    named = [RELAY, "WSS://Relay.example/", "ftp://x", *(f"wss://r{n}.example" for n in range(50))]
    query = "&".join(f"relay={quote(url, safe='')}" for url in named[:48])
    link = parse_link(f"nostr+walletconnect://{PUBKEY}?secret={SECRET}&{query}")
    assert len(link.relays) == MAX_RELAYS
    assert link.relays[:2] == (RELAY, "wss://r0.example")


def test_the_secret_shows_in_no_representation() -> None:
    assert SECRET not in repr(LINK)
    assert repr(bytes.fromhex(SECRET)) not in repr(LINK)
    assert LINK.key.x_only != LINK.pubkey
    assert isinstance(LINK.pubkey, XOnlyPubkey)
