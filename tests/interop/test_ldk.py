"""LDK as a live peer: another's node, on our chain, over TCP, and both sides' balances agree."""

import asyncio

import pytest

from tests.interop.ldk_peer import LdkPeer
from tests.nodes import Member, World
from tests.waiting import eventually
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel.state import Normal
from tipdesk.tips.payment import Failed, FailureReason, Succeeded

CAPACITY = Sat(2_000_000)
HALF = 1_000_000_000
AMOUNT = 5_000_000
DUST = 21_000


async def test_it_takes_our_connection_and_we_take_its(fan: Member, stranger: LdkPeer) -> None:
    await stranger.connect(fan)
    assert await stranger.call("peers") == [fan.node.node_id.hex()]


@pytest.mark.parametrize("amount", [AMOUNT, DUST])
async def test_a_channel_with_anchors_carries_payments_both_ways(
    member: Member, stranger: LdkPeer, amount: int
) -> None:
    assert (await stranger.channels())[0]["anchors"] is True
    assert await stranger.agrees(member) == (HALF, HALF)
    (*_, paid) = await member.pay(await stranger.invoice(Msat(amount)), Msat(amount))
    assert isinstance(paid, Succeeded)
    assert await stranger.agrees(member) == (HALF - amount, HALF + amount)
    invoice = member.invoice(Msat(2 * amount))
    await stranger.pay(invoice)
    await stranger.hears("sent", payment_hash=invoice.payment_hash.hex())
    assert await stranger.agrees(member) == (HALF + amount, HALF - amount)


async def test_payments_cross_each_other(member: Member, stranger: LdkPeer) -> None:
    ours = [member.invoice(Msat(AMOUNT + 1_000 * n)) for n in range(6)]
    theirs = [await stranger.invoice(Msat(AMOUNT)) for _ in range(6)]
    for invoice in ours:
        await stranger.pay(invoice)
    ends = await asyncio.gather(*(member.pay(invoice, Msat(AMOUNT)) for invoice in theirs))
    assert all(isinstance(updates[-1], Succeeded) for updates in ends)
    for invoice in ours:
        await stranger.hears("sent", payment_hash=invoice.payment_hash.hex())
    gained = 1_000 * sum(range(6))
    assert await stranger.agrees(member) == (HALF + gained, HALF - gained)


async def test_a_payment_that_it_refuses_fails_with_its_reason(
    member: Member, stranger: LdkPeer
) -> None:
    await stranger.hold()
    invoice = await stranger.invoice(Msat(AMOUNT))
    paying = asyncio.create_task(member.pay(invoice, Msat(AMOUNT)))
    await stranger.claimable(invoice)
    await stranger.fail(invoice)
    (*_, ended) = await paying
    assert isinstance(ended, Failed)
    assert ended.reason is FailureReason.REFUSED
    assert await stranger.agrees(member) == (HALF, HALF)


async def test_a_payment_that_we_refuse_fails_in_words_that_it_understands(
    member: Member, stranger: LdkPeer
) -> None:
    invoice = member.invoice(Msat(AMOUNT))
    # It has expired for us, not for LDK.
    member.clock.moved_ms += 3_700_000
    await stranger.pay(invoice)
    told = await stranger.hears("failed", payment_hash=invoice.payment_hash.hex())
    assert told["reason"] == "RecipientRejected"
    assert await stranger.agrees(member) == (HALF, HALF)


async def test_a_tip_goes_through_it_from_one_of_us_to_another(
    made: World, fan: Member, stranger: LdkPeer
) -> None:
    """Of the second channel the fan knows what LDK's gossip says, and its fee."""
    creator = await made.member("creator")
    await stranger.connect(creator)
    await stranger.open(creator, CAPACITY, push=Msat(HALF), announce=True)
    await fan.node.open_channel(stranger.uri, CAPACITY, announce=False, push=Msat(HALF))
    made.regtest.mine(8)
    await stranger.usable(2)
    await eventually(lambda: fan.channel.is_usable, "the fan's channel does not work")
    state = creator.channel.state
    assert isinstance(state, Normal)
    scid, graph = state.short_channel_id, fan.node.gossip.graph
    await eventually(
        lambda: all(graph.policy(scid, direction) is not None for direction in (0, 1)),
        "LDK's channel is not known to the fan",
    )
    (*_, paid) = await fan.pay(creator.invoice(Msat(AMOUNT)), Msat(AMOUNT))
    assert isinstance(paid, Succeeded), paid
    assert paid.channels == 2
    fee = (await stranger.hears("forwarded"))["fee_msat"]
    assert fee == paid.fee.value > 0
    for member, expected in ((fan, HALF - AMOUNT - fee), (creator, HALF + AMOUNT)):
        ours, _ = await stranger.agrees(member)
        assert ours == expected


async def test_it_pays_through_one_of_us(made: World, stranger: LdkPeer) -> None:
    """Of our channels it knows what our gossip says."""
    router = await made.member("router", forwards=True)
    creator = await made.member("creator")
    await made.give(router)
    await stranger.connect(router)
    await stranger.open(router, CAPACITY, push=Msat(HALF), announce=True)
    await made.open(router, creator, CAPACITY)
    await made.confirm()
    await stranger.usable()

    invoice = creator.invoice(Msat(AMOUNT))
    await stranger.pay(invoice)
    told = await stranger.hears("sent", payment_hash=invoice.payment_hash.hex())
    policy = router.config.policy
    fee = policy.fee_base_msat + AMOUNT * policy.fee_proportional_millionths // 1_000_000
    assert told["fee_msat"] == fee
    await made.quiet()
    assert creator.stored_balance() == AMOUNT
