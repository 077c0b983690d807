"""Over whom an onion message may go (BOLT 4): neither fees nor capacities matter, only who carries.

Found backwards from its receiver, so that the search ends at the first of our peers.
"""

from collections.abc import Callable, Collection, Generator
from typing import Final

from tipdesk.base.ids import NodeId
from tipdesk.lightning.gossip.graph import Graph

MAX_BETWEEN: Final = 8
"""Nodes between us and the receiver: more fill the onion, and any of them may be down."""


def message_way(
    graph: Graph,
    peers: Collection[NodeId],
    target: NodeId,
    carries: Callable[[int], bool],
    avoid: Collection[NodeId] = (),
) -> Generator[None, None, tuple[NodeId, ...] | None]:
    """The nodes before `target`, the first of them one of `peers`; None if there is no way.

    `carries` says of a node's index whether it hands messages on; `peers` all do. Yields after
    each node that was looked at; the graph may change meanwhile.
    """
    if target in peers:
        return ()
    start = graph.index_of(target)
    if start is None:
        return None
    goals = {index for index in map(graph.index_of, peers) if index is not None}
    behind = {start: start} | {
        index: start for index in map(graph.index_of, avoid) if index is not None
    }
    goals -= behind.keys()
    level = [start]
    for _ in range(MAX_BETWEEN):
        following: list[int] = []
        for node in level:
            for neighbour in neighbours_of(graph, node):
                if neighbour in behind:
                    continue
                behind[neighbour] = node
                if neighbour in goals:
                    return _nodes(graph, behind, neighbour, start)
                if carries(neighbour):
                    following.append(neighbour)
            yield
        level = following
    return None


def neighbours_of(graph: Graph, node: int) -> list[int]:
    """The indexes of all nodes with which one has a public channel; of several, several times."""
    columns = graph.columns
    ends = [(columns.node_1[slot], columns.node_2[slot]) for slot in graph.channels_of(node)]
    return [two if one == node else one for one, two in ends]


def _nodes(graph: Graph, behind: dict[int, int], peer: int, start: int) -> tuple[NodeId, ...]:
    nodes, index = [], peer
    while index != start:
        nodes.append(graph.node_id(index))
        index = behind[index]
    return tuple(nodes)
