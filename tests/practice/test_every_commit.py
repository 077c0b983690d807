"""Killed at every commit of a payment, before it or after it: the payment ends once, to the msat.

The nodes are in one process here, so that the moment of the kill is exact.
"""

import asyncio
from pathlib import Path

import pytest

from tests.nodes import Member, World, line
from tests.waiting import eventually
from tipdesk.base.units import Msat
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


async def killed_at(made: World, victim: Member, commit: int, *, after: bool) -> bool:
    """Whether the payment came to that commit of the victim's; checks every account."""
    fan, creator = made.members["fan"], made.members["creator"]
    before = made.balances()
    invoice = creator.invoice(AMOUNT)
    victim.store.dies_after_commit = after
    victim.store.dies_at = victim.store.commits + commit
    paying = asyncio.create_task(fan.pay(invoice, AMOUNT))
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
    moved = AMOUNT.value if isinstance(known, Succeeded) else 0
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
