"""A chain server that lies about fees costs no channel and no fortune."""

from pathlib import Path

import pytest

from tests.nodes import pair
from tests.waiting import eventually
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
        context = fan.node.context(fan.channel)
        assert (context.feerate, context.closing_feerate) == (highest, highest)
        world.regtest.mine(1)

        def follows() -> bool:
            c = creator.channel.commitments
            return c is not None and c.feerate == highest

        await eventually(follows, "the peer did not take the feerate")
        assert isinstance(creator.channel.state, Normal)
