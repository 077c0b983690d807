"""One server of the person's own, asked over HTTP: with a secret, within bounds, never twice.

Nothing is sent before the certificate is believed: one that authorities vouch for, or the one whose
fingerprint the link names. There are no redirects, nothing is compressed, and nothing is sent a
second time. What certainly never left is `WalletNotReached`; anything else that gets no answer is
`WalletUnreachable`, and may have arrived.
"""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

import aiohttp
from yarl import URL

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.net.web_connector import WebConnector
from tipdesk.adapters.payments.answers import Answer
from tipdesk.base import strict_json
from tipdesk.base.phrase import in_words
from tipdesk.base.text import one_line
from tipdesk.ports.plugged import (
    WalletAnswerUnreadable,
    WalletCertificateChanged,
    WalletCertificateUnknown,
    WalletNotReached,
    WalletUnreachable,
)
from tipdesk.ports.way_out import NotAtHome, Reach, WayBarred
from tipdesk.tips.link_errors import PlainHttpRefused
from tipdesk.tips.wallet_link import ServerLink

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 30.0
MAX_ANSWER: Final = 16_000_000
"""A node with thousands of channels lists them in one answer."""
MAX_LINE: Final = 1_000_000
MAX_MESSAGE: Final = 100_000
_CHUNK: Final = 65_536
_HEARTBEAT: Final = 30.0


class Outcome(Enum):
    """What a status says, before the wallet that knows the API looks closer."""

    OK = "done"
    KEY = "401 or 403"
    MISSING = "404"
    BROKEN = "5xx: it may have been done all the same"
    OTHER = "anything else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, or one line of a longer one."""

    where: str
    what: str
    """The call, for errors."""
    status: int
    body: bytes = field(repr=False)
    date: int | None = None
    """What time it is there, in Unix seconds, if it says so."""

    @property
    def outcome(self) -> Outcome:
        """What the status says."""
        match self.status:
            case 200 | 201:
                return Outcome.OK
            case 401 | 403:
                return Outcome.KEY
            case 404:
                return Outcome.MISSING
            case status if status >= 500:
                return Outcome.BROKEN
            case _:
                return Outcome.OTHER

    def value(self) -> object:
        """The JSON in it; `WalletAnswerUnreadable` if there is none."""
        try:
            return strict_json.parse(self.body, maximum=MAX_ANSWER)
        except strict_json.NotJson:
            raise self.unreadable() from None

    def answer(self) -> Answer:
        """The JSON object in it."""
        return Answer(self.value(), self.where, self.what)

    def words(self, maximum: int = 200) -> str:
        """The text in it, fit to be shown."""
        return one_line(self.body[: 4 * maximum].decode("utf-8", "replace"), maximum=maximum)

    def unreadable(self) -> WalletAnswerUnreadable:
        """The error to raise for an answer that makes no sense."""
        return WalletAnswerUnreadable(self.where, self.what)


class NoLine(WalletUnreachable):
    """A connection over which nothing has come for as long as was waited."""


