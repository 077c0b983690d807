"""Experience weighs, fades and is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graphs import NOW, Terms, graph_of, local, node, scid
from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.routing.pathfind import find_route
from tipdesk.lightning.routing.query import DirectedChannel, Route, RouteQuery
from tipdesk.lightning.routing.scoring import (
    CERTAIN,
    HALF_LIFE_MS,
    WORST_ODDS,
    NotScores,
    Scores,
)

CHANNEL = DirectedChannel(ShortChannelId(1), 0)
BACK = DirectedChannel(ShortChannelId(1), 1)
CAPACITY = 1_000_000


def odds(
    scores: Scores, amount: int, now: Instant = NOW, channel: DirectedChannel = CHANNEL
) -> float:
    return scores.failure_odds(channel.number, amount, CAPACITY, now) / CERTAIN


def test_without_experience_the_capacity_decides() -> None:
    scores = Scores()
    assert odds(scores, 500_000) == pytest.approx(1, rel=1e-3)
    assert odds(scores, 10_000) == pytest.approx(1 / 99, rel=1e-3)
    assert odds(scores, CAPACITY) == CAPACITY


def test_what_failed_is_not_believed_to_work_now_and_less_is() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    assert odds(scores, 1000) == odds(scores, 5000) == WORST_ODDS / CERTAIN
    assert odds(scores, 500) == pytest.approx(1, rel=1e-3)
    assert odds(scores, 10) == pytest.approx(1 / 99, rel=1e-3)
    assert odds(scores, 1000, channel=BACK) == pytest.approx(0.001, rel=1e-2)


def test_a_failure_fades_by_half_in_an_hour_back_to_what_the_capacity_says() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    after = [odds(scores, 1000, NOW.plus_ms(HALF_LIFE_MS * hours)) for hours in (0, 1, 2, 3, 99)]
    assert after == sorted(after, reverse=True)
    assert after[1] == pytest.approx(1, rel=1e-2)
    assert after[2] == pytest.approx(1 / 3, rel=1e-2)
    assert after[-1] == pytest.approx(0.001, rel=1e-2)
    assert odds(scores, 1000, NOW.plus_ms(-1)) == after[0]


@given(st.integers(0, 20 * HALF_LIFE_MS), st.integers(1, HALF_LIFE_MS))
def test_fading_knows_no_step_up(age: int, more: int) -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    assert odds(scores, 2000, NOW.plus_ms(age + more)) <= odds(scores, 2000, NOW.plus_ms(age))


def test_what_was_carried_is_believed_and_clears_a_failure_at_no_more() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    scores.record_success(CHANNEL, Msat(999), NOW)
    assert odds(scores, 999) == 0
    assert odds(scores, 1000) == WORST_ODDS / CERTAIN
    scores.record_success(CHANNEL, Msat(1000), NOW)
    assert odds(scores, 1000) == 0
    assert odds(scores, 500_000) == pytest.approx(1, rel=1e-2)
    scores.record_failure(CHANNEL, Msat(500), NOW)
    assert odds(scores, 1000) == WORST_ODDS / CERTAIN


def test_the_smallest_recent_failure_counts() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1000), NOW)
    scores.record_failure(CHANNEL, Msat(9000), NOW.plus_ms(60_000))
    assert odds(scores, 1000, NOW.plus_ms(60_000)) == WORST_ODDS / CERTAIN
    later = NOW.plus_ms(100 * HALF_LIFE_MS)
    scores.record_failure(CHANNEL, Msat(9000), later)
    assert odds(scores, 1000, later) < 1


def test_the_longest_unheard_of_are_forgotten_first() -> None:
    scores = Scores(max_remembered=2)
    channels = [DirectedChannel(ShortChannelId(number), 0) for number in range(3)]
    for channel in (channels[0], channels[1], channels[0], channels[2]):
        scores.record_failure(channel, Msat(1), NOW)
    assert scores.known() == {channels[0].number, channels[2].number}


def a_route() -> Route:
    query = RouteQuery(
        source=node(0),
        target=node(4),
        amount=Msat(1000),
        final_cltv_delta=CltvDelta(9),
        max_fee=Msat(10_000),
        max_cltv=CltvDelta(1000),
        local_channels=(local(1, 1),),
    )
    line = [Terms(number, number + 1, 10 + number, maximum=CAPACITY) for number in range(1, 4)]
    found = find_route(graph_of(*line), query, Scores(), NOW)
    assert isinstance(found, Route)
    return found


def test_a_route_that_failed_teaches_of_the_channels_before_too_but_not_of_our_own() -> None:
    route, scores = a_route(), Scores()
    ours, first, second, third = route.channels()
    scores.route_failed(route, second, NOW)
    assert scores.known() == {first.number, second.number}
    assert odds(scores, route.hops[1].amount.value, channel=first) == 0
    assert odds(scores, route.hops[2].amount.value, channel=second) == WORST_ODDS / CERTAIN
    scores = Scores()
    scores.route_failed(route, ours, NOW)
    assert scores.known() == {ours.number}
    assert third.number not in scores.known()


def test_a_route_that_succeeded_teaches_of_both_directions() -> None:
    route, scores = a_route(), Scores()
    scores.route_succeeded(route, NOW)
    ours, *others = route.channels()
    assert ours.number not in scores.known()
    for channel, hop in zip(others, route.hops[1:], strict=True):
        back = DirectedChannel(channel.short_channel_id, 1 - channel.direction)
        assert odds(scores, hop.amount.value, channel=channel) == 0
        assert odds(scores, hop.amount.value, channel=back) == 0


EVENTS = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 2**64 - 1),
        st.integers(0, 1),
        st.integers(0, 2**64 - 1),
        st.integers(0, 10**13),
    ),
    max_size=20,
)


@given(EVENTS)
def test_experience_comes_back_from_its_bytes(
    events: list[tuple[bool, int, int, int, int]],
) -> None:
    scores = Scores()
    for failed, number, direction, amount, at in events:
        channel = DirectedChannel(ShortChannelId(number), direction)
        record = scores.record_failure if failed else scores.record_success
        record(channel, Msat(amount), Instant(at))
    again = Scores.from_bytes(scores.to_bytes())
    assert again.to_bytes() == scores.to_bytes()
    assert again.known() == scores.known()
    for number in scores.known():
        for amount in (1, 1000, CAPACITY):
            assert again.failure_odds(number, amount, CAPACITY, NOW) == scores.failure_odds(
                number, amount, CAPACITY, NOW
            )


def test_of_too_much_experience_the_latest_is_read() -> None:
    scores = Scores()
    for number in range(5):
        scores.record_failure(DirectedChannel(ShortChannelId(number), 0), Msat(1), NOW)
    assert Scores.from_bytes(scores.to_bytes(), max_remembered=2).known() == {6, 8}


@given(st.binary(max_size=100), st.integers(0, 200))
def test_damaged_experience_is_refused_or_read_and_never_breaks(junk: bytes, cut: int) -> None:
    scores = Scores()
    for number in range(3):
        scores.record_failure(DirectedChannel(ShortChannelId(number), 0), Msat(1), NOW)
    try:
        read = Scores.from_bytes(scores.to_bytes()[:cut] + junk)
    except NotScores:
        return
    for number in read.known():
        assert 0 <= read.failure_odds(number, 1000, CAPACITY, NOW) <= WORST_ODDS


@pytest.mark.parametrize("data", [b"", b"tipdesk-scores-2\n", b"tipdesk-scores-1\nx"])
def test_other_versions_and_torn_entries_are_refused(data: bytes) -> None:
    with pytest.raises(NotScores):
        Scores.from_bytes(data)


def test_an_entry_twice_is_refused() -> None:
    scores = Scores()
    scores.record_failure(CHANNEL, Msat(1), NOW)
    data = scores.to_bytes()
    with pytest.raises(NotScores):
        Scores.from_bytes(data + data[-41:])


def test_the_direction_follows_the_order_of_node_ids() -> None:
    low, high = NodeId(b"\x02" + bytes(32)), NodeId(b"\x03" + bytes(32))
    assert DirectedChannel.between(ShortChannelId(1), low, high).direction == 0
    assert DirectedChannel.between(ShortChannelId(1), high, low).direction == 1
    back = DirectedChannel(scid(7), 1)
    assert DirectedChannel.of_number(back.number) == back
