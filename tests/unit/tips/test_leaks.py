"""Who learns what: the table keeps to rules that hold for every way."""

import itertools
import re
from pathlib import Path

import pytest

from tests import leak_page
from tests.practice import test_private_sends as seen
from tests.practice.test_private_sends import ROWS
from tipdesk.tips.leaks import Circumstances, Fact, Learns, Party, SendWay, leaks, lost

EVERY = [
    Circumstances(
        through_proxy=proxy, is_direct=direct, message_in_clear=clear, message_by_nostr=nostr
    )
    for proxy, direct, clear, nostr in itertools.product((False, True), repeat=4)
]


@pytest.mark.parametrize("way", SendWay)
def test_every_party_stands_once_and_every_fact_has_a_word(way: SendWay) -> None:
    for given in EVERY:
        rows = leaks(way, given)
        parties = [row.party for row in rows]
        assert len(set(parties)) == len(parties)
        assert all(set(row.learns) == set(Fact) for row in rows)
        assert all(str(row.why).endswith(".") for row in rows)


@pytest.mark.parametrize("way", SendWay)
def test_nobody_but_the_receiver_and_a_server_that_may_reads_the_message(way: SendWay) -> None:
    for given in EVERY:
        readers = {r.party for r in leaks(way, given) if r.learns[Fact.MESSAGE] is not Learns.NO}
        allowed = {Party.RECEIVER}
        if way is SendWay.ADDRESS and given.message_in_clear:
            allowed.add(Party.SERVER)
        assert readers <= allowed


@pytest.mark.parametrize("way", SendWay)
def test_a_proxy_never_tells_anybody_more(way: SendWay) -> None:
    for given in EVERY:
        if not given.through_proxy:
            with_proxy = Circumstances(
                through_proxy=True,
                is_direct=given.is_direct,
                message_in_clear=given.message_in_clear,
                message_by_nostr=given.message_by_nostr,
            )
            assert not lost(leaks(way, with_proxy), leaks(way, given))


def test_the_ways_stand_from_the_most_private_on() -> None:
    plain = Circumstances()
    ways = list(SendWay)
    for better, worse in itertools.pairwise(ways[:1] + ways[2:]):
        assert not lost(leaks(better, plain), leaks(worse, plain))
    assert lost(leaks(SendWay.ADDRESS, plain), leaks(SendWay.OFFER, plain))
    assert lost(leaks(SendWay.NAME, plain), leaks(SendWay.OFFER, plain))


def test_a_way_loses_nothing_beside_itself() -> None:
    for way, given in itertools.product(SendWay, EVERY):
        assert not lost(leaks(way, given), leaks(way, given))


def test_the_manual_has_the_tables_of_the_window() -> None:
    """`python -m tests.leak_page` writes it anew."""
    assert leak_page.PAGE.read_text("utf-8") == leak_page.page()


def test_every_row_of_the_manual_names_a_test_that_is_there() -> None:
    told = leak_page.PAGE.read_text("utf-8")
    cases = {f"[{way.name}-{party.name}]".lower() for way, party in ROWS}
    assert set(re.findall(r"\[[a-z]+-[a-z]+\]", told)) == cases
    sources = "".join(
        (Path(seen.__file__).parent / name).read_text("utf-8")
        for name in ("test_private_sends.py", "test_private_words.py")
    )
    for name in re.findall(r"\btest_[a-z_]+(?=`)", told):
        assert f"def {name}(" in sources
