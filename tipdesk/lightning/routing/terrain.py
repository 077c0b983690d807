"""One query's ground: the public edges, our own channels and the payee's hints, nodes as numbers.

A node of the graph has its index there; one that only a hint names gets a number from the top down.
The graph may change while a search pauses: indices stay their own, and edges are values.
"""

from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId
from tipdesk.lightning.gossip.edges import Edge
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.routing.query import DirectedChannel, LocalChannel, RouteQuery
from tipdesk.lightning.routing.scoring import Scores

NODE_BITS: Final = 20
UNBOUNDED: Final = 1 << 80
"""More than any amount: a hint says nothing of limits."""
MAX_HINT_HOPS: Final = 1_000
"""An invoice cannot hold more; what comes on top is not looked at."""


class Terrain:
    """What a search may step on, and what a step counts beside its fee."""

    def __init__(self, graph: Graph, query: RouteQuery, scores: Scores, now: Instant) -> None:
        self._graph, self._edges = graph, graph.edges
        self._scores, self._now = scores, now
        self._names: dict[int, NodeId] = {}
        self._private: dict[NodeId, int] = {}
        self.source = self.number(query.source)
        self.target = self.number(query.target)
        self.own: dict[int, list[LocalChannel]] = {}
        self._hints_in: dict[int, list[Edge]] = {}
        self._hints_out: dict[int, list[Edge]] = {}
        self._excluded = {channel.number for channel in query.excluded_channels}
        self.closed = {self.number(node) for node in query.excluded_nodes} | {self.source}
        self._in_use = {channel.number: used.value for channel, used in query.in_use.items()}
        self._add_own_channels(query)
        self._add_hints(query)
        self._add_blinded_ends(query)
        special = self._excluded | self._in_use.keys()
        self.special = special | scores.known() if special else scores.known()
        """Channels that `odds` knows more of than their capacity."""

    def number(self, node_id: NodeId) -> int:
        """The number of a node."""
        index = self._graph.index_of(node_id)
        if index is not None and node_id not in self._private:
            return index
        if node_id not in self._private:
            number = (1 << NODE_BITS) - 1 - len(self._private)
            self._private[node_id] = number
            self._names[number] = node_id
        return self._private[node_id]

    def node_id(self, number: int) -> NodeId:
        """The node of a number."""
        return self._names.get(number) or self._graph.node_id(number)

    def incoming(self, number: int) -> list[Edge]:
        """The edges that lead to a node."""
        places = self._edges.incoming[number] if number < len(self._edges.incoming) else ()
        public = list(map(self._edges.by_policy.__getitem__, places))
        return public + self._hints_in.get(number, [])

    def outgoing(self, number: int) -> list[Edge]:
        """The edges that lead on from a node."""
        places = self._edges.outgoing[number] if number < len(self._edges.outgoing) else ()
        public = list(map(self._edges.by_policy.__getitem__, places))
        return public + self._hints_out.get(number, [])

    def ends_before(self, edge: Edge) -> bool:
        """Whether the only way into an edge's first node is back from its second."""
        source = edge[0]
        places = self._edges.incoming[source] if source < len(self._edges.incoming) else ()
        if len(places) > 1 or source in self._hints_in:
            return False
        return not places or self._edges.by_policy[places[0]][2] == edge[2] ^ 1

    def ends_after(self, edge: Edge) -> bool:
        """Whether the only way on from an edge's second node is back to its first."""
        target = edge[1]
        places = self._edges.outgoing[target] if target < len(self._edges.outgoing) else ()
        if len(places) > 1 or target in self._hints_out:
            return False
        return not places or self._edges.by_policy[places[0]][2] == edge[2] ^ 1

    def odds(self, channel: int, amount: int, capacity: int) -> int | None:
        """The odds of failure, times `CERTAIN`; None if the channel must not carry the amount."""
        if channel in self._excluded:
            return None
        amount += self._in_use.get(channel, 0)
        if amount > capacity:
            return None
        return self._scores.failure_odds(channel, amount, capacity, self._now)

    def is_shared(self, channel: int) -> bool:
        """Whether other parts take of a channel: smaller ones may still go over it."""
        return channel in self._in_use

    def own_channel(self, peer: int, amount: int) -> LocalChannel | None:
        """Our smallest channel with a peer that can take an amount: large ones stay free."""
        fitting = [
            channel
            for channel in self.own.get(peer, ())
            if channel.htlc_minimum.value <= amount <= channel.spendable.value
        ]
        return min(fitting, key=lambda channel: channel.spendable, default=None)

    def _add_own_channels(self, query: RouteQuery) -> None:
        for channel in query.local_channels:
            ours = DirectedChannel.between(channel.short_channel_id, query.source, channel.peer)
            if ours.number not in self._excluded:
                self.own.setdefault(self.number(channel.peer), []).append(channel)

    def _add_hints(self, query: RouteQuery) -> None:
        hops = 0
        for hint in query.route_hints:
            hops += len(hint)
            if hops > MAX_HINT_HOPS:
                return
            ends = [hop.node_id for hop in hint[1:]] + [query.target]
            for hop, end in zip(hint, ends, strict=True):
                channel = DirectedChannel.between(hop.short_channel_id, hop.node_id, end)
                edge = (
                    self.number(hop.node_id),
                    self.number(end),
                    channel.number,
                    hop.fee_base_msat,
                    hop.fee_proportional_millionths,
                    hop.cltv_expiry_delta.value,
                    0,
                    UNBOUNDED,
                    UNBOUNDED,
                )
                self._hints_in.setdefault(edge[1], []).append(edge)
                self._hints_out.setdefault(edge[0], []).append(edge)

    def _add_blinded_ends(self, query: RouteQuery) -> None:
        target = self.number(query.target)
        for end in query.blinded_ends:
            channel = DirectedChannel.between(end.number, end.entry, query.target)
            edge = (
                self.number(end.entry),
                target,
                channel.number,
                end.fee_base_msat,
                end.fee_proportional_millionths,
                end.cltv_expiry_delta.value,
                end.htlc_minimum_msat.value,
                end.htlc_maximum_msat.value,
                end.htlc_maximum_msat.value,
            )
            self._hints_in.setdefault(target, []).append(edge)
            self._hints_out.setdefault(edge[0], []).append(edge)
