"""Tips cross three channels, read as a machine would read the demo; payments find another way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.practising import AMOUNT, FEES, Scene, demo, scene
from tipdesk.crypto.hashes import sha256
from tipdesk.tips.payment import FailureReason

pytestmark = pytest.mark.asyncio(loop_scope="module")

TIPS = 6
BASE_FEE = 1_000
PROPORTIONAL = 100

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def network(folder: Path) -> AsyncIterator[Scene]:
    """The network that the demo left in its folder, with the same fan."""
    async with scene(folder) as made:
        yield made


def named(lines: Lines, event: str) -> Lines:
    return [line for line in lines if line["event"] == event]


def fees_of(amount_msat: int) -> int:
    """What two routers take, the one nearer to the fan on the other's fee as well (BOLT 7)."""
    second = BASE_FEE + amount_msat * PROPORTIONAL // 1_000_000
    return second + BASE_FEE + (amount_msat + second) * PROPORTIONAL // 1_000_000


@pytest.mark.parametrize("amount_sat", [21, 5_000])
async def test_tips_cross_three_channels_and_every_msat_is_accounted_for(
    folder: Path, amount_sat: int
) -> None:
    code, lines = await demo(folder, tips=TIPS, amount_sat=amount_sat)
    assert code == 0
    amount = amount_sat * 1_000
    check_order(lines)
    check_network(named(lines, "network.ready"))
    assert len(named(lines, "post.seen")) >= 6
    settled = named(lines, "tip.settled")
    check_settled(settled, amount)
    hashes = [line["payment_hash"] for line in settled]
    assert len(set(hashes)) == TIPS
    asked = named(lines, "invoice.ok")
    assert [line["payment_hash"] for line in asked] == hashes
    assert {line["amount_msat"] for line in asked} == {amount}
    received = named(lines, "creator.received")
    assert [(r["payment_hash"], r["amount_msat"]) for r in received] == [
        (one, amount) for one in hashes
    ]
    receipts = named(lines, "receipt.seen")
    assert len({line["event_id"] for line in receipts}) == TIPS
    assert all(line["valid"] is True for line in receipts)
    check_sums(lines[-1], settled, amount)


def check_order(lines: Lines) -> None:
    assert lines[0]["event"] == "network.ready"
    assert lines[-1]["event"] == "summary"
    times = [line["at_ms"] for line in lines]
    assert times == sorted(times)
    counted = Counter(line["event"] for line in lines)
    for event in ("invoice.ok", "tip.settled", "creator.received", "receipt.seen"):
        assert counted[event] == TIPS
    assert counted["summary"] == counted["network.ready"] == 1


def check_network(ready: Lines) -> None:
    described = ready[0]
    assert described["electrum"].keys() == {"host", "port"}
    assert described["relay"].startswith("ws://")
    assert len(described["nodes"]) == 6
    for place in described["nodes"].values():
        node_id, _, host_and_port = place.partition("@")
        assert len(bytes.fromhex(node_id)) == 33
        assert host_and_port.startswith("127.0.0.1:")
    assert len(described["addresses"]) == 3
    assert "fund" in described["faucet"]


def check_settled(settled: Lines, amount: int) -> None:
    for line in settled:
        assert line["amount_msat"] == amount
        assert line["channels"] == 3
        assert line["fee_msat"] == fees_of(amount)
        assert sha256(bytes.fromhex(line["preimage"])).hex() == line["payment_hash"]
        assert 0 < line["pay_ms"] <= line["tip_ms"] < 10_000


def check_sums(summary: dict[str, Any], settled: Lines, amount: int) -> None:
    assert (summary["tips"], summary["settled"], summary["failed"]) == (TIPS, TIPS, 0)
    assert summary["creator_received_msat"] == TIPS * amount
    assert summary["fees_msat"] == sum(line["fee_msat"] for line in settled)
    spent = summary["creator_received_msat"] + summary["fees_msat"]
    assert summary["fan_spent_msat"] == spent
    assert 0 < summary["pay_p50_ms"] <= summary["pay_p95_ms"] <= summary["tip_p95_ms"]
    assert summary["tip_p50_ms"] >= summary["pay_p50_ms"]


async def test_the_way_of_a_payment_is_what_the_ledgers_of_its_nodes_say(network: Scene) -> None:
    before = await network.balances()
    invoice = await network.invoice()
    paid = await network.pay(invoice)
    assert paid["state"] == "succeeded", paid
    after = await network.balances()
    way = await network.call("fan", "route", payment_hash=invoice["payment_hash"])
    (part,) = way["parts"]
    names = {(await network.call(name, "info"))["node_id"]: name for name in network.names}
    hops = [(names[hop["node_id"]], hop["fee_msat"]) for hop in part["hops"]]
    assert hops[-1] == ("musician", 0)
    # The picture's fees are what each router has gained, and their sum what the fan has lost.
    assert [after[name] - before[name] for name, _ in hops[:-1]] == [fee for _, fee in hops[:-1]]
    assert sum(fee for _, fee in hops) == way["fee_msat"] == paid["fee_msat"] == FEES
    assert before["fan"] - after["fan"] == part["sent_msat"] == AMOUNT + FEES
    # Every node has said how long it held, and the fan has verified that it said it.
    held = [hop["held_ms"] for hop in part["hops"]]
    assert len(held) == 3
    assert held == sorted(held, reverse=True)
    assert 0 <= held[-1] <= held[0] <= way["took_ms"]


@pytest.mark.parametrize("dead", ["router-2", "router-3"])
async def test_a_payment_goes_round_a_dead_router(network: Scene, dead: str) -> None:
    before = await network.balances()
    await network.kill(dead)
    try:
        invoices = [await network.invoice() for _ in range(2)]
        answers = [await network.pay(invoice) for invoice in invoices]
        for answer in answers:
            assert answer["state"] == "succeeded", answer
            assert (answer["channels"], answer["fee_msat"]) == (3, FEES)
    finally:
        await network.start(dead)
    await network.usable()
    after = await network.balances()
    assert after[dead] == before[dead]
    other = {"router-2": "router-3", "router-3": "router-2"}[dead]
    assert after[other] - before[other] == 2 * fees_of(AMOUNT) - (
        after["router-1"] - before["router-1"]
    )
    assert after["musician"] - before["musician"] == 2 * AMOUNT


async def test_with_both_ways_dead_it_fails_for_certain_and_no_money_moves(
    network: Scene,
) -> None:
    before = await network.balances()
    both = ("router-2", "router-3")
    await asyncio.gather(*map(network.kill, both))
    answer = await network.pay(await network.invoice("writer"))
    await asyncio.gather(*map(network.start, both))
    assert answer["state"] == "failed"
    await network.usable()
    assert await network.balances() == before


async def test_with_the_only_peer_dead_the_reason_is_that_peer(network: Scene) -> None:
    invoice = await network.invoice("writer")
    await network.kill("router-1")
    answer = await network.pay(invoice)
    await network.start("router-1")
    assert (answer["state"], answer["reason"]) == ("failed", FailureReason.PEER_OFFLINE.value)
    await network.usable()
