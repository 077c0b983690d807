"""An amount in parts (BOLT 4, "Basic Multi-Part Payments"): in one if that goes, else in several.

Parts are looked for one after the other, each as large as it goes and on the best way that the
parts before it leave: what they take of a channel is counted. The same function routes what is left
after some parts failed, with the others in flight.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.routing.pathfind import search
from tipdesk.lightning.routing.query import (
    NoRouteReason,
    Route,
    RouteFailure,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import Scores

MAX_PARTS: Final = 16
MIN_PART: Final = Msat(10_000)
"""Below ten satoshis a part costs the network more than it moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitQuery:
    """What is to be paid, and how it may be divided."""

    whole: RouteQuery
    """`amount` is what is still to be sent; `max_fee` is for all parts, those in flight too;
    `local_channels` say what they can send now, so with the HTLCs in flight taken off."""
    max_parts: int = MAX_PARTS
    """Those in flight count."""
    min_part: Msat = MIN_PART
    """No part is smaller, but for a payment that is."""
    in_flight: tuple[Route, ...] = ()
    """Parts of this payment that are on their way."""


@dataclass(frozen=True, slots=True)
class NothingToSend:
    """The amount is not positive."""

    amount: Msat


@dataclass(frozen=True, slots=True)
class NoPartsLeft:
    """As many parts are in flight as are allowed."""

    max_parts: int


@dataclass(frozen=True, slots=True)
class NotEnoughToSend:
    """All our channels together hold less than the amount."""

    amount: Msat
    spendable: Msat


@dataclass(frozen=True, slots=True)
class FeesOverLimit:
    """What can be placed costs more than is allowed; `left` is what no part was found for."""

    max_fee: Msat
    spent: Msat
    left: Msat


@dataclass(frozen=True, slots=True)
class TooManyParts:
    """More parts would be needed than are allowed; `left` is what no part was found for."""

    max_parts: int
    left: Msat


@dataclass(frozen=True, slots=True)
class PartsTooSmall:
    """Only parts below the minimum would still find a way; `left` is what none was found for."""

    min_part: Msat
    left: Msat


@dataclass(frozen=True, slots=True)
class NoWay:
    """The payee is not reached, whatever the parts."""

    reason: NoRouteReason
    left: Msat


SplitFailure = (
    NothingToSend
    | NoPartsLeft
    | NotEnoughToSend
    | FeesOverLimit
    | TooManyParts
    | PartsTooSmall
    | NoWay
)

_NO_SIZE_HELPS: Final = frozenset(
    {
        NoRouteReason.SELF_PAYMENT,
        NoRouteReason.NO_LOCAL_CHANNEL,
        NoRouteReason.TARGET_UNKNOWN,
        NoRouteReason.NO_ROUTE,
    }
)


def split(
    graph: Graph, query: SplitQuery, scores: Scores, now: Instant
) -> Generator[None, None, tuple[Route, ...] | SplitFailure]:
    """Finds the routes and returns them; yields as `search` does.

    Together they bring `query.whole.amount`, keep to the fee limit, and leave every channel that
    they share enough for all of them and for what is in flight.
    """
    refused = _refused(query)
    if refused is not None:
        return refused
    placing = _Placing(query)
    while placing.left.value:
        failure = yield from _place_one(placing, graph, scores, now)
        if failure is not None:
            return failure
    return tuple(placing.routes)


def _refused(query: SplitQuery) -> SplitFailure | None:
    amount = query.whole.amount
    if amount <= Msat(0):
        return NothingToSend(amount)
    if len(query.in_flight) >= query.max_parts:
        return NoPartsLeft(query.max_parts)
    if not query.whole.local_channels:
        return NoWay(NoRouteReason.NO_LOCAL_CHANNEL, amount)
    spendable = sum((channel.spendable for channel in query.whole.local_channels), Msat(0))
    return NotEnoughToSend(amount, spendable) if spendable < amount else None


