"""Links to wallets, whatever wallet it is: told from people to pay, kept and read again."""

from dataclasses import replace

import pytest

from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.tips.any_link import (
    is_wallet_link,
    kind_of,
    link_from_bytes,
    link_to_bytes,
    place_of,
    wallet_link,
)
from tipdesk.tips.link_errors import BadStoredLink
from tipdesk.tips.wallet_link import ServerLink, WalletKind

NWC = (
    "nostr+walletconnect://" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "?relay=wss%3A%2F%2Fone.example&relay=wss%3A%2F%2Ftwo.example%2Fnwc&secret=" + "11" * 32
)
RUNE = "clnrest+https://10.0.0.2:3010?rune=" + "ab_-" * 16


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        (NWC, WalletKind.NWC, "one.example, two.example"),
        (RUNE, WalletKind.CORE_LIGHTNING, "10.0.0.2:3010"),
    ],
)
def test_a_link_is_kept_and_read_again_and_shows_no_secret(
    text: str, kind: WalletKind, place: str
) -> None:
    link = wallet_link(f"  {text}\n")
    assert is_wallet_link(text)
    assert (kind_of(link), place_of(link)) == (kind, place)
    assert link_from_bytes(link_to_bytes(link)) == link
    assert isinstance(link, ServerLink if kind is not WalletKind.NWC else WalletConnectLink)
    assert "11" * 32 not in repr(link)
    assert "ab_-" not in repr(link)


def test_that_the_old_encryption_is_allowed_is_kept_and_shown_and_no_link_can_say_it() -> None:
    link = wallet_link(NWC)
    assert isinstance(link, WalletConnectLink)
    allowed = replace(link, allows_nip04=True)
    assert link_from_bytes(link_to_bytes(allowed)) == allowed
    assert place_of(allowed).endswith(" (NIP-04)")
    for said in (NWC + "&allows_nip04=true", NWC + "&nip04"):
        read = wallet_link(said)
        assert isinstance(read, WalletConnectLink)
        assert not read.allows_nip04


@pytest.mark.parametrize(
    "text", ["", "ana@example.com", "lnbc1", "lnurl1dp68", "nostr:npub1", "bitcoin:bc1q"]
)
def test_what_can_be_paid_is_no_wallet(text: str) -> None:
    assert not is_wallet_link(text)


@pytest.mark.parametrize("data", [b"", b"\xff\xff", b"{}", b"nostr+walletconnect://00"])
def test_what_is_no_stored_link_is_refused(data: bytes) -> None:
    with pytest.raises(BadStoredLink):
        link_from_bytes(data)
