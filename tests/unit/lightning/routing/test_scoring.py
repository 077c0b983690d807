"""Failures weigh, fade and are cleared."""

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.units import Msat
from tipdesk.lightning.routing.query import DirectedChannel
from tipdesk.lightning.routing.scoring import Scores

CHANNEL = DirectedChannel(ShortChannelId(1), 0)
BACK = DirectedChannel(ShortChannelId(1), 1)
NOW = Instant(1_780_000_000_000)
MINUTES = 60_000


def test_an_unknown_channel_has_no_penalty() -> None:
    assert Scores().penalty(CHANNEL, Msat(1), NOW) == Msat(0)


def test_a_failure_weighs_in_its_own_direction_only() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    assert scores.penalty(CHANNEL, Msat(1000), NOW) == Msat(100_000)
    assert scores.penalty(CHANNEL, Msat(5000), NOW) == Msat(100_000)
    assert scores.penalty(BACK, Msat(1000), NOW) == Msat(0)


def test_smaller_amounts_are_thought_likelier() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    assert scores.penalty(CHANNEL, Msat(500), NOW) == Msat(25_000)


def test_a_failure_fades_by_half_in_half_an_hour() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    assert scores.penalty(CHANNEL, Msat(1000), NOW.plus_ms(30 * MINUTES)) == Msat(50_000)
    assert scores.penalty(CHANNEL, Msat(1000), NOW.plus_ms(60 * MINUTES)) == Msat(25_000)
    assert scores.penalty(CHANNEL, Msat(1000), NOW.plus_ms(10**12)) == Msat(0)
    assert scores.penalty(CHANNEL, Msat(1000), NOW.plus_ms(-1)) == Msat(100_000)


def test_a_success_clears_what_failed_at_no_more() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    scores.record_success(CHANNEL, Msat(999))
    assert scores.penalty(CHANNEL, Msat(1000), NOW) == Msat(100_000)
    scores.record_success(CHANNEL, Msat(1000))
    assert scores.penalty(CHANNEL, Msat(1000), NOW) == Msat(0)


def test_the_smallest_recent_failure_counts() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    scores.record_failure(CHANNEL, Msat(9000), NOW.plus_ms(MINUTES))
    assert scores.penalty(CHANNEL, Msat(1000), NOW.plus_ms(MINUTES)) == Msat(100_000)


def test_the_oldest_failures_are_forgotten_first() -> None:
    scores = Scores(max_remembered=2)
    for number in range(3):
        scores.record_failure(DirectedChannel(ShortChannelId(number), 0), Msat(1), NOW)
    assert scores.penalty(DirectedChannel(ShortChannelId(0), 0), Msat(1), NOW) == Msat(0)
    assert scores.penalty(DirectedChannel(ShortChannelId(2), 0), Msat(1), NOW) == Msat(100_000)


def test_the_direction_follows_the_order_of_node_ids() -> None:
    low, high = NodeId(b"\x02" + bytes(32)), NodeId(b"\x03" + bytes(32))
    assert DirectedChannel.between(ShortChannelId(1), low, high).direction == 0
    assert DirectedChannel.between(ShortChannelId(1), high, low).direction == 1
