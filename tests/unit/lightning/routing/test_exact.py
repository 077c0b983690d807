"""The two-way search against a plain one: on seeded graphs, and on the public one if it is here."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from tests import mainnet
from tests.graphs import NOW, QUERY, least_fee, node, public_channels, town
from tipdesk.base.ids import NodeId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.routing.pathfind import find_route
from tipdesk.lightning.routing.query import BALANCED, CHEAPEST, Route, RouteQuery
from tipdesk.lightning.routing.scoring import Scores


def ask_cheapest(graph: Graph, source: NodeId, target: NodeId, amount: int) -> int | None:
    query = RouteQuery(
        source=source,
        target=target,
        amount=Msat(amount),
        final_cltv_delta=CltvDelta(42),
        max_fee=Msat(10**9),
        max_cltv=CltvDelta(10_000),
        local_channels=public_channels(graph, source),
        weights=CHEAPEST,
    )
    found = find_route(graph, query, Scores(), NOW)
    return found.total_fee.value if isinstance(found, Route) else None


def pairs(seed: int, nodes: int, count: int) -> Iterator[tuple[NodeId, NodeId]]:
    random = Random(seed)
    for _ in range(count):
        source, target = random.sample(range(nodes), 2)
        yield node(source), node(target)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("amount", [50_000, 5_000_000, 90_000_000])
def test_the_cheapest_way_is_found_in_a_town_of_400(seed: int, amount: int) -> None:
    graph = town(seed)
    expected = {pair: least_fee(graph, *pair, amount) for pair in pairs(seed, 400, 60)}
    found = {pair: ask_cheapest(graph, *pair, amount) for pair in expected}
    assert found == expected
    assert sum(fee is not None for fee in expected.values()) > 20


def test_the_balanced_way_costs_by_its_weights_at_most_a_fiftieth_more_than_the_best() -> None:
    graph = town(5)
    exact = replace(BALANCED, tolerance=0)
    for source, target in pairs(5, 400, 60):
        query = replace(
            QUERY,
            source=source,
            target=target,
            max_fee=Msat(10**9),
            local_channels=public_channels(graph, source),
        )
        best = find_route(graph, replace(query, weights=exact), Scores(), NOW)
        found = find_route(graph, query, Scores(), NOW)
        assert isinstance(found, Route) == isinstance(best, Route)
        if isinstance(found, Route) and isinstance(best, Route):
            assert cost(graph, found) <= cost(graph, best) * 50 // 49 + 1


def cost(graph: Graph, route: Route) -> int:
    total, sending = 0, route.hops[0]
    for hop, channel in list(zip(route.hops, route.channels(), strict=True))[1:]:
        slot = graph.slot_of(channel.short_channel_id)
        assert slot is not None
        capacity = graph.edges.by_policy[2 * slot + channel.direction][8]
        fee, delta = sending.amount - hop.amount, sending.cltv_delta - hop.cltv_delta
        total += BALANCED.hop + BALANCED.fee * fee.value
        total += BALANCED.lock * hop.amount.value * delta.value // 1000
        total += BALANCED.attempt * hop.amount.value // (capacity - hop.amount.value + 1)
        sending = hop
    return total


@pytest.fixture(scope="module")
def public_graph() -> Graph:
    if not mainnet.is_here():
        pytest.skip(mainnet.MISSING)
    return mainnet.graph()


def test_96_of_100_payees_are_reached_for_8126_msat_in_the_public_graph(
    public_graph: Graph,
) -> None:
    ids = mainnet.node_ids()
    fees = [ask_cheapest(public_graph, ids[2134], ids[number], 10**8) for number in range(100)]
    assert [number for number, fee in enumerate(fees) if fee is None] == [53, 69, 72, 86]
    assert sum(fee for fee in fees if fee is not None) == 8126
