"""SIGKILL, the real one, of real processes of the practice network while they pay."""

import asyncio
import random
from pathlib import Path
from typing import Any

from tests.practising import AMOUNT, FEES, Scene, scene
from tests.torture.tally import Tally

NAMES = ("fan", "router-1", "router-2", "router-3", "musician")
AT_ONCE = 6
LONGEST_MS = 120
KIND = "SIGKILL of a process"


class ProcessTorture:
    """The cast and a fan; they pay, and one of them is no more."""

    def __init__(self, network: Scene, tally: Tally, chance: random.Random) -> None:
        self.network = network
        self.tally = tally
        self.chance = chance

    async def batch(self, victim: str) -> None:
        """Some payments, a kill among them, and the oracle."""
        network = self.network
        before = await network.balances()
        invoices = [await network.invoice() for _ in range(AT_ONCE)]
        paying = [asyncio.create_task(network.pay(invoice)) for invoice in invoices]
        await asyncio.sleep(self.chance.uniform(5, LONGEST_MS) / 1000)
        pending = await network.call(victim, "stored_balance")
        await network.kill(victim)
        self.tally.kills[KIND] += 1
        self.tally.with_htlc[KIND] += bool(pending["htlcs"])
        await network.start(victim)
        await asyncio.gather(*paying)
        self.tally.other["payments ordered"] += AT_ONCE
        ends = [await network.ended(invoice) for invoice in invoices]
        after = await network.balances()
        await self._judge(victim, before, after, invoices, ends)
        await network.usable()

    async def _judge(
        self,
        victim: str,
        before: dict[str, int],
        after: dict[str, int],
        invoices: list[dict[str, str]],
        ends: list[str],
    ) -> None:
        paid = ends.count("succeeded")
        self.tally.other["payments that succeeded"] += paid
        what = f"{KIND} {victim}, {ends}"
        for invoice, end in zip(invoices, ends, strict=True):
            answer: dict[str, Any] = await self.network.call(
                "musician", "received", payment_hash=invoice["payment_hash"]
            )
            expected = AMOUNT if end == "succeeded" else None
            self._demand(answer["amount_msat"] == expected, f"{what}: {answer}")
            self._demand(end in ("succeeded", "failed", "none"), what)
        self._demand(after["musician"] - before["musician"] == paid * AMOUNT, f"{what}: {after}")
        self._demand(before["fan"] - after["fan"] == paid * (AMOUNT + FEES), f"{what}: {after}")
        self._demand(sum(after.values()) == sum(before.values()), f"{what}: msat made or lost")

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.tally.violations.append(otherwise)


async def kill_processes(folder: Path, tally: Tally, times: int) -> None:
    """So many kills, each of another member in turn."""
    async with scene(folder) as network:
        torture = ProcessTorture(network, tally, random.Random(folder.name))
        for number in range(times):
            try:
                await torture.batch(NAMES[number % len(NAMES)])
            except AssertionError as error:
                tally.violations.append(f"{KIND} {NAMES[number % len(NAMES)]}: {error}")
                return
