"""Killed at every commit of a payment, before it or after it: the payment ends once, to the msat.

The nodes are in one process here, so that the moment of the kill is exact.
"""

import asyncio
from pathlib import Path

import pytest

from tests.nodes import Member, World, line, two_ways
from tests.waiting import eventually
from tipdesk.base.units import Msat
from tipdesk.node import invoices
from tipdesk.tips.payment import CreatedInvoice, Failed, Succeeded

AMOUNT = Msat(5_000_000)
MORE_THAN_A_PAYMENT = 20


async def test_what_a_payment_commits_is_counted(tmp_path: Path) -> None:
    """A payment of one HTLC: each change of a commitment is one commit, none is made in vain."""
    async with line(tmp_path) as made:
        before = {name: member.store.commits for name, member in made.members.items()}
        (*_, last) = await made.members["fan"].pay(made.members["creator"].invoice())
        assert isinstance(last, Succeeded)
        await made.quiet()
        for name, member in made.members.items():
            assert 4 <= member.store.commits - before[name] <= 12, name


def is_final(fan: Member, invoice: CreatedInvoice) -> bool:
    known = fan.node.payments.lookup(invoice.payment_hash)
    return known is None or isinstance(known, Succeeded | Failed)


async def killed_at(
    made: World, victim: Member, commit: int, *, after: bool, amount: Msat = AMOUNT
) -> bool:
    """Whether the payment came to that commit of the victim's; checks every account."""
    fan, creator = made.members["fan"], made.members["creator"]
    before = made.balances()
    invoice = creator.invoice(amount)
    victim.store.dies_after_commit = after
    victim.store.dies_at = victim.store.commits + commit
    paying = asyncio.create_task(fan.pay(invoice, amount, Msat(amount.value // 100)))
    dying = asyncio.create_task(victim.died.wait())
    await asyncio.wait({paying, dying}, return_when=asyncio.FIRST_COMPLETED)
    if paying.done() and not dying.done():
        # Its last commits follow the payee's answer.
        await asyncio.wait({dying}, timeout=0.1)
    reached = victim.died.is_set()
    dying.cancel()
    victim.store.dies_at = None
    if reached:
        await victim.restart()
    if victim is fan:
        paying.cancel()
    await asyncio.wait({paying})
    await eventually(lambda: is_final(fan, invoice), f"no end, killed at commit {commit}")
    await made.quiet()
    await made.usable()
    now = made.balances()
    known = fan.node.payments.lookup(invoice.payment_hash)
    moved = amount.value if isinstance(known, Succeeded) else 0
    fee = known.fee.value if isinstance(known, Succeeded) else 0
    assert now["creator"] - before["creator"] == moved
    assert before["fan"] - now["fan"] == moved + fee
    assert sum(now.values()) == sum(before.values())
    assert (creator.node.invoices.received(invoice.payment_hash) is not None) is bool(moved)
    return reached


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("name", ["fan", "first", "second", "creator"])
async def test_class_30_killed_at_any_commit_a_payment_ends_exactly_once(
    tmp_path: Path, name: str, after: bool
) -> None:
    async with line(tmp_path) as made:
        victim = made.members[name]
        for commit in range(1, MORE_THAN_A_PAYMENT):
            if not await killed_at(made, victim, commit, after=after):
                assert commit > 3
                return
        pytest.fail("a payment makes no end of commits")


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("name", ["fan", "left", "creator"])
async def test_class_30_killed_at_any_commit_a_payment_in_parts_ends_exactly_once(
    tmp_path: Path, name: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "MPP_TIMEOUT_MS", 500)
    async with two_ways(tmp_path) as made:
        fan, victim = made.members["fan"], made.members[name]
        for commit in range(1, MORE_THAN_A_PAYMENT):
            # More than the larger of the fan's channels can send.
            amount = max(c.spendable for c in fan.channels) + Msat(200_000_000)
            reached = await killed_at(made, victim, commit, after=after, amount=amount)
            if not reached:
                assert commit > 3
                return
            await give_back(made)
        pytest.fail("a payment makes no end of commits")


async def give_back(made: World) -> None:
    """What the creator has goes back to the fan, as far as small payments empty its channels."""
    fan, creator, amount = made.members["fan"], made.members["creator"], Msat(90_000_000)
    while isinstance((await creator.pay(fan.invoice(amount), amount))[-1], Succeeded):
        await made.quiet()
