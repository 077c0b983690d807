"""The small web server of a creator's node: lightning address, invoice callback, pictures.

It listens on loopback; a public creator puts a reverse proxy with TLS before it. It knows paths
and bounds, nothing of money: what to answer is decided by the handlers it was given.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from tipdesk.adapters.web.requesters import Requesters
from tipdesk.ports.http import PortInUse

MAX_REQUEST_LINE = 32_768
"""Bytes; a zap request with a long comment comes percent-encoded in the query."""
MAX_AT_ONCE = 64
HANDLER_SECONDS = 20
_STOP_SECONDS = 2.0
_USER = re.compile(r"[a-z0-9_.-]{1,64}")
_IMAGE = re.compile(r"[A-Za-z0-9_-]{1,100}\.(?:png|jpg|jpeg|webp|gif)")
_HEADERS = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}

ParamsHandler = Callable[[str], Awaitable[str | None]]
"""The user to the JSON text of their payment parameters (LUD-06), or None for a stranger."""
InvoiceHandler = Callable[[str, Mapping[str, str]], Awaitable[str | None]]
"""The user and the query to the JSON text with the invoice (LUD-06), or None for a stranger."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What the server answers with. `images` is a folder whose pictures may be fetched."""

    params: ParamsHandler
    invoice: InvoiceHandler
    images: Path | None = None


class WebServer:
    """Serves a creator's address; `start` and `stop` once each."""

    def __init__(
        self,
        handlers: Handlers,
        *,
        requesters: Requesters,
        host: str = "127.0.0.1",
    ) -> None:
        self._handlers = handlers
        self._requesters = requesters
        self._host = host
        self._port = 0
        self._busy = 0
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port, once started; a port of 0 becomes a free one."""
        return self._port

    @property
    def authority(self) -> str:
        """``host:port``, as practice lightning addresses name it."""
        return f"{self._host}:{self._port}"

    def callback_url(self, user: str) -> str:
        """Where invoices for the user are asked for."""
        return f"http://{self.authority}/lnurlp/{user}/callback"

    def image_url(self, name: str) -> str:
        """Where the picture of that file name is."""
        return f"http://{self.authority}/images/{name}"

    async def start(self, port: int = 0) -> None:
        """Listens; a port of 0 becomes a free one. `PortInUse` if that cannot be."""
        self._port = port
        app = web.Application(client_max_size=1_024)
        app.router.add_get("/.well-known/lnurlp/{user}", self._params)
        app.router.add_get("/lnurlp/{user}/callback", self._invoice)
        app.router.add_get("/images/{name}", self._image)
        runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=_STOP_SECONDS,
            keepalive_timeout=15.0,
            max_line_size=MAX_REQUEST_LINE,
            max_field_size=8_190,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError:
            await runner.cleanup()
            raise PortInUse(host=self._host, port=self._port) from None
        self._runner = runner
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Stops listening, lets requests under way end within two seconds."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _params(self, request: web.Request) -> web.Response:
        user = _user(request)
        async with self._turn():
            return _json(await self._handlers.params(user))

    async def _invoice(self, request: web.Request) -> web.Response:
        user = _user(request)
        # A name given twice is a trick on whoever reads the other one.
        if len(set(request.query)) != len(request.query):
            raise web.HTTPBadRequest
        if not self._requesters.may_ask(request.remote, request.headers.get("X-Forwarded-For", "")):
            raise web.HTTPTooManyRequests(headers={"Retry-After": "5"})
        async with self._turn():
            return _json(await self._handlers.invoice(user, dict(request.query)))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the places for requests under way, for a bounded time."""
        if self._busy >= MAX_AT_ONCE:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        self._busy += 1
        try:
            async with asyncio.timeout(HANDLER_SECONDS):
                yield
        except TimeoutError:
            raise web.HTTPGatewayTimeout from None
        finally:
            self._busy -= 1

    async def _image(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        folder = self._handlers.images
        if folder is None or not _IMAGE.fullmatch(name):
            raise web.HTTPNotFound
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={**_HEADERS, "Cache-Control": "max-age=3600"})


def _user(request: web.Request) -> str:
    user = request.match_info["user"]
    if not _USER.fullmatch(user):
        raise web.HTTPNotFound
    return user


def _json(text: str | None) -> web.Response:
    if text is None:
        raise web.HTTPNotFound
    return web.Response(text=text, content_type="application/json", headers=_HEADERS)
