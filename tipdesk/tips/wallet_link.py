"""What connects TipDesk with a wallet that runs elsewhere. Every link holds a secret."""

from dataclasses import dataclass, field
from enum import Enum

from tipdesk.base.phrase import Phrase


class WalletKind(Enum):
    """What sort of program the wallet is; the value is stored."""

    NWC = "nwc"
    LND = "lnd"
    CORE_LIGHTNING = "cln"
    PHOENIXD = "phoenixd"

    @property
    def title(self) -> str:
        """Its name, as people know it."""
        return _TITLES[self]


_TITLES = {
    WalletKind.NWC: Phrase("Nostr Wallet Connect"),
    WalletKind.LND: "LND",
    WalletKind.CORE_LIGHTNING: "Core Lightning",
    WalletKind.PHOENIXD: "phoenixd",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLink:
    """A node that is asked over HTTP: LND, Core Lightning or phoenixd."""

    kind: WalletKind
    url: str
    """``https://host:port`` or, on this machine or its own network, ``http://``; no path."""
    secret: str = field(repr=False)
    """LND: the macaroon in hex. Core Lightning: the rune. phoenixd: the password."""
    fingerprint: bytes | None = None
    """SHA-256 of the only certificate that is believed; None: one that authorities vouch for."""
