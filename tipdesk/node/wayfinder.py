"""Looks for the ways of a payment, in slices of the loop's time, and remembers what was learnt."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.payment.destination import Destination
from tipdesk.lightning.payment.lessons import Lesson
from tipdesk.lightning.payment.outgoing import Sending
from tipdesk.lightning.routing.query import (
    DirectedChannel,
    LocalChannel,
    NoRouteReason,
    Route,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.routing.shadow import shadow
from tipdesk.lightning.routing.split import NoWay, SplitFailure, SplitQuery, split
from tipdesk.lightning.routing.terrain import UNBOUNDED
from tipdesk.node.config import NodeConfig

SLICE_SECONDS: Final = 0.002
MAX_SEARCHES: Final = 20
"""For one answer; each after the first is for a channel that turned out to be invented."""


class WayFinder:
    """The graph, our own channels and past experience, asked for ways."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        node_id: NodeId,
        graph: Graph,
        scores: Scores,
        clock: Clock,
        local_channels: Callable[[], tuple[LocalChannel, ...]],
        are_founded: Callable[[Iterable[ShortChannelId]], Awaitable[bool]],
    ) -> None:
        self._config = config
        self._node_id = node_id
        self._graph = graph
        self._scores = scores
        self._clock = clock
        self._local_channels = local_channels
        self._are_founded = are_founded
        self._has_learnt = False

    async def find(
        self, destination: Destination, sending: Sending
    ) -> tuple[Route, ...] | SplitFailure:
        """Ways for what is missing of a payment, within what is left of its fee limit.

        Their channels exist on the chain, as far as that can be asked.
        """
        for _ in range(MAX_SEARCHES):
            found = await self._search(destination, sending)
            if not isinstance(found, tuple):
                return found
            foreign = [hop.short_channel_id for route in found for hop in route.known_hops[1:]]
            if await self._are_founded(foreign):
                return found
        return NoWay(NoRouteReason.NO_ROUTE, sending.missing)

    async def _search(
        self, destination: Destination, sending: Sending
    ) -> tuple[Route, ...] | SplitFailure:
        query = SplitQuery(
            whole=self._whole(destination, sending),
            max_parts=sending.max_parts,
            in_flight=tuple(sending.in_flight.values()),
        )
        steps = split(self._graph, query, self._scores, self._clock.now())
        slice_end = time.perf_counter() + SLICE_SECONDS
        while True:
            try:
                next(steps)
            except StopIteration as done:
                found: tuple[Route, ...] | SplitFailure = done.value
                return found
            if time.perf_counter() >= slice_end:
                await asyncio.sleep(0)
                slice_end = time.perf_counter() + SLICE_SECONDS

    def _whole(self, destination: Destination, sending: Sending) -> RouteQuery:
        return RouteQuery(
            source=self._node_id,
            target=destination.node_id,
            amount=sending.missing,
            final_cltv_delta=destination.final_cltv_delta,
            max_fee=sending.max_fee,
            max_cltv=self._config.maximum_cltv,
            local_channels=self._local_channels(),
            route_hints=destination.route_hints,
            blinded_ends=tuple(tail.end for tail in destination.tails),
            excluded_channels=sending.excluded_channels,
            excluded_nodes=sending.excluded_nodes,
            in_use=self._taken(sending.carries_less),
        )

    def _taken(self, carries_less: Mapping[DirectedChannel, Msat]) -> dict[DirectedChannel, Msat]:
        """What is not to be had of channels that failed with more."""
        return {
            channel: Msat(max(0, self._capacity(channel) - most.value))
            for channel, most in carries_less.items()
        }

    def _capacity(self, channel: DirectedChannel) -> int:
        slot = self._graph.slot_of(channel.short_channel_id)
        if slot is None:
            # Only a hint names it.
            return UNBOUNDED
        return self._graph.edges.by_policy[2 * slot + channel.direction][8]

    def shadow(self, payee: NodeId, random: bytes) -> CltvDelta:
        """Blocks that hide where a way ends; `random` decides how many (`routing/shadow`)."""
        return shadow(self._graph, payee, random)

    # -- experience -----------------------------------------------------------------------------

    def succeeded(self, route: Route) -> None:
        """A part came through."""
        self._scores.route_succeeded(route, self._clock.now())
        self._has_learnt = True

    def failed(self, route: Route, lesson: Lesson) -> None:
        """A part did not come through."""
        if lesson.blamed is not None:
            self._scores.route_failed(route, lesson.blamed, self._clock.now())
            self._has_learnt = True

    def news(self) -> bytes | None:
        """All experience, if there is any that was not handed out yet."""
        if not self._has_learnt:
            return None
        self._has_learnt = False
        return self._scores.to_bytes()
