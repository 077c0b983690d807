"""`HttpClient` over aiohttp, wary of every address: strangers wrote it, or a stranger's server did.

Where a name may lead is judged by `WayOut`, which opens every connection.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.net.web_connector import WebConnector
from tipdesk.base.errors import DecodeError
from tipdesk.base.internet import is_ip_address, is_public
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.url import check_url
from tipdesk.ports import http
from tipdesk.ports.way_out import NotPublic, Reach, WayBarred

MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
# Nothing compressed is asked for: a small answer cannot grow large on arrival.
_HEADERS = {"User-Agent": "TipDesk", "Accept-Encoding": "identity"}


class WebClient:
    """Fetches over https; from onion services, and in practice, over http as well.

    Close it, or use ``async with``.

    With `accept` it asks for that form of what an address leads to.
    """

    def __init__(
        self,
        network: Network,
        way: WayOut,
        *,
        max_redirects: int = MAX_REDIRECTS,
        accept: str = "*/*",
    ) -> None:
        self._network = network
        self._way = way
        self._max_redirects = max_redirects
        self._accept = accept
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, url: str, *, max_bytes: int, timeout: float) -> bytes:
        """See `HttpClient.get`. Redirects are followed `max_redirects` times, in one scheme."""
        return await self._within(timeout, self._check(url), self._follow(url, max_bytes))

    async def _within(self, timeout: float, host: str, asking: Awaitable[bytes]) -> bytes:
        timeout += self._way.extra_seconds(host)
        try:
            async with asyncio.timeout(timeout):
                body = await asking
        except NotPublic as error:
            raise http.PrivateAddress(error.host, address=error.address) from None
        except WayBarred as error:
            raise http.NoWayThere(error.host, in_words(error)) from None
        except aiohttp.ConnectionTimeoutError:
            raise http.NotReachable(host) from None
        except TimeoutError:
            raise http.TooSlow(host, seconds=timeout) from None
        except aiohttp.ClientConnectorCertificateError:
            raise http.CertificateRefused(host) from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise http.NotReachable(host) from None
        if not body:
            raise http.EmptyAnswer(host)
        return body

    async def _follow(self, url: str, max_bytes: int) -> bytes:
        for _ in range(self._max_redirects + 1):
            host = self._check(url)
            async with self._open().get(URL(url, encoded=True), allow_redirects=False) as response:
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or location is None:
                    return await _read(response, host, max_bytes)
            url = self._redirected(host, url, location)
        raise http.RedirectRefused(
            host, reason=Phrase("more than {count} times", count=self._max_redirects)
        )

    def _check(self, url: str) -> str:
        """The host of an address that may be fetched. Names are judged once they are resolved."""
        try:
            host = check_url(url, self._network).hostname or ""
        except DecodeError:
            raise http.AddressNotAllowed(url) from None
        if self._is_guarded and is_ip_address(host) and not is_public(host):
            raise http.PrivateAddress(host, address=host)
        return host

    def _redirected(self, host: str, url: str, location: str) -> str:
        target = urljoin(url, location)
        if target.partition(":")[0].lower() != url.partition(":")[0].lower():
            raise http.RedirectRefused(host, reason=Phrase("to another kind of address"))
        return target

    @property
    def _is_guarded(self) -> bool:
        return self._network is not Network.REGTEST

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            reach = Reach.STRANGERS if self._is_guarded else Reach.ANYWHERE
            self._session = aiohttp.ClientSession(
                connector=WebConnector(self._way, reach=reach),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                headers={**_HEADERS, "Accept": self._accept},
                auto_decompress=False,
                max_line_size=16_384,
                max_field_size=16_384,
            )
        return self._session


class ChosenServerClient(WebClient):
    """A `PostingClient` for servers that stand in the settings: these may be of our own network."""

    def __init__(self, way: WayOut, *, accept: str = "*/*") -> None:
        # What the practice network may fetch is what a person may choose.
        super().__init__(Network.REGTEST, way, accept=accept)

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str], max_bytes: int, timeout: float
    ) -> bytes:
        """See `PostingClient.post`."""
        host = self._check(url)

        async def send() -> bytes:
            async with self._open().post(
                URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as response:
                if response.status in _REDIRECTS:
                    raise http.RedirectRefused(host, reason=Phrase("what was sent to it"))
                return await _read(response, host, max_bytes)

        return await self._within(timeout, host, send())


async def _read(response: aiohttp.ClientResponse, host: str, max_bytes: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise http.FetchFailed(
            host, Phrase("{host} sent an answer that was compressed unasked.", host=host)
        )
    if response.content_length is not None and response.content_length > max_bytes:
        raise http.TooLarge(host, max_bytes=max_bytes)
    body = bytearray()
    while chunk := await response.content.read(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise http.TooLarge(host, max_bytes=max_bytes)
    if response.status >= 400:
        raise http.ServerError(host, status=response.status, body=bytes(body))
    return bytes(body)
