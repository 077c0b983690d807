"""Blocks are judged, kept durably and come back."""

from dataclasses import replace
from pathlib import Path

import pytest

from tipdesk.base.clock import Clock
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import TxOut
from tipdesk.practice.block_log import DamagedBlockLog
from tipdesk.practice.chain import Block, BlockRefused, Chain, build_block

TRUE = b"\x51"


def test_genesis_is_that_of_regtest(tmp_path: Path, clock: Clock) -> None:
    chain = Chain(tmp_path, clock)
    assert bytes(chain.tip.hash) == bytes(Network.REGTEST.chain_hash)
    chain.close()


def test_blocks_come_back_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    first = Chain(tmp_path, clock)
    for _ in range(20):
        first.mine(TRUE)
    second = Chain(tmp_path, clock)
    assert second.tip == first.tip
    assert second.height == 20
    second.mine(TRUE)
    first.close()
    second.close()


def test_a_torn_tail_is_cut_wherever_the_kill_came(tmp_path: Path, clock: Clock) -> None:
    chain = Chain(tmp_path, clock)
    chain.mine(TRUE)
    log = tmp_path / "blocks.log"
    good = log.stat().st_size
    chain.mine(TRUE)
    chain.close()
    whole = log.read_bytes()
    for cut in (good, good + 1, good + 11, good + 12, len(whole) - 1):
        log.write_bytes(whole[:cut])
        again = Chain(tmp_path, clock)
        assert again.height == 1
        assert log.stat().st_size == good
        again.close()


def test_a_damaged_middle_is_refused_and_left_alone(tmp_path: Path, clock: Clock) -> None:
    chain = Chain(tmp_path, clock)
    chain.mine(TRUE)
    chain.mine(TRUE)
    chain.close()
    log = tmp_path / "blocks.log"
    spoiled = bytearray(log.read_bytes())
    spoiled[40] ^= 1
    log.write_bytes(spoiled)
    with pytest.raises(DamagedBlockLog):
        Chain(tmp_path, clock)
    assert log.read_bytes() == spoiled


def test_a_block_that_pays_itself_too_much_is_refused(tmp_path: Path, clock: Clock) -> None:
    chain = Chain(tmp_path, clock)
    chain.mine(TRUE)
    tip = chain.tip
    greedy = TxOut(Sat(50 * 10**8 + 1), TRUE)
    time = tip.header.time + 1
    with pytest.raises(BlockRefused):
        chain.extend([build_block(tip.header, 2, greedy, (), time=time)])
    assert chain.tip == tip
    fair = build_block(tip.header, 2, replace(greedy, amount=Sat(50 * 10**8)), (), time=time)
    assert chain.extend([fair]).connected == (fair,)
    chain.close()


def test_a_longer_branch_replaces_the_tip_and_survives_a_restart(
    tmp_path: Path, clock: Clock
) -> None:
    chain = Chain(tmp_path, clock)
    for _ in range(5):
        chain.mine(TRUE)
    lost = (chain.block_at(5), chain.block_at(4))
    change = chain.reorganise(2, b"\x52")
    assert change.disconnected == lost
    assert [chain.height_of(block.hash) for block in change.connected] == [4, 5, 6]
    assert chain.height_of(lost[0].hash) is None
    chain.close()
    again = Chain(tmp_path, clock)
    assert again.tip == chain.tip
    again.close()


def test_a_block_is_the_same_after_parsing(tmp_path: Path, clock: Clock) -> None:
    chain = Chain(tmp_path, clock)
    (block,) = chain.mine(TRUE).connected
    assert Block.parse(block.serialize()) == block
    chain.close()
