"""A chain server that lies about fees costs no channel and no fortune."""

from pathlib import Path

import pytest

from tests.nodes import pair
from tests.waiting import eventually
from tipdesk.base.units import FeeratePerKw
from tipdesk.bitcoin.feerates import CAP, TARGETS, Feerates
from tipdesk.lightning.channel.state import Normal
from tipdesk.node.chainwatch import ChainDriver

ABSURD = Feerates(tuple((target, CAP) for target in TARGETS))


async def test_our_feerates_stay_within_what_every_peer_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        highest = fan.config.limits.maximum_feerate
        monkeypatch.setattr(ChainDriver, "feerates", property(lambda _: ABSURD))
        context = fan.node.host.context(fan.channel)
        assert (context.feerate, context.closing_feerate) == (highest, highest)
        world.regtest.mine(1)

        def follows() -> bool:
            c = creator.channel.commitments
            return c is not None and c.feerate == highest

        await eventually(follows, "the peer did not take the feerate")
        assert isinstance(creator.channel.state, Normal)


async def test_class_41_a_commitment_keeps_twice_what_mempools_ask_through_a_spike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        spike = Feerates.from_sat_per_kb(dict.fromkeys(TARGETS), 12_000)
        monkeypatch.setattr(ChainDriver, "feerates", property(lambda _: spike))
        world.regtest.mine(1)

        def rate() -> int:
            c = creator.channel.commitments
            return 0 if c is None else c.feerate.value

        await eventually(lambda: rate() == 6_000, "the commitment does not follow the minimum")
        await fan.node.close_channel(fan.channel.channel_id, force=True)
        funding = fan.channel.terms.funding_outpoint
        await eventually(lambda: funding in world.regtest.mempool.spends, "not published")
        entry = world.regtest.mempool.entries[world.regtest.mempool.spends[funding]]
        assert entry.fee >= FeeratePerKw(5_900).fee_for_weight(entry.transaction.weight)