class OwnServer:
    """The server behind a link. Close it."""

    def __init__(
        self,
        link: ServerLink,
        headers: Mapping[str, str],
        way: WayOut,
        *,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """`headers` carry the secret; `trusted` are by default the system's authorities."""
        self.where = link.place
        self._way = way
        self._link = link
        self._headers = {
            "User-Agent": "TipDesk",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **headers,
        }
        pin = link.fingerprint
        self._tls: ssl.SSLContext | aiohttp.Fingerprint | bool = (
            aiohttp.Fingerprint(pin) if pin is not None else trusted or True
        )
        self._lasting: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Ends all connections; what is waited for becomes `WalletUnreachable`."""
        sessions = (self._lasting, self._fresh)
        self._lasting = self._fresh = None
        for session in sessions:
            if session is not None:
                await session.close()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        form: Mapping[str, str] | None = None,
        seconds: float = ANSWER_SECONDS,
        is_order: bool = False,
    ) -> Reply:
        """One question, one answer. An order goes over a connection that was not used before.

        An idle connection may have ended unseen: what is sent over it may be lost or not.
        """
        what = _what(method, path)
        try:
            async with (
                asyncio.timeout(seconds + self._extra),
                self._request(method, path, body=body, form=form, is_order=is_order) as response,
            ):
                self._check(response, what)
                read = bytearray()
                while chunk := await response.content.read(_CHUNK):
                    read += chunk
                    if len(read) > MAX_ANSWER:
                        raise WalletAnswerUnreadable(self.where, what)
                date = _seconds(response.headers.get("Date", ""))
                return replace(self._reply(what, response.status, bytes(read)), date=date)
        except TimeoutError:
            raise WalletUnreachable(self.where) from None

    async def lines(
        self, method: str, path: str, *, body: object = None, idle: float, is_order: bool = False
    ) -> AsyncGenerator[Reply, None]:
        """An answer that comes line by line, for as long as there is one every `idle` seconds.

        An answer with another status than 200 is one line.
        """
        what = _what(method, path)
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(idle + self._extra):
                    request = self._request(method, path, body=body, is_order=is_order)
                    response = await stack.enter_async_context(request)
                self._check(response, what)
                async for line in self._split(response, idle, what):
                    yield self._reply(what, response.status, line)
        except TimeoutError:
            raise NoLine(self.where) from None

    async def _split(
        self, response: aiohttp.ClientResponse, idle: float, what: str
    ) -> AsyncIterator[bytes]:
        buffer = b""
        is_over = False
        while not is_over:
            async with asyncio.timeout(idle):
                chunk = await response.content.read(_CHUNK)
            is_over, buffer = not chunk, buffer + chunk
            whole: list[bytes] = []
            if response.status == 200:
                *whole, buffer = buffer.split(b"\n")
            if len(buffer) > MAX_LINE:
                raise WalletAnswerUnreadable(self.where, what)
            for line in (*whole, buffer) if is_over else whole:
                if line.strip():
                    yield line

    async def messages(self, path: str) -> AsyncGenerator[Reply | None, None]:
        """Text messages of a websocket; None first, once it stands.

        A handshake that is refused is one reply with its status.
        """
        what = _what("GET", path)
        with_session = self._session(is_order=False)
        try:
            async with (
                self._translated(),
                with_session.ws_connect(
                    URL(self._link.url + path, encoded=True),
                    headers=self._headers,
                    ssl=self._tls,
                    max_msg_size=MAX_MESSAGE,
                    heartbeat=_HEARTBEAT,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                ) as websocket,
            ):
                yield None
                async for message in websocket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        yield self._reply(what, 200, message.data.encode())
        except aiohttp.WSServerHandshakeError as error:
            yield self._reply(what, error.status, b"")

    async def shown_certificate(self) -> bytes:
        """SHA-256 of the certificate that the server shows. Nothing is sent to it but TLS."""
        any_certificate = ssl.create_default_context()
        any_certificate.check_hostname = False
        any_certificate.verify_mode = ssl.CERT_NONE
        parts = URL(self._link.url)
        host, port = parts.host or "", parts.port or 443
        try:
            sock = await self._way.open(host, port)
            async with asyncio.timeout(CONNECT_SECONDS + self._extra):
                _, writer = await asyncio.open_connection(
                    sock=sock, ssl=any_certificate, server_hostname=host
                )
        except WayBarred as error:
            raise WalletNotReached(self.where, in_words(error)) from None
        except OSError:
            raise WalletNotReached(self.where) from None
        try:
            shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        finally:
            writer.transport.abort()
        if not shown:
            raise WalletNotReached(self.where)
        return hashlib.sha256(shown).digest()

    @asynccontextmanager
    async def _request(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        form: Mapping[str, str] | None = None,
        is_order: bool = False,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        sent: dict[str, Any] = {}
        if body is not None:
            sent["json"] = body
        if form is not None:
            sent["data"] = dict(form)
        async with (
            self._translated(),
            self._session(is_order=is_order).request(
                method,
                URL(self._link.url + path, encoded=True),
                headers=self._headers,
                ssl=self._tls,
                allow_redirects=False,
                **sent,
            ) as response,
        ):
            yield response

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        """What aiohttp raises, in words of ours, which hold neither address nor header."""
        try:
            yield
        except aiohttp.WSServerHandshakeError:
            raise
        except NotAtHome as error:
            why = PlainHttpRefused(host=error.host)
            raise WalletNotReached(self.where, in_words(why)) from None
        except WayBarred as error:
            raise WalletNotReached(self.where, in_words(error)) from None
        except aiohttp.ServerFingerprintMismatch as error:
            raise WalletCertificateChanged(self.where, bytes(error.got)) from None
        except aiohttp.ClientConnectorCertificateError:
            shown = await self.shown_certificate()
            raise WalletCertificateUnknown(self.where, shown) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise WalletNotReached(self.where) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise WalletUnreachable(self.where) from None

    @property
    def _extra(self) -> float:
        return self._way.extra_seconds(URL(self._link.url).host or "")

    def _check(self, response: aiohttp.ClientResponse, what: str) -> None:
        length = response.content_length
        coding = response.headers.get("Content-Encoding", "identity")
        if coding != "identity" or (length is not None and length > MAX_ANSWER):
            raise WalletAnswerUnreadable(self.where, what)

    def _reply(self, what: str, status: int, body: bytes) -> Reply:
        return Reply(where=self.where, what=what, status=status, body=body)

    def _session(self, *, is_order: bool) -> aiohttp.ClientSession:
        if is_order:
            self._fresh = self._fresh or self._made(force_close=True)
            return self._fresh
        self._lasting = self._lasting or self._made(force_close=False)
        return self._lasting

    def _made(self, *, force_close: bool) -> aiohttp.ClientSession:
        reach = Reach.HOME if self._link.is_plain else Reach.ANYWHERE
        return aiohttp.ClientSession(
            connector=WebConnector(self._way, reach=reach, force_close=force_close),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
        )


def _what(method: str, path: str) -> str:
    return f"{method} {path.partition('?')[0]}"


def _seconds(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date[:40]).timestamp())
    except (ValueError, OverflowError):
        return None
