"""A whole app in a process that tells where it wanted to go: python -m tests.shut_in.

The proxy that it has listens in its own process and leads to a socket in the file system, which is
the only way out where the process has a network namespace of its own (`unshare --net`): there
nothing else can be reached, by whatever library. Lines of JSON say what it is to do.
"""

import argparse
import asyncio
import fcntl
import json
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tipdesk.adapters.net.upload import UploadClient
from tipdesk.app.config import load_settings
from tipdesk.app.container import App, build_app
from tipdesk.app.remote import ask
from tipdesk.app.wallets import open_wallet
from tipdesk.base.errors import TipDeskError
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.pay import callback_url
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.wallets import look_at
from tipdesk.tips.any_link import WalletLink, link_from_bytes

NAMES = ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo")
SENDING = ("connect", "sendto", "sendmsg")
went: list[list[Any]] = []
"""What Python was asked for, in order: where to connect, which names to look up."""


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: the interpreter calls it before each such call, whoever makes it."""
    name = event.removeprefix("socket.")
    if event.startswith("socket.") and name in NAMES:
        went.append([name, str(arguments[0])])
    elif event.startswith("socket.") and name in SENDING:
        sock, address = arguments[0], arguments[1]
        if isinstance(address, tuple) and sock.family != socket.AF_UNIX:
            went.append([name, str(address[0]), address[1]])


def bring_loopback_up() -> None:
    """What `ip link set lo up` does (netdevice(7))."""
    set_flags, is_up = 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, set_flags, struct.pack("16sh14x", b"lo", is_up))


class Gate:
    """The proxy, as the app sees it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def open(self, port: int) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", port)

    async def shut(self) -> None:
        """Nobody listens any more, and what was open ends."""
        assert self._server is not None
        self._server.close()
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(str(self._path))
            async with asyncio.TaskGroup() as group:
                ways = (
                    group.create_task(_copy(reader, far_writer)),
                    group.create_task(_copy(far_reader, writer)),
                )
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
        finally:
            self._running.discard(task)
            writer.transport.abort()
            if far_writer is not None:
                far_writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


class Orders:
    """What the app can be told to do."""

    def __init__(self, app: App, folder: Path, gate: Gate) -> None:
        self._app, self._folder, self._gate = app, folder, gate
        self.named: dict[str, Callable[..., Awaitable[Any]]] = {
            "call": self.call,
            "picture": self.picture,
            "tip": self.tip,
            "rates": self.rates,
            "relays": self.relays,
            "upload": self.upload,
            "wallet": self.wallet,
            "name": self.name,
            "went": self.went,
            "shut": self.shut,
        }

    async def call(self, method: str, **params: Any) -> Any:
        return await ask(self._folder, method, params)

    async def picture(self, url: str) -> int:
        return len(await self._app.images.fetch(url))

    async def tip(self, address: str, amount_msat: int) -> str:
        lnurl = LnurlClient(self._app._http, Network.REGTEST)
        params = await lnurl.params(address)
        return (await lnurl.invoice(callback_url(params, Msat(amount_msat)), params)).pr

    async def rates(self) -> bool:
        return self._app.rates.current() is not None

    async def relays(self) -> list[str]:
        return [one.url for one in self._app._nostr.relays.status() if one.connected]

    async def upload(self, url: str) -> int:
        async with UploadClient(Network.REGTEST, self._app.core.way) as client:
            answer = await client.put(
                url, b"x", headers={}, max_bytes=1_000, timeout=5, progress=lambda _: None
            )
        return answer.status

    async def wallet(self, link: str) -> str:
        core = self._app.core
        wallet: WalletLink = link_from_bytes(bytes.fromhex(link))
        opened = open_wallet(
            wallet,
            None,
            network=Network.REGTEST,
            way=core.way,
            clock=core.clock,
            entropy=core.entropy,
        )
        return (await look_at(opened)).alias

    async def name(self, name: str) -> str:
        return await self._app.payment_names.offer_of(name)

    async def went(self) -> list[list[Any]]:
        return went

    async def shut(self) -> None:
        await self._gate.shut()
        went.clear()


async def main(folder: Path, path: Path, port: int) -> None:
    gate = Gate(path)
    await gate.open(port)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    app = await build_app(folder, load_settings(folder), practice=True, passphrase=None)
    async with app.running(control=True):
        orders = Orders(app, folder, gate)
        print(json.dumps("ready"), flush=True)  # noqa: T201 - the answer
        while line := await reader.readline():
            name, given = json.loads(line)
            try:
                answer = {"answer": await orders.named[name](**given)}
            except TipDeskError as error:
                answer = {"error": str(error)}
            print(json.dumps(answer), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("path", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--alone", action="store_true")
    arguments = parser.parse_args()
    if arguments.alone:
        bring_loopback_up()
    sys.addaudithook(watch)
    asyncio.run(main(arguments.folder, arguments.path, arguments.port))
