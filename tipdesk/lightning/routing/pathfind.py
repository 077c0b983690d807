"""The way for a payment: the best by all that counts, or else one that keeps the limits.

`search` is a generator that can be run in slices; the graph may change in between.
"""

from collections.abc import Generator
from dataclasses import replace

from tipdesk.base.clock import Instant
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.routing.query import (
    CHEAPEST,
    QUICKEST,
    NoRouteReason,
    Route,
    RouteFailure,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.routing.terrain import Terrain
from tipdesk.lightning.routing.twoway import TwoWaySearch


def find_route(
    graph: Graph, query: RouteQuery, scores: Scores, now: Instant
) -> Route | RouteFailure:
    """The whole search at once, for tests and for small graphs."""
    steps = search(graph, query, scores, now)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: Route | RouteFailure = done.value
            return result


def search(
    graph: Graph, query: RouteQuery, scores: Scores, now: Instant
) -> Generator[None, None, Route | RouteFailure]:
    """Finds a route and returns it; yields every few nodes, so that the loop can breathe.

    Where the best way by the query's weights meets a limit, the cheapest and the quickest are
    looked for, which may lie below it.
    """
    hopeless = _hopeless(graph, query)
    if hopeless is not None:
        return RouteFailure(hopeless)
    terrain = Terrain(graph, query, scores, now)
    attempt = TwoWaySearch(terrain, query)
    route = yield from attempt.run()
    if route is None and attempt.limits.depend_on_fee:
        attempt = TwoWaySearch(terrain, replace(query, weights=CHEAPEST))
        route = yield from attempt.run()
    if route is None and attempt.limits.over_time:
        attempt = TwoWaySearch(terrain, replace(query, weights=QUICKEST))
        route = yield from attempt.run()
    return attempt.limits.failure() if route is None else route


def _hopeless(graph: Graph, query: RouteQuery) -> NoRouteReason | None:
    if query.source == query.target:
        return NoRouteReason.SELF_PAYMENT
    if query.final_cltv_delta > query.max_cltv:
        return NoRouteReason.TIME_OVER_LIMIT
    channels = query.local_channels
    if not channels:
        return NoRouteReason.NO_LOCAL_CHANNEL
    large_enough = [channel for channel in channels if channel.spendable >= query.amount]
    if not large_enough:
        return NoRouteReason.NO_LOCAL_CAPACITY
    hinted = any(query.route_hints) or bool(query.blinded_ends)
    known = hinted or graph.index_of(query.target) is not None
    if not known and all(channel.peer != query.target for channel in channels):
        return NoRouteReason.TARGET_UNKNOWN
    return None