class _Placing:
    """What is placed so far, and what that leaves."""

    def __init__(self, query: SplitQuery) -> None:
        self.query = query
        self.routes: list[Route] = []
        self.left = query.whole.amount
        self.fee_left = query.whole.max_fee
        self._local = {c.short_channel_id: c for c in query.whole.local_channels}
        self._in_use = dict(query.whole.in_use)
        for route in query.in_flight:
            self._count(route)

    @property
    def parts_left(self) -> int:
        return self.query.max_parts - len(self.query.in_flight) - len(self.routes)

    @property
    def smallest(self) -> int:
        """The least that the next part may bring, in msat."""
        return min(self.left.value, self.query.min_part.value)

    def add(self, route: Route) -> None:
        self.routes.append(route)
        self._count(route)
        own = self._local[route.hops[0].short_channel_id]
        less = replace(own, spendable=own.spendable - route.total_amount)
        self._local[own.short_channel_id] = less
        self.left -= route.amount

    def _count(self, route: Route) -> None:
        self.fee_left -= route.total_fee
        for channel, hop in list(zip(route.channels(), route.hops, strict=True))[1:]:
            self._in_use[channel] = self._in_use.get(channel, Msat(0)) + hop.amount

    def part(self, amount: int) -> RouteQuery:
        return replace(
            self.query.whole,
            amount=Msat(amount),
            max_fee=self.fee_left,
            local_channels=tuple(self._local.values()),
            in_use=self._in_use,
        )

    def sizes(self) -> list[int]:
        """What the next part may bring, largest first: all, our largest channel's, then halves."""
        left, least = self.left.value, self.query.min_part.value
        sizes = [left]
        size = self._largest_with_fee()
        if size >= left:
            size = left // 2
        # A way for a quarter may turn out to carry all (`widest`); less is not worth a search.
        while self.parts_left > 1 and size >= self.smallest and 4 * size * self.parts_left >= left:
            # What remains after this part must be a part too.
            sizes.append(min(size, left - least))
            size //= 2
        return [size for size in dict.fromkeys(sizes) if size >= self.smallest]

    def widest(self, graph: Graph, route: Route) -> int:
        """The most that a way may bring, in msat, as a part of what is left."""
        most = self._local[route.hops[0].short_channel_id].spendable.value
        for channel in route.channels()[1:]:
            slot = graph.slot_of(channel.short_channel_id)
            if slot is None:
                return 0
            edge = graph.edges.by_policy[2 * slot + channel.direction]
            _, _, _, base, rate, _, _, maximum, capacity = edge
            free = capacity - self._in_use.get(channel, Msat(0)).value
            most = min((most - base) * 1_000_000 // (1_000_000 + rate), maximum, free)
        left = self.left.value
        return left if most >= left else min(most, left - self.query.min_part.value)

    def _largest_with_fee(self) -> int:
        largest = max(self._local.values(), key=lambda channel: channel.spendable).spendable
        share = self.fee_left.value * largest.value // max(1, self.left.value)
        return largest.value - min(share, self.fee_left.value)


def _place_one(
    placing: _Placing, graph: Graph, scores: Scores, now: Instant
) -> Generator[None, None, SplitFailure | None]:
    failure = RouteFailure(NoRouteReason.FEE_OVER_LIMIT)
    if not placing.parts_left:
        return TooManyParts(placing.query.max_parts, placing.left)
    sizes = placing.sizes() if placing.fee_left >= Msat(0) else []
    for size in sizes:
        found = yield from search(graph, placing.part(size), scores, now)
        if isinstance(found, Route):
            wider = placing.widest(graph, found)
            if wider > size:
                better = yield from search(graph, placing.part(wider), scores, now)
                found = better if isinstance(better, Route) else found
            placing.add(found)
            return None
        failure = found
        if failure.reason in _NO_SIZE_HELPS:
            break
    return _failed(placing, failure.reason, sizes)


def _failed(placing: _Placing, reason: NoRouteReason, sizes: list[int]) -> SplitFailure:
    query, left = placing.query, placing.left
    match reason:
        case NoRouteReason.FEE_OVER_LIMIT:
            max_fee = query.whole.max_fee
            return FeesOverLimit(max_fee, max_fee - placing.fee_left, left)
        case NoRouteReason.NO_CAPACITY | NoRouteReason.NO_LOCAL_CAPACITY:
            if sizes[-1] // 2 >= placing.smallest:
                return TooManyParts(query.max_parts, left)
            return PartsTooSmall(query.min_part, left)
        case _:
            return NoWay(reason, left)
