"""The way for a payment: Dijkstra from the payee back to us, since fees depend on what follows.

A label at a node says what must arrive there, when it may expire at the latest, and what that
costs so far. `search` is a generator that can be run in slices; the graph may change in between,
so labels hold node and channel ids, never places in the graph's columns.
"""

import heapq
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.gossip.graph import UNKNOWN_CAPACITY, Graph
from tipdesk.lightning.routing.query import (
    DirectedChannel,
    Hop,
    NoRouteReason,
    Route,
    RouteFailure,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import Scores

CHANNELS_PER_SLICE: Final = 300
"""About a millisecond."""
BILLION: Final = 10**9
RISK_PER_BILLION: Final = 15
"""What a locked msat costs for a block, in billionths: about 0.08 % a year."""


@dataclass(frozen=True, slots=True)
class _Objective:
    """What is to be least, in billionths of a msat: a weight on each part of the cost.

    Where the first one meets a limit the others look for a way below it.
    """

    fee: int
    time: int
    penalty: int


_OBJECTIVES = (
    _Objective(BILLION, RISK_PER_BILLION, BILLION),
    _Objective(BILLION, 0, 0),
    _Objective(0, 1, 0),
)


@dataclass(frozen=True, slots=True)
class _Edge:
    source: NodeId
    short_channel_id: ShortChannelId
    fee_base_msat: int
    fee_proportional_millionths: int
    cltv_expiry_delta: int
    minimum: int
    maximum: int | None


@dataclass(frozen=True, slots=True)
class _Label:
    cost: int
    amount: int
    cltv: int
    hops: int
    next_node: NodeId | None
    channel: ShortChannelId | None


class _Limits:
    """Which limits cut branches off, to explain a failure."""

    __slots__ = ("above_maximum", "below_minimum", "least_fee", "over_time")

    def __init__(self) -> None:
        self.least_fee: int | None = None
        self.over_time = False
        self.below_minimum = False
        self.above_maximum = False

    @property
    def depend_on_objective(self) -> bool:
        """Whether a way with less fee or less time may have been passed over."""
        return self.least_fee is not None or self.over_time or self.above_maximum

    def over_fee(self, fee: int) -> None:
        if self.least_fee is None or fee < self.least_fee:
            self.least_fee = fee

    def failure(self) -> RouteFailure:
        if self.least_fee is not None:
            return RouteFailure(NoRouteReason.FEE_OVER_LIMIT, Msat(self.least_fee))
        if self.over_time:
            return RouteFailure(NoRouteReason.TIME_OVER_LIMIT)
        if self.below_minimum:
            return RouteFailure(NoRouteReason.AMOUNT_BELOW_MINIMUM)
        if self.above_maximum:
            return RouteFailure(NoRouteReason.NO_CAPACITY)
        return RouteFailure(NoRouteReason.NO_ROUTE)


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
    """Finds a route and returns it; yields every few nodes, so that the loop can breathe."""
    hopeless = _hopeless(graph, query)
    if hopeless is not None:
        return RouteFailure(hopeless)
    limits = _Limits()
    for objective in _OBJECTIVES:
        limits = _Limits()
        route = yield from _Search(graph, query, scores, now, objective, limits).run()
        if route is not None:
            return route
        if not limits.depend_on_objective:
            break
    return limits.failure()


def _hopeless(graph: Graph, query: RouteQuery) -> NoRouteReason | None:
    if query.source == query.target:
        return NoRouteReason.SELF_PAYMENT
    channels = query.local_channels
    if not channels:
        return NoRouteReason.NO_LOCAL_CHANNEL
    large_enough = [channel for channel in channels if channel.spendable >= query.amount]
    if not large_enough:
        return NoRouteReason.NO_LOCAL_CAPACITY
    known = graph.index_of(query.target) is not None or any(query.route_hints)
    if not known and all(channel.peer != query.target for channel in channels):
        return NoRouteReason.TARGET_UNKNOWN
    return None


class _Search:
    """One run under one objective."""

    def __init__(
        self,
        graph: Graph,
        query: RouteQuery,
        scores: Scores,
        now: Instant,
        objective: _Objective,
        limits: _Limits,
    ) -> None:
        self._graph = graph
        self._query = query
        self._scores = scores
        self._now = now
        self._objective = objective
        self._limits = limits
        self._private = _private_edges(query)
        self._labels: dict[NodeId, _Label] = {}
        self._settled: set[NodeId] = set()
        self._heap: list[tuple[int, int, NodeId]] = []

    def run(self) -> Generator[None, None, Route | None]:
        query = self._query
        start = _Label(0, query.amount.value, query.final_cltv_delta.value, 0, None, None)
        self._offer(query.target, start)
        looked_at = 0
        while self._heap:
            _, _, node = heapq.heappop(self._heap)
            if node in self._settled:
                continue
            if node == query.source:
                return self._route()
            self._settled.add(node)
            looked_at += self._expand(node)
            if looked_at >= CHANNELS_PER_SLICE:
                looked_at = 0
                yield
        return None

    def _offer(self, node: NodeId, label: _Label) -> None:
        known = self._labels.get(node)
        # At equal cost the shorter way: it has less that can fail.
        if known is None or (label.cost, label.hops) < (known.cost, known.hops):
            self._labels[node] = label
            heapq.heappush(self._heap, (label.cost, label.hops, node))

    def _expand(self, node: NodeId) -> int:
        label = self._labels[node]
        if label.hops >= self._query.max_hops:
            return 0
        for edge in self._private.get(node, ()):
            self._relax(node, label, edge)
        index = self._graph.index_of(node)
        if index is None:
            return 1
        for edge in self._public_edges(index):
            self._relax(node, label, edge)
        return len(self._graph.channels_of(index))

    def _public_edges(self, index: int) -> Iterator[_Edge]:
        graph, columns = self._graph, self._graph.columns
        for slot in graph.channels_of(index):
            backwards = columns.node_1[slot] == index
            at = 2 * slot + backwards
            other = columns.node_2[slot] if backwards else columns.node_1[slot]
            source = graph.node_id(other)
            if (
                source in self._settled
                or source == self._query.source
                or not columns.timestamp[at]
                or columns.disabled[at]
                or not columns.channel_usable[slot]
                or not columns.node_usable[other]
            ):
                continue
            maximum, capacity = columns.htlc_maximum_msat[at], columns.capacity_msat[slot]
            # BOLT 7: terms that contradict themselves or the chain are not routed over.
            if maximum < columns.htlc_minimum_msat[at] or (
                capacity != UNKNOWN_CAPACITY and maximum > capacity
            ):
                continue
            yield _Edge(
                source,
                ShortChannelId(columns.scid[slot]),
                columns.fee_base_msat[at],
                columns.fee_proportional_millionths[at],
                columns.cltv_expiry_delta[at],
                columns.htlc_minimum_msat[at],
                maximum,
            )

    def _relax(self, node: NodeId, label: _Label, edge: _Edge) -> None:
        query = self._query
        if edge.source in self._settled or edge.source in query.excluded_nodes:
            return
        channel = DirectedChannel.between(edge.short_channel_id, edge.source, node)
        if channel in query.excluded_channels or not self._carries(edge, label.amount):
            return
        fee = edge.fee_base_msat + label.amount * edge.fee_proportional_millionths // 1_000_000
        amount, cltv = label.amount + fee, label.cltv + edge.cltv_expiry_delta
        if amount - query.amount.value > query.max_fee.value:
            self._limits.over_fee(amount - query.amount.value)
            return
        if cltv > query.max_cltv.value:
            self._limits.over_time = True
            return
        objective = self._objective
        penalty = self._scores.penalty(channel, Msat(label.amount), self._now).value
        cost = label.cost + objective.fee * fee + objective.penalty * penalty
        cost += objective.time * label.amount * edge.cltv_expiry_delta
        self._offer(
            edge.source,
            _Label(cost, amount, cltv, label.hops + 1, node, edge.short_channel_id),
        )

    def _carries(self, edge: _Edge, amount: int) -> bool:
        if amount < edge.minimum:
            self._limits.below_minimum = True
            return False
        if edge.maximum is not None and amount > edge.maximum:
            self._limits.above_maximum = True
            return False
        return True

    def _route(self) -> Route:
        hops = []
        label = self._labels[self._query.source]
        while label.next_node is not None and label.channel is not None:
            node, channel = label.next_node, label.channel
            label = self._labels[node]
            hops.append(
                Hop(
                    node_id=node,
                    short_channel_id=channel,
                    amount=Msat(label.amount),
                    cltv_delta=CltvDelta(label.cltv),
                )
            )
        return Route(source=self._query.source, hops=tuple(hops))


def _private_edges(query: RouteQuery) -> dict[NodeId, list[_Edge]]:
    """Our own channels and the payee's hints, by the node they lead to."""
    edges: dict[NodeId, list[_Edge]] = {}
    for channel in query.local_channels:
        edge = _Edge(
            query.source,
            channel.short_channel_id,
            0,
            0,
            0,
            channel.htlc_minimum.value,
            channel.spendable.value,
        )
        edges.setdefault(channel.peer, []).append(edge)
    for hint in query.route_hints:
        ends = [hop.node_id for hop in hint[1:]] + [query.target]
        for hop, end in zip(hint, ends, strict=True):
            if hop.node_id == query.source:
                continue
            edge = _Edge(
                hop.node_id,
                hop.short_channel_id,
                hop.fee_base_msat,
                hop.fee_proportional_millionths,
                hop.cltv_expiry_delta.value,
                0,
                None,
            )
            edges.setdefault(end, []).append(edge)
    return edges
