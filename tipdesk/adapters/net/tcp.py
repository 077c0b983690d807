"""`ByteStream` over TCP. TCP_NODELAY always: Nagle's algorithm costs a payment 40 ms a message."""

import asyncio
import socket
from collections.abc import Callable

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.phrase import clause
from tipdesk.ports.streams import ByteStream, ConnectFailed, ListenFailed
from tipdesk.ports.way_out import WayBarred


class TcpStream(asyncio.Protocol):
    """One TCP connection; what arrives before `start` is kept."""

    def __init__(self, accepted: Callable[[ByteStream], None] | None = None) -> None:
        self._accepted = accepted
        self._transport: asyncio.Transport | None = None
        self._early = bytearray()
        self._on_data: Callable[[bytes], None] | None = None
        self._on_lost: Callable[[], None] | None = None
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: the connection stands."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a TCP connection has a two-way transport")
        self._transport = transport
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._accepted is not None:
            self._accepted(self)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes arrived."""
        if self._on_data is None:
            self._early += data
        else:
            self._on_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the connection ended."""
        self._lost = True
        on_lost, self._on_lost, self._on_data = self._on_lost, None, None
        if on_lost is not None:
            on_lost()

    def start(self, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Begins to deliver."""
        self._on_data, self._on_lost = on_data, on_lost
        if self._early:
            early, self._early = bytes(self._early), bytearray()
            on_data(early)
        if self._lost:
            self.connection_lost(None)

    def write(self, data: bytes) -> None:
        """Sends."""
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    @property
    def unsent(self) -> int:
        """Bytes in the send buffer."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def pause(self) -> None:
        """Reads no more for now."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Reads again."""
        if self._transport is not None:
            self._transport.resume_reading()

    def close(self) -> None:
        """Closes; nothing is delivered from now on."""
        self._on_data = self._on_lost = None
        if self._transport is not None:
            self._transport.close()


class TcpListening:
    """A listening TCP socket."""

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server

    @property
    def port(self) -> int:
        """The port."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stops to accept."""
        self._server.close()


class TcpConnector:
    """Plain TCP, outward by the one door."""

    def __init__(self, way: WayOut) -> None:
        self._way = way

    async def connect(self, host: str, port: int) -> ByteStream:
        """Connects within seconds, or raises `ConnectFailed`."""
        loop = asyncio.get_running_loop()
        try:
            sock = await self._way.open(host, port)
            _, stream = await loop.create_connection(TcpStream, sock=sock)
        except WayBarred as error:
            raise ConnectFailed(host, port, clause(error)) from error
        except OSError as error:
            raise ConnectFailed(host, port, _why(error)) from error
        return stream

    async def listen(
        self, host: str, port: int, on_stream: Callable[[ByteStream], None]
    ) -> TcpListening:
        """Accepts connections, or raises `ListenFailed`."""
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: TcpStream(on_stream), host, port)
        except OSError as error:
            raise ListenFailed(host, port, error.strerror or str(error)) from error
        return TcpListening(server)


def _why(error: OSError) -> str:
    """For a person, without the system's numbers."""
    if isinstance(error, TimeoutError):
        return "there was no answer"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, socket.gaierror):
        return "no host of that name is known"
    return error.strerror or "the network cannot reach it"
