"""LDK as a live peer: another's node, on our chain, over TCP, and both sides' balances agree."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.interop.ldk_peer import LdkPeer, ldk
from tests.interop.strangers import need_ldk
from tests.nodes import FEE_LIMIT, Member, World, world
from tests.waiting import eventually
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.tips.payment import PaymentUpdate, PayRequest, Succeeded

CAPACITY = Sat(2_000_000)
HALF = Msat(1_000_000_000)
AMOUNT = 5_000_000
DUST = 21_000


@pytest.fixture(autouse=True, scope="module")
def _present() -> None:
    need_ldk()


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def stranger(made: World, tmp_path: Path) -> AsyncIterator[LdkPeer]:
    async with ldk(tmp_path, made.regtest) as peer:
        yield peer


@pytest_asyncio.fixture
async def fan(made: World) -> Member:
    member = await made.member("fan")
    await made.give(member)
    return member


@pytest_asyncio.fixture
async def ours(made: World, fan: Member, stranger: LdkPeer) -> Member:
    """A fan with a channel to LDK that the fan opened, half of it LDK's."""
    await fan.node.open_channel(stranger.uri, CAPACITY, announce=False, push=HALF)
    await works(made, fan, stranger)
    return fan


@pytest_asyncio.fixture
async def theirs(made: World, fan: Member, stranger: LdkPeer) -> Member:
    """A fan with a channel that LDK opened to it, half of it the fan's."""
    await stranger.call("connect", node_id=bytes(fan.node.node_id).hex(), port=fan.port)
    await opened_by(made, stranger, fan)
    return fan


async def opened_by(made: World, stranger: LdkPeer, member: Member, announce: bool = False) -> None:
    node_id = bytes(member.node.node_id).hex()
    await eventually(
        lambda: member.node.connections.peer(stranger.node_id) is not None, "LDK is not there"
    )
    await stranger.call(
        "open",
        node_id=node_id,
        amount_sat=CAPACITY.value,
        push_msat=HALF.value,
        announce=announce,
    )
    await eventually(lambda: bool(made.regtest.mempool.entries), "LDK published no funding")
    await works(made, member, stranger)


async def works(made: World, member: Member, stranger: LdkPeer) -> None:
    made.regtest.mine(8)
    await eventually(lambda: member.channel.is_usable, "our side of the channel does not work")
    await stranger.usable()


async def agreed(member: Member, stranger: LdkPeer) -> tuple[int, int]:
    """What is the member's and what is LDK's, in msat, as both say."""
    await eventually(lambda: not member.htlcs, "HTLCs are left on our side")
    await stranger.quiet()
    (balance,) = (await stranger.balances()).values()
    mine = member.stored_balance()
    assert mine == balance.theirs_msat
    assert mine + balance.ours_msat == member.channel.terms.capacity.to_msat().value
    return mine, balance.ours_msat


async def pay_to(
    member: Member, stranger: LdkPeer, amount: int, *, invoice: dict[str, Any] | None = None
) -> list[PaymentUpdate]:
    """The member pays LDK; every update up to the last."""
    asked = invoice or await stranger.call("invoice", amount_msat=amount, description="thanks")
    request = PayRequest(
        invoice=asked["invoice"],
        payment_hash=PaymentHash(bytes.fromhex(asked["payment_hash"])),
        amount=Msat(amount),
        max_fee=FEE_LIMIT,
    )
    return [update async for update in member.node.payments.pay(request)]


async def pay_from(stranger: LdkPeer, member: Member, amount: int) -> dict[str, Any]:
    """LDK pays the member; what it told of that."""
    invoice = member.invoice(Msat(amount))
    told = await stranger.call("pay", invoice=invoice.invoice)
    assert told["payment_hash"] == invoice.payment_hash.hex()
    return await stranger.hears("sent", payment_hash=told["payment_hash"])


async def test_it_takes_our_connection_and_we_take_its(fan: Member, stranger: LdkPeer) -> None:
    fan_id = bytes(fan.node.node_id).hex()
    await stranger.call("connect", node_id=fan_id, port=fan.port)
    await eventually(
        lambda: fan.node.connections.peer(stranger.node_id) is not None, "LDK is not there"
    )
    assert await stranger.call("peers") == [fan_id]


@pytest.mark.parametrize("amount", [AMOUNT, DUST])
async def test_a_channel_that_we_opened_carries_payments_both_ways(
    ours: Member, stranger: LdkPeer, amount: int
) -> None:
    assert (await stranger.channels())[0]["anchors"] is True
    before = await agreed(ours, stranger)
    assert before == (HALF.value, HALF.value)
    (*_, paid) = await pay_to(ours, stranger, amount)
    assert isinstance(paid, Succeeded)
    assert await agreed(ours, stranger) == (HALF.value - amount, HALF.value + amount)
    await pay_from(stranger, ours, 2 * amount)
    assert await agreed(ours, stranger) == (HALF.value + amount, HALF.value - amount)


@pytest.mark.parametrize("amount", [AMOUNT, DUST])
async def test_a_channel_that_it_opened_carries_payments_both_ways(
    theirs: Member, stranger: LdkPeer, amount: int
) -> None:
    assert (await stranger.channels())[0]["anchors"] is True
    await agreed(theirs, stranger)
    (*_, paid) = await pay_to(theirs, stranger, amount)
    assert isinstance(paid, Succeeded)
    assert await agreed(theirs, stranger) == (HALF.value - amount, HALF.value + amount)
    await pay_from(stranger, theirs, 2 * amount)
    assert await agreed(theirs, stranger) == (HALF.value + amount, HALF.value - amount)
