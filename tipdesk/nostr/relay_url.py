"""Relay addresses as tags and profiles give them."""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from tipdesk.base.internet import is_ip_address, is_public

MAX_URL_CHARS = 250
_LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".onion", ".i2p")
_PORTS = {"ws": 80, "wss": 443}


def is_relay_url(text: str) -> bool:
    """Whether the text is a websocket address with a host, short enough to be kept."""
    return _split(text) is not None


def usable_relays(urls: tuple[str, ...], *, maximum: int) -> tuple[str, ...]:
    """The first `maximum` relay addresses among the texts, each once."""
    return tuple(dict.fromkeys(url for url in urls if is_relay_url(url)))[:maximum]


def normalised(url: str) -> str:
    """One form for all that mean the same relay: lower-case host, no needless port or slash."""
    parts = _split(url)
    if parts is None:
        return url
    host = parts.hostname or ""
    place = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != _PORTS[parts.scheme]:
        place += f":{parts.port}"
    path = "" if parts.path == "/" else parts.path
    return f"{parts.scheme}://{place}{path}" + (f"?{parts.query}" if parts.query else "")


def strangers_relays(urls: Iterable[str], *, practice: bool, maximum: int) -> tuple[str, ...]:
    """The first `maximum` relays, normalised, that may be connected to on a stranger's word.

    Outside the practice network that is over TLS only, without a name or password in the address,
    and at no host that is this machine's or its own network's; what a name resolves to is for the
    adapter to check.
    """
    found: dict[str, None] = {}
    for url in urls:
        if len(found) == maximum:
            break
        if is_relay_url(url) and (practice or _is_public(url)):
            found[normalised(url)] = None
    return tuple(found)


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "wss" or "@" in parts.netloc:
        return False
    if is_ip_address(host):
        return is_public(host)
    return "." in host and not host.endswith(_LOCAL_ENDINGS)


def _split(text: str) -> SplitResult | None:
    if len(text) > MAX_URL_CHARS or not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    fits = parts.scheme in _PORTS and bool(parts.hostname) and port != 0
    return parts if fits else None
