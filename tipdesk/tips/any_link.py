"""A link to any wallet, as it is pasted, shown and kept."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tipdesk.base.errors import DecodeError
from tipdesk.nostr import nip47_link
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.tips.link_errors import BadStoredLink
from tipdesk.tips.wallet_link import ServerLink, WalletKind, server_link

WalletLink = ServerLink | WalletConnectLink

_OLD: Final = "\nnip04"
_SCHEMES: Final = ("lndconnect:", "clnrest:", "clnrest+")


def is_wallet_link(text: str) -> bool:
    """Whether it says of itself that it connects a wallet, and is nobody to be paid."""
    return nip47_link.is_link(text) or text.strip().lower().startswith(_SCHEMES)


def wallet_link(text: str) -> WalletLink:
    """The link in what a person pasted; a `DecodeError` says what is wrong with it."""
    return nip47_link.parse_link(text) if nip47_link.is_link(text) else server_link(text)


def kind_of(link: WalletLink) -> WalletKind:
    """What sort of program is behind it."""
    return link.kind if isinstance(link, ServerLink) else WalletKind.NWC


def place_of(link: WalletLink) -> str:
    """Where the wallet is asked, to be shown: nothing secret."""
    if isinstance(link, ServerLink):
        return link.place
    relays = ", ".join(urlsplit(relay).netloc for relay in link.relays)
    return f"{relays} (NIP-04)" if link.allows_nip04 else relays


def link_to_bytes(link: WalletLink) -> bytes:
    """For the vault."""
    if isinstance(link, ServerLink):
        return link.to_bytes()
    return (link.to_uri() + (_OLD if link.allows_nip04 else "")).encode()


def link_from_bytes(data: bytes) -> WalletLink:
    """What `link_to_bytes` gave; `BadStoredLink` for anything else."""
    try:
        text = data.decode()
        if not nip47_link.is_link(text):
            return ServerLink.from_bytes(data)
        link = nip47_link.parse_link(text.removesuffix(_OLD))
        return replace(link, allows_nip04=text.endswith(_OLD))
    except (UnicodeDecodeError, DecodeError):
        raise BadStoredLink from None
