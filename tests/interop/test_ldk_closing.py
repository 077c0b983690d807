"""Channels with LDK end, by agreement and by one side alone, and both get their money."""

import asyncio

import pytest

from tests.interop.ldk_peer import LdkPeer
from tests.nodes import Member, World
from tests.waiting import eventually
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.tips.payment import Succeeded

CAPACITY = Sat(2_000_000)
HALF = 1_000_000_000
AMOUNT = 5_000_500
ANCHOR = 330
SWEEP_FEE = 1_000
CLOSING_FEE = 5_000
DEEP = 6
DELAY = 720
"""What we demand of the peer's own outputs (`to_self_delay`)."""


async def spending_the_funding(made: World, member: Member) -> Transaction:
    """The transaction in the mempool, whose scripts the kernel has accepted."""
    funding = member.channel.terms.funding_outpoint
    mempool = made.regtest.mempool
    await eventually(lambda: funding in mempool.spends, "the funding is not spent")
    return mempool.entries[mempool.spends[funding]].transaction


async def confirmed(member: Member) -> int:
    await member.wallet.sync()
    return (await member.wallet.balance()).confirmed.value


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
    had = await confirmed(member)
    if begins == "we begin":
        await member.node.close_channel(member.channel.channel_id, force=False)
    else:
        await stranger.close(member, force=False)
    closing = await spending_the_funding(made, member)
    made.regtest.mine(1)
    gained = await confirmed(member) - had
    both = sum(out.amount.value for out in closing.outputs)
    assert 0 < CAPACITY.value - both < CLOSING_FEE
    # Whoever funded the channel pays for its end; half a satoshi goes the same way.
    assert gained == (ours if opener == "LDK opened" else both - its)
    made.regtest.mine(DEEP)
    await stranger.hears("closed")
    await swept(made, stranger, both - gained)
    await eventually(lambda: member.channels == [], "the channel is still there")


async def test_we_close_alone_and_it_takes_its_part(
    made: World, member: Member, stranger: LdkPeer, opener: str
) -> None:
    ours, its = await moved(member, stranger)
    await member.node.close_channel(member.channel.channel_id, force=True)
    commitment = await spending_the_funding(made, member)
    _, its_part = parts(commitment, opener, ours, its)
    made.regtest.mine(DEEP)
    await stranger.hears("closed")
    await swept(made, stranger, its_part)


async def test_it_closes_alone_and_we_see_it(
    made: World, member: Member, stranger: LdkPeer, opener: str
) -> None:
    ours, its = await moved(member, stranger)
    await stranger.close(member, force=True)
    commitment = await spending_the_funding(made, member)
    _, its_part = parts(commitment, opener, ours, its)
    made.regtest.mine(1)
    await eventually(
        lambda: not any(channel.is_usable for channel in member.channels), "it is still open"
    )
    made.regtest.mine(DELAY)
    await swept(made, stranger, its_part)


async def test_we_close_alone_and_it_takes_a_payment_on_chain(
    made: World, member: Member, stranger: LdkPeer
) -> None:
    """An HTLC of ours that LDK holds when the channel ends: it knows what settles it."""
    await stranger.hold()
    invoice = await stranger.invoice(Msat(AMOUNT))
    paying = asyncio.create_task(member.pay(invoice, Msat(AMOUNT)))
    preimage = await stranger.claimable(invoice)
    await member.node.close_channel(member.channel.channel_id, force=True)
    commitment = await spending_the_funding(made, member)
    output = [out.amount.value for out in commitment.outputs].index(AMOUNT // 1_000)
    made.regtest.mine(1)
    await stranger.hears("closed")
    await stranger.claim(preimage)
    spends = made.regtest.mempool.spends
    await eventually(
        lambda: commitment.outpoint(output) in spends, "LDK does not take the payment on chain"
    )
    claim = made.regtest.mempool.entries[spends[commitment.outpoint(output)]].transaction
    assert any(preimage in txin.witness for txin in claim.inputs)
    paying.cancel()
