"""What the node does at blocks by itself: patience after a start, fundings that never come."""

from pathlib import Path

import pytest

from tests.nodes import pair, world
from tests.practice.test_resolution import blocks, half_a_payment, told
from tests.waiting import eventually
from tipdesk.base.units import Sat
from tipdesk.lightning.channel.state import AwaitingReady, Closing, Normal, inner
from tipdesk.node import watchman


async def test_class_40_after_a_restart_peers_get_time_before_anything_is_forced(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        await half_a_payment(fan, creator)
        await fan.stop()
        creator.node.invoices._waiting.clear()
        await creator.stop()
        made.regtest.mine(105)  # past the expiry of 100 blocks and the two of grace
        await fan.start()
        await told(made, fan)
        assert not isinstance(fan.channel.live, Closing)
        # The payee is back too: it fails what has expired, and the channel lives on.
        await creator.start()
        await made.quiet()
        await blocks(made, 2, fan, creator)
        assert isinstance(fan.channel.live, Normal)
        assert isinstance(creator.channel.live, Normal)


async def test_class_40_patience_ends(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        await half_a_payment(fan, creator)
        await fan.stop()
        await creator.stop()
        made.regtest.mine(103)
        await fan.start()
        await told(made, fan)
        fan.clock.moved_ms += 121_000
        await blocks(made, 1, fan)
        await eventually(lambda: isinstance(fan.channel.live, Closing), "it waits for ever")


async def test_class_4_a_fundee_forgets_a_channel_that_is_never_mined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watchman.FUNDING_PATIENCE == 2016
    monkeypatch.setattr(watchman, "FUNDING_PATIENCE", 50)
    async with world(tmp_path) as made:
        fan = await made.member("fan", listens=False)
        creator = await made.member("creator")
        await made.give(fan)
        await made.open(fan, creator)
        live = creator.channel.live
        assert live is not None
        assert isinstance(inner(live), AwaitingReady)
        funding = fan.channel.terms.funding_outpoint.txid
        entry = made.regtest.mempool.entries[funding]
        await fan.stop()
        made.regtest.mempool._forget(entry)
        made.regtest.mine(50)
        await told(made, creator)
        assert creator.channels
        made.regtest.mine(1)
        await eventually(lambda: not creator.channels, "it is still remembered")
        assert creator.store.channels() == []


async def test_a_funding_that_lost_its_block_carries_nothing_until_it_is_back(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        made.regtest.reorganise(9)
        await eventually(lambda: fan.channel.is_held, "the reorganisation is not noticed")
        assert fan.channel.spendable.value == 0
        made.regtest.mine(8)
        await eventually(lambda: not fan.channel.is_held, "it is not taken up again")
        await told(made, fan, creator)
        assert fan.channel.spendable.value > 0


async def test_class_41_opening_leaves_coins_for_the_fees_of_closing_alone(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as made:
        fan = await made.member("fan", listens=False)
        creator = await made.member("creator")
        await made.give(fan, amount=Sat(1_030_000))
        refused = ""
        try:
            await made.open(fan, creator, Sat(1_010_000))
        except Exception as error:
            refused = str(error)
        assert "needed on chain" in refused
        await made.open(fan, creator, Sat(1_000_000))
        await fan.wallet.sync()
        balance = await fan.wallet.balance()
        assert (balance.confirmed + balance.unconfirmed) >= Sat(25_000)
