"""Asking a name server, whose answers are proven by others: over TCP, or over HTTPS (RFC 8484).

It is told that we check ourselves (the bit CD), and that we want signatures (DO).
"""

import asyncio
from types import TracebackType
from typing import Final, Protocol, Self
from urllib.parse import urlsplit

import dns.exception
import dns.flags
import dns.message
import dns.rcode

from tipdesk.adapters.net.dns_records import Kind, Name
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase, clause
from tipdesk.ports.http import FetchFailed, PostingClient
from tipdesk.ports.way_out import NotAtHome, ProxyScope, Reach, WayBarred

ANSWER_SECONDS: Final = 8.0
MAX_ANSWER: Final = 65_535
DNS_PORT: Final = 53
_MEDIA: Final = "application/dns-message"
_BLOCK: Final = 128
"""RFC 8467: questions are filled up to a multiple of this, so that their length tells nothing."""
_IN_THE_CLEAR: Final = Phrase(
    "everybody on the way there could read whom you look up, so name one with https, or let "
    "everything go through a proxy"
)
_ANSWERED: Final = frozenset({dns.rcode.NOERROR, dns.rcode.NXDOMAIN})


class NoAnswer(BackendError):
    """The server cannot be reached, or what it says is no answer to what was asked."""


class NameServer(Protocol):
    """One that is asked; open while questions are put to it."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def ask(self, name: Name, kind: Kind) -> dns.message.Message:
        """What it answers; `NoAnswer` if it does not."""
        ...


def name_server(place: str, way: WayOut, http: PostingClient) -> NameServer:
    """The server of a setting: ``https://host/path`` or ``tcp://address:port``."""
    parts = urlsplit(place)
    if parts.scheme == "https":
        return HttpsNameServer(place, http)
    return TcpNameServer(parts.hostname or "", parts.port or DNS_PORT, way)


class TcpNameServer:
    """RFC 7766: questions over one connection, each behind its length."""

    def __init__(self, host: str, port: int, way: WayOut) -> None:
        self._host, self._port, self._way = host, port, way
        self._turn = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def ask(self, name: Name, kind: Kind) -> dns.message.Message:
        """See `NameServer.ask`."""
        query = _query(name, kind)
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_SECONDS + self._way.extra_seconds(self._host)):
                    return _answer(query, await self._exchange(query.to_wire()))
            except NotAtHome:
                raise NoAnswer(_IN_THE_CLEAR) from None
            except WayBarred as error:
                raise NoAnswer(clause(error)) from None
            except TimeoutError:
                raise NoAnswer(Phrase("it did not answer in time")) from None
            except (OSError, asyncio.IncompleteReadError):
                raise NoAnswer(Phrase("it cannot be reached")) from None

    async def _exchange(self, data: bytes) -> bytes:
        if self._streams is None:
            # In the clear: what is asked may not be read together with who asks.
            through_proxy = self._way.choice.scope is ProxyScope.EVERYTHING
            reach = Reach.ANYWHERE if through_proxy else Reach.HOME
            sock = await self._way.open(self._host, self._port, reach=reach)
            self._streams = await asyncio.open_connection(sock=sock)
        reader, writer = self._streams
        writer.write(len(data).to_bytes(2, "big") + data)
        length = int.from_bytes(await reader.readexactly(2), "big")
        return await reader.readexactly(length)


class HttpsNameServer:
    """RFC 8484; the address is the person's, and so may be its network."""

    def __init__(self, url: str, http: PostingClient) -> None:
        self._url = url
        self._http = http

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The client is shared."""

    async def ask(self, name: Name, kind: Kind) -> dns.message.Message:
        """See `NameServer.ask`."""
        query = _query(name, kind)
        # RFC 8484, 4.1: so that answers can be kept on the way.
        query.id = 0
        try:
            data = await self._http.post(
                self._url,
                query.to_wire(),
                headers={"Content-Type": _MEDIA, "Accept": _MEDIA},
                max_bytes=MAX_ANSWER,
                timeout=ANSWER_SECONDS,
            )
        except FetchFailed as error:
            raise NoAnswer(error.sentence.removesuffix(".")) from None
        return _answer(query, data)


def _query(name: Name, kind: Kind) -> dns.message.QueryMessage:
    flags = dns.flags.RD | dns.flags.CD
    return dns.message.make_query(
        name, kind, want_dnssec=True, flags=flags, payload=1_232, pad=_BLOCK
    )


def _answer(query: dns.message.Message, data: bytes) -> dns.message.Message:
    try:
        answer = dns.message.from_wire(data)
    except (dns.exception.DNSException, ValueError):
        raise NoAnswer(Phrase("it sends what is no answer")) from None
    if not query.is_response(answer) or answer.flags & dns.flags.TC:
        raise NoAnswer(Phrase("it answers something else"))
    if answer.rcode() not in _ANSWERED:
        raise NoAnswer(Phrase("it could not find out"))
    return answer
