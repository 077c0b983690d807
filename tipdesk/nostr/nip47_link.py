"""NIP-47, "Nostr Wallet Connect URI": what a person copies from their wallet. It is a secret."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.crypto.secp256k1 import PrivateKey, check_point
from tipdesk.nostr.relay_url import normalised, usable_relays

MAX_CHARS: Final = 5_000
MAX_RELAYS: Final = 10
"""Of a link that names more the first are used."""
_MAX_ADDRESS_CHARS: Final = 320
_MAX_FIELDS: Final = 50
_LINK: Final = re.compile(r"nostr\+?walletconnect:(?://)?([^?/]*)/?(?:\?(.*))?", re.IGNORECASE)
_SCHEME: Final = re.compile(r"nostr\+?walletconnect:", re.IGNORECASE)
_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")


class NotAWalletLink(DecodeError):
    """A text of another form; it is not repeated, as it may hold a secret."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("a link to a wallet begins with nostr+walletconnect:// and is copied whole")
        )


class WalletLinkKeyMissing(DecodeError):
    """The wallet's public key or our secret is missing, or none; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(Phrase("the link has no usable {name}: copy it again", name=name))
        self.name = name


class WalletLinkWithoutRelay(DecodeError):
    """None of the link's relays is an address of a relay."""

    def __init__(self) -> None:
        super().__init__(Phrase("the link names no relay over which the wallet could be reached"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletConnectLink:
    """How one wallet is reached, and the secret that it knows us by."""

    pubkey: XOnlyPubkey
    """The wallet's."""
    relays: tuple[str, ...]
    """Normalised; one to ten."""
    secret: bytes = field(repr=False)
    lud16: str = ""
    """A lightning address that the wallet suggests: its word, not checked, safe to show."""
    allows_nip04: bool = False
    """Whether the old encryption may be spoken: the person's word, which no link can say."""

    @property
    def key(self) -> PrivateKey:
        """What signs our requests; worked out at each call."""
        return PrivateKey(self.secret)

    def to_uri(self) -> str:
        """The link as text: a secret."""
        fields = [("relay", relay) for relay in self.relays]
        fields.append(("secret", self.secret.hex()))
        if self.lud16:
            fields.append(("lud16", self.lud16))
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields)
        return f"nostr+walletconnect://{self.pubkey}?{query}"


def is_link(text: str) -> bool:
    """Whether it begins as such a link."""
    return _SCHEME.match(text.strip()) is not None


def parse_link(text: str) -> WalletConnectLink:
    """The link in a text, with or without its slashes; a `DecodeError` of this module otherwise."""
    stripped = text.strip()
    match = None if len(stripped) > MAX_CHARS else _LINK.fullmatch(stripped)
    if match is None:
        raise NotAWalletLink
    fields = _fields(match[2] or "")
    relays = usable_relays(tuple(map(normalised, fields.get("relay", ()))), maximum=MAX_RELAYS)
    if not relays:
        raise WalletLinkWithoutRelay
    return WalletConnectLink(
        pubkey=_pubkey(match[1]),
        relays=relays,
        secret=_secret(fields.get("secret", [""])[0]),
        lud16=one_line(fields.get("lud16", [""])[0], maximum=_MAX_ADDRESS_CHARS),
    )


def _fields(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in query.split("&")[:_MAX_FIELDS]:
        name, _, value = part.partition("=")
        # A plus is a plus: it stands in addresses, and no blank stands in any of these.
        found.setdefault(name.lower(), []).append(unquote(value).strip())
    return found


def _pubkey(text: str) -> XOnlyPubkey:
    if not _KEY.fullmatch(text):
        raise WalletLinkKeyMissing("public key")
    try:
        return XOnlyPubkey(check_point(b"\x02" + bytes.fromhex(text))[1:])
    except DecodeError:
        raise WalletLinkKeyMissing("public key") from None


def _secret(text: str) -> bytes:
    if not _KEY.fullmatch(text):
        raise WalletLinkKeyMissing("secret")
    try:
        return PrivateKey(bytes.fromhex(text)).secret
    except DecodeError:
        raise WalletLinkKeyMissing("secret") from None
