"""`RateSource` over HTTP and websockets, and the table of public servers that need no key."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.rates.formats import (
    MAX_ANSWER_BYTES,
    read_bitstamp,
    read_coinbase,
    read_coinbase_frame,
    read_kraken,
    subscribe_coinbase,
)
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.bitcoin.network import Network
from tipdesk.ports.http import HttpClient
from tipdesk.ports.rates import RateSource
from tipdesk.ports.way_out import WayBarred
from tipdesk.tips.fiat import CURRENCIES, Currency, Rate

POLL_SECONDS: Final = 60.0
HTTP_SECONDS: Final = 15.0
OPEN_SECONDS: Final = 10.0
QUIET_SECONDS: Final = 90.0
"""A websocket on which nothing was heard for so long is taken for dead."""
PACE_SECONDS: Final = 0.25
"""Frames are read no faster than this; what comes faster waits in the server's sockets."""
LARGE: Final = frozenset({"USD", "EUR", "GBP"})


class SourceLost(BackendError):
    """The websocket could not be opened, broke, or fell silent."""

    def __init__(self, source: str, host: str) -> None:
        super().__init__(f"{source} ({host}) cannot be reached or fell silent.")
        self.source = source
        self.host = host


class UnknownRateSource(RequestError):
    """A setting that names no rate source."""

    def __init__(self, spec: str) -> None:
        super().__init__(
            f"{spec[:100]!r} is no rate source. It is one of {', '.join(SERVERS)}, or written "
            "NAME=FORMAT@ADDRESS with one of these as the format."
        )
        self.spec = spec


HttpReader = Callable[[bytes, Currency, str, Instant], Rate]


@dataclass(frozen=True, slots=True)
class HttpServer:
    """A server that is asked again and again. `path` has places for the currency's code."""

    base: str
    path: str
    read: HttpReader
    currencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class FeedServer:
    """A websocket on which prices come by themselves."""

    base: str
    currencies: frozenset[str]


SERVERS: Final[Mapping[str, HttpServer | FeedServer]] = {
    "coinbase-live": FeedServer("wss://ws-feed.exchange.coinbase.com", LARGE),
    "kraken": HttpServer(
        "https://api.kraken.com",
        "/0/public/Ticker?pair=XBT{code}",
        read_kraken,
        LARGE | {"CAD", "CHF", "AUD", "JPY"},
    ),
    "bitstamp": HttpServer(
        "https://www.bitstamp.net", "/api/v2/ticker/btc{lower}/", read_bitstamp, LARGE
    ),
    "coinbase": HttpServer(
        "https://api.coinbase.com",
        "/v2/exchange-rates?currency=BTC",
        read_coinbase,
        frozenset(CURRENCIES) - LARGE,
    ),
}
"""Public servers of three houses, keyless. None is asked before a person turns fiat on."""
DEFAULT_SOURCES: Final = tuple(SERVERS)


def make_sources(
    specs: Sequence[str], *, http: HttpClient, way: WayOut, network: Network, clock: Clock
) -> list[RateSource]:
    """The sources that settings name; `UnknownRateSource` for what is none.

    A spec is a name of the table, or `NAME=FORMAT@ADDRESS`: whose server it is, which row of the
    table it answers like, and where it is.
    """
    return [_source(spec, http, way, network, clock) for spec in specs]


def _source(spec: str, http: HttpClient, way: WayOut, network: Network, clock: Clock) -> RateSource:
    name, is_custom, rest = spec.partition("=")
    row, _, base = rest.partition("@") if is_custom else (spec, "", "")
    server = SERVERS.get(row)
    if server is None or (is_custom and not (name.strip() and base)):
        raise UnknownRateSource(spec)
    base = base or server.base
    allowed = ("https", "http") if isinstance(server, HttpServer) else ("wss", "ws")
    schemes = allowed if network is Network.REGTEST else allowed[:1]
    if urlsplit(base).scheme not in schemes or not urlsplit(base).hostname:
        raise UnknownRateSource(spec)
    # Both of Coinbase's are one witness.
    name = name.strip().removesuffix("-live")
    if isinstance(server, HttpServer):
        return PolledSource(name, server, base=base, http=http, clock=clock)
    return FeedSource(name, server, base=base, way=way, clock=clock)


class PolledSource:
    """See `RateSource`: one request a minute."""

    def __init__(
        self,
        name: str,
        server: HttpServer,
        *,
        base: str,
        http: HttpClient,
        clock: Clock,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.name = name
        self.host = urlsplit(base).hostname or ""
        self._server = server
        self._base = base.rstrip("/")
        self._http = http
        self._clock = clock
        self._poll_seconds = poll_seconds

    def serves(self, currency: Currency) -> bool:
        """See `RateSource.serves`."""
        return currency.code in self._server.currencies

    async def watch(self, currency: Currency, on_rate: Callable[[Rate], None]) -> None:
        """See `RateSource.watch`."""
        path = self._server.path.format(code=currency.code, lower=currency.code.lower())
        while True:
            answer = await self._http.get(
                self._base + path, max_bytes=MAX_ANSWER_BYTES, timeout=HTTP_SECONDS
            )
            on_rate(self._server.read(answer, currency, self.name, self._clock.now()))
            await asyncio.sleep(self._poll_seconds)


class FeedSource:
    """See `RateSource`: Coinbase's websocket, or one that speaks like it."""

    def __init__(
        self,
        name: str,
        server: FeedServer,
        *,
        base: str,
        way: WayOut,
        clock: Clock,
        quiet_seconds: float = QUIET_SECONDS,
        pace_seconds: float = PACE_SECONDS,
    ) -> None:
        self.name = name
        self.host = urlsplit(base).hostname or ""
        self._server = server
        self._url = base
        self._way = way
        self._clock = clock
        self._quiet_seconds = quiet_seconds
        self._pace_seconds = pace_seconds

    def serves(self, currency: Currency) -> bool:
        """See `RateSource.serves`."""
        return currency.code in self._server.currencies

    async def watch(self, currency: Currency, on_rate: Callable[[Rate], None]) -> None:
        """See `RateSource.watch`."""
        parts = urlsplit(self._url)
        port = parts.port or (443 if parts.scheme == "wss" else 80)
        try:
            sock = await self._way.open(self.host, port)
            async with connect(
                self._url,
                sock=sock,
                open_timeout=OPEN_SECONDS,
                close_timeout=1,
                max_size=MAX_ANSWER_BYTES,
                proxy=None,
                user_agent_header="TipDesk",
            ) as websocket:
                await websocket.send(subscribe_coinbase(currency))
                while True:
                    async with asyncio.timeout(self._quiet_seconds):
                        frame = await websocket.recv(decode=True)
                    rate = read_coinbase_frame(frame, currency, self.name, self._clock.now())
                    if rate is not None:
                        on_rate(rate)
                    await asyncio.sleep(self._pace_seconds)
        except (OSError, WayBarred, WebSocketException, UnicodeDecodeError):
            raise SourceLost(self.name, self.host) from None
