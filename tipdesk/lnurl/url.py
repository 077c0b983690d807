"""LUD-01: addresses that may be fetched. https everywhere; http from onion services, whose
circuits nobody on the way can read, and on the practice network."""

from urllib.parse import SplitResult, urlsplit

from tipdesk.base.errors import DecodeError
from tipdesk.base.internet import is_onion
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network

MAX_URL_CHARS = 8_000


class BadUrl(DecodeError):
    """Text that is no web address."""


class SchemeNotAllowed(DecodeError):
    """A scheme other than https, where http is not allowed either."""

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
    if parts.scheme not in (usual_scheme(parts.hostname or "", network), "https"):
        raise SchemeNotAllowed(scheme=parts.scheme)
    if not parts.hostname or port == 0 or parts.username is not None or parts.fragment:
        raise BadUrl(Phrase("not a web address"))
    return parts


def usual_scheme(host: str, network: Network) -> str:
    """How a server is spoken to whose address names no scheme."""
    return "http" if network is Network.REGTEST or is_onion(host) else "https"
