"""A SOCKS5 proxy that writes down all it is asked for, and leads every name to this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from tipdesk.ports.way_out import ProxyChoice, ProxyScope

GRANTED = 0


@dataclass(frozen=True)
class Request:
    """What the proxy was asked for, and as whom."""

    host: str
    port: int
    user: str
    password: str


@dataclass
class SocksServer:
    """RFC 1928 and RFC 1929, the server's side. `places` leads names to other ports than asked."""

    places: dict[tuple[str, int], int] = field(default_factory=dict)
    code: int = GRANTED
    wants_login: bool = True
    takes_login: bool = True
    leaves_from: str = ""
    """The address of this machine that servers see; any, if none is said."""
    seen: list[Request] = field(default_factory=list)
    running: set[asyncio.Task[None]] = field(default_factory=set)
    port: int = 0

    @property
    def hosts(self) -> set[str]:
        return {one.host for one in self.seen}

    def choice(self, scope: ProxyScope = ProxyScope.EVERYTHING) -> ProxyChoice:
        return ProxyChoice(scope, "127.0.0.1", self.port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.running.add(task)
        try:
            # asyncio logs a server's task that was cancelled as a fault.
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self.running.discard(task)
            writer.transport.abort()

    async def stop(self) -> None:
        """Ends every connection."""
        tasks = tuple(self.running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Transports that were aborted close at the next turn of the loop.
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        user, password = await self._login(reader, writer)
        version, command, _, kind = await reader.readexactly(4)
        assert (version, command) == (5, 1)
        host = await _host(reader, kind)
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.seen.append(Request(host, port, user, password))
        if self.code != GRANTED:
            writer.write(bytes((5, self.code, 0, 1)) + bytes(6))
            await writer.drain()
            return
        there = self.places.get((host, port), port)
        try:
            leaves = (self.leaves_from, 0) if self.leaves_from else None
            far_reader, far_writer = await asyncio.open_connection(
                "127.0.0.1", there, local_addr=leaves
            )
        except OSError:
            writer.write(bytes((5, 5, 0, 1)) + bytes(6))
            await writer.drain()
            return
        # Tor answers with an address of no meaning; a name is allowed as well (RFC 1928, part 6).
        writer.write(bytes((5, 0, 0, 3, 3)) + b"out" + bytes(2))
        try:
            async with asyncio.TaskGroup() as group:
                ways = (
                    group.create_task(_copy(reader, far_writer)),
                    group.create_task(_copy(far_reader, writer)),
                )
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
        finally:
            far_writer.transport.abort()

    async def _login(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[str, str]:
        version, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        assert version == 5
        if not self.wants_login:
            assert 0 in methods
            writer.write(b"\x05\x00")
            return "", ""
        assert 2 in methods
        writer.write(b"\x05\x02")
        assert await reader.readexactly(1) == b"\x01"
        user = await reader.readexactly((await reader.readexactly(1))[0])
        password = await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x01\x00" if self.takes_login else b"\x01\x01")
        return user.decode(), password.decode()


@asynccontextmanager
async def socks_server(path: Path | None = None, **settings: Any) -> AsyncIterator[SocksServer]:
    """One that runs, at a port or at a socket in the file system."""
    made = SocksServer(**settings)
    if path is None:
        server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
        made.port = server.sockets[0].getsockname()[1]
    else:
        server = await asyncio.start_unix_server(made.serve, path)
    try:
        yield made
    finally:
        server.close()
        await made.stop()
        await server.wait_closed()


def resolves(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name leads there, as far as the system is asked; the names that it was asked."""
    asked: list[str] = []

    async def answer(_: object, host: str, port: int, **__: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", answer)
    return asked


async def _host(reader: asyncio.StreamReader, kind: int) -> str:
    if kind == 3:
        return (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    return str(ip_address(await reader.readexactly(4 if kind == 1 else 16)))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
