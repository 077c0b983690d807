"""LUD-01 and LUD-17: an address as bech32, or under a scheme of its own."""

from urllib.parse import urlsplit

from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.crypto import bech32
from tipdesk.lnurl.url import BadUrl, check_url, usual_scheme

_MAX_CHARS = 13_000
_SCHEMES = ("lnurlp:", "lnurlw:", "keyauth:")


class NotLnurl(BadUrl):
    """Text that is neither ``lnurl1...`` nor ``lnurlp://...`` or its like."""


def encode(url: str) -> str:
    """LUD-01: the address as ``lnurl1...`` in lower case."""
    return bech32.encode("lnurl", bech32.to_words(url.encode()))


def decode(text: str, network: Network) -> str:
    """The address behind an ``lnurl1...`` or a scheme of LUD-17, with or without ``lightning:``.

    Raises `DecodeError`, also for an address that this network does not fetch.
    """
    text = text.strip()
    if text[:10].lower() == "lightning:":
        text = text[10:]
    scheme = scheme_of(text)
    if scheme:
        return _from_scheme(text[len(scheme) :].removeprefix("//"), network)
    prefix, words = bech32.decode(text, maximum=_MAX_CHARS)
    if prefix != "lnurl":
        raise NotLnurl(Phrase("not an LNURL"))
    try:
        url = bech32.from_words(words).decode("ascii")
    except UnicodeDecodeError:
        raise NotLnurl(Phrase("the LNURL holds no address")) from None
    check_url(url, network)
    return url


def scheme_of(text: str) -> str:
    """LUD-17: which scheme of LNURL's own a text begins with, such as ``lnurlw:``; or nothing."""
    return next((one for one in _SCHEMES if text[: len(one)].lower() == one), "")


def _from_scheme(rest: str, network: Network) -> str:
    """LUD-17: https, or http for an onion service."""
    check_url(f"https://{rest}", network)
    return f"{usual_scheme(urlsplit(f'//{rest}').hostname or '', network)}://{rest}"
