"""Relay addresses as tags and profiles give them."""

from urllib.parse import urlsplit

MAX_URL_CHARS = 250


def is_relay_url(text: str) -> bool:
    """Whether the text is a websocket address with a host, short enough to be kept."""
    if len(text) > MAX_URL_CHARS or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("ws", "wss") and bool(parts.hostname) and port != 0


def usable_relays(urls: tuple[str, ...], *, maximum: int) -> tuple[str, ...]:
    """The first `maximum` relay addresses among the texts, each once."""
    return tuple(dict.fromkeys(url for url in urls if is_relay_url(url)))[:maximum]
