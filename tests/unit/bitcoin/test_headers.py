"""The chain with most work wins, and only headers that obey their network's rules count."""

from dataclasses import replace

import pytest

from tipdesk.base.ids import BlockHash
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.headers import (
    BrokenLink,
    HeaderChain,
    NoWork,
    TooManyHeaders,
    WrongTarget,
    WrongTime,
)
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.targets import PERIOD, HeaderRules, compact, expand, retarget, rules_of

REGTEST = rules_of(Network.REGTEST)
EASY = 0x207FFFFF
HARDER = compact(expand(EASY) // 4)
START = 1_700_000_000
MAIN = HeaderRules(Header(1, BlockHash(bytes(32)), bytes(32), START, EASY, 0), 4 * PERIOD, EASY)
"""Mainnet's rules at a difficulty that a test can meet."""
TESTNET4 = replace(MAIN, base_height=0, slow_blocks_are_easy=True, bip94=True)


def mined(header: Header) -> Header:
    while not header.has_work:
        header = replace(header, nonce=header.nonce + 1)
    return header


def child(parent: Header, *, after: int = 600, bits: int = EASY, extra: int = 0) -> Header:
    root = extra.to_bytes(32, "little")
    return mined(Header(0x20000000, parent.hash, root, parent.time + after, bits, 0))


def branch(
    parent: Header, count: int, *, after: int = 600, bits: int = EASY, extra: int = 0
) -> list[Header]:
    headers = [parent]
    for _ in range(count):
        headers.append(child(headers[-1], after=after, bits=bits, extra=extra))
    return headers[1:]


def period(rules: HeaderRules, after: int, bits: int = EASY) -> HeaderChain:
    """A chain whose next header is the first of the second period."""
    return HeaderChain(rules).connect(
        rules.base_height + 1, branch(rules.base, PERIOD - 1, after=after, bits=bits)
    )


def tip(chain: HeaderChain) -> Header:
    header = chain.at(chain.height)
    assert header is not None
    return header


def grow(chain: HeaderChain, after: int, bits: int) -> HeaderChain:
    return chain.connect(chain.height + 1, [child(tip(chain), after=after, bits=bits)])


def test_a_chain_grows_from_its_base() -> None:
    headers = branch(REGTEST.base, 5)
    chain = HeaderChain(REGTEST).connect(1, headers[:3]).connect(4, headers[3:])
    assert chain.height == 5
    assert [chain.at(height) for height in range(1, 6)] == headers
    assert chain.hash_at(5) == headers[-1].hash
    assert chain.hash_at(0) == REGTEST.base.hash
    assert chain.hash_at(6) is None
    assert chain.at(-1) is None
    assert chain.work == 10
    assert chain.links(6, child(headers[-1]))
    assert not chain.links(5, child(headers[-1]))


def test_a_base_above_genesis_is_the_lowest_header_known() -> None:
    chain = HeaderChain(MAIN).connect(MAIN.base_height + 1, branch(MAIN.base, 3))
    assert chain.height == MAIN.base_height + 3
    assert chain.at(MAIN.base_height) == MAIN.base
    assert chain.at(MAIN.base_height - 1) is None
    with pytest.raises(BrokenLink):
        chain.connect(MAIN.base_height, branch(MAIN.base, 9))


def test_batches_of_any_size_make_the_same_pages() -> None:
    headers = branch(REGTEST.base, 2 * PERIOD + 5, after=1)
    chain = HeaderChain(REGTEST)
    for start in range(0, len(headers), 700):
        chain = chain.connect(start + 1, headers[start : start + 700])
    whole = HeaderChain(REGTEST)
    for start in range(0, len(headers), PERIOD):
        whole = whole.connect(start + 1, headers[start : start + PERIOD])
    assert chain == whole
    assert [len(page.raw) for page in chain.pages] == [80 * PERIOD, 80 * PERIOD, 400]
    assert chain.at(PERIOD + 1) == headers[PERIOD]


def test_more_work_replaces_and_equal_work_does_not() -> None:
    ours, theirs = branch(REGTEST.base, 5), branch(REGTEST.base, 6, extra=1)
    chain = HeaderChain(REGTEST).connect(1, ours)
    assert chain.connect(1, theirs[:5]) is chain
    longer = chain.connect(1, theirs)
    assert longer.hash_at(6) == theirs[-1].hash
    assert longer.connect(6, branch(theirs[4], 1, extra=7)) is longer
    assert longer.connect(6, branch(theirs[4], 2, extra=7)).height == 7


def test_the_work_counts_and_not_the_number() -> None:
    slow = period(MAIN, after=600)
    bits = retarget(EASY, seconds=600 * 2015, limit_bits=EASY)
    longer = grow(grow(grow(slow, 600, bits), 600, bits), 600, bits)
    fast = branch(MAIN.base, PERIOD - 1, after=10)
    fast.append(child(fast[-1], bits=HARDER))
    heavier = longer.connect(MAIN.base_height + 1, fast)
    assert heavier.height == longer.height - 2
    assert heavier.work > longer.work


def test_class_48_a_header_without_work_is_refused() -> None:
    lazy = child(REGTEST.base)
    while lazy.has_work:
        lazy = replace(lazy, nonce=lazy.nonce + 1)
    with pytest.raises(NoWork):
        HeaderChain(REGTEST).connect(1, [lazy])


@pytest.mark.parametrize("bits", [0x2100FFFF, 0x23000001, 0x20FFFFFF, 0, 0x207FFFFE])
def test_regtest_has_one_target(bits: int) -> None:
    header = replace(child(REGTEST.base), bits=bits)
    with pytest.raises(WrongTarget):
        HeaderChain(REGTEST).connect(1, [header])


def test_a_broken_link_is_refused() -> None:
    headers = branch(REGTEST.base, 3)
    with pytest.raises(BrokenLink) as broken:
        HeaderChain(REGTEST).connect(1, [headers[0], headers[2]])
    assert broken.value.height == 2


def test_a_flood_is_refused() -> None:
    with pytest.raises(TooManyHeaders):
        HeaderChain(REGTEST).connect(1, branch(REGTEST.base, 1) * 2017)


def test_a_time_must_be_later_than_the_median_of_eleven() -> None:
    chain = HeaderChain(REGTEST).connect(1, branch(REGTEST.base, 20))
    assert chain.median_time_past(20) == REGTEST.base.time + 15 * 600
    exactly = child(tip(chain), after=-5 * 600)
    with pytest.raises(WrongTime) as wrong:
        chain.connect(21, [exactly])
    assert wrong.value.earliest == chain.median_time_past(20) + 1
    assert chain.connect(21, [child(tip(chain), after=-5 * 600 + 1)]).height == 21


def test_within_a_period_the_target_stays() -> None:
    chain = HeaderChain(MAIN).connect(MAIN.base_height + 1, branch(MAIN.base, 3))
    with pytest.raises(WrongTarget):
        grow(chain, 600, HARDER)


@pytest.mark.parametrize(("after", "seconds"), [(300, 300 * 2015), (10, PERIOD * 150), (600, 0)])
def test_a_new_period_has_the_target_that_the_old_one_earned(after: int, seconds: int) -> None:
    chain = period(MAIN, after)
    wanted = retarget(EASY, seconds=seconds or 600 * 2015, limit_bits=EASY)
    assert grow(chain, 600, wanted).height == MAIN.base_height + PERIOD
    for wrong in {EASY, HARDER, compact(expand(wanted) - (1 << 240))} - {wanted}:
        with pytest.raises(WrongTarget) as refused:
            grow(chain, 600, wrong)
        assert refused.value.wanted == wanted


def test_mainnet_has_no_easy_headers_however_late() -> None:
    chain = period(MAIN, 10)
    chain = grow(chain, 600, HARDER)
    with pytest.raises(WrongTarget):
        grow(chain, 10_000, EASY)


def test_testnet_has_an_easy_header_after_twenty_minutes_and_one_only() -> None:
    chain = grow(period(TESTNET4, 10), 600, HARDER)
    with pytest.raises(WrongTarget):
        grow(chain, 1_200, EASY)
    with pytest.raises(WrongTarget):
        grow(chain, 1_201, HARDER)
    easy = grow(chain, 1_201, EASY)
    with pytest.raises(WrongTarget):
        grow(easy, 600, EASY)
    assert tip(grow(easy, 600, HARDER)).bits == HARDER
    both = branch(tip(easy), 2, after=1_201)
    again = child(both[-1], after=1, bits=HARDER)
    assert easy.connect(easy.height + 1, [*both, again]).height == easy.height + 3


def test_bip94_retargets_from_the_first_target_of_a_period() -> None:
    chain = grow(period(TESTNET4, 10), 600, HARDER)
    harder = branch(tip(chain), PERIOD - 2, after=600, bits=HARDER)
    last = child(harder[-1], after=1_201)
    chain = chain.connect(chain.height + 1, [*harder, last])
    seconds = last.time - chain.at(PERIOD).time  # type: ignore[union-attr]
    wanted = retarget(HARDER, seconds=seconds, limit_bits=EASY)
    assert tip(chain).bits == EASY
    assert tip(grow(chain, 600, wanted)).bits == wanted
    with pytest.raises(WrongTarget):
        grow(chain, 600, retarget(EASY, seconds=seconds, limit_bits=EASY))


def test_bip94_lets_a_period_begin_ten_minutes_early_at_most() -> None:
    chain = period(TESTNET4, 300)
    wanted = retarget(EASY, seconds=300 * 2015, limit_bits=EASY)
    assert grow(chain, -600, wanted).height == PERIOD
    with pytest.raises(WrongTime):
        grow(chain, -601, wanted)
    free = period(replace(TESTNET4, bip94=False), 300)
    assert grow(free, -601, wanted).height == PERIOD
