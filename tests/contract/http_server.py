"""A web server of the tests that can be lost and found, and in which calls go wrong on demand."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.contract.ledger import Ledger
from tests.tls import Certificate

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Fault = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


class FaultyServer:
    """Listens on loopback; over TLS if it has a certificate."""

    def __init__(self, ledger: Ledger, folder: Path | None = None) -> None:
        self.ledger = ledger
        self.certificate = None if folder is None else Certificate.make(folder / "server")
        self.asked: list[str] = []
        """Method and path of every request that came through TLS."""
        self.faults: dict[str, Fault] = {}
        """By the beginning of a path: an answer in place of the honest one, or None for that."""
        self.port = 0
        self._runner: web.AppRunner | None = None

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def refusal(self, request: web.Request) -> web.Response | None:
        """The answer to whoever may not ask that."""
        raise NotImplementedError

    async def start(self) -> int:
        app = web.Application(middlewares=[self._guard])
        app.add_routes(self.routes())
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.01, handler_cancellation=True
        )
        await self._runner.setup()
        tls = None
        if self.certificate is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(self.certificate.path)
        site = web.TCPSite(
            self._runner, "127.0.0.1", self.port, ssl_context=tls, reuse_address=True
        )
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self.port

    async def stop(self) -> None:
        if self._runner is not None:
            runner, self._runner = self._runner, None
            for connection in tuple(runner.server.connections if runner.server else ()):
                if connection.transport is not None:
                    connection.transport.abort()
            await runner.cleanup()
            await asyncio.sleep(0.01)

    def spoil(self, path: str, answer: Any = None, *, status: int = 200, text: str = "") -> None:
        """From now on such a path is answered with this JSON, or this text."""

        async def spoilt(_: web.Request) -> web.StreamResponse:
            if text:
                return web.Response(text=text, status=status)
            return web.json_response(answer, status=status)

        self.faults[path] = spoilt

    def break_at(self, path: str, *, after: bool) -> None:
        """From now on the connection breaks there, before or after the request has its effect."""

        async def broken(request: web.Request) -> web.StreamResponse | None:
            if after:
                await self.effect(request)
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)

        self.faults[path] = broken

    def answer_and_go(self, path: str, answer: Any, *, status: int = 200) -> None:
        """Such a path has its effect, is answered with this JSON, and then nobody listens."""

        async def last_words(request: web.Request) -> web.StreamResponse:
            await self.effect(request)
            response = web.json_response(answer, status=status)
            response.force_close()
            assert self._runner is not None
            for site in tuple(self._runner.sites):
                await site.stop()
            return response

        self.faults[path] = last_words

    async def effect(self, request: web.Request) -> None:
        """What the request does, without an answer."""
        del request

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        for path, fault in tuple(self.faults.items()):
            if request.path.startswith(path):
                answer = await fault(request)
                if answer is not None:
                    return answer
        return self.refusal(request) or await handler(request)
