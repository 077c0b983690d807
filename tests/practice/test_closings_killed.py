"""What a node must not do when it is killed, or is slow, while a channel of its ends on chain."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from tests.nodes import pair
from tests.practice.test_resolution import SHORT, blocks, half_a_payment, is_bidding, told
from tests.waiting import eventually
from tipdesk.base.units import FeeratePerKw
from tipdesk.bitcoin.feerates import Feerates
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel.state import Normal
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.ports.wallet import FeeRequest

SPIKE = Feerates(((2, FeeratePerKw(20_000)), (12, FeeratePerKw(5_000))))


async def test_a_commitment_is_not_broadcast_before_its_closing_is_stored(tmp_path: Path) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan = world.members["fan"]
        fan.store.dies_at = fan.store.commits + 1
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await fan.node.close_channel(fan.channel.channel_id, force=True)
        await asyncio.wait_for(fan.died.wait(), 5)
        assert not world.regtest.mempool.entries
        await fan.restart()
        await world.usable()
        assert isinstance(fan.channel.live, Normal)


async def test_class_42_after_a_restart_nothing_is_paid_for_a_commitment_that_is_mined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        await half_a_payment(fan, creator)
        monkeypatch.setattr(ChainDriver, "feerates", property(lambda _: SPIKE))
        channel_id = fan.channel.channel_id
        await fan.node.close_channel(channel_id, force=True)
        await eventually(lambda: len(world.regtest.mempool.entries) == 2, "no child was made")
        (bid,) = fan.store.claims(channel_id)
        # Near the deadline an unmined commitment would be worth half of the HTLC.
        await blocks(world, 90, fan, creator)
        await fan.restart()
        await blocks(world, 1, fan, creator)
        assert fan.store.claims(channel_id) == [bid]


async def test_a_bid_that_comes_too_late_keeps_no_coins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        await half_a_payment(fan, creator)
        await fan.node.close_channel(fan.channel.channel_id, force=True)
        await blocks(world, 99, fan, creator)
        await eventually(lambda: not world.regtest.mempool.entries, "the commitment is not mined")
        world.regtest.mine(1)
        await told(world, fan)
        await eventually(lambda: bool(world.regtest.mempool.entries), "nothing was claimed")
        (first,) = world.regtest.mempool.entries
        slow, goes_on = fan.wallet.pay_fee, asyncio.Event()

        async def pay_fee(request: FeeRequest) -> Transaction:
            await goes_on.wait()
            return await slow(request)

        fan.wallet.pay_fee = pay_fee  # type: ignore[method-assign]
        monkeypatch.setattr(ChainDriver, "feerates", property(lambda _: SPIKE))
        fan.node._onchain.resolutions.look_again()
        world.regtest.mine(1)
        height = world.regtest.chain.height
        await eventually(lambda: fan.node.height().value == height, "behind")
        await asyncio.sleep(0.1)
        assert is_bidding(fan)
        goes_on.set()
        await told(world, fan)
        await fan.wallet.sync()
        assert first in world.regtest.index.transactions
        assert await fan.wallet.unpublished() == ()


async def test_class_42_what_expired_already_is_no_deadline_for_its_commitment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        await half_a_payment(fan, creator)
        await creator.stop(killed=True)
        fan.clock.moved_ms += 200_000
        await blocks(world, 101, fan)
        monkeypatch.setattr(ChainDriver, "feerates", property(lambda _: SPIKE))
        await blocks(world, 1, fan)
        await eventually(lambda: len(world.regtest.mempool.entries) == 2, "no child was made")
        (bid,) = fan.store.claims(fan.channel.channel_id)
        # The next block has room for others only; nobody can take what the payer takes back.
        world.regtest.mempool.entries.clear()
        world.regtest.mempool.spends.clear()
        await blocks(world, 1, fan)
        assert fan.store.claims(fan.channel.channel_id) == [bid]
