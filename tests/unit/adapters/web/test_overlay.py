"""The overlay's server: who gets a page, what a page is told, and what it may say."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from tests.waiting import eventually
from tipdesk.adapters.web import overlay
from tipdesk.adapters.web.overlay import MAX_PAGES, MAX_QUEUED, OverlayHandlers, OverlayServer
from tipdesk.ports.desk import OverlayPage, OverlayPages
from tipdesk.ports.http import PortInUse

TOKEN = "t" * 43
OTHER = "u" * 43
PNG = b"\x89PNG\r\n\x1a\n"


class Served(OverlayServer):
    """A server that remembers what it heard."""

    def __init__(self, media: Path) -> None:
        self.heard: list[int] = []
        self.changes = 0
        super().__init__(OverlayHandlers(self._greet, self.heard.append, self._count), media)
        self.set_token(TOKEN)

    def _greet(self, page: OverlayPage) -> Mapping[str, object] | None:
        return {"kind": "goal"} if page is OverlayPage.GOAL else None

    def _count(self) -> None:
        self.changes += 1

    def socket_url(self, page: str = "alerts", token: str = TOKEN) -> str:
        return f"http://127.0.0.1:{self.port}/overlay/{token}/{page}/socket"

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": f"http://127.0.0.1:{self.port}"}

    def open(self, page: OverlayPage = OverlayPage.ALERTS) -> int:
        return self.connected()[page]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "cat.png").write_bytes(PNG)
    (tmp_path / "media" / "key.pem").write_text("secret")
    (tmp_path / "outside.png").write_bytes(PNG)
    (tmp_path / "media" / "link.png").symlink_to(tmp_path / "outside.png")
    started = Served(tmp_path / "media")
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def status(
    browser: aiohttp.ClientSession, url: str, headers: dict[str, str] | None = None
) -> int:
    async with browser.get(url, headers=headers) as response:
        await response.read()
        return response.status


async def test_every_page_is_served_to_who_has_the_token(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    for page in OverlayPage:
        async with browser.get(server.url(page)) as response:
            assert response.status == 200
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self';" in policy
            assert response.headers["Referrer-Policy"] == "no-referrer"
            text = await response.text()
        assert TOKEN not in text
        assert "http:" not in text.replace("http://www.w3.org", "")
    for name in ("overlay.css", "overlay.js"):
        assert await status(browser, f"http://127.0.0.1:{server.port}/overlay/static/{name}") == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/overlay/{OTHER}/alerts", f"/overlay/{TOKEN[:-1]}/alerts", f"/overlay/{TOKEN}x/alerts",
        f"/overlay/{TOKEN}/secrets", "/overlay/%F0%9F%98%80/alerts", "/", "/overlay/static/x.js",
        f"/overlay/{OTHER}/media/cat.png", f"/overlay/{TOKEN}/media/key.pem",
        f"/overlay/{TOKEN}/media/link.png", f"/overlay/{TOKEN}/media/..%2Foutside.png",
        "/overlay/static/overlay.html", "/overlay/static/..%2Foverlay.py",
    ],
)  # fmt: skip
async def test_nothing_else_is_found(
    server: Served, browser: aiohttp.ClientSession, path: str
) -> None:
    url = f"http://127.0.0.1:{server.port}{path}"
    async with browser.get(URL(url, encoded=True)) as response:
        assert response.status == 404


async def test_pictures_come_from_the_creators_folder(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    url = f"http://127.0.0.1:{server.port}/overlay/{TOKEN}/media/cat.png"
    async with browser.get(url) as response:
        assert (response.status, await response.read()) == (200, PNG)


async def test_without_a_token_nothing_is_served(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    server.set_token("")
    url = f"http://127.0.0.1:{server.port}/overlay//alerts"
    assert await status(browser, URL(url, encoded=True).human_repr()) == 404


async def test_a_name_that_was_pointed_at_this_machine_is_refused(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    url = server.url(OverlayPage.ALERTS)
    for host in (f"evil.example:{server.port}", "127.0.0.1", f"127.0.0.1:{server.port + 1}", ""):
        assert await status(browser, url, {"Host": host}) in (400, 403)
    assert await status(browser, url, {"Host": f"localhost:{server.port}"}) == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", None])
async def test_a_website_gets_no_socket(
    server: Served, browser: aiohttp.ClientSession, origin: str | None
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.ws_connect(server.socket_url(), headers=headers)
    assert refused.value.status == 403


async def test_a_message_reaches_every_page_of_its_kind_and_no_other(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    pages: OverlayPages = server
    connect = browser.ws_connect
    async with (
        connect(server.socket_url(), headers=server.origin) as one,
        connect(server.socket_url(), headers=server.origin) as two,
        connect(server.socket_url("goal"), headers=server.origin) as goal,
    ):
        assert await goal.receive_json(timeout=5) == {"kind": "goal"}
        await eventually(lambda: server.open() == 2, "both are counted")
        pages.push(OverlayPage.ALERTS, {"kind": "alert", "text": "</script>\u2028"})
        for socket in (one, two):
            assert await socket.receive_json(timeout=5) == {
                "kind": "alert",
                "text": "</script>\u2028",
            }
        with pytest.raises(TimeoutError):
            await goal.receive_json(timeout=0.05)
    await eventually(lambda: not any(server.connected().values()), "all are gone")
    assert server.changes == 6


async def test_a_page_says_what_it_shows_and_nothing_else(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    async with browser.ws_connect(server.socket_url(), headers=server.origin) as socket:
        await socket.send_str('{"shown": 7}')
        await eventually(lambda: server.heard == [7], "heard")
        assert server.open() == 1
    for rubbish in ("{}", "[", '{"shown": true}', '{"shown": "7"}', '{"shown": 1' + "0" * 300):
        async with browser.ws_connect(server.socket_url(), headers=server.origin) as socket:
            await socket.send_str(rubbish)
            await eventually(lambda: not server.open(), f"{rubbish[:20]} is no page")
    assert server.heard == [7]


async def test_a_new_token_cuts_old_pages_off_at_once(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    async with browser.ws_connect(server.socket_url(), headers=server.origin) as socket:
        await eventually(lambda: server.open() == 1, "connected")
        server.set_token(OTHER)
        message = await socket.receive(timeout=5)
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    await eventually(lambda: not server.open(), "cut off")
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.ws_connect(server.socket_url(), headers=server.origin)
    assert refused.value.status == 404
    assert OTHER in server.url(OverlayPage.TOP)


async def test_a_page_that_does_not_keep_up_is_let_go(
    server: Served, browser: aiohttp.ClientSession
) -> None:
    async with browser.ws_connect(server.socket_url(), headers=server.origin):
        await eventually(lambda: server.open() == 1, "connected")
        for _ in range(MAX_QUEUED + 1):
            server.push(OverlayPage.ALERTS, {"kind": "alert"})
        await eventually(lambda: not server.open(), "let go")


async def test_pages_are_bounded(server: Served, browser: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(20):
        sockets = [
            await browser.ws_connect(server.socket_url(), headers=server.origin)
            for _ in range(MAX_PAGES)
        ]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.ws_connect(server.socket_url(), headers=server.origin)
        for socket in sockets:
            await socket.close()


async def test_a_port_in_use_is_said(server: Served, tmp_path: Path) -> None:
    with pytest.raises(PortInUse):
        await Served(tmp_path).start(server.port)


def test_the_page_sets_what_strangers_write_as_text_alone() -> None:
    script = (Path(overlay.__file__).parent / "overlay_files" / "overlay.js").read_text()
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in script
