"""Headless Chromium, asked over its own debugging protocol: opens pages, reads them, draws them."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.waiting import eventually

BINARY = next(
    filter(
        None,
        map(
            shutil.which,
            ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        ),
    ),
    None,
)
"""Where Chromium is, None where there is none."""
_OPTIONS = (
    "--headless",
    "--no-sandbox",  # the tests may run as root, and open nothing but pages of ours
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
    "--window-size=1280,720",
)


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        """What the browser's console and its guards said."""

    async def call(self, method: str, **params: object) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json(timeout=20)
            if message.get("method") == "Log.entryAdded":
                self.complaints.append(message["params"]["entry"]["text"])
            if message.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(message["params"]))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]

    async def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, script: str, what: str, seconds: float = 20.0) -> None:
        """Returns once the expression is true."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not await self.evaluate(script):
            assert asyncio.get_running_loop().time() < deadline, what
            await asyncio.sleep(0.02)

    async def draw(self, path: Path) -> None:
        """A picture of what is seen, as PNG; transparent where the page is."""
        await self.call(
            "Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0}
        )
        picture = await self.call("Page.captureScreenshot", format="png")
        _keep(path, base64.b64decode(picture["data"]))


class Browser:
    """A running Chromium."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._port = port

    @asynccontextmanager
    async def page(self, url: str) -> AsyncIterator[Page]:
        """A new tab, closed in the end."""
        base = f"http://127.0.0.1:{self._port}/json"
        async with self._session.put(f"{base}/new?about:blank") as response:
            target = await response.json()
        async with self._session.ws_connect(
            target["webSocketDebuggerUrl"], max_msg_size=0
        ) as socket:
            page = Page(socket)
            for domain in ("Page", "Runtime", "Log"):
                await page.call(f"{domain}.enable")
            await page.call("Page.navigate", url=url)
            yield page
            await page.call("Runtime.evaluate", expression="0")  # the last complaints come first
        async with self._session.get(f"{base}/close/{target['id']}"):
            pass


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """Chromium with a profile of its own in `folder`."""
    assert BINARY is not None
    process = await asyncio.create_subprocess_exec(
        BINARY,
        *_OPTIONS,
        f"--user-data-dir={folder}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with aiohttp.ClientSession() as session:
            yield Browser(session, await _port(folder / "DevToolsActivePort"))
    finally:
        # The program is a script around others: all of its group end.
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _port(path: Path) -> int:
    await eventually(lambda: bool(_first_line(path)), "Chromium starts", 30.0)
    return int(_first_line(path))


def _first_line(path: Path) -> str:
    return path.read_text().partition("\n")[0] if path.exists() else ""


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
