"""The graph as bytes for a file of ours: columns first, then the signed messages one after another.

    version, SHA-256 of all that follows
    chain hash, number of channels, number of nodes
    a column for each field: of channels by rising id, of their policies, of nodes
    the messages; their columns of lengths say where each ends, 0 where there is none

Numbers are little-endian. Signatures are not checked again: the file must be ours alone.
"""

import sys
from array import array
from itertools import pairwise
from typing import Final

from tipdesk.base.buffer import Reader, ShortRead, TrailingBytes
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import ChainHash, NodeId
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.gossip.columns import Columns, Tables
from tipdesk.lightning.gossip.graph import MAX_CHANNELS, Graph

_VERSION: Final = b"tipdesk-graph-2\n"
_CHANNEL_COLUMNS: Final = ("scid", "node_1", "node_2", "capacity_msat", "channel_usable")
_POLICY_COLUMNS: Final = (
    "timestamp",
    "disabled",
    "cltv_expiry_delta",
    "htlc_minimum_msat",
    "htlc_maximum_msat",
    "fee_base_msat",
    "fee_proportional_millionths",
)
_LITTLE: Final = sys.byteorder == "little"


class NotAGraph(DecodeError):
    """Bytes that `export_graph` did not write: throw them away and ask the network again."""


def export_graph(graph: Graph) -> bytes:
    """All of the graph, without gaps."""
    tables = graph.tables()
    columns = tables.columns
    parts: list[bytes] = [graph.chain_hash]
    parts += [len(items).to_bytes(4, "little") for items in (columns.scid, tables.node_ids)]
    parts += [_bytes_of(getattr(columns, name)) for name in _CHANNEL_COLUMNS + _POLICY_COLUMNS]
    parts += [*tables.node_ids, columns.node_usable.tobytes(), _bytes_of(tables.node_timestamps)]
    for messages in (tables.announcements, tables.updates, tables.node_announcements):
        parts.append(_bytes_of(array("H", [len(raw or b"") for raw in messages])))
        parts += [raw for raw in messages if raw is not None]
    body = b"".join(parts)
    return _VERSION + sha256(body) + body


def import_graph(data: bytes, *, max_channels: int = MAX_CHANNELS) -> Graph:
    """The graph that `export_graph` wrote, or `NotAGraph`. Prune it before use."""
    reader = Reader(data)
    try:
        _check_header(reader, data)
        chain_hash = ChainHash(reader.take(32))
        channels, nodes = reader.uint_le(4), reader.uint_le(4)
        tables = _read(reader, min(channels, max_channels), nodes)
        reader.finish()
        _check_places(tables)
    except ValueError as error:
        raise NotAGraph(f"the stored graph is damaged: {error}") from error
    except (ShortRead, TrailingBytes) as error:
        raise NotAGraph(f"the stored graph has not the length that it says: {error}") from error
    graph = Graph(chain_hash, max_channels=max_channels)
    graph.restore(tables)
    return graph


def _check_header(reader: Reader, data: bytes) -> None:
    if reader.take(len(_VERSION)) != _VERSION:
        raise NotAGraph("the stored graph is of another version")
    if reader.take(32) != sha256(memoryview(data)[len(_VERSION) + 32 :]):
        raise NotAGraph("the stored graph is damaged: its checksum does not match")


def _read(reader: Reader, channels: int, nodes: int) -> Tables:
    columns = Columns()
    for name in _CHANNEL_COLUMNS:
        _fill(getattr(columns, name), reader, channels)
    for name in _POLICY_COLUMNS:
        _fill(getattr(columns, name), reader, 2 * channels)
    ids = reader.take(33 * nodes)
    node_ids = [NodeId(ids[at : at + 33]) for at in range(0, len(ids), 33)]
    _fill(columns.node_usable, reader, nodes)
    node_timestamps = array("I")
    _fill(node_timestamps, reader, nodes)
    return Tables(
        columns=columns,
        announcements=_messages(reader, channels),
        updates=_messages(reader, 2 * channels),
        node_ids=node_ids,
        node_timestamps=node_timestamps,
        node_announcements=_messages(reader, nodes),
    )


def _check_places(tables: Tables) -> None:
    columns, nodes = tables.columns, len(tables.node_ids)
    ends = max(max(column, default=-1) for column in (columns.node_1, columns.node_2))
    rising = all(earlier < later for earlier, later in pairwise(columns.scid))
    if ends >= nodes or not rising or len(set(tables.node_ids)) != nodes:
        raise NotAGraph("the stored graph contradicts itself")
    if None in tables.announcements:
        raise NotAGraph("the stored graph has a channel without an announcement")


def _messages(reader: Reader, count: int) -> list[bytes | None]:
    lengths = array("H")
    _fill(lengths, reader, count)
    return [reader.take(length) if length else None for length in lengths]


def _fill(column: "array[int]", reader: Reader, count: int) -> None:
    column.frombytes(reader.take(count * column.itemsize))
    if not _LITTLE:
        column.byteswap()


def _bytes_of(column: "array[int]") -> bytes:
    if not _LITTLE:
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()
