"""Parts together pay the whole, keep every limit, and leave each other room."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graphs import NOW, QUERY, Terms, graph_of, local, node
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.routing.query import (
    DirectedChannel,
    LocalChannel,
    NoRouteReason,
    Route,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.routing.split import (
    FeesOverLimit,
    NoPartsLeft,
    NotEnoughToSend,
    NothingToSend,
    NoWay,
    PartsTooSmall,
    SplitFailure,
    SplitQuery,
    TooManyParts,
    split,
)

SQUARE = (
    Terms(1, 3, 13, base=1000, proportional=0),
    Terms(2, 3, 23, base=2000, proportional=0),
)
"""Two ways to node 3: over our peer 1, and over our peer 2, which is dearer."""


def query(*own: LocalChannel, amount: int = 1_000_000, fee: int = 50_000) -> RouteQuery:
    return replace(QUERY, amount=Msat(amount), max_fee=Msat(fee), local_channels=own)


def ask(graph: Graph, asked: SplitQuery) -> tuple[Route, ...] | SplitFailure:
    steps = split(graph, asked, Scores(), NOW)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: tuple[Route, ...] | SplitFailure = done.value
            return result


def routes(graph: Graph, asked: SplitQuery) -> tuple[Route, ...]:
    found = ask(graph, asked)
    assert isinstance(found, tuple), found
    check(graph, asked, found)
    return found


def check(graph: Graph, asked: SplitQuery, found: Sequence[Route]) -> None:
    """Every rule again, from the terms alone."""
    whole, flying = asked.whole, asked.in_flight
    assert sum(r.amount.value for r in found) == whole.amount.value
    fees = sum(route.total_fee.value for route in (*found, *flying))
    assert fees <= whole.max_fee.value
    assert len(found) + len(flying) <= asked.max_parts
    smallest = min(asked.min_part.value, whole.amount.value)
    assert all(route.amount.value >= smallest for route in found)
    carried: Counter[DirectedChannel] = Counter()
    for route in (*found, *flying):
        for channel, hop in list(zip(route.channels(), route.hops, strict=True))[1:]:
            carried[channel] += hop.amount.value
    sent: Counter[int] = Counter()
    for route in found:
        sent[route.hops[0].short_channel_id] += route.total_amount.value
        check_terms(graph, whole, route)
    for channel, amount in carried.items():
        slot = graph.slot_of(channel.short_channel_id)
        assert slot is not None
        assert amount <= graph.edges.by_policy[2 * slot + channel.direction][8]
    for own in whole.local_channels:
        assert sent[own.short_channel_id] <= own.spendable.value


def check_terms(graph: Graph, whole: RouteQuery, route: Route) -> None:
    assert route.hops[-1].node_id == whole.target
    assert route.hops[-1].cltv_delta == whole.final_cltv_delta
    assert route.total_cltv <= whole.max_cltv
    assert len({hop.node_id for hop in route.hops}) == len(route.hops) <= whole.max_hops
    before = route.hops[0]
    for hop, channel in list(zip(route.hops, route.channels(), strict=True))[1:]:
        policy = graph.policy(channel.short_channel_id, channel.direction)
        assert policy is not None
        assert not policy.disabled
        assert policy.htlc_minimum_msat <= hop.amount <= policy.htlc_maximum_msat
        proportional = hop.amount.value * policy.fee_proportional_millionths // 1_000_000
        assert (before.amount - hop.amount).value == policy.fee_base_msat + proportional
        assert before.cltv_delta - hop.cltv_delta == policy.cltv_expiry_delta
        before = hop


def test_one_part_is_taken_where_one_goes() -> None:
    (route,) = routes(graph_of(*SQUARE), SplitQuery(whole=query(local(1, 1), local(2, 2))))
    assert route.amount == Msat(1_000_000)
    assert route.total_fee == Msat(1000)


def test_two_channels_of_ours_pay_together_what_neither_can() -> None:
    whole = query(local(1, 1, spendable=700_000), local(2, 2, spendable=500_000))
    found = routes(graph_of(*SQUARE), SplitQuery(whole=whole))
    assert {route.hops[0].node_id for route in found} == {node(1), node(2)}


def test_a_channel_of_the_network_that_is_too_small_is_gone_around_in_part() -> None:
    graph = graph_of(Terms(1, 3, 13, maximum=600_000), Terms(1, 2, 12), Terms(2, 3, 23))
    graph = graph_of(
        Terms(1, 3, 13, maximum=600_000),
        Terms(1, 2, 12, maximum=800_000),
        Terms(2, 3, 23, maximum=800_000),
    )
    found = routes(graph, SplitQuery(whole=query(local(1, 1))))
    assert len(found) == 2


def test_two_parts_over_one_channel_count_together() -> None:
    """Both ways share the last channel, which carries 900,000 in all."""
    graph = graph_of(
        Terms(1, 2, 12, maximum=600_000),
        Terms(1, 4, 14, maximum=600_000),
        Terms(4, 2, 42, maximum=600_000),
        Terms(2, 3, 23, maximum=900_000),
    )
    whole = query(local(1, 1), amount=900_000)
    assert len(routes(graph, SplitQuery(whole=whole))) == 2
    more = SplitQuery(whole=query(local(1, 1), amount=900_001))
    assert isinstance(ask(graph, more), PartsTooSmall | TooManyParts)


def test_what_is_in_flight_takes_room_fees_and_parts() -> None:
    graph = graph_of(*(replace(terms, maximum=600_000) for terms in SQUARE))
    own = (local(1, 1), local(2, 2))
    first, second = routes(graph, SplitQuery(whole=query(*own)))
    rest = query(*own, amount=second.amount.value)
    (again,) = routes(graph, SplitQuery(whole=rest, in_flight=(first,), max_parts=2))
    assert again.channels() == second.channels()
    assert ask(graph, SplitQuery(whole=rest, in_flight=(first,), max_parts=1)) == NoPartsLeft(1)
    dear = replace(rest, max_fee=first.total_fee)
    failed = ask(graph, SplitQuery(whole=dear, in_flight=(first,)))
    assert failed == FeesOverLimit(first.total_fee, first.total_fee, second.amount)


def test_the_fee_limit_is_for_all_parts_together() -> None:
    whole = query(local(1, 1, spendable=700_000), local(2, 2, spendable=500_000), fee=3_000)
    found = routes(graph_of(*SQUARE), SplitQuery(whole=whole))
    assert sum(route.total_fee.value for route in found) == 3_000
    failed = ask(graph_of(*SQUARE), SplitQuery(whole=replace(whole, max_fee=Msat(2_999))))
    assert isinstance(failed, FeesOverLimit)
    assert (failed.max_fee, failed.spent) == (Msat(2_999), Msat(1_000))


def test_each_failure_says_which_limit_and_how_much_is_left() -> None:
    graph = graph_of(*SQUARE)
    rich, poor = local(1, 1), local(1, 1, spendable=600_000)
    assert ask(graph, SplitQuery(whole=query(rich, amount=0))) == NothingToSend(Msat(0))
    assert ask(graph, SplitQuery(whole=query())) == NoWay(
        NoRouteReason.NO_LOCAL_CHANNEL, Msat(1_000_000)
    )
    assert ask(graph, SplitQuery(whole=query(poor))) == NotEnoughToSend(
        Msat(1_000_000), Msat(600_000)
    )
    two = query(poor, local(2, 2, spendable=600_000))
    assert ask(graph, SplitQuery(whole=two, max_parts=1)) == TooManyParts(1, Msat(1_000_000))
    assert ask(graph, SplitQuery(whole=two, min_part=Msat(600_001))) == PartsTooSmall(
        Msat(600_001), Msat(1_000_000)
    )
    elsewhere = replace(two, target=node(9))
    assert ask(graph, SplitQuery(whole=elsewhere)) == NoWay(
        NoRouteReason.TARGET_UNKNOWN, Msat(1_000_000)
    )
    slow = replace(two, max_cltv=CltvDelta(41))
    assert ask(graph, SplitQuery(whole=slow)) == NoWay(
        NoRouteReason.TIME_OVER_LIMIT, Msat(1_000_000)
    )


def test_an_amount_below_the_smallest_part_goes_as_one() -> None:
    (route,) = routes(graph_of(*SQUARE), SplitQuery(whole=query(local(1, 1), amount=1_000)))
    assert route.amount == Msat(1_000)


@pytest.mark.parametrize("parts", [2, 3, 7, 16])
def test_channels_that_hold_hardly_more_than_the_amount_are_filled(parts: int) -> None:
    size = 1_000_000 // parts + 1_000
    graph = graph_of(*(Terms(at, 100, at, base=1, maximum=size) for at in range(1, parts + 1)))
    own = tuple(local(1000 + at, at, spendable=size + 200) for at in range(1, parts + 1))
    whole = replace(query(*own, fee=1_000), target=node(100))
    assert len(routes(graph, SplitQuery(whole=whole))) == parts


@st.composite
def cases(draw: st.DrawFn) -> tuple[Graph, SplitQuery]:
    count = draw(st.integers(3, 6))
    ends = st.integers(1, count)
    pairs = draw(
        st.lists(
            st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]),
            min_size=2,
            max_size=14,
            unique_by=lambda pair: tuple(sorted(pair)),
        )
    )
    all_terms = [
        Terms(
            source=source,
            target=target,
            channel=100 + number,
            base=draw(st.integers(0, 3000)),
            proportional=draw(st.integers(0, 5000)),
            delta=draw(st.integers(0, 60)),
            minimum=draw(st.sampled_from([1, 1, 1, 300_000])),
            maximum=draw(st.sampled_from([10**9, 999_999, 500_000, 250_000])),
            disabled=draw(st.sampled_from([False] * 5 + [True])),
        )
        for number, pair in enumerate(pairs)
        for source, target in (pair, pair[::-1])
    ]
    own = draw(
        st.lists(
            st.tuples(ends, st.sampled_from([10**9, 700_000, 400_000])), min_size=1, max_size=3
        )
    )
    whole = replace(
        query(*(local(number, *peer) for number, peer in enumerate(own, 1))),
        target=node(count),
        max_fee=Msat(draw(st.sampled_from([0, 5_000, 50_000]))),
        max_cltv=CltvDelta(draw(st.sampled_from([100, 2016]))),
    )
    return graph_of(*all_terms), SplitQuery(
        whole=whole,
        max_parts=draw(st.sampled_from([1, 2, 16])),
        min_part=Msat(draw(st.sampled_from([10_000, 300_000]))),
    )


@settings(max_examples=200)
@given(cases())
def test_parts_keep_every_limit_and_share_what_they_share(case: tuple[Graph, SplitQuery]) -> None:
    graph, asked = case
    found = ask(graph, asked)
    if not isinstance(found, tuple):
        return
    check(graph, asked, found)
    if len(found) < 2:
        return
    # The last part fails: what is left finds a way beside those in flight, at least the same one.
    last, others = found[-1], found[:-1]
    spent: Counter[int] = Counter()
    for route in others:
        spent[route.hops[0].short_channel_id] += route.total_amount.value
    own = tuple(
        replace(c, spendable=c.spendable - Msat(spent[c.short_channel_id]))
        for c in asked.whole.local_channels
    )
    rest = replace(
        asked,
        whole=replace(asked.whole, amount=last.amount, local_channels=own),
        in_flight=others,
    )
    again = ask(graph, rest)
    assert isinstance(again, tuple), again
    check(graph, rest, again)
