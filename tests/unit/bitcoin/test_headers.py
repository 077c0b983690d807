"""The chain with most work wins, and only headers with work count."""

from dataclasses import replace

import pytest

from tipdesk.base.ids import BlockHash
from tipdesk.base.units import Sat
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.headers import BrokenLink, HeaderChain, NoWork, TooManyHeaders
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import TxOut
from tipdesk.practice.chain import build_block

GENESIS = BlockHash(Network.REGTEST.chain_hash)
ROOT = Header(1, BlockHash(bytes(32)), bytes(32), 1296688602, 0x207FFFFF, 2)


def branch(parent: BlockHash, count: int, extra: int = 0) -> list[Header]:
    headers: list[Header] = []
    for height in range(1, count + 1):
        base = replace(ROOT, time=height) if not headers else headers[-1]
        block = build_block(base, height, TxOut(Sat(height), b"\x51"), (), time=height, extra=extra)
        header = block.header if headers else mined(replace(block.header, previous=parent))
        headers.append(header)
    return headers


def mined(header: Header) -> Header:
    while not header.has_work:
        header = replace(header, nonce=header.nonce + 1)
    return header


def test_a_chain_grows_from_genesis() -> None:
    headers = branch(GENESIS, 5)
    chain = HeaderChain(GENESIS).connect(1, headers[:3]).connect(4, headers[3:])
    assert chain.height == 5
    assert chain.hash_at(5) == headers[-1].hash
    assert chain.hash_at(0) == GENESIS
    assert chain.hash_at(6) is None


def test_more_work_replaces_and_equal_work_does_not() -> None:
    ours, theirs = branch(GENESIS, 5), branch(GENESIS, 6, extra=1)
    chain = HeaderChain(GENESIS).connect(1, ours)
    assert chain.connect(1, theirs[:5]) is chain
    assert chain.connect(1, theirs).hash_at(6) == theirs[-1].hash


def test_a_header_without_work_is_refused() -> None:
    (header,) = branch(GENESIS, 1)
    lazy = replace(header, nonce=0)
    while lazy.has_work:
        lazy = replace(lazy, nonce=lazy.nonce + 1)
    with pytest.raises(NoWork):
        HeaderChain(GENESIS).connect(1, [lazy])
    for bits in (0x2100FFFF, 0x23000001, 0x20FFFFFF, 0):
        with pytest.raises(NoWork):
            HeaderChain(GENESIS).connect(1, [replace(header, bits=bits)])


def test_a_broken_link_is_refused() -> None:
    headers = branch(GENESIS, 3)
    with pytest.raises(BrokenLink) as broken:
        HeaderChain(GENESIS).connect(1, [headers[0], headers[2]])
    assert broken.value.height == 2


def test_a_flood_is_refused() -> None:
    with pytest.raises(TooManyHeaders):
        HeaderChain(GENESIS).connect(1, branch(GENESIS, 1) * 2017)
