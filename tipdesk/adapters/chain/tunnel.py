"""A way to a pinned server for a library that has its own idea of TLS: it speaks in the clear
to a port of this computer, and from there on the pinned connection carries it."""

import asyncio
import logging
from contextlib import suppress

from tipdesk.adapters.chain.pins import PinnedTls
from tipdesk.base.errors import BackendError

_CHUNK = 65_536

_log = logging.getLogger(__name__)


class Tunnel:
    """Listens on loopback between `start` and `stop`."""

    def __init__(self, host: str, port: int, tls: PinnedTls) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """The port."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
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

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await self._connected(reader, writer)
        except (BackendError, OSError) as error:
            _log.info("the wallet's chain server %s: %s", self._host, error)
        finally:
            self._running.discard(task)
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = asyncio.StreamReader()
        transport, protocol = await self._tls.connect(
            lambda: asyncio.StreamReaderProtocol(far), self._host, self._port
        )
        loop = asyncio.get_running_loop()
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


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
