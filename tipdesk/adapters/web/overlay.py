"""The page in OBS: a small server of its own that only this machine can reach.

It is apart from the creator's web server, which a reverse proxy may show to the world. Three things
stand between its pages and a website that the creator happens to visit: the token in the path,
which nobody guesses; the `Host`, which keeps out names that were pointed at this machine; and the
`Origin` of the socket, which a browser does not let a website choose.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import WSMsgType, web

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.crypto.hashes import same
from tipdesk.ports.desk import PICTURES, SOUNDS, OverlayPage
from tipdesk.ports.http import PortInUse

HOST: Final = "127.0.0.1"
MAX_PAGES: Final = 16
"""Open at a time: a scene has a few, and somebody may look at them in a browser too."""
MAX_QUEUED: Final = 32
"""Messages that a page may lag behind before it is let go; it comes back by itself."""
MAX_HEARD: Final = 200
_FILES: Final = Path(__file__).parent / "overlay_files"
_STATIC: Final = {"overlay.css": "text/css", "overlay.js": "text/javascript"}
_MEDIA: Final = re.compile(r"[A-Za-z0-9_-]{1,100}(\.[a-z0-9]{3,4})", re.ASCII)
_HEADERS: Final = {
    # OBS puts the creator's own CSS into the page as a style element: those are let in. A stranger
    # cannot write one, since whatever they say is set as text.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self'; media-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class OverlayHandlers:
    """What the pages are told and who hears of them."""

    greet: Callable[[OverlayPage], Mapping[str, object] | None]
    """What a page that has just been opened shows; None for nothing."""
    shown: Callable[[int], None]
    """A page shows the alert of that number."""
    changed: Callable[[], None]
    """A page was opened or closed."""


@dataclass(eq=False, slots=True)
class _Connection:
    page: OverlayPage
    transport: asyncio.Transport | None
    queue: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(MAX_QUEUED))

    def cut(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class OverlayServer:
    """See `OverlayPages`. `start` and `stop` once each; without a token nothing is served."""

    def __init__(self, handlers: OverlayHandlers, media: Path) -> None:
        """`media` is the folder of the creator's pictures and sounds."""
        self._handlers = handlers
        self._media = media
        self._token = ""
        self._port = 0
        self._connections: set[_Connection] = set()
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """Where it listens, once started."""
        return self._port

    def set_token(self, token: str) -> None:
        """From now on only this token opens a page; those that are open are cut off."""
        self._token = token
        self.cut_off()

    def url(self, page: OverlayPage) -> str:
        """What goes into OBS as the address of a browser source. It holds the token: a secret."""
        return f"http://{HOST}:{self._port}/overlay/{self._token}/{page.value}"

    def push(self, page: OverlayPage, message: Mapping[str, object]) -> None:
        """See `OverlayPages.push`."""
        text = json.dumps(message)
        for connection in tuple(self._connections):
            if connection.page is page:
                try:
                    connection.queue.put_nowait(text)
                except asyncio.QueueFull:
                    connection.cut()

    def cut_off(self) -> None:
        """See `OverlayPages.cut_off`."""
        for connection in tuple(self._connections):
            connection.cut()

    def connected(self) -> Mapping[OverlayPage, int]:
        """See `OverlayPages.connected`."""
        pages = [connection.page for connection in self._connections]
        return {page: pages.count(page) for page in OverlayPage}

    async def start(self, port: int = 0) -> None:
        """Listens; 0 takes a free port. `PortInUse` if that cannot be."""
        app = web.Application(client_max_size=1_024, middlewares=[self._guard])
        app.router.add_get("/overlay/static/{name}", self._file)
        app.router.add_get("/overlay/{token}/media/{name}", self._medium)
        app.router.add_get("/overlay/{token}/{page}", self._page)
        app.router.add_get("/overlay/{token}/{page}/socket", self._socket)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
        except (OSError, OverflowError):
            await runner.cleanup()
            raise PortInUse(host=HOST, port=port) from None
        self._runner = runner
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Stops listening; every page goes blank."""
        runner, self._runner = self._runner, None
        if runner is not None:
            self.cut_off()
            await runner.cleanup()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.host not in self._hosts:
            raise web.HTTPForbidden
        token = request.match_info.get("token")
        if token is not None and not (self._token and _is_same(token, self._token)):
            raise web.HTTPNotFound
        return await handler(request)

    @property
    def _hosts(self) -> tuple[str, ...]:
        return f"{HOST}:{self._port}", f"localhost:{self._port}"

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        return _served(_FILES / name, _STATIC[name])

    async def _page(self, request: web.Request) -> web.StreamResponse:
        _page_of(request)
        return _served(_FILES / "overlay.html", "text/html")

    async def _medium(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        path, fits = self._media / name, _MEDIA.fullmatch(name)
        if fits is None or fits.group(1) not in PICTURES | SOUNDS:
            raise web.HTTPNotFound
        if path.is_symlink() or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=_HEADERS)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        page = _page_of(request)
        if request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden
        if len(self._connections) >= MAX_PAGES:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=15.0, max_msg_size=MAX_HEARD, compress=False)
        await socket.prepare(request)
        connection = _Connection(page, request.transport)
        greeting = self._handlers.greet(page)
        if greeting is not None:
            connection.queue.put_nowait(json.dumps(greeting))
        self._connections.add(connection)
        self._handlers.changed()
        try:
            await self._talk(socket, connection)
        finally:
            self._connections.discard(connection)
            self._handlers.changed()
        return socket

    async def _talk(self, socket: web.WebSocketResponse, connection: _Connection) -> None:
        async def send() -> None:
            while True:
                text = await connection.queue.get()
                try:
                    await socket.send_str(text)
                except ConnectionError:
                    return

        async with asyncio.TaskGroup() as group:
            sender = group.create_task(send(), name="overlay page")
            async for message in socket:
                if message.type is not WSMsgType.TEXT or not self._hear(message.data):
                    connection.cut()
                    break
            sender.cancel()

    def _hear(self, text: str) -> bool:
        """Whether it was something that a page of ours says."""
        try:
            number = strict_json.parse_object(text, maximum=MAX_HEARD).get("shown")
        except DecodeError:
            return False
        if type(number) is not int:
            return False
        self._handlers.shown(number)
        return True


def _is_same(left: str, right: str) -> bool:
    return same(left.encode(errors="replace"), right.encode())


def _page_of(request: web.Request) -> OverlayPage:
    try:
        return OverlayPage(request.match_info["page"])
    except ValueError:
        raise web.HTTPNotFound from None


def _served(path: Path, content_type: str) -> web.Response:
    return web.Response(
        text=path.read_text(encoding="utf-8"), content_type=content_type, headers=_HEADERS
    )
