"""Every route is checked again hop by hop, and against all simple paths of small graphs."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graphs import NOTHING, NOW, QUERY, Terms, graph_of, local, node, scid
from tipdesk.base.ids import ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.invoice.bolt11 import HintHop
from tipdesk.lightning.routing.pathfind import find_route, search
from tipdesk.lightning.routing.query import (
    BALANCED,
    CHEAPEST,
    DirectedChannel,
    Hop,
    NoRouteReason,
    Route,
    RouteFailure,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.wire.gossip import NodeAnnouncement

LINE = (Terms(1, 2, 12), Terms(2, 3, 23))


def ask(
    graph: Graph, query: RouteQuery = QUERY, scores: Scores | None = None
) -> Route | RouteFailure:
    return find_route(graph, query, scores or Scores(), NOW)


def reason(graph: Graph, query: RouteQuery = QUERY) -> NoRouteReason:
    failure = ask(graph, query)
    assert isinstance(failure, RouteFailure)
    return failure.reason


def channels(route: Route | RouteFailure) -> list[int]:
    assert isinstance(route, Route)
    return [hop.short_channel_id.block_height for hop in route.hops]


def test_amounts_and_expiries_grow_towards_us() -> None:
    # 1,000 + 1,000,000 * 100 ppm = 1,100; then 1,000 + 1,001,100 * 100 ppm = 1,100.11: 1,100.
    route = ask(graph_of(*LINE))
    assert route == Route(
        source=node(0),
        hops=(
            Hop(
                node_id=node(1),
                short_channel_id=scid(1),
                amount=Msat(1_002_200),
                cltv_delta=CltvDelta(202),
            ),
            Hop(
                node_id=node(2),
                short_channel_id=scid(12),
                amount=Msat(1_001_100),
                cltv_delta=CltvDelta(122),
            ),
            Hop(
                node_id=node(3),
                short_channel_id=scid(23),
                amount=Msat(1_000_000),
                cltv_delta=CltvDelta(42),
            ),
        ),
    )
    assert (route.total_fee, route.total_cltv) == (Msat(2_200), CltvDelta(202))
    assert route.expiry(1, BlockHeight(1000)) == BlockHeight(1122)
    assert route.channels()[1] == DirectedChannel(scid(12), 0)


def test_a_direct_peer_takes_no_fee() -> None:
    route = ask(graph_of(*LINE), replace(QUERY, target=node(1)))
    assert isinstance(route, Route)
    assert (route.total_fee, route.total_cltv) == (Msat(0), CltvDelta(42))
    assert len(route.hops) == 1


def test_the_cheaper_of_two_ways_is_taken() -> None:
    graph = graph_of(*LINE, Terms(1, 4, 14, base=10), Terms(4, 3, 43, base=10))
    assert channels(ask(graph)) == [1, 14, 43]


def test_a_way_that_failed_is_avoided_until_it_fades() -> None:
    graph = graph_of(*LINE, Terms(1, 4, 14, base=3000), Terms(4, 3, 43, base=3000))
    scores = Scores()
    assert channels(ask(graph, scores=scores)) == [1, 12, 23]
    scores.record_failure(DirectedChannel(scid(23), 0), Msat(1_000_000), NOW)
    assert channels(ask(graph, scores=scores)) == [1, 14, 43]
    later = NOW.plus_ms(24 * 3600 * 1000)
    assert channels(find_route(graph, QUERY, scores, later)) == [1, 12, 23]


def test_what_is_excluded_is_not_used() -> None:
    graph = graph_of(*LINE, Terms(1, 4, 14, base=3000), Terms(4, 3, 43, base=3000))
    without = frozenset({DirectedChannel.between(scid(12), node(1), node(2))})
    assert channels(ask(graph, replace(QUERY, excluded_channels=without))) == [1, 14, 43]
    other_way = frozenset({DirectedChannel.between(scid(12), node(2), node(1))})
    assert channels(ask(graph, replace(QUERY, excluded_channels=other_way))) == [1, 12, 23]
    assert channels(ask(graph, replace(QUERY, excluded_nodes=frozenset({node(2)})))) == [1, 14, 43]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (Terms(2, 3, 23, disabled=True), NoRouteReason.NO_ROUTE),
        (Terms(3, 2, 23), NoRouteReason.NO_ROUTE),
        (Terms(2, 3, 23, maximum=999_999), NoRouteReason.NO_CAPACITY),
        (Terms(2, 3, 23, minimum=1_000_001), NoRouteReason.AMOUNT_BELOW_MINIMUM),
        (Terms(2, 3, 23, minimum=500_000, maximum=400_000), NoRouteReason.NO_ROUTE),
        (Terms(2, 3, 23, base=60_000), NoRouteReason.FEE_OVER_LIMIT),
        (Terms(2, 3, 23, delta=2000), NoRouteReason.TIME_OVER_LIMIT),
    ],
)
def test_a_channel_that_cannot_serve_is_named_as_the_reason(
    bad: Terms, expected: NoRouteReason
) -> None:
    assert reason(graph_of(LINE[0], bad)) is expected


def test_reasons_that_need_no_search() -> None:
    graph = graph_of(*LINE)
    assert reason(graph, replace(QUERY, target=node(0))) is NoRouteReason.SELF_PAYMENT
    assert reason(graph, replace(QUERY, local_channels=())) is NoRouteReason.NO_LOCAL_CHANNEL
    poor = replace(QUERY, local_channels=(local(1, 1, spendable=999_999),))
    assert reason(graph, poor) is NoRouteReason.NO_LOCAL_CAPACITY
    assert reason(graph, replace(QUERY, target=node(9))) is NoRouteReason.TARGET_UNKNOWN


def test_fees_must_fit_into_our_own_channel_too() -> None:
    query = replace(QUERY, local_channels=(local(1, 1, spendable=1_002_199),))
    assert reason(graph_of(*LINE), query) is NoRouteReason.NO_CAPACITY
    query = replace(QUERY, local_channels=(local(1, 1, spendable=1_002_200),))
    assert channels(ask(graph_of(*LINE), query)) == [1, 12, 23]


def test_the_fee_limit_is_met_to_the_millisat() -> None:
    graph = graph_of(*LINE)
    assert channels(ask(graph, replace(QUERY, max_fee=Msat(2_200)))) == [1, 12, 23]
    failure = ask(graph, replace(QUERY, max_fee=Msat(2_199)))
    assert failure == RouteFailure(NoRouteReason.FEE_OVER_LIMIT, Msat(2_200))


def test_the_time_limit_is_met_to_the_block() -> None:
    graph = graph_of(*LINE)
    assert channels(ask(graph, replace(QUERY, max_cltv=CltvDelta(202)))) == [1, 12, 23]
    assert reason(graph, replace(QUERY, max_cltv=CltvDelta(201))) is NoRouteReason.TIME_OVER_LIMIT
    direct = replace(QUERY, target=node(1), max_cltv=CltvDelta(42))
    assert channels(ask(graph, direct)) == [1]
    assert reason(graph, replace(direct, max_cltv=CltvDelta(41))) is NoRouteReason.TIME_OVER_LIMIT


def test_a_dearer_way_is_found_where_the_cheap_one_takes_too_long() -> None:
    graph = graph_of(
        Terms(1, 2, 12, base=0, delta=1000),
        Terms(2, 3, 23, base=0, delta=1000),
        Terms(1, 4, 14, base=9000, delta=10),
        Terms(4, 3, 43, base=9000, delta=10),
    )
    assert channels(ask(graph)) == [1, 14, 43]


def test_a_way_that_failed_is_tried_again_where_the_other_costs_too_much() -> None:
    graph = graph_of(*LINE, Terms(1, 4, 14, base=30_000), Terms(4, 3, 43, base=30_000))
    scores = Scores()
    scores.record_failure(DirectedChannel(scid(23), 0), Msat(1_000_000), NOW)
    assert channels(ask(graph, scores=scores)) == [1, 12, 23]


def test_a_maximum_above_the_capacity_is_not_believed() -> None:
    assert reason(graph_of(*LINE, capacity=Sat(10**8))) is NoRouteReason.NO_ROUTE
    assert channels(ask(graph_of(*LINE, capacity=Sat(10**9)))) == [1, 12, 23]


def test_a_node_that_requires_what_we_do_not_know_forwards_nothing_but_may_be_paid() -> None:
    graph = graph_of(*LINE)
    for number in (2, 3):
        graph.apply_node(
            NodeAnnouncement(
                signature=NOTHING,
                features=b"\x01" + bytes(20),
                timestamp=1,
                node_id=node(number),
                rgb_color=bytes(3),
                alias=bytes(32),
                addresses=b"",
            )
        )
    assert reason(graph) is NoRouteReason.NO_ROUTE
    assert channels(ask(graph, replace(QUERY, target=node(2)))) == [1, 12]


def test_the_best_of_our_own_channels_is_taken() -> None:
    query = replace(
        QUERY,
        local_channels=(local(1, 1, minimum=2_000_000), local(2, 1, spendable=10), local(3, 1)),
    )
    assert channels(ask(graph_of(*LINE), query)) == [3, 12, 23]


def hint_hop(start: int, channel: int) -> HintHop:
    return HintHop(
        node_id=node(start),
        short_channel_id=scid(channel),
        fee_base_msat=5,
        fee_proportional_millionths=10,
        cltv_expiry_delta=CltvDelta(7),
    )


def test_a_hint_leads_to_a_payee_without_public_channels() -> None:
    hints = ((hint_hop(2, 50), hint_hop(8, 51)),)
    query = replace(QUERY, target=node(9), route_hints=hints)
    route = ask(graph_of(*LINE), query)
    assert channels(route) == [1, 12, 50, 51]
    assert isinstance(route, Route)
    assert [hop.amount.value for hop in route.hops] == [1_001_130, 1_000_030, 1_000_015, 1_000_000]
    assert [hop.cltv_delta.value for hop in route.hops] == [136, 56, 49, 42]


def test_a_hint_from_ourselves_is_left_to_our_own_channels() -> None:
    query = replace(QUERY, target=node(9), route_hints=((hint_hop(0, 50),),))
    assert reason(graph_of(*LINE), query) is NoRouteReason.NO_ROUTE


def test_no_route_has_more_hops_than_allowed() -> None:
    line = [Terms(number, number + 1, 100 + number, base=1) for number in range(1, 25)]
    graph = graph_of(*line)
    far = replace(QUERY, target=node(20), max_cltv=CltvDelta(5000))
    assert len(channels(ask(graph, far))) == 20
    assert reason(graph, replace(far, target=node(21))) is NoRouteReason.NO_ROUTE


def test_a_search_pauses_every_few_hundred_channels() -> None:
    star = [Terms(number, 3, 100 + number) for number in range(10, 1500)]
    rim = [Terms(number + 1, number, 5000 + number) for number in range(10, 1500)]
    steps = search(graph_of(*star, *rim), QUERY, Scores(), NOW)
    # 1490 channels of the payee at once, then one at each of 1490 nodes.
    assert sum(1 for _ in steps) >= 4


def test_what_other_parts_take_of_a_channel_is_not_there() -> None:
    graph = graph_of(*LINE, Terms(1, 4, 14, base=3000), Terms(4, 3, 43, base=3000))
    taken = {DirectedChannel.between(scid(23), node(2), node(3)): Msat(10**12 - 999_999)}
    assert channels(ask(graph, replace(QUERY, in_use=taken))) == [1, 14, 43]
    taken = {DirectedChannel.between(scid(23), node(2), node(3)): Msat(10**12 - 1_000_000)}
    narrow = replace(QUERY, in_use=taken, weights=CHEAPEST)
    assert channels(ask(graph, narrow)) == [1, 12, 23]


def test_the_likelier_way_is_worth_a_little_fee_unless_the_fee_alone_counts() -> None:
    graph = graph_of(*LINE, Terms(1, 4, 14, base=1100), Terms(4, 3, 43, base=1100))
    scores = Scores()
    scores.record_failure(DirectedChannel(scid(23), 0), Msat(5_000_000), NOW)
    assert channels(ask(graph, scores=scores)) == [1, 14, 43]
    cheapest = replace(QUERY, weights=CHEAPEST)
    assert channels(ask(graph, cheapest, scores)) == [1, 12, 23]


def test_a_graph_that_changes_under_a_search_leads_to_no_error() -> None:
    star = [Terms(number, 3, 100 + number) for number in range(10, 1500)]
    rim = [Terms(number + 1, number, 5000 + number) for number in range(10, 1500)]
    graph = graph_of(*star, *rim, Terms(1, 1499, 9999))
    steps, start = search(graph, QUERY, Scores(), NOW), 10
    found: Route | RouteFailure | None = None
    while found is None:
        try:
            next(steps)
        except StopIteration as done:
            found = done.value
        for number in range(start, start + 100):
            graph.remove_channel(scid(100 + number))
        start += 100
    assert start > 210
    assert channels(found) == [1, 9999, 1599]


@pytest.mark.parametrize("size", [1, 300])
def test_class_32_a_hint_of_the_largest_numbers_harms_nothing(size: int) -> None:
    monster = HintHop(
        node_id=node(2),
        short_channel_id=ShortChannelId(2**64 - 1),
        fee_base_msat=2**32 - 1,
        fee_proportional_millionths=2**32 - 1,
        cltv_expiry_delta=CltvDelta(2**16 - 1),
    )
    hints = (tuple(replace(monster, node_id=node(1000 + at)) for at in range(size)),) * 20
    query = replace(QUERY, target=node(9), route_hints=((monster,), *hints))
    assert reason(graph_of(*LINE), query) is NoRouteReason.FEE_OVER_LIMIT
    boundless = replace(query, max_fee=Msat(2**63), max_cltv=CltvDelta(2**31))
    assert reason(graph_of(*LINE), boundless) is NoRouteReason.NO_CAPACITY


# -- against all simple paths -------------------------------------------------------------------


def paths(all_terms: list[Terms], query: RouteQuery) -> Iterator[list[Terms]]:
    """All ways from a peer of ours to the target that visit no node twice."""

    def extend(path: list[Terms], seen: set[int], at: int) -> Iterator[list[Terms]]:
        if node(at) == query.target:
            yield path
            return
        for terms in all_terms:
            if terms.source == at and terms.target not in seen and terms.target != 0:
                yield from extend([*path, terms], seen | {terms.target}, terms.target)

    for channel in query.local_channels:
        peer = int.from_bytes(channel.peer[1:], "big")
        first = Terms(0, peer, channel.short_channel_id.block_height, 0, 0, 0)
        yield from extend([first], {0, peer}, peer)


def price(path: list[Terms], query: RouteQuery) -> int | None:
    """The fee of a path, None if it breaks a rule."""
    amount, cltv = query.amount.value, query.final_cltv_delta.value
    for terms in reversed(path[1:]):
        if terms.disabled or not terms.minimum <= amount <= terms.maximum:
            return None
        amount += terms.base + amount * terms.proportional // 1_000_000
        cltv += terms.delta
    own = query.local_channels[
        [c.short_channel_id for c in query.local_channels].index(scid(path[0].channel))
    ]
    if not own.htlc_minimum.value <= amount <= own.spendable.value or cltv > query.max_cltv.value:
        return None
    fee = amount - query.amount.value
    return fee if fee <= query.max_fee.value else None


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Terms], RouteQuery]:
    count = draw(st.integers(3, 6))
    pairs = draw(
        st.lists(
            st.tuples(st.integers(1, count), st.integers(1, count)).filter(lambda p: p[0] != p[1]),
            min_size=1,
            max_size=14,
            unique_by=lambda pair: tuple(sorted(pair)),
        )
    )
    directed = [
        Terms(
            source=source,
            target=target,
            channel=100 + number,
            base=draw(st.integers(0, 3000)),
            proportional=draw(st.integers(0, 5000)),
            delta=draw(st.integers(0, 60)),
            minimum=draw(st.sampled_from([1, 1, 1, 900_000, 5_000_000])),
            maximum=draw(st.sampled_from([10**9, 10**9, 999_999, 5_000])),
            disabled=draw(st.sampled_from([False] * 5 + [True])),
        )
        for number, pair in enumerate(pairs)
        for source, target in (pair, pair[::-1])
    ]
    channels = draw(
        st.lists(
            st.tuples(st.integers(1, count), st.sampled_from([10**9, 1_004_000, 999_999])),
            min_size=1,
            max_size=3,
        )
    )
    query = replace(
        QUERY,
        target=node(count),
        max_fee=Msat(draw(st.sampled_from([0, 2_000, 10_000, 50_000]))),
        max_cltv=CltvDelta(draw(st.sampled_from([60, 150, 2016]))),
        weights=draw(st.sampled_from([CHEAPEST, BALANCED])),
        local_channels=tuple(
            local(number, peer, spendable) for number, (peer, spendable) in enumerate(channels, 1)
        ),
    )
    return directed, query


@settings(max_examples=200)
@given(networks())
def test_routes_keep_every_rule_and_exist_where_a_path_does(
    network: tuple[list[Terms], RouteQuery],
) -> None:
    directed, query = network
    prices = [fee for path in paths(directed, query) if (fee := price(path, query)) is not None]
    found = ask(graph_of(*directed), query)
    if isinstance(found, RouteFailure):
        # One label a node may miss a way that is dear in one respect; never a free choice.
        assert not prices or query.max_cltv.value < 2016
        return
    sources = [query.source, *(hop.node_id for hop in found.hops)]
    by_name = {(terms.channel, node(terms.target)): terms for terms in directed}
    path = [Terms(0, 0, found.hops[0].short_channel_id.block_height, 0, 0, 0)]
    for source, hop in zip(sources[1:], found.hops[1:], strict=False):
        terms = by_name[hop.short_channel_id.block_height, hop.node_id]
        assert node(terms.source) == source
        path.append(terms)
    assert len(set(sources)) == len(sources)
    assert found.hops[-1].node_id == query.target
    assert price(path, query) == found.total_fee.value
    if query.max_cltv == CltvDelta(2016) and query.weights is CHEAPEST:
        assert found.total_fee.value == min(prices)
    assert found.amount == query.amount
    expected = query.final_cltv_delta.value + sum(terms.delta for terms in path)
    assert found.total_cltv == CltvDelta(expected)
    for hop, terms, following in zip(found.hops, path[1:], found.hops[1:], strict=False):
        fee = terms.base + following.amount.value * terms.proportional // 1_000_000
        assert hop.amount.value - following.amount.value == fee
        assert hop.cltv_delta.value - following.cltv_delta.value == terms.delta
