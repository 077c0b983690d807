"""HTTP through the proxy: nothing is looked up, strangers' links stay outside, TLS is our own."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.socks_server import SocksServer, resolves, socks_server
from tests.tls import Certificate
from tipdesk.adapters.net.http import ChosenServerClient, WebClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.net.web_connector import WebConnector
from tipdesk.bitcoin.network import Network
from tipdesk.ports import http
from tipdesk.ports.way_out import ProxyScope, Reach

ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"


@asynccontextmanager
async def site(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Says which host it was asked as; `/moved` leads to an onion service."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": request.query["to"]})
        return web.Response(text=request.host)

    application = web.Application()
    application.router.add_get("/{rest:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    port: int = runner.addresses[0][1]
    try:
        yield port
    finally:
        await runner.cleanup()


async def fetched(client: WebClient, url: str) -> bytes:
    return await client.get(url, max_bytes=1_000, timeout=5)


@asynccontextmanager
async def browsing(
    network: Network = Network.REGTEST, scope: ProxyScope = ProxyScope.EVERYTHING
) -> AsyncIterator[tuple[WebClient, SocksServer]]:
    async with socks_server() as proxy, WebClient(network, WayOut(proxy.choice(scope))) as client:
        yield client, proxy


async def test_a_name_is_fetched_through_the_proxy_and_never_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolves(monkeypatch, "127.0.0.1")
    async with site() as port, browsing() as (client, proxy):
        assert await fetched(client, f"http://a.example:{port}/") == f"a.example:{port}".encode()
        assert proxy.hosts == {"a.example"}
    assert asked == []


async def test_an_onion_service_is_fetched_over_http_even_for_strangers() -> None:
    async with site() as port, browsing(Network.MAINNET, ProxyScope.ONION) as (client, proxy):
        proxy.places[ONION, 80] = port
        assert await fetched(client, f"http://{ONION}/") == ONION.encode()


async def test_a_page_leads_to_an_onion_service_and_from_there_nowhere_less_safe() -> None:
    async with site() as port, browsing(Network.MAINNET) as (client, proxy):
        proxy.places[ONION, 80] = port
        moved = f"http://{ONION}/moved?to="
        assert await fetched(client, f"{moved}http://{ONION}/") == ONION.encode()
        with pytest.raises(http.AddressNotAllowed):
            await fetched(client, f"{moved}http://a.example/")
        assert proxy.hosts == {ONION}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.0.0.1", "localhost", "x.localhost", "router", "nas.local"]
)
async def test_strangers_links_into_the_own_network_stay_shut(host: str) -> None:
    async with browsing(Network.MAINNET) as (client, proxy):
        with pytest.raises(http.PrivateAddress):
            await fetched(client, f"https://{host}/")
        assert proxy.seen == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "a.0x7f"])
async def test_strangers_numbers_are_told_to_no_proxy(host: str) -> None:
    async with browsing(Network.MAINNET) as (client, proxy):
        with pytest.raises((http.NoWayThere, http.NotReachable)):
            await fetched(client, f"https://{host}/")
        assert proxy.seen == []


async def test_without_a_proxy_an_onion_address_says_how_it_is_reached() -> None:
    async with WebClient(Network.MAINNET, WayOut()) as client:
        with pytest.raises(http.NoWayThere, match=r"Start Tor.*Settings, Privacy.*No money moved"):
            await fetched(client, f"http://{ONION}/")


async def test_a_dead_proxy_is_said_and_nothing_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolves(monkeypatch, "127.0.0.1")
    async with site() as port, browsing() as (client, proxy):
        proxy.port = 1
        dead = WebClient(Network.REGTEST, WayOut(proxy.choice()))
        async with dead:
            with pytest.raises(http.NoWayThere, match="goes no other way"):
                await fetched(dead, f"http://a.example:{port}/")
        del client
    assert asked == []


async def test_tls_is_checked_by_us_behind_the_proxy(tmp_path: Path) -> None:
    certificate = Certificate.make(tmp_path / "server.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.path)
    async with site(context) as port, browsing() as (client, proxy):
        with pytest.raises(http.CertificateRefused):
            await fetched(client, f"https://a.example:{port}/")
        assert proxy.hosts == {"a.example"}


async def test_a_server_of_ones_own_is_asked_directly_while_everything_else_is_not() -> None:
    async with site() as port, socks_server() as proxy:
        async with ChosenServerClient(WayOut(proxy.choice())) as client:
            assert await fetched(client, f"http://127.0.0.1:{port}/")
        assert proxy.seen == []


async def test_a_connection_that_was_kept_is_not_used_the_old_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolves(monkeypatch, "127.0.0.1")
    way = WayOut()
    async with site() as port, socks_server() as proxy, WebClient(Network.REGTEST, way) as client:
        assert await fetched(client, f"http://a.example:{port}/1")
        way.use(proxy.choice())
        await asyncio.sleep(0.01)
        assert await fetched(client, f"http://a.example:{port}/2")
        assert proxy.hosts == {"a.example"}


async def test_aiohttp_itself_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should its inner step be called otherwise one day, it fails and does not go out."""
    step = aiohttp.TCPConnector._wrap_create_connection
    monkeypatch.setattr(WebConnector, "_wrap_create_connection", step)
    asked = resolves(monkeypatch, "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        listening.setblocking(False)
        connector = WebConnector(WayOut(), reach=Reach.ANYWHERE)
        async with aiohttp.ClientSession(connector=connector) as session:
            for host in ("a.example", "127.0.0.1"):
                with pytest.raises(aiohttp.ClientError):
                    await session.get(f"http://{host}:{port}/")
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert asked == []
