"""The graph as path finding walks it: each direction that may be used now as one flat tuple.

Derived from the columns and kept in step with them by `Graph`. A direction is missing here if it is
disabled, unknown, against BOLT 7, or if its channel or the node that would forward requires a
feature we do not know.
"""

from array import array
from typing import Final, TypeAlias

from tipdesk.lightning.gossip.columns import UNKNOWN_CAPACITY, Columns

Edge: TypeAlias = tuple[int, int, int, int, int, int, int, int, int]
"""From which node to which; the channel as twice its id plus the direction; `fee_base_msat`,
`fee_proportional_millionths`, `cltv_expiry_delta`, `htlc_minimum_msat`, `htlc_maximum_msat`, and
the capacity in msat (the maximum, where it is unknown)."""

_NO_EDGE: Final[Edge] = (0, 0, 0, 0, 0, 0, 0, 0, 0)


class Edges:
    """Usable directions by the policy's place in the columns, and by the nodes at their ends."""

    def __init__(self) -> None:
        self.by_policy: list[Edge] = []
        self.incoming: list[array[int]] = []
        """By node: the places of the usable policies that lead to it."""
        self.outgoing: list[array[int]] = []
        """By node: the places of its own usable policies."""

    def grow_channel(self) -> None:
        """One more slot."""
        self.by_policy += (_NO_EDGE, _NO_EDGE)

    def grow_node(self) -> None:
        """One more node."""
        self.incoming.append(array("I"))
        self.outgoing.append(array("I"))

    def refresh(self, columns: Columns, at: int) -> None:
        """A direction's terms, or what they depend on, have changed."""
        before, after = self.by_policy[at], _edge(columns, at)
        self.by_policy[at] = after
        if before is _NO_EDGE and after is not _NO_EDGE:
            self.incoming[after[1]].append(at)
            self.outgoing[after[0]].append(at)
        elif before is not _NO_EDGE and after is _NO_EDGE:
            self.incoming[before[1]].remove(at)
            self.outgoing[before[0]].remove(at)


def _edge(columns: Columns, at: int) -> Edge:
    slot, direction = divmod(at, 2)
    if not columns.timestamp[at] or columns.disabled[at] or not columns.channel_usable[slot]:
        return _NO_EDGE
    ends = (columns.node_1[slot], columns.node_2[slot])
    source, target = ends[direction], ends[1 - direction]
    maximum, capacity = columns.htlc_maximum_msat[at], columns.capacity_msat[slot]
    minimum = columns.htlc_minimum_msat[at]
    # BOLT 7: terms that contradict themselves or the chain are not routed over.
    contradicts = maximum < minimum or (capacity != UNKNOWN_CAPACITY and maximum > capacity)
    if contradicts or not columns.node_usable[source]:
        return _NO_EDGE
    return (
        source,
        target,
        columns.scid[slot] << 1 | direction,
        columns.fee_base_msat[at],
        columns.fee_proportional_millionths[at],
        columns.cltv_expiry_delta[at],
        minimum,
        maximum,
        capacity or maximum,
    )
