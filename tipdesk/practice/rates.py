"""A market for the practice network: a price that moves by itself, told as public servers do.

Over HTTP it speaks like Bitstamp, over a websocket like Coinbase. What is told is invented, and
the sources made of it are named so. It can be told to misbehave.
"""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from aiohttp import WSMsgType, web

from tipdesk.base.clock import Clock
from tipdesk.ports.http import PortInUse

FIRST_PRICE: Final = 6_000_000
"""Cents a bitcoin."""
STEP_SECONDS: Final = 5.0
FACTORS: Final[Mapping[str, int]] = {"USD": 100, "EUR": 92, "GBP": 79}
"""Hundredths of a dollar's worth: this market has no other."""
_LARGEST_STEP: Final = 200
_STOP_SECONDS = 1.0


class RateFault(Enum):
    """How the server misbehaves."""

    NONE = "none"
    STALL = "stall"
    """It takes connections and says nothing."""
    OLD_STAMP = "old-stamp"
    """It tells the price of an hour ago, and says so."""
    RUBBISH = "rubbish"
    JUMP = "jump"
    """Ten times the price."""


class PracticeMarket:
    """A random walk, the same for the same seed; it stays within half and twice its start."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.price = FIRST_PRICE

    def step(self) -> int:
        """Moves by a twentieth of a percent at the most; the price in cents."""
        move = self._chance.randint(-_LARGEST_STEP, _LARGEST_STEP)
        wanted = self.price + self.price * move // 400_000
        self.price = min(max(wanted, FIRST_PRICE // 2), FIRST_PRICE * 2)
        return self.price


class PracticeRates:
    """The server on loopback; `start` and `stop` once each."""

    def __init__(self, clock: Clock, *, seed: int = 1, step_seconds: float = STEP_SECONDS) -> None:
        self.market = PracticeMarket(seed)
        self.fault = RateFault.NONE
        self._clock = clock
        self._step_seconds = step_seconds
        self.port = 0
        """Where it listens, once started."""
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listens on `port`, or on a free one. `PortInUse` if it cannot."""
        app = web.Application()
        app.router.add_get("/api/v2/ticker/{pair}/", self._ticker)
        app.router.add_get("/feed", self._feed)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        try:
            await site.start()
        except OSError:
            await self.stop()
            raise PortInUse(host="127.0.0.1", port=port) from None
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _ticker(self, request: web.Request) -> web.Response:
        pair = request.match_info["pair"]
        code = pair.removeprefix("btc").upper()
        if code not in FACTORS:
            raise web.HTTPNotFound
        self.market.step()
        if self.fault is RateFault.STALL:
            await asyncio.sleep(3_600)
        if self.fault is RateFault.RUBBISH:
            return web.Response(text='{"last": 12, "timestamp": {}}')
        return web.json_response(
            {"timestamp": str(self._now() // 1_000), "last": self._price(code)}
        )

    async def _feed(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=4_096)
        await socket.prepare(request)
        asked = await socket.receive()
        product = ""
        if asked.type is WSMsgType.TEXT:
            product = next((f"BTC-{c}" for c in FACTORS if f"BTC-{c}" in asked.data), "")
        if not product:
            await socket.send_json({"type": "error", "message": "Failed to subscribe"})
            await socket.close()
            return socket
        await socket.send_json({"type": "subscriptions", "channels": []})
        while not socket.closed:
            await self._tell(socket, product)
            try:
                await socket.receive(timeout=self._step_seconds)
            except TimeoutError:
                continue
        return socket

    async def _tell(self, socket: web.WebSocketResponse, product: str) -> None:
        self.market.step()
        if self.fault is RateFault.STALL:
            return
        if self.fault is RateFault.RUBBISH:
            await socket.send_str("[" * 500)
            return
        moment = datetime.fromtimestamp(self._now() / 1_000, UTC)
        await socket.send_json(
            {
                "type": "ticker",
                "product_id": product,
                "price": self._price(product[-3:]),
                "time": moment.isoformat().replace("+00:00", "Z"),
            }
        )

    def _now(self) -> int:
        old = 3_600_000 if self.fault is RateFault.OLD_STAMP else 0
        return self._clock.now().ms - old

    def _price(self, code: str) -> str:
        cents = self.market.price * FACTORS[code] // 100
        cents *= 10 if self.fault is RateFault.JUMP else 1
        return f"{cents // 100}.{cents % 100:02d}"


def rate_sources(port: int) -> tuple[str, ...]:
    """The settings of a profile that asks this market, by name no real one."""
    return (
        f"practice market=bitstamp@http://127.0.0.1:{port}",
        f"practice feed=coinbase-live@ws://127.0.0.1:{port}/feed",
    )
