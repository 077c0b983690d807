"""SIGKILL in the middle of payments: each one ends once, and every msat is where it belongs."""

import asyncio
import random
from typing import Any

import pytest

from tests.practising import AMOUNT, FEES, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 4
LONGEST_MS = 90
"""About as long as the payments take that are begun at once."""


async def received(network: Scene, invoice: dict[str, str]) -> int | None:
    answer: dict[str, Any] = await network.call(
        "musician", "received", payment_hash=invoice["payment_hash"]
    )
    amount: int | None = answer["amount_msat"]
    return amount


async def killed_while_paying(network: Scene, victim: str, after_ms: float) -> list[str]:
    """Kills `victim` in the middle of some payments, starts it again, and checks every account."""
    before = await network.balances()
    invoices = [await network.invoice() for _ in range(AT_ONCE)]
    paying = [asyncio.create_task(network.pay(invoice)) for invoice in invoices]
    await asyncio.sleep(after_ms / 1000)
    await network.kill(victim)
    await network.start(victim)
    await asyncio.gather(*paying)
    ends = [await network.ended(invoice) for invoice in invoices]
    after = await network.balances()
    paid = ends.count("succeeded")
    for invoice, end in zip(invoices, ends, strict=True):
        assert await received(network, invoice) == (AMOUNT if end == "succeeded" else None)
    assert after["musician"] - before["musician"] == paid * AMOUNT
    assert before["fan"] - after["fan"] == paid * (AMOUNT + FEES)
    assert sum(after.values()) == sum(before.values())
    await network.usable()
    return ends


@pytest.mark.parametrize(
    ("victim", "times"),
    [("fan", 5), ("router-1", 3), ("router-2", 2), ("router-3", 2), ("musician", 2)],
)
async def test_killed_in_the_middle_of_payments_it_ends_each_exactly_once(
    network: Scene, victim: str, times: int
) -> None:
    chance = random.Random(f"kill {victim}")
    for _ in range(times):
        ends = await killed_while_paying(network, victim, chance.uniform(5, LONGEST_MS))
        assert set(ends) <= {"succeeded", "failed", "none"}


async def test_all_who_carry_a_payment_are_killed_at_once(network: Scene) -> None:
    before = await network.balances()
    invoice = await network.invoice()
    paying = asyncio.create_task(network.pay(invoice))
    await asyncio.sleep(0.02)
    everybody = ["fan", "router-1", "router-2", "router-3", "musician"]
    await asyncio.gather(*map(network.kill, everybody))
    await paying
    await asyncio.gather(*map(network.start, everybody))
    end = await network.ended(invoice)
    after = await network.balances()
    moved = AMOUNT if end == "succeeded" else 0
    assert after["musician"] - before["musician"] == moved
    assert sum(after.values()) == sum(before.values())
    await network.usable()


async def test_after_all_that_payments_go_through(network: Scene) -> None:
    assert (await network.pay(await network.invoice()))["state"] == "succeeded"
