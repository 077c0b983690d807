"""Channels with LDK end, by agreement and by one side alone, and both get their money."""

import asyncio

import pytest

from tests.interop.closing import blocks, onchain, spending_the_funding
from tests.interop.ldk_peer import LdkPeer
from tests.nodes import Member, World
from tests.waiting import eventually
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.tips.payment import Failed, Succeeded

CAPACITY = Sat(2_000_000)
HALF = 1_000_000_000
AMOUNT = 5_000_500
ANCHOR = 330
SWEEP_FEE = 1_000
CLOSING_FEE = 5_000
DEEP = 6
COMMITMENT_COST = 2_500
"""Anchors, and the fee of a commitment with one HTLC at 1,000 a kw."""


async def moved(member: Member, stranger: LdkPeer) -> tuple[int, int]:
    """After one payment, with a part of a satoshi, each side's satoshis."""
    (*_, paid) = await member.pay(await stranger.invoice(Msat(AMOUNT)), Msat(AMOUNT))
    assert isinstance(paid, Succeeded)
    ours, its = await stranger.agrees(member)
    return ours // 1_000, its // 1_000


def parts(commitment: Transaction, opener: str, ours: int, its: int) -> tuple[int, int]:
    """Our output and LDK's: only the funder's is smaller than its balance."""
    *anchors, first, second = sorted(out.amount.value for out in commitment.outputs)
    assert anchors == [ANCHOR, ANCHOR]
    if opener == "we opened":
        assert its in (first, second)
        return first + second - its, its
    assert ours in (first, second)
    return ours, first + second - ours


def mine(made: World) -> bool:
    """One block; never enough by itself."""
    made.regtest.mine(1)
    return False


async def swept(made: World, stranger: LdkPeer, amount: int) -> None:
    """LDK spends what it got on chain to its wallet."""
    await stranger.hears("swept")
    await eventually(lambda: bool(made.regtest.mempool.entries), "LDK's sweep is not there")
    made.regtest.mine(1)
    assert amount - SWEEP_FEE < stranger.onchain() < amount


@pytest.mark.parametrize("begins", ["we begin", "LDK begins"])
async def test_a_close_by_agreement_pays_both_to_the_satoshi(
    made: World, member: Member, stranger: LdkPeer, opener: str, begins: str
) -> None:
    ours, its = await moved(member, stranger)
    had = await onchain(member)
    if begins == "we begin":
        await member.node.close_channel(member.channel.channel_id, force=False)
    else:
        await stranger.close(member, force=False)
    closing = await spending_the_funding(made, member)
    made.regtest.mine(1)
    gained = await onchain(member) - had
    both = sum(out.amount.value for out in closing.outputs)
    assert 0 < CAPACITY.value - both < CLOSING_FEE
    # Whoever funded the channel pays for its end; half a satoshi goes the same way.
    assert gained == (ours if opener == "LDK opened" else both - its)
    made.regtest.mine(DEEP)
    await stranger.hears("closed")
    await swept(made, stranger, both - gained)
    await eventually(lambda: member.channels == [], "the channel is still there")


@pytest.mark.parametrize("closer", ["we close", "LDK closes"])
async def test_a_close_by_one_side_alone_pays_both_in_the_end(
    made: World, member: Member, stranger: LdkPeer, opener: str, closer: str
) -> None:
    ours, its = await moved(member, stranger)
    had = await onchain(member)
    if closer == "we close":
        await member.node.close_channel(member.channel.channel_id, force=True)
    else:
        await stranger.close(member, force=True)
    commitment = await spending_the_funding(made, member)
    our_part, its_part = parts(commitment, opener, ours, its)
    terms = member.channel.terms
    waits = terms.remote if closer == "we close" else terms.local
    await blocks(made, DEEP, member)
    await stranger.hears("closed")
    await blocks(made, waits.to_self_delay.value + 30, member)
    await eventually(lambda: member.channels == [], "the channel is still there")
    assert our_part - SWEEP_FEE < await onchain(member) - had < our_part
    await stranger.hears("swept")
    await eventually(lambda: stranger.onchain() > 0 or mine(made), "LDK's sweep is not there")
    assert its_part - SWEEP_FEE < stranger.onchain() < its_part


async def test_a_payment_that_it_takes_on_chain_has_succeeded(
    made: World, member: Member, stranger: LdkPeer
) -> None:
    """We learn from the chain what settles it."""
    await stranger.hold()
    invoice = await stranger.invoice(Msat(AMOUNT))
    paying = asyncio.create_task(member.pay(invoice, Msat(AMOUNT)))
    preimage = await stranger.claimable(invoice)
    await member.node.close_channel(member.channel.channel_id, force=True)
    commitment = await spending_the_funding(made, member)
    output = [out.amount.value for out in commitment.outputs].index(AMOUNT // 1_000)
    await blocks(made, 1, member)
    await stranger.hears("closed")
    await stranger.claim(preimage)
    spends = made.regtest.mempool.spends
    await eventually(
        lambda: commitment.outpoint(output) in spends, "LDK does not take the payment on chain"
    )
    await blocks(made, 1, member)
    (*_, paid) = await paying
    assert isinstance(paid, Succeeded)
    assert paid.preimage == preimage


async def test_a_payment_that_it_keeps_comes_back_from_its_commitment(
    made: World, member: Member, stranger: LdkPeer, opener: str
) -> None:
    had, balance = await onchain(member), member.stored_balance() // 1_000
    await stranger.hold()
    invoice = await stranger.invoice(Msat(AMOUNT))
    paying = asyncio.create_task(member.pay(invoice, Msat(AMOUNT)))
    await stranger.claimable(invoice)
    (htlc,) = member.htlcs
    await stranger.close(member, force=True)
    await spending_the_funding(made, member)
    await blocks(made, 1, member)
    await stranger.stop()
    await blocks(made, htlc.cltv_expiry.value - made.regtest.chain.height + 1, member)
    await blocks(made, 20, member)
    (*_, ended) = await paying
    assert isinstance(ended, Failed)
    await eventually(lambda: member.channels == [], "the channel is still there")
    gained = await onchain(member) - had
    cost = 2 * SWEEP_FEE + (COMMITMENT_COST if opener == "we opened" else 0)
    assert balance - cost < gained < balance
