"""The creator's web server: its paths, its bounds, its end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from tipdesk.adapters.web.requesters import AT_ONCE, Requesters
from tipdesk.adapters.web.server import MAX_AT_ONCE, Handlers, WebServer
from tipdesk.app.system import SystemClock
from tipdesk.ports.http import PortInUse

PNG = b"\x89PNG\r\n\x1a\n"


async def params(user: str) -> str | None:
    return f'{{"user":"{user}"}}' if user == "ana" else None


async def invoice(user: str, query: Mapping[str, str]) -> str | None:
    if query.get("wait"):
        await asyncio.sleep(0.3)
    return f'{{"amount":"{query.get("amount")}","nostr":{len(query.get("nostr", ""))}}}'


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[WebServer]:
    images = tmp_path / "images"
    images.mkdir()
    (images / "dune.png").write_bytes(PNG)
    (images / "secret.txt").write_text("secret")
    (tmp_path / "outside.png").write_bytes(PNG)
    (images / "link.png").symlink_to(tmp_path / "outside.png")
    started = WebServer(Handlers(params, invoice, images), requesters=Requesters(SystemClock()))
    await started.start()
    yield started
    await started.stop()


async def fetch(url: str) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(URL(url, encoded=True)) as response,
    ):
        return response.status, await response.read()


async def test_the_address_and_the_callback_answer(server: WebServer) -> None:
    base = f"http://{server.authority}"
    assert await fetch(f"{base}/.well-known/lnurlp/ana") == (200, b'{"user":"ana"}')
    url = server.callback_url("ana") + "?amount=21000&nostr=%7B%26%7D"
    assert await fetch(url) == (200, b'{"amount":"21000","nostr":3}')


@pytest.mark.parametrize("path", ["/", "/.well-known/lnurlp/bob", "/.well-known/lnurlp/A%2F.."])
async def test_strangers_and_other_paths_are_not_found(path: str, server: WebServer) -> None:
    status, _ = await fetch(f"http://{server.authority}{path}")
    assert status == 404


async def test_who_asks_for_too_many_invoices_is_told_to_wait_and_others_are_served(
    server: WebServer,
) -> None:
    url = server.callback_url("ana") + "?amount=1"

    async def ask(forwarded_for: str) -> int:
        async with (
            aiohttp.ClientSession(headers={"X-Forwarded-For": forwarded_for}) as session,
            session.get(url) as response,
        ):
            return response.status

    statuses = [await ask("198.51.100.1") for _ in range(AT_ONCE + 1)]
    assert statuses == [200] * AT_ONCE + [429]
    assert await ask("198.51.100.2") == 200


async def test_a_query_that_names_a_thing_twice_is_refused(server: WebServer) -> None:
    status, _ = await fetch(server.callback_url("ana") + "?amount=1&amount=2")
    assert status == 400


async def test_a_zap_request_with_a_long_comment_fits(server: WebServer) -> None:
    comment = quote("\U0001f600" * 1_000, safe="")
    status, body = await fetch(server.callback_url("ana") + f"?amount=1&nostr={comment}")
    assert (status, body) == (200, b'{"amount":"1","nostr":1000}')


async def test_an_endless_query_is_refused(server: WebServer) -> None:
    status, _ = await fetch(server.callback_url("ana") + "?nostr=" + "x" * 40_000)
    assert status == 400


async def test_pictures_are_served_and_nothing_else(server: WebServer) -> None:
    assert await fetch(server.image_url("dune.png")) == (200, PNG)
    for name in ("secret.txt", "link.png", "none.png", "..%2Foutside.png", "%2e%2e/outside.png"):
        status, _ = await fetch(server.image_url(name))
        assert status == 404


async def test_too_many_requests_at_once_are_sent_away(server: WebServer) -> None:
    url = server.callback_url("ana") + "?wait=1"
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def status() -> int:
            async with session.get(url) as response:
                return response.status

        statuses = await asyncio.gather(*(status() for _ in range(MAX_AT_ONCE + 5)))
    assert sorted(statuses) == [200] * MAX_AT_ONCE + [503] * 5


async def test_a_port_in_use_is_a_clear_error(server: WebServer) -> None:
    second = WebServer(Handlers(params, invoice), requesters=Requesters(SystemClock()))
    with pytest.raises(PortInUse, match=f"127.0.0.1:{server.port} is in use"):
        await second.start(server.port)
    await second.stop()


async def test_after_the_end_nobody_listens(server: WebServer) -> None:
    await server.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await fetch(server.callback_url("ana"))
