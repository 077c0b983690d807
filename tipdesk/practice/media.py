"""A media server for the practice network (BUD-01, BUD-02): keeps pictures, gives them again.

It asks for the word that real ones ask for, and can be told to misbehave.
"""

import asyncio
import base64
import re
from enum import Enum
from pathlib import Path
from typing import Final

from aiohttp import web

from tipdesk.base.clock import Clock
from tipdesk.base.errors import DecodeError
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr import event as nip01
from tipdesk.nostr.blossom import KIND_AUTHORIZATION
from tipdesk.ports.http import PortInUse

MAX_BYTES: Final = 10_000_000
_STOP_SECONDS: Final = 1.0
_TYPES: Final = {"image/jpeg": ".jpg", "image/png": ".png"}
_NAME: Final = re.compile(r"([0-9a-f]{64})(\.jpg|\.png)?")


class MediaFault(Enum):
    """How the server misbehaves."""

    NONE = "none"
    STALL = "stall"
    """It takes the picture and says nothing."""
    REFUSE = "refuse"
    OTHER_HASH = "other-hash"
    """It keeps something else, and says so."""
    OTHER_PLACE = "other-place"
    """It tells an address that does not name the picture."""


class PracticeMedia:
    """The server on loopback; `start` and `stop` once each. Pictures lie in `folder`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.fault = MediaFault.NONE
        self.uploads: list[str] = []
        """The hashes of what was sent, in order."""
        self.url = ""
        """Where it listens, once started."""
        self._folder = folder
        self._clock = clock
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listens on `port`, or on a free one. `PortInUse` if it cannot."""
        app = web.Application(client_max_size=MAX_BYTES)
        app.router.add_put("/upload", self._upload)
        app.router.add_get("/{name}", self._get)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        try:
            await site.start()
        except OSError:
            await self.stop()
            raise PortInUse(host="127.0.0.1", port=port) from None
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _upload(self, request: web.Request) -> web.Response:
        data = await request.read()
        name = sha256(data).hex()
        if self.fault is MediaFault.STALL:
            await asyncio.sleep(3_600)
        if self.fault is MediaFault.REFUSE:
            return _refusal(403, "members only")
        problem = self._problem(request, name)
        if problem:
            return _refusal(401, problem)
        ending = _TYPES.get(request.content_type)
        if ending is None:
            return _refusal(415, "pictures only")
        await asyncio.to_thread(self._keep, name + ending, data)
        self.uploads.append(name)
        place = name if self.fault is not MediaFault.OTHER_PLACE else "latest"
        return web.json_response(
            {
                "url": f"{self.url}/{place}{ending}",
                "sha256": name if self.fault is not MediaFault.OTHER_HASH else "00" * 32,
                "size": len(data),
                "type": request.content_type,
                "uploaded": self._clock.now().unix_seconds,
            }
        )

    def _problem(self, request: web.Request, name: str) -> str:
        """BUD-01 and BUD-02: why the word that came with it is not good enough."""
        scheme, _, word = request.headers.get("Authorization", "").partition(" ")
        try:
            event = nip01.parse(base64.b64decode(word, validate=True).decode())
        except (ValueError, DecodeError):
            return "no authorization"
        now = self._clock.now().unix_seconds
        expires = event.first("expiration") or ""
        is_good = (
            scheme == "Nostr"
            and event.kind == KIND_AUTHORIZATION
            and event.is_authentic()
            and event.created_at <= now
            and expires.isdecimal()
            and int(expires) > now
            and event.first("t") == "upload"
            and name in event.values("x")
        )
        return "" if is_good else "the authorization is not for this"

    async def _get(self, request: web.Request) -> web.StreamResponse:
        match = _NAME.fullmatch(request.match_info["name"])
        endings = _TYPES.values() if match is not None else ()
        for ending in endings:
            path = self._folder / f"{match[1] if match else ''}{ending}"
            if path.exists():
                return web.FileResponse(path)
        raise web.HTTPNotFound

    def _keep(self, name: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(data)


def _refusal(status: int, reason: str) -> web.Response:
    return web.json_response({"message": reason}, status=status, headers={"X-Reason": reason})
