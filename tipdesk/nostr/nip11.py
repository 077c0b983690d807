"""NIP-11: what a relay says of itself. Only which NIPs it supports is read."""

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError

MAX_DOCUMENT = 65_536
"""Bytes of such a document that are looked at."""
MEDIA_TYPE = "application/nostr+json"
_MAX_NIPS = 200
_SCHEMES = {"wss": "https", "ws": "http"}


def document_url(relay: str) -> str:
    """Where a relay's document is to be had: its own address, over HTTP."""
    scheme, _, rest = relay.partition("://")
    return f"{_SCHEMES.get(scheme, 'https')}://{rest}"


def supported_nips(document: bytes) -> frozenset[int]:
    """The numbers that the document names; what is no number is left out. Or `DecodeError`."""
    named = strict_json.parse_object(document, maximum=MAX_DOCUMENT).get("supported_nips")
    if not isinstance(named, list):
        raise DecodeError("the relay does not say which NIPs it supports")
    return frozenset(nip for nip in named[:_MAX_NIPS] if type(nip) is int)
