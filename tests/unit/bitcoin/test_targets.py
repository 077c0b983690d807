"""What work a header must show, by network; figures from public chains and Bitcoin Core's tests."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.targets import (
    PERIOD,
    compact,
    expand,
    retarget,
    rules_of,
    work_of,
)

MAINNET_LIMIT = 0x1D00FFFF


@pytest.mark.parametrize("network", [n for n in Network if n is not Network.MAINNET])
def test_a_test_chain_begins_at_its_genesis(network: Network) -> None:
    rules = rules_of(network)
    assert rules.base_height == 0
    assert bytes(rules.base.hash) == bytes(network.chain_hash)
    assert rules.base.has_work
    assert rules.base.bits == rules.limit_bits


def test_mainnet_begins_where_segwit_does_which_is_a_retarget() -> None:
    rules = rules_of(Network.MAINNET)
    assert rules.base_height == 481_824
    assert rules.base_height % PERIOD == 0
    known = "0000000000000000001c8018d9cb3b742ef25114f27563e3fc4a1902167f9893"
    assert str(rules.base.hash).count(known) == 1
    assert rules.base.has_work
    assert not replace(rules.base, time=rules.base.time + 1).has_work


@pytest.mark.parametrize(
    ("first", "last", "bits", "wanted"),
    [
        (1_261_130_161, 1_262_152_739, 0x1D00FFFF, 0x1D00D86A),  # blocks 30,240 to 32,255
        (1_231_006_505, 1_233_061_996, 0x1D00FFFF, 0x1D00FFFF),  # 0 to 2,015: at the limit
        (1_279_008_237, 1_279_297_671, 0x1C05A3F4, 0x1C0168FD),  # 66,528 to 68,543: a quarter
        (1_263_163_443, 1_269_211_443, 0x1C387F6F, 0x1D00E1FD),  # fourfold
    ],
)
def test_a_period_is_scaled_by_the_time_it_took(
    first: int, last: int, bits: int, wanted: int
) -> None:
    assert retarget(bits, seconds=last - first, limit_bits=MAINNET_LIMIT) == wanted


@pytest.mark.parametrize(
    ("bits", "target"),
    [
        (0, 0),
        (0x01003456, 0),
        (0x01123456, 0x12),
        (0x02123456, 0x1234),
        (0x03123456, 0x123456),
        (0x04123456, 0x12345600),
        (0x05009234, 0x92340000),
        (0x20123456, 0x123456 << 8 * 29),
        (0x04923456, 0),  # negative
        (0xFF123456, 0),  # too large
    ],
)
def test_compact_bits_are_expanded(bits: int, target: int) -> None:
    assert expand(bits) == target


@given(st.integers(1, (1 << 256) - 1))
def test_compact_bits_keep_two_bytes_at_least(target: int) -> None:
    again = expand(compact(target))
    assert again <= target
    assert target - again <= target >> 15
    assert compact(again) == compact(target)


def test_work_is_the_expected_number_of_hashes() -> None:
    assert work_of(0x207FFFFF) == 2
    assert work_of(MAINNET_LIMIT) == 0x100010001
