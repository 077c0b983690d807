"""The published load: nodes in processes of their own, a hundred payers, an invoice for each.

The channel has 483 slots, as in the published set-ups; commits are durable.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.measure import Row, measure
from tipdesk.app.system import SystemClock
from tipdesk.base.units import Sat
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

AMOUNTS = (21_000, 5_000_000)
CAPACITY = 10_000_000
ROUNDS = 3
PAYERS = 100
PAYMENTS = 600
ALONE = 60


class Node:
    """A child process and its questions."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, method: str, **params: object) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the node has no pipes")
        stdin.write(json.dumps({"method": method, "params": params}).encode() + b"\n")
        return await read(stdout)


async def read(stdout: asyncio.StreamReader) -> Any:
    line = await stdout.readline()
    if not line:
        raise RuntimeError("a node of the bench died")
    return json.loads(line)


@asynccontextmanager
async def node(folder: Path, port: int, name: str) -> AsyncIterator[Node]:
    """A node that lives as long as this block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench._node", str(folder), str(port), name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the node has no pipes")
        await read(process.stdout)
        yield Node(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def until(asked: Node, done: Callable[[Any], bool], method: str, **params: object) -> None:
    """Asks until the answer is the right one."""
    for _ in range(400):
        if done(await asked.ask(method, **params)):
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"a node of the bench is not {method}")


@asynccontextmanager
async def line(folder: Path, *names: str) -> AsyncIterator[list[Node]]:
    """Nodes in a line, a channel between neighbours."""
    regtest = Regtest(folder / "chain", SystemClock())
    server = ElectrumServer(regtest)
    try:
        port = await server.start()
        async with AsyncExitStack() as stack:
            nodes = [await stack.enter_async_context(node(folder, port, name)) for name in names]
            for one in nodes[:-1]:
                regtest.fund(await one.ask("address"), Sat(2 * CAPACITY))
            regtest.mine(1)
            for one, peer in pairwise(nodes):
                await until(one, lambda answer: answer >= CAPACITY, "funded")
                where = await peer.ask("where")
                await one.ask("open", uri=where["uri"], amount=CAPACITY, push=0)
            regtest.mine(8)
            for one in nodes:
                await until(one, bool, "usable", edges=2 * (len(nodes) - 1))
            yield nodes
    finally:
        await server.stop()
        regtest.close()


async def _load(*names: str) -> list[Row]:
    rows = []
    what = "one channel" if len(names) == 2 else f"{len(names) - 2} router"
    with tempfile.TemporaryDirectory() as folder:
        async with line(Path(folder), *names) as nodes:
            port = (await nodes[-1].ask("where"))["invoices"]
            await nodes[0].ask("pay_many", port=port, payers=10, payments=50, amount=21_000)
            for amount in AMOUNTS:
                rates, cpu, alone = [], [], []
                for _ in range(ROUNDS):
                    before = sum([await one.ask("cpu") for one in (nodes[0], nodes[-1])])
                    told = await nodes[0].ask(
                        "pay_many", port=port, payers=PAYERS, payments=PAYMENTS, amount=amount
                    )
                    after = sum([await one.ask("cpu") for one in (nodes[0], nodes[-1])])
                    rates.append(PAYMENTS / told["seconds"])
                    cpu.append((after - before) * 1000 / PAYMENTS)
                told = await nodes[0].ask(
                    "pay_many", port=port, payers=1, payments=ALONE, amount=amount
                )
                alone = told["ms"]
                sat = f"{amount // 1000:,} sat, {what}"
                rows += [
                    Row.of(f"{PAYERS} payers, {sat}", "1/s", rates),
                    Row.of(f"CPU of both ends a payment, {sat}", "ms", cpu),
                    Row.of(f"one payment alone, {sat}", "ms", alone),
                ]
    return rows


@measure("processes")
def processes() -> list[Row]:
    """Two processes and one channel; three processes, the middle one a router."""
    return asyncio.run(_load("payer", "payee")) + asyncio.run(_load("payer", "router", "payee"))
