"""Everything through the proxy: a whole app for which there is no other way out.

The fan knows the practice network by names alone, which only the proxy knows. Where the kernel
allows it without privilege, the fan's process has a network namespace of its own with nothing but
loopback in it, so that no library in it could go another way; elsewhere Python's audit hook tells.
"""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import web

from tests.contract.ledger import Ledger
from tests.contract.lnd_server import ADMIN, LndServer
from tests.contract.nwc_service import NwcService
from tests.practising import ROOT, until
from tests.socks_server import SocksServer, socks_server
from tests.zones import dns_server, usual_tree
from tipdesk.app.config import Settings, save_settings
from tipdesk.bitcoin.network import Network
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.nostr.nip47_link import parse_link
from tipdesk.tips.any_link import link_to_bytes
from tipdesk.tips.wallet_link import WalletKind, from_form

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
NAMES = "dns4torpnlfs2ifuz2s2yf3fc7rdmsbhm6rw75euj35pac6ap25zgqad.onion"
NODE = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"
AMOUNT = 21_000
FEE_LIMIT = 50_000


def can_be_shut_in() -> bool:
    """Whether a process may have a network namespace of its own here."""
    if shutil.which("unshare") is None:
        return False
    return (
        subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0
    )


class ShutIn:
    """The fan's process."""

    def __init__(self, folder: Path, path: Path, *, alone: bool) -> None:
        self.folder = folder
        self.port = free_port()
        before = ("unshare", "-rn") if alone else ()
        after = ("--alone",) if alone else ()
        self._command = [
            *before,
            *(sys.executable, "-m", "tests.shut_in", str(folder), str(path), str(self.port)),
            *after,
        ]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        log = await asyncio.to_thread((self.folder / "log.txt").open, "ab")
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                limit=1 << 20,
            )
        finally:
            log.close()
        assert await self._line() == "ready"

    async def stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def order(self, what: str, /, **given: object) -> Any:
        """The answer; an error that was to be expected is one too."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, given]).encode() + b"\n")
        answer = await self._line()
        return answer.get("answer", answer.get("error"))

    async def call(self, method: str, **params: object) -> Any:
        return await self.order("call", method=method, **params)

    async def went(self) -> list[list[Any]]:
        """Where Python was asked to go."""
        answer: list[list[Any]] = await self.order("went")
        return answer

    async def _line(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 60)
        assert line, (self.folder / "log.txt").read_text()[-3_000:]
        return json.loads(line)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@asynccontextmanager
async def creators_server(network: PracticeChild) -> AsyncIterator[int]:
    """LNURL-pay and an upload, for whatever host it is asked as."""

    async def params(request: web.Request) -> web.Response:
        host = f"callback.example:{request.url.port}"
        answer = {
            "tag": "payRequest",
            "callback": f"http://{host}/callback",
            "minSendable": 1_000,
            "maxSendable": 1_000_000,
            "metadata": '[["text/plain","a tip"]]',
        }
        return web.json_response(answer)

    async def invoice(request: web.Request) -> web.Response:
        created = await network.call_member(
            "musician",
            "create_invoice",
            amount_msat=int(request.query["amount"]),
            description="a tip",
        )
        return web.json_response({"pr": created["invoice"], "routes": []})

    async def picture(_: web.Request) -> web.Response:
        return web.Response(body=b"picture")

    application = web.Application()
    application.router.add_get("/.well-known/lnurlp/mira", params)
    application.router.add_get("/callback", invoice)
    application.router.add_get("/picture", picture)
    application.router.add_put("/upload", picture)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    try:
        yield port
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def practice(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PracticeChild]:
    made = PracticeChild(tmp_path_factory.mktemp("network") / "practice")
    await made.start()
    yield made
    await made.stop()


@asynccontextmanager
async def fan(
    practice: PracticeChild, folder: Path, *, alone: bool
) -> AsyncIterator[tuple[ShutIn, SocksServer]]:
    described = practice.description
    relay = urlsplit(described["relay"]).port
    market = urlsplit(described["rate_sources"][1].partition("@")[2]).port
    # Such a path has to be short.
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "proxy"
        async with socks_server(path=path) as proxy:
            made = ShutIn(folder / "fan", path, alone=alone)
            settings = Settings(
                network=Network.REGTEST,
                alias="Fan",
                electrum=f"chain.example:{described['electrum']['port']}",
                relays=(f"ws://relay.example:{relay}",),
                fiat_currency="USD",
                rate_sources=(
                    f"polled=bitstamp@http://market.example:{market}",
                    f"told=coinbase-live@ws://feed.example:{market}/feed",
                ),
                name_server=f"tcp://{NAMES}",
                proxy=f"127.0.0.1:{made.port}",
                proxy_for="everything",
            )
            await asyncio.to_thread(save_settings, made.folder, settings)
            await made.start()
            try:
                yield made, proxy
            finally:
                await made.stop()


async def has_channel(practice: PracticeChild, fan: ShutIn) -> None:
    """With a router at an onion address."""
    node_id, _, place = str(practice.description["nodes"]["router-1"]).partition("@")
    address = (await fan.call("new_address"))["address"]
    await practice.call("fund", address=address, amount_sat=2_000_000)
    await practice.call("mine", count=1)

    async def funded() -> bool:
        return bool((await fan.call("balance"))["onchain_confirmed_sat"] >= 2_000_000)

    await until(funded, "the fan has no coins")
    peer = f"{node_id}@{NODE}:{place.rpartition(':')[2]}"
    opened = await fan.call("open_channel", peer=peer, amount_sat=1_000_000, announce=False)
    assert "channel_id" in opened, opened
    await practice.call("mine", count=6)

    async def ready() -> bool:
        (channel,) = await fan.call("channels")
        info = await fan.call("info")
        return bool(channel["status"] == "online" and info["known_channels"] >= 9)

    await until(ready, "the channel does not work")


async def does_it_all(practice: PracticeChild, fan: ShutIn, folder: Path) -> None:
    """Whatever leaves the app, once."""
    relay = urlsplit(practice.description["relay"]).port
    await until(lambda: has(fan, "relays", [f"ws://relay.example:{relay}"]), "no relay")
    await until(lambda: has(fan, "rates", True), "no rate")
    await has_channel(practice, fan)
    async with creators_server(practice) as port:
        invoice = await fan.order("tip", address=f"mira@tips.example:{port}", amount_msat=AMOUNT)
        paid = await fan.call("pay", invoice=invoice, max_fee_msat=FEE_LIMIT)
        assert paid["state"] == "succeeded", paid
        assert await fan.order("picture", url=f"http://picture.example:{port}/picture") == 7
        assert await fan.order("upload", url=f"http://media.example:{port}/upload") == 200
    server = LndServer(Ledger(), folder)
    assert server.certificate is not None
    port = await server.start()
    link = from_form(WalletKind.LND, f"https://{ONION}:{port}", ADMIN, server.certificate.digest)
    assert await fan.order("wallet", link=link_to_bytes(link).hex()) == "my node"
    await server.stop()
    service = NwcService([f"ws://127.0.0.1:{relay}"])
    await service.start()
    nwc = parse_link(service.uri.replace("127.0.0.1", "wallet.example"))
    assert await fan.order("wallet", link=link_to_bytes(nwc).hex()) == "a wallet"
    await service.stop()


async def asks_for_a_name(fan: ShutIn, proxy: SocksServer) -> None:
    """Of a server whose root is its own: what it says is not believed."""
    tree, _, _, ana = usual_tree()
    tree.put(ana, "bob.user._bitcoin-payment.ana.example.", "TXT", '"bitcoin:?lno=lno1"')
    async with dns_server(tree) as server:
        proxy.places[NAMES, 53] = server.port
        told = await fan.order("name", name="bob@ana.example")
    assert "is not what the root has signed" in told or "out of date" in told
    assert len(server.asked) > 3


async def has(fan: ShutIn, order: str, answer: object) -> bool:
    return bool(await fan.order(order) == answer)


NAMED = {
    *("chain.example", "relay.example", "market.example", "feed.example", NODE),
    *("tips.example", "callback.example", "picture.example", "media.example"),
    *(ONION, "wallet.example", NAMES),
}


@pytest.mark.parametrize("alone", [False, True])
async def test_all_that_leaves_the_app_was_asked_of_the_proxy_and_nothing_else(
    practice: PracticeChild, tmp_path: Path, *, alone: bool
) -> None:
    if alone and not can_be_shut_in():
        pytest.skip("no network namespace can be made here: the audit hook's word alone is had")
    async with fan(practice, tmp_path, alone=alone) as (made, proxy):
        await does_it_all(practice, made, tmp_path)
        await asks_for_a_name(made, proxy)
        assert proxy.hosts == NAMED
        # A circuit for each destination; a wallet's relays and names have theirs even where the
        # same host is asked for something else.
        assert all(one.user == one.host for one in proxy.seen)
        secrets = {
            frozenset(one.password for one in proxy.seen if one.host in hosts)
            for hosts in ({NAMES}, {"wallet.example"}, NAMED - {NAMES, "wallet.example"})
        }
        assert [len(one) for one in secrets] == [1, 1, 1]
        check_went(await made.went(), made)
        # Then the proxy dies: nothing goes another way, and the sentence says what to do.
        await made.order("shut")
        told = await made.order("picture", url="http://picture.example:80/")
        assert "goes no other way" in told
        assert "No money moved" in told
        seen = len(proxy.seen)
        await asyncio.sleep(0.3)
        assert len(proxy.seen) == seen
        check_went(await made.went(), made)


def check_went(went: list[list[Any]], fan: ShutIn) -> None:
    """To the proxy and to its own control port, and no name was looked up."""
    control = json.loads((fan.folder / "control.json").read_text())["port"]
    connected = {(one[1], one[2]) for one in went if one[0] == "connect"}
    assert connected <= {("127.0.0.1", fan.port), ("127.0.0.1", control)}
    assert ("127.0.0.1", fan.port) in connected
    assert [one for one in went if one[0] != "connect"] == []
