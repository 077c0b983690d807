"""What a long history costs: payments a second, start-up and bytes, after 1,000 and after 100,000.

The first thousand are paid. Their rows are then copied under new hashes until there are a hundred
times as many: a hundred thousand payments would take minutes, and the database knows no difference.
"""

import asyncio
import sqlite3
import tempfile
from pathlib import Path
from time import perf_counter

from tests.bench.measure import Row, measure
from tests.nodes import Member, World, pair
from tipdesk.base.units import Msat, Sat
from tipdesk.tips.payment import Succeeded

AMOUNT = Msat(5_000_000)
PAID = 1_000
COPIES = 49
MEASURED = 200
ROUNDS = 5
AT_ONCE = 20
CAPACITY = Sat(16_000_000)
KEYS = {"payments": "payment_hash", "invoices": "payment_hash", "preimages": "payment_hash"}


async def _pay(made: World, count: int, *, back: bool) -> float:
    fan, creator = made.members["fan"], made.members["creator"]
    payer, payee = (creator, fan) if back else (fan, creator)
    room = asyncio.Semaphore(AT_ONCE)

    async def one() -> bool:
        async with room:
            (*_, last) = await payer.pay(payee.invoice(AMOUNT), AMOUNT)
            return isinstance(last, Succeeded)

    start = perf_counter()
    paid = await asyncio.gather(*(one() for _ in range(count)))
    if not all(paid):
        raise RuntimeError(f"{paid.count(False)} of {count} payments failed")
    return count / (perf_counter() - start)


async def _rates(made: World) -> list[float]:
    rates = []
    for number in range(ROUNDS):
        rates.append(await _pay(made, MEASURED, back=bool(number % 2)))
        await made.quiet()
    return rates


async def _start(member: Member) -> float:
    await member.stop()
    start = perf_counter()
    await member.start()
    return (perf_counter() - start) * 1000


def _multiply(path: Path) -> int:
    """Every payment's rows again under hashes of their own, HTLCs under numbers of their own.

    How many payments there are now that were not before, either way.
    """
    added = 0
    with sqlite3.connect(path) as database:
        for table, key in KEYS.items():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            rest = ", ".join(column for column in columns if column != key)
            ((count,),) = database.execute(f"SELECT count(*) FROM {table}")
            added += 0 if table == "preimages" else count * COPIES
            for _ in range(COPIES):
                database.execute(
                    f"INSERT INTO {table} ({key}, {rest}) "
                    f"SELECT randomblob(32), {rest} FROM {table} LIMIT {count}"
                )
        for copy in range(1, COPIES + 1):
            database.execute(
                "INSERT INTO htlcs SELECT channel_id, outgoing, -id - 1 - ?, finished, data "
                "FROM htlcs WHERE finished = 1 AND id >= 0",
                (copy * 1_000_000,),
            )
    database.close()
    return added


def _size(member: Member) -> int:
    return (member.folder / "money.db").stat().st_size


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        async with pair(Path(folder), CAPACITY) as made:
            fan, creator = made.members["fan"], made.members["creator"]
            for number in range(10):
                await _pay(made, PAID // 10, back=bool(number % 2))
            await made.quiet()
            few = await _rates(made)  # another thousand
            start_few = [await _start(fan)]
            await made.usable()
            sizes = {}
            for member in (fan, creator):
                await member.stop()
                before = _size(member)
                added = await asyncio.to_thread(_multiply, member.folder / "money.db")
                sizes[member.name] = (_size(member) - before) / added
            await creator.start()
            start = perf_counter()
            await fan.start()
            start_many = [(perf_counter() - start) * 1000]
            await made.usable()
            many = await _rates(made)
    return [
        Row.of("payments after 1,000 of them", "1/s", few),
        Row.of("payments after 100,000 of them", "1/s", many),
        Row.of("start after 1,000 payments", "ms", start_few),
        Row.of("start after 100,000 payments", "ms", start_many),
        Row.of("bytes a payment, either side", "B", list(sizes.values())),
    ]


@measure("history")
def history() -> list[Row]:
    """The cost of a long history."""
    return asyncio.run(_measure())
