"""Opening a websocket to a relay, and saying why that failed."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import clause
from tipdesk.nostr.frames import MAX_FRAME_BYTES
from tipdesk.ports.way_out import NotPublic, Reach, WayBarred

_log = logging.getLogger(__name__)


class StrangersRelayRefused(BackendError):
    """A relay that somebody else named leads where strangers' addresses must not lead."""


@contextlib.asynccontextmanager
async def open_websocket(
    url: str, timeout: float, way: WayOut, *, reach: Reach = Reach.ANYWHERE
) -> AsyncIterator[ClientConnection]:
    """A websocket to the relay; one that strangers named has TLS and a public address."""
    parts = urlsplit(url)
    is_secure, host = parts.scheme == "wss", parts.hostname or ""
    if reach is Reach.STRANGERS and not is_secure:
        raise StrangersRelayRefused("only relays with TLS are used")
    try:
        async with asyncio.timeout(timeout + way.extra_seconds(host)):
            sock = await way.open(host, parts.port or (443 if is_secure else 80), reach=reach)
    except NotPublic:
        raise StrangersRelayRefused("the relay is not on the public internet") from None
    async with connect(
        url,
        sock=sock,
        open_timeout=timeout,
        close_timeout=1,
        max_size=MAX_FRAME_BYTES,
        proxy=None,
        user_agent_header="TipDesk",
    ) as websocket:
        yield websocket


def extra_seconds(url: str, way: WayOut) -> float:
    """How much longer to wait for a relay than if it were asked directly."""
    return way.extra_seconds(urlsplit(url).hostname or "")


def why_not(error: Exception) -> str:
    """Why there is no connection, in words; details are for the log."""
    _log.debug("a relay failed: %r", error)
    if isinstance(error, StrangersRelayRefused):
        return str(error)
    if isinstance(error, WayBarred):
        return clause(error)
    if isinstance(error, TimeoutError):
        return "the relay does not answer in time"
    if isinstance(error, ssl.SSLError):
        return "the relay's certificate is not valid"
    if isinstance(error, OSError):
        return "the relay cannot be reached"
    return "there is no relay at this address"
