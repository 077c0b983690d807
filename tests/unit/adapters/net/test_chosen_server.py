"""Servers from the settings: posted to, and of one's own network too, but no less bounded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.ports import http


@asynccontextmanager
async def serving(answer: web.Response) -> AsyncIterator[tuple[str, list[tuple[str, bytes]]]]:
    seen: list[tuple[str, bytes]] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.headers.get("Authorization", ""), await request.read()))
        return answer

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/", seen
    finally:
        await runner.cleanup()


async def posted(url: str, max_bytes: int = 100) -> bytes:
    async with ChosenServerClient(WayOut()) as client:
        headers = {"Authorization": "Basic abc"}
        return await client.post(url, b"{}", headers=headers, max_bytes=max_bytes, timeout=2)


async def test_body_and_headers_arrive() -> None:
    async with serving(web.Response(body=b"yes")) as (url, seen):
        assert await posted(url) == b"yes"
        assert seen == [("Basic abc", b"{}")]


async def test_a_redirect_is_not_given_what_was_meant_for_the_server() -> None:
    away = web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"})
    async with serving(away) as (url, _):
        with pytest.raises(http.RedirectRefused):
            await posted(url)


async def test_failures_are_those_of_get() -> None:
    async with serving(web.Response(body=b"x" * 101)) as (url, _):
        with pytest.raises(http.TooLarge):
            await posted(url)
    async with serving(web.Response(status=500, body=b"why")) as (url, _):
        with pytest.raises(http.ServerError) as failed:
            await posted(url)
        assert (failed.value.status, failed.value.body) == (500, b"why")
    with pytest.raises(http.NotReachable):
        await posted("http://127.0.0.1:1/")
    with pytest.raises(http.AddressNotAllowed):
        await posted("ftp://127.0.0.1/")
