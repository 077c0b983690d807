"""Dijkstra from both ends at once, under one set of weights.

Backwards from the payee a label is exact: what must arrive at a node, when it expires, what that
costs. Forwards from us only the payee's amount is known, so a label is a lower bound: fees make the
amount grow on the way. Where both meet, the forward half is walked back with the true amounts. A
way is the best once the two searches have looked at everything that could be better.

The loops are written for speed: they run a thousand times a millisecond.
"""

from collections.abc import Generator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from tipdesk.base.ids import ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.gossip.edges import Edge
from tipdesk.lightning.routing.query import (
    DirectedChannel,
    Hop,
    NoRouteReason,
    Route,
    RouteFailure,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import CERTAIN
from tipdesk.lightning.routing.terrain import NODE_BITS, Terrain

EDGES_PER_SLICE: Final = 400
"""A fifth of a millisecond; a node's edges are looked at in one go, and some have two thousand."""
_NODE_MASK: Final = (1 << NODE_BITS) - 1
_NOTHING_YET: Final = 1 << 200


class Limits:
    """Which limits cut branches off, to explain a failure."""

    __slots__ = ("above_maximum", "below_minimum", "least_fee", "over_time")

    def __init__(self) -> None:
        self.least_fee: int | None = None
        self.over_time = False
        self.below_minimum = False
        self.above_maximum = False

    @property
    def depend_on_fee(self) -> bool:
        """Whether a way with less fee, and so with smaller amounts, may have been passed over."""
        return self.least_fee is not None or self.above_maximum

    def over_fee(self, fee: int) -> None:
        """A branch was given up at this fee, in msat."""
        if self.least_fee is None or fee < self.least_fee:
            self.least_fee = fee

    def failure(self) -> RouteFailure:
        """Why there is no way."""
        if self.least_fee is not None:
            return RouteFailure(NoRouteReason.FEE_OVER_LIMIT, Msat(self.least_fee))
        if self.over_time:
            return RouteFailure(NoRouteReason.TIME_OVER_LIMIT)
        if self.below_minimum:
            return RouteFailure(NoRouteReason.AMOUNT_BELOW_MINIMUM)
        if self.above_maximum:
            return RouteFailure(NoRouteReason.NO_CAPACITY)
        return RouteFailure(NoRouteReason.NO_ROUTE)


@dataclass(frozen=True, slots=True)
class _Found:
    """A whole way: our channel with a peer, and the edges from there to the payee."""

    own: ShortChannelId
    peer: int
    edges: list[Edge]


class TwoWaySearch:
    """One run under one set of weights; `limits` says afterwards what stood in the way."""

    def __init__(self, terrain: Terrain, query: RouteQuery) -> None:
        self.limits = Limits()
        self._terrain, self._query, self._weights = terrain, query, query.weights
        self._amount = query.amount.value
        self._ceiling = self._amount + query.max_fee.value
        self._best: _Found | None = None
        self._best_cost = self._goal = _NOTHING_YET
        # Backwards: cost, then (amount, expiry, hops, edge) of each node seen.
        target = terrain.target
        self._back_cost = {target: 0}
        self._back: dict[int, tuple[int, int, int, Edge | None]] = {
            target: (self._amount, query.final_cltv_delta.value, 0, None)
        }
        self._back_done = set(terrain.closed)
        self._back_heap = [target]
        self._back_top = 0
        # Forwards: cost, then (hops, edge) of each node seen; our peers have no edge.
        self._front_cost: dict[int, int] = {}
        self._front: dict[int, tuple[int, Edge | None]] = {}
        self._front_done = set(terrain.closed)
        self._front_heap: list[int] = []
        self._front_top = 0

    def run(self) -> Generator[None, None, Route | None]:
        """Searches and returns the way; pauses every few hundred edges."""
        self._start()
        balance = looked_at = 0
        while self._back_heap:
            if not self._front_heap:
                self._front_top = _NOTHING_YET
            if balance <= 0 or self._back_top + self._front_top >= self._goal:
                looked = self._step_back()
                balance += looked
            else:
                looked = self._step_front()
                balance -= looked
            if looked < 0:
                break
            looked_at += looked
            if looked_at >= EDGES_PER_SLICE:
                looked_at = 0
                yield
        return None if self._best is None else self._as_route(self._best)

    def _start(self) -> None:
        for peer in self._terrain.own:
            channels = self._terrain.own[peer]
            if peer in self._terrain.closed:
                continue
            if all(channel.spendable.value < self._amount for channel in channels):
                self.limits.above_maximum = True
                continue
            self._front_cost[peer] = 0
            self._front[peer] = (1, None)
            self._front_heap.append(peer)
        self._front_heap.sort()
        if self._terrain.target in self._front_cost:
            self._meet(self._terrain.target)

    # -- backwards ------------------------------------------------------------------------------

    def _step_back(self) -> int:
        """Settles the next node; how many edges it has, at least 1; -1 if no better way is left."""
        packed = heappop(self._back_heap)
        cost, node = packed >> NODE_BITS, packed & _NODE_MASK
        if cost >= self._goal:
            return -1
        if node in self._back_done:
            return 1
        self._back_done.add(node)
        self._back_top = cost
        if node in self._front_done:
            ahead = self._front_cost.get(node, _NOTHING_YET)
        else:
            ahead = self._front_top
        if cost + ahead >= self._goal or self._back[node][2] + 2 > self._query.max_hops:
            return 1
        return max(1, self._expand_back(node, cost))

    def _expand_back(self, node: int, cost_here: int) -> int:
        weights, terrain, limits, done = self._weights, self._terrain, self.limits, self._back_done
        cost_of, fronts, special = self._back_cost.get, self._front_cost, terrain.special
        ceiling, max_cltv = self._ceiling, self._query.max_cltv.value
        amount, expiry_here, hops, _ = self._back[node]
        fee_weight, lock, attempt = weights.fee, weights.lock * amount, weights.attempt * amount
        cost_here += weights.hop
        room = self._goal - self._front_top
        edges = terrain.incoming(node)
        for edge in edges:
            source, _, channel, base, rate, delta, minimum, maximum, capacity = edge
            if source in done:
                continue
            if amount < minimum or amount > maximum:
                limits.below_minimum |= amount < minimum
                limits.above_maximum |= amount > maximum
                continue
            arriving = amount + base + amount * rate // 1_000_000
            expiry = expiry_here + delta
            if arriving > ceiling:
                limits.over_fee(arriving - self._amount)
                continue
            if expiry > max_cltv:
                limits.over_time = True
                continue
            cost = cost_here + fee_weight * (arriving - amount) + lock * delta // 1000
            if channel in special:
                odds = terrain.odds(channel, amount, capacity)
                if odds is None:
                    limits.above_maximum |= terrain.is_shared(channel)
                    continue
                cost += weights.attempt * odds // CERTAIN
            else:
                cost += attempt // (capacity - amount + 1)
            if cost < cost_of(source, _NOTHING_YET) and (cost < room or source in fronts):
                self._label_back(edge, cost, (arriving, expiry, hops + 1, edge))
        return len(edges)

    def _label_back(self, edge: Edge, cost: int, label: tuple[int, int, int, Edge]) -> None:
        source = edge[0]
        front = self._front_cost.get(source)
        if front is None and (
            cost + self._front_top >= self._goal or self._terrain.ends_before(edge)
        ):
            return
        self._back_cost[source] = cost
        self._back[source] = label
        heappush(self._back_heap, cost << NODE_BITS | source)
        if front is not None and cost + front < self._best_cost:
            self._meet(source)

    # -- forwards -------------------------------------------------------------------------------

    def _step_front(self) -> int:
        """Settles the next node; how many edges it has, at least 1."""
        packed = heappop(self._front_heap)
        cost, node = packed >> NODE_BITS, packed & _NODE_MASK
        if node in self._front_done:
            return 1
        self._front_done.add(node)
        self._front_top = cost
        hopeless = cost + self._back_top >= self._goal
        if hopeless or node == self._terrain.target:
            return 1
        if self._front[node][0] >= self._query.max_hops:
            return 1
        return max(1, self._expand_front(node, cost))

    def _expand_front(self, node: int, cost_here: int) -> int:
        weights, terrain, limits = self._weights, self._terrain, self.limits
        cost_of, backs, special = self._front_cost.get, self._back_cost, terrain.special
        done, hops = self._front_done, self._front[node][0] + 1
        amount, ceiling = self._amount, self._ceiling
        fee_weight, lock, attempt = weights.fee, weights.lock * amount, weights.attempt * amount
        cost_here += weights.hop
        room = self._goal - self._back_top
        edges = terrain.outgoing(node)
        for edge in edges:
            _, target, channel, base, rate, delta, minimum, maximum, capacity = edge
            if target in done:
                continue
            if minimum > ceiling or amount > maximum:
                limits.below_minimum |= minimum > ceiling
                limits.above_maximum |= amount > maximum
                continue
            fee = base + amount * rate // 1_000_000
            cost = cost_here + fee_weight * fee + lock * delta // 1000
            if channel in special:
                odds = terrain.odds(channel, amount, capacity)
                if odds is None:
                    limits.above_maximum |= terrain.is_shared(channel)
                    continue
                cost += weights.attempt * odds // CERTAIN
            else:
                cost += attempt // (capacity - amount + 1)
            if cost < cost_of(target, _NOTHING_YET) and (cost < room or target in backs):
                self._label_front(edge, cost, hops)
        return len(edges)

    def _label_front(self, edge: Edge, cost: int, hops: int) -> None:
        target = edge[1]
        back = self._back_cost.get(target)
        if back is None and (cost + self._back_top >= self._goal or self._terrain.ends_after(edge)):
            return
        self._front_cost[target] = cost
        self._front[target] = (hops, edge)
        heappush(self._front_heap, cost << NODE_BITS | target)
        if back is not None and cost + back < self._best_cost:
            self._meet(target)

    # -- where both meet ------------------------------------------------------------------------

    def _meet(self, node: int) -> None:
        """Walks the forward half back with true amounts; keeps the whole way if it is better."""
        amount, expiry, hops, _ = self._back[node]
        cost, weights = self._back_cost[node], self._weights
        edges: list[Edge] = []
        met = node
        while (edge := self._front[node][1]) is not None:
            odds = self._odds_if_carried(edge, amount)
            arriving = amount + edge[3] + amount * edge[4] // 1_000_000
            expiry += edge[5]
            if odds is None or not self._within_limits(arriving, expiry):
                return
            cost += weights.hop + weights.fee * (arriving - amount)
            cost += weights.lock * amount * edge[5] // 1000 + weights.attempt * odds // CERTAIN
            edges.append(edge)
            amount, node = arriving, edge[0]
        own = self._terrain.own_channel(node, amount)
        if own is None:
            self.limits.above_maximum = True
            return
        if cost < self._best_cost and hops + len(edges) < self._query.max_hops:
            self._keep(cost, _Found(own.short_channel_id, node, edges[::-1]), met)

    def _odds_if_carried(self, edge: Edge, amount: int) -> int | None:
        _, _, channel, _, _, _, minimum, maximum, capacity = edge
        if amount < minimum or amount > maximum:
            self.limits.below_minimum |= amount < minimum
            self.limits.above_maximum |= amount > maximum
            return None
        if channel in self._terrain.special:
            odds = self._terrain.odds(channel, amount, capacity)
            self.limits.above_maximum |= odds is None and self._terrain.is_shared(channel)
            return odds
        return CERTAIN * amount // (capacity - amount + 1)

    def _within_limits(self, arriving: int, expiry: int) -> bool:
        if arriving > self._ceiling:
            self.limits.over_fee(arriving - self._amount)
            return False
        if expiry > self._query.max_cltv.value:
            self.limits.over_time = True
            return False
        return True

    def _keep(self, cost: int, found: _Found, node: int) -> None:
        while (edge := self._back[node][3]) is not None:
            found.edges.append(edge)
            node = edge[1]
        nodes = [found.peer, *(edge[1] for edge in found.edges)]
        if len(set(nodes)) < len(nodes):
            return
        self._best = found
        self._best_cost = cost
        tolerance = self._weights.tolerance
        self._goal = cost - (cost // tolerance if tolerance else 0)

    # -- the answer -----------------------------------------------------------------------------

    def _as_route(self, found: _Found) -> Route:
        query, terrain = self._query, self._terrain
        amount, expiry = self._amount, query.final_cltv_delta.value
        hops = []
        for edge in reversed(found.edges):
            hops.append(
                Hop(
                    node_id=terrain.node_id(edge[1]),
                    short_channel_id=DirectedChannel.of_number(edge[2]).short_channel_id,
                    amount=Msat(amount),
                    cltv_delta=CltvDelta(expiry),
                )
            )
            amount += edge[3] + amount * edge[4] // 1_000_000
            expiry += edge[5]
        hops.append(
            Hop(
                node_id=terrain.node_id(found.peer),
                short_channel_id=found.own,
                amount=Msat(amount),
                cltv_delta=CltvDelta(expiry),
            )
        )
        return Route(source=query.source, hops=tuple(reversed(hops)))
