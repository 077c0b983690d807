"""Headers, their work, and merkle proofs of every leaf."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Txid
from tipdesk.bitcoin.block import Header, MalformedHeader, merkle_branch, merkle_root
from tipdesk.crypto.hashes import sha256, sha256d

GENESIS = Header.parse(
    bytes.fromhex(
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac7"
        "2c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
    )
)


def test_the_first_block_has_its_known_hash_and_its_work() -> None:
    assert str(GENESIS.hash) == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    assert GENESIS.has_work
    assert GENESIS.target == 0xFFFF << 208
    assert not replace(GENESIS, nonce=1).has_work


@given(st.binary(min_size=80, max_size=80))
def test_a_header_is_its_80_bytes(data: bytes) -> None:
    assert Header.parse(data).serialize() == data


@pytest.mark.parametrize("length", [0, 79, 81])
def test_a_header_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(DecodeError):
        Header.parse(bytes(length))


@pytest.mark.parametrize("bits", [0x1D800000, 0x23000001, 0xFF000001])
def test_bits_that_are_no_target_are_refused(bits: int) -> None:
    with pytest.raises(MalformedHeader):
        _ = replace(GENESIS, bits=bits).target


def test_no_hash_meets_a_target_of_zero() -> None:
    assert not replace(GENESIS, bits=0x1D000000).has_work
    assert replace(GENESIS, bits=0x02008000).target == 0x80
    assert replace(GENESIS, bits=0x207FFFFF).target == 0x7FFFFF << 232


def leaves(count: int) -> list[Txid]:
    return [Txid(sha256d(bytes([number]))) for number in range(count)]


def plain_root(level: list[bytes]) -> bytes:
    """The textbook way, apart from ours."""
    while len(level) > 1:
        if len(level) % 2:
            level = [*level, level[-1]]
        level = [sha256(sha256(a + b)) for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


@pytest.mark.parametrize("count", range(1, 18))
def test_every_leaf_proves_itself_and_nothing_else(count: int) -> None:
    txids = leaves(count)
    root = plain_root([bytes(txid) for txid in txids])
    for place, txid in enumerate(txids):
        branch = merkle_branch(txids, place)
        assert merkle_root(txid, branch, place) == root
        assert merkle_root(Txid(bytes(32)), branch, place) != root
        if branch:
            assert merkle_root(txid, [bytes(32), *branch[1:]], place) != root
