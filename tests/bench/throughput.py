"""How many tips a second one fan's node sends to one creator's, many at once, durably.

All nodes share one process, and so one core: routers on machines of their own would be faster.
"""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from tests.bench.measure import Row, measure
from tests.nodes import World, line, pair
from tipdesk.base.units import Msat, Sat
from tipdesk.tips.payment import Succeeded

AMOUNT = Msat(5_000_000)
PAYMENTS = 120
AT_ONCE = 20
"""Less than the 30 HTLCs that a channel takes at a time."""
ROUNDS = 3
CAPACITY = Sat(10_000_000)


async def _rate(made: World) -> float:
    fan, creator = made.members["fan"], made.members["creator"]
    room = asyncio.Semaphore(AT_ONCE)

    async def one() -> bool:
        async with room:
            (*_, last) = await fan.pay(creator.invoice(AMOUNT), AMOUNT)
            return isinstance(last, Succeeded)

    start = perf_counter()
    paid = await asyncio.gather(*(one() for _ in range(PAYMENTS)))
    took = perf_counter() - start
    if not all(paid):
        raise RuntimeError(f"{paid.count(False)} of {PAYMENTS} payments failed")
    await made.quiet()
    return PAYMENTS / took


async def _measure(*, direct: bool) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        async with (pair if direct else line)(Path(folder), CAPACITY) as made:
            return [await _rate(made) for _ in range(ROUNDS)]


@measure("throughput")
def throughput() -> list[Row]:
    """Tips a second over one channel and over three."""
    return [
        Row.of("tips at once, a direct channel", "1/s", asyncio.run(_measure(direct=True))),
        Row.of("tips at once, three channels", "1/s", asyncio.run(_measure(direct=False))),
    ]
