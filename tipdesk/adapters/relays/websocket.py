"""Opening a websocket to a relay, and saying why that failed."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

from tipdesk.base.errors import BackendError
from tipdesk.base.internet import is_public
from tipdesk.nostr.frames import MAX_FRAME_BYTES

_log = logging.getLogger(__name__)


class StrangersRelayRefused(BackendError):
    """A relay that somebody else named leads where strangers' addresses must not lead."""


@contextlib.asynccontextmanager
async def open_websocket(
    url: str, timeout: float, *, address: str | None = None
) -> AsyncIterator[ClientConnection]:
    """A websocket to the relay; with `address`, to that very IP address of the relay's host."""
    fixed: dict[str, Any] = {} if address is None else {"host": address}
    async with connect(
        url,
        open_timeout=timeout,
        close_timeout=1,
        max_size=MAX_FRAME_BYTES,
        proxy=None,
        user_agent_header="TipDesk",
        **fixed,
    ) as websocket:
        yield websocket


async def public_address(url: str) -> str:
    """The IP address of a relay with TLS, if every one its name leads to is public."""
    parts = urlsplit(url)
    if parts.scheme != "wss":
        raise StrangersRelayRefused("only relays with TLS are used")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not all(is_public(entry) for entry in addresses):
        raise StrangersRelayRefused("the relay is not on the public internet")
    return addresses[0]


def why_not(error: Exception) -> str:
    """Why there is no connection, in words; details are for the log."""
    _log.debug("a relay failed: %r", error)
    if isinstance(error, StrangersRelayRefused):
        return str(error)
    if isinstance(error, TimeoutError):
        return "the relay does not answer in time"
    if isinstance(error, ssl.SSLError):
        return "the relay's certificate is not valid"
    if isinstance(error, OSError):
        return "the relay cannot be reached"
    return "there is no relay at this address"
