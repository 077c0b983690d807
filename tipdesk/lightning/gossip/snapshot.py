"""The graph as bytes for a cache: the signed messages, each with its length and capacity."""

from collections.abc import Iterator
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import ChainHash
from tipdesk.base.units import Msat
from tipdesk.lightning.gossip.graph import MAX_CHANNELS, Graph
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement
from tipdesk.lightning.wire.message import decode

_VERSION: Final = b"tipdesk-graph-1\n"


class NotAGraph(DecodeError):
    """Bytes that `export_graph` did not write: throw them away and ask the network again."""


def export_graph(graph: Graph) -> bytes:
    """All of the graph; the cache must be ours alone, for signatures are not checked again."""
    parts = [_VERSION, graph.chain_hash]
    for raw, capacity in _entries(graph):
        parts.append(len(raw).to_bytes(2, "big") + capacity.to_bytes(8, "big") + raw)
    return b"".join(parts)


def import_graph(data: bytes, *, max_channels: int = MAX_CHANNELS) -> Graph:
    """The graph that `export_graph` wrote, or `NotAGraph`. Prune it before use."""
    reader = Reader(data)
    try:
        version, chain_hash = reader.take(len(_VERSION)), ChainHash(reader.take(32))
        graph = Graph(chain_hash, max_channels=max_channels)
        while reader.left and version == _VERSION:
            size, capacity = reader.uint(2), reader.uint(8)
            _restore(graph, reader.take(size), capacity)
    except (DecodeError, ValueError, OverflowError) as error:
        raise NotAGraph(f"the stored graph is damaged: {error}") from error
    if version != _VERSION:
        raise NotAGraph("the stored graph is of another version")
    return graph


def _restore(graph: Graph, raw: bytes, capacity_msat: int) -> None:
    message = decode(raw)
    match message:
        case ChannelAnnouncement():
            graph.apply_channel(message, Msat(capacity_msat).to_sat_floor())
        case ChannelUpdate():
            graph.apply_update(message, Instant.from_unix_seconds(message.timestamp))
        case NodeAnnouncement():
            graph.apply_node(message)
        case _:
            raise NotAGraph("the stored graph holds what is no gossip")


def _entries(graph: Graph) -> Iterator[tuple[bytes, int]]:
    nodes = set()
    for slot in range(graph.slot_count):
        announcement = graph.announcement(slot)
        if announcement is None:
            continue
        yield announcement, graph.columns.capacity_msat[slot]
        for direction in (0, 1):
            update = graph.update(slot, direction)
            if update is not None:
                yield update, 0
        nodes |= {graph.columns.node_1[slot], graph.columns.node_2[slot]}
    for index in sorted(nodes):
        node = graph.node_announcement_at(index)
        if node is not None:
            yield node[1], 0
