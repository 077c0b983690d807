"""Channels close and the money is back on chain, judged by the rules of Bitcoin Core."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, pair
from tests.practising import Scene, until
from tests.waiting import eventually
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import ChannelId
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.tips.payment import Failed, FailureReason, Succeeded

CAPACITY = Sat(2_000_000)
ANCHOR = Sat(330)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with pair(tmp_path, CAPACITY) as world:
        yield world


async def spending_the_funding(made: World, member: Member) -> Transaction:
    """The transaction in the mempool, whose scripts the kernel has accepted."""
    funding = member.channel.terms.funding_outpoint
    mempool = made.regtest.mempool
    await eventually(lambda: funding in mempool.spends, "the funding is not spent")
    return mempool.entries[mempool.spends[funding]].transaction


async def confirmed(member: Member) -> int:
    await member.wallet.sync()
    return (await member.wallet.balance()).confirmed.value


async def test_a_close_by_agreement_pays_both_wallets_to_the_satoshi(
    made: World, fan: Member, creator: Member
) -> None:
    (*_, paid) = await fan.pay(creator.invoice(Msat(5_000_500)), Msat(5_000_500))
    assert isinstance(paid, Succeeded)
    await made.quiet()
    before = [await confirmed(member) for member in (fan, creator)]
    ours = [member.stored_balance() // 1_000 for member in (fan, creator)]
    await fan.node.close_channel(fan.channel.channel_id, force=False)
    closing = await spending_the_funding(made, fan)
    made.regtest.mine(1)
    gained = [
        await confirmed(member) - had for member, had in zip((fan, creator), before, strict=True)
    ]
    fee = CAPACITY.value - sum(out.amount.value for out in closing.outputs)
    # The fan funded the channel and pays for its end; half a satoshi each goes the same way.
    assert gained[1] == ours[1]
    assert gained[0] == CAPACITY.value - ours[1] - fee
    assert 0 < fee < 1_000
    assert ours[0] + ours[1] == CAPACITY.value - 1
    made.regtest.mine(6)
    for member in (fan, creator):
        await eventually(lambda: member.channels == [], "the channel is still there")  # noqa: B023


async def test_the_creator_may_begin_to_close_as_well(
    made: World, fan: Member, creator: Member
) -> None:
    had = await confirmed(creator)
    await creator.node.close_channel(creator.channel.channel_id, force=False)
    await spending_the_funding(made, creator)
    made.regtest.mine(1)
    assert await confirmed(creator) - had == CAPACITY.value // 2


async def test_a_closing_channel_takes_no_payments_and_survives_a_restart(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = creator.invoice()
    await fan.node.close_channel(fan.channel.channel_id, force=False)
    (only,) = await fan.pay(invoice)
    assert isinstance(only, Failed)
    assert only.reason in (FailureReason.PEER_OFFLINE, FailureReason.NO_ROUTE)
    await spending_the_funding(made, fan)
    await fan.restart()
    await creator.restart()
    made.regtest.mine(7)
    for member in (fan, creator):
        await eventually(lambda: member.channels == [], "the channel is still there")  # noqa: B023


async def test_a_close_alone_publishes_a_commitment_that_the_kernel_accepts(
    made: World, fan: Member, creator: Member
) -> None:
    (*_, paid) = await fan.pay(creator.invoice())
    assert isinstance(paid, Succeeded)
    await made.quiet()
    had = await confirmed(creator)
    theirs = creator.stored_balance() // 1_000
    await creator.stop()
    await fan.node.close_channel(fan.channel.channel_id, force=True)
    commitment = await spending_the_funding(made, fan)
    amounts = sorted(out.amount.value for out in commitment.outputs)
    assert amounts[:2] == [ANCHOR.value] * 2
    assert theirs in amounts
    made.regtest.mine(1)
    await creator.start()
    made.regtest.mine(6)
    # Whoever did not close sees it, and does not go on as if the channel were there.
    await eventually(
        lambda: not any(channel.is_usable for channel in creator.channels), "it is still open"
    )
    assert await confirmed(creator) >= had


async def test_what_is_not_there_or_not_connected_cannot_be_closed_by_agreement(
    made: World, fan: Member, creator: Member
) -> None:
    with pytest.raises(RequestError, match="no such channel"):
        await fan.node.close_channel(ChannelId(b"\x01" * 32), force=False)
    await creator.stop()
    await eventually(lambda: not fan.channel.is_usable, "the peer is still there")
    with pytest.raises(RequestError, match="Nothing was done"):
        await fan.node.close_channel(fan.channel.channel_id, force=False)
    assert fan.channel.live is not None


@pytest.mark.asyncio(loop_scope="module")
async def test_on_the_practice_network_the_fan_gets_its_money_back(network: Scene) -> None:
    assert (await network.pay(await network.invoice()))["state"] == "succeeded"
    in_channels = (await network.balances())["fan"] // 1_000
    before = (await network.call("fan", "balance"))["onchain_confirmed_sat"]
    (channel,) = await network.call("fan", "channels")
    await network.call("fan", "close_channel", channel_id=channel["channel_id"])
    fee = 1_000

    async def back() -> bool:
        await network.practice.call("mine", count=1)
        now = (await network.call("fan", "balance"))["onchain_confirmed_sat"]
        return bool(0 < before + in_channels - now < fee)

    await until(back, "the money is not back")
