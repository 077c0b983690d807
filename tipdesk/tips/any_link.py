"""A link to any wallet, as it is pasted and as it is kept."""

from typing import Final

from tipdesk.tips.wallet_link import ServerLink, server_link

WalletLink = ServerLink

_SCHEMES: Final = (
    "nostr+walletconnect:",
    "nostrwalletconnect:",
    "lndconnect:",
    "clnrest:",
    "clnrest+",
)


def wallet_link(text: str) -> WalletLink:
    """The link in what a person pasted; a `WalletLinkError` says what is wrong with it."""
    return server_link(text)


def is_wallet_link(text: str) -> bool:
    """Whether it says of itself that it connects a wallet, and is nobody to be paid."""
    return text.strip().lower().startswith(_SCHEMES)


def link_from_bytes(data: bytes) -> WalletLink:
    """What `to_bytes` of a link gave; `BadStoredLink` for anything else."""
    return ServerLink.from_bytes(data)
