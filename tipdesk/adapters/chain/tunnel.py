"""A way to a chain server for a library that opens its own connections and has its own idea of TLS.

It speaks to a port of this computer; from there on a connection of ours carries it, pinned if the
server is, through the proxy if there is one.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from tipdesk.adapters.chain.pins import PinnedTls
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.errors import BackendError

MAX_HEAD: Final = 4_096
_CHUNK: Final = 65_536
_END: Final = b"\r\n\r\n"

_log = logging.getLogger(__name__)


class NotForThisTunnel(BackendError):
    """It was asked to lead somewhere else."""


class Tunnel:
    """Leads to one server; listens on loopback between `start` and `stop`."""

    def __init__(self, host: str, port: int, way: WayOut, *, tls: PinnedTls | None = None) -> None:
        self._host = host
        self._port = port
        self._way = way
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """The port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Ends every connection."""
        if self._server is None:
            return
        self._server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of ours: asyncio asks its own for their exception even where they were cancelled,
        # and says so in the log of a process that ends in order (until Python 3.12).
        task = asyncio.get_running_loop().create_task(self._carry(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._connected(reader, writer)
        except (BackendError, OSError) as error:
            _log.info("the wallet's chain server %s: %s", self._host, error)
        finally:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, protocol = await self._reach(asyncio.StreamReaderProtocol(far))
        far_writer = asyncio.StreamWriter(transport, protocol, far, loop)
        try:
            async with asyncio.TaskGroup() as group:
                there = group.create_task(_copy(reader, far_writer))
                back = group.create_task(_copy(far, writer))
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
                there.cancel()
                back.cancel()
        finally:
            transport.abort()

    async def _reach(
        self, protocol: asyncio.StreamReaderProtocol
    ) -> tuple[asyncio.Transport, asyncio.StreamReaderProtocol]:
        if self._tls is not None:
            return await self._tls.connect(lambda: protocol, self._host, self._port)
        sock = await self._way.open(self._host, self._port)
        loop = asyncio.get_running_loop()
        return await loop.create_connection(lambda: protocol, sock=sock)


class HttpTunnel(Tunnel):
    """The same for whoever knows HTTP proxies: CONNECT (RFC 9110, 9.3.6), to that one server."""

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(_END)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            raise NotForThisTunnel("it was not asked for a connection") from None
        place = f"[{self._host}]" if ":" in self._host else self._host
        wanted = f"CONNECT {place}:{self._port} HTTP/1."
        if len(head) > MAX_HEAD or not head.lower().startswith(wanted.lower().encode()):
            raise NotForThisTunnel("it was asked for another server")
        writer.write(b"HTTP/1.1 200 OK" + _END)
        await super()._connected(reader, writer)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
