"""Addresses that may be fetched: https everywhere, http on the practice network only."""

from urllib.parse import SplitResult, urlsplit

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network

MAX_URL_CHARS = 8_000


class BadUrl(DecodeError):
    """Text that is no web address."""


class SchemeNotAllowed(DecodeError):
    """A scheme other than https; http is for the practice network only."""

    def __init__(self, *, scheme: str) -> None:
        super().__init__(
            Phrase("TipDesk does not open {scheme} addresses", scheme=f"{scheme[:20]!a}")
        )
        self.scheme = scheme


def check_url(text: str, network: Network) -> SplitResult:
    """The parts of an address that may be fetched on this network; `DecodeError` otherwise."""
    if len(text) > MAX_URL_CHARS or not text.isascii() or not text.isprintable() or " " in text:
        raise BadUrl(Phrase("not a web address"))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadUrl(Phrase("not a web address")) from None
    if not is_allowed_scheme(parts.scheme, network):
        raise SchemeNotAllowed(scheme=parts.scheme)
    if not parts.hostname or port == 0 or parts.username is not None or parts.fragment:
        raise BadUrl(Phrase("not a web address"))
    return parts


def is_allowed_scheme(scheme: str, network: Network) -> bool:
    """Whether this network fetches addresses of that scheme."""
    return scheme == "https" or (scheme == "http" and network is Network.REGTEST)
