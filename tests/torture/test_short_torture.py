"""The short form of `make torture`: every kind of death, once or a few times."""

from pathlib import Path

import pytest

from tests.torture.channels import channel_torture
from tests.torture.closings import closing_torture
from tests.torture.mortals import Death
from tests.torture.payments import LARGE, payment_torture
from tests.torture.stories import NAMES, Plan, Way
from tests.torture.tally import Tally


async def test_killed_at_any_commit_of_an_opening_the_funder_calls_its_peer_again(
    tmp_path: Path,
) -> None:
    tally = Tally()
    async with channel_torture(tmp_path / "funder", tally) as torture:
        assert await torture.every_commit(torture.fan, Death.KILLED_BEFORE, "opening") > 2
    assert not tally.violations


@pytest.mark.parametrize(("phase", "name"), [("confirming", "fan"), ("closing", "creator")])
async def test_power_cuts_while_a_channel_comes_and_goes(
    tmp_path: Path, phase: str, name: str
) -> None:
    tally = Tally()
    async with channel_torture(tmp_path / phase, tally) as torture:
        victim = torture.fan if name == "fan" else torture.creator
        assert await torture.every_commit(victim, Death.POWER_AFTER, phase) > 2
    assert not tally.violations


async def test_whatever_dies_in_whatever_weather_every_payment_ends_once(tmp_path: Path) -> None:
    tally = Tally()
    async with payment_torture(tmp_path / "line", tally) as torture:
        for death in Death:
            await torture.random_batch(1, 0.0)
            torture.begin()
            sent = [torture.pay(LARGE), torture.pay(LARGE, back=True)]
            moment = 4 if death.counts_commits else 12
            victim = torture.members["first"]
            assert await torture.kill(victim, death, moment, sent), death
            await torture.settle(sent, death.value)
        await torture.random_batch(4, 0.05)
    assert not tally.violations
    assert set(tally.kills) == {death.value for death in Death}
    assert tally.with_htlc.total() > 4
    assert tally.other["secrets checked"] > 50


async def test_whoever_dies_while_channels_end_on_chain_nobody_loses_anything(
    tmp_path: Path,
) -> None:
    tally = Tally()
    plan = Plan(
        way=Way.FORCE,
        actor="second",
        peer="creator",
        victims=NAMES,
        deaths=tuple(Death),
        reorganises=2,
        unheard="creator",
    )
    async with closing_torture(tmp_path / "closing", tally) as torture:
        assert await torture.play(plan) > 8
    assert not tally.violations
    assert tally.other["channels that ended on chain"] > 1
    assert torture.bids.checked > 50
