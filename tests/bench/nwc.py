"""Requests a second that a served wallet answers, over a real relay, from a real embedded node.

App, wallet, relay and the node that is paid share one process and so one core. Each payment has
two durable commits beside those of its channel: the hold before it leaves, and its cost.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench.measure import Row, measure
from tests.nodes import World, pair
from tests.serving import ServingMember, WireApp, relay_pool, served_by
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.practice.relay import PracticeRelay

AMOUNT = Msat(1_000_000)
CAPACITY = Sat(10_000_000)
AT_ONCE = (1, 10, 100)
ASKED = 300
PAID = 120
ROUNDS = 3
LIMITS = ChannelLimits(max_accepted_htlcs=120)

Ask = Callable[[], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def _table(folder: Path) -> AsyncIterator[tuple[World, WireApp]]:
    relay = PracticeRelay(folder / "relay")
    url = (await relay.start()).rstrip("/")
    async with (
        pair(folder, CAPACITY, LIMITS, ServingMember) as world,
        served_by(world.members["fan"], url) as served,
        relay_pool(url) as relays,
    ):
        app = WireApp(served.connect(budget=Msat(10**12)), relays)
        await app.ask("get_info")
        yield world, app
    await relay.stop()


async def _rate(ask: Ask, *, count: int, at_once: int) -> float:
    room = asyncio.Semaphore(at_once)

    async def one() -> bool:
        async with room:
            return not (await ask())["error"]

    start = perf_counter()
    done = await asyncio.gather(*(one() for _ in range(count)))
    took = perf_counter() - start
    if not all(done):
        raise RuntimeError(f"{done.count(False)} of {count} requests were refused")
    return count / took


async def _measure() -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        async with _table(Path(folder)) as (world, app):
            creator = world.members["creator"]

            async def pay() -> dict[str, Any]:
                return await app.ask("pay_invoice", {"invoice": creator.invoice(AMOUNT).invoice})

            async def balance() -> dict[str, Any]:
                return await app.ask("get_balance")

            for name, ask, count in (("get_balance", balance, ASKED), ("pay_invoice", pay, PAID)):
                for at_once in AT_ONCE:
                    rates = [await _rate(ask, count=count, at_once=at_once) for _ in range(ROUNDS)]
                    rows.append(Row.of(f"NWC {name}, {at_once} at once", "1/s", rates))
                    await world.quiet()
    return rows


@measure("nwc")
def nwc() -> list[Row]:
    """`get_balance` and `pay_invoice`, one app."""
    return asyncio.run(_measure())
