"""The web client against a server that lies: each lie has its sentence, and no money moved."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.socks_server import resolves
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.bitcoin.network import Network
from tipdesk.ports import http

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/json": (200, {}, b'{"ok":true}'),
    "/html": (502, {}, b"<html>502</html>"),
    "/moved": (302, {"Location": "/json?x=%26"}, b""),
    "/round": (307, {"Location": "/round"}, b""),
    "/scheme": (302, {"Location": "file:///etc/passwd"}, b""),
    "/https": (302, {"Location": "https://127.0.0.1/"}, b""),
    "/gzip": (200, {"Content-Encoding": "gzip"}, b"x"),
    "/declared": (200, {}, b"x" * 2_000),
}


class LyingServer:
    """Answers each path in another bad way; counts the bytes it got rid of."""

    def __init__(self) -> None:
        self.base = ""
        self.queries: list[str] = []
        self.sent = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.queries.append(request.raw_path)
        match request.path:
            case "/slow":
                await asyncio.sleep(30)
            case "/huge":
                return await self._huge(request)
            case "/cut":
                assert request.transport is not None
                request.transport.abort()
        status, headers, body = ANSWERS.get(request.path, (200, {}, b""))
        return web.Response(status=status, headers=headers, body=body)

    async def _huge(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(1_600):
                await response.write(b"x" * 65_536)
                self.sent += 65_536
        except ConnectionError:
            pass
        return response


@pytest.fixture
async def server() -> AsyncIterator[LyingServer]:
    liar = LyingServer()
    app = web.Application()
    app.router.add_get("/{tail:.*}", liar.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    liar.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield liar
    await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[WebClient]:
    async with WebClient(Network.REGTEST, WayOut()) as opened:
        yield opened


async def fetch(client: WebClient, url: str) -> bytes:
    return await client.get(url, max_bytes=1_000, timeout=0.5)


async def test_an_answer_comes_back_and_a_redirect_is_followed_as_written(
    client: WebClient, server: LyingServer
) -> None:
    assert await fetch(client, server.base + "/json?c=a%26b%3D%2B") == b'{"ok":true}'
    assert await fetch(client, server.base + "/moved") == b'{"ok":true}'
    assert server.queries == ["/json?c=a%26b%3D%2B", "/moved", "/json?x=%26"]


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/nothing", http.EmptyAnswer),
        ("/html", http.ServerError),
        ("/round", http.RedirectRefused),
        ("/scheme", http.RedirectRefused),
        ("/https", http.RedirectRefused),
        ("/gzip", http.FetchFailed),
        ("/slow", http.TooSlow),
        ("/huge", http.TooLarge),
        ("/declared", http.TooLarge),
        ("/cut", http.NotReachable),
    ],
)
async def test_each_lie_has_its_sentence(
    path: str, failure: type[http.FetchFailed], client: WebClient, server: LyingServer
) -> None:
    with pytest.raises(failure, match=r"^127\.0\.0\.1 .*No money moved\.$"):
        await fetch(client, server.base + path)


async def test_a_hundred_megabytes_are_cut_off_early(
    client: WebClient, server: LyingServer
) -> None:
    with pytest.raises(http.TooLarge):
        await client.get(server.base + "/huge", max_bytes=100_000, timeout=5)
    await asyncio.sleep(0.05)
    assert server.sent < 20_000_000


async def test_endless_redirects_end_after_three(client: WebClient, server: LyingServer) -> None:
    with pytest.raises(http.RedirectRefused):
        await fetch(client, server.base + "/round")
    assert len(server.queries) == 4


async def test_an_error_status_carries_its_body(client: WebClient, server: LyingServer) -> None:
    with pytest.raises(http.ServerError) as caught:
        await fetch(client, server.base + "/html")
    assert (caught.value.status, caught.value.body) == (502, b"<html>502</html>")


async def test_nobody_listening_is_not_reachable(client: WebClient) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(http.NotReachable):
        await fetch(client, f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/passwd", "http://a.example/", "https://u:p@a.example"]
)
async def test_other_schemes_are_not_opened(url: str) -> None:
    async with WebClient(Network.MAINNET, WayOut()) as client:
        with pytest.raises(http.AddressNotAllowed, match="No money moved"):
            await fetch(client, url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"],
)
async def test_private_addresses_are_refused_everywhere_but_in_practice(host: str) -> None:
    for network in (Network.MAINNET, Network.TESTNET, Network.SIGNET):
        async with WebClient(network, WayOut()) as client:
            with pytest.raises(http.PrivateAddress, match="not on the public internet"):
                await fetch(client, f"https://{host}/")


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f000001"])
async def test_numbers_that_mean_this_machine_are_refused(host: str) -> None:
    async with WebClient(Network.MAINNET, WayOut()) as client:
        with pytest.raises((http.PrivateAddress, http.NotReachable)):
            await fetch(client, f"https://{host}/")


async def test_what_a_name_leads_to_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, "1.1.1.1", "10.0.0.1")
    async with WebClient(Network.MAINNET, WayOut()) as client:
        with pytest.raises(http.PrivateAddress, match=r"10\.0\.0\.1") as caught:
            await fetch(client, "https://two-faced.example/")
    assert caught.value.host == "two-faced.example"
