"""The asked side: named methods over JSON, for whoever can read the profile's token."""

import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from tipdesk.adapters.control.place import FILE_NAME
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import TipDeskError
from tipdesk.crypto.hashes import same
from tipdesk.ports.http import PortInUse

MAX_BODY: Final = 1 << 20

Method = Callable[[Mapping[str, Any]], Awaitable[Any]]

_log = logging.getLogger(__name__)


class ControlServer:
    """Listens on loopback; writes port and token to `folder`/control.json, for the owner only."""

    def __init__(self, folder: Path, methods: Mapping[str, Method], entropy: Entropy) -> None:
        self._path = folder / FILE_NAME
        self._methods = methods
        self._token = entropy.random_bytes(32).hex()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> int:
        """Listens; the port. `PortInUse` if it cannot be had."""
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/call", self._call)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:
            await runner.cleanup()
            raise PortInUse(host="127.0.0.1", port=port) from None
        self._runner = runner
        chosen: int = runner.addresses[0][1]
        self._write({"port": chosen, "token": self._token, "pid": os.getpid()})
        return chosen

    def _write(self, content: Mapping[str, object]) -> None:
        temporary = self._path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
        os.replace(temporary, self._path)

    async def stop(self) -> None:
        """Stops listening and takes the file away."""
        runner, self._runner = self._runner, None
        if runner is not None:
            self._path.unlink(missing_ok=True)
            await runner.cleanup()

    async def _call(self, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "")
        if not same(given.encode(), f"Bearer {self._token}".encode()):
            raise web.HTTPUnauthorized
        try:
            body = json.loads(await request.read())
            method, params = self._methods[body["method"]], body.get("params", {})
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": "there is no such method"}, status=400)
        try:
            return web.json_response({"result": await method(params)})
        except TipDeskError as error:
            return web.json_response({"error": str(error)}, status=400)
        except (KeyError, TypeError, ValueError) as error:
            _log.info("a control call failed: %r", error)
            return web.json_response({"error": f"wrong parameters: {error!r}"}, status=400)
