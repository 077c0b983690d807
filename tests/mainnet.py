"""The public graph of a day in 2026 from `/work/shared`, as gossip: terms real, signatures not.

The file numbers nodes and names no short channel ids; channels get ids in the file's order.
"""

import lzma
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement

FOLDER = Path("/work/shared/graph")
CHANNELS = FOLDER / "mainnet-2026-02-03.csv.xz"
NODES = FOLDER / "mainnet-2026-02-03-nodes.csv.xz"
MISSING = f"the public graph is not on this machine: {CHANNELS}"
NOW = Instant.from_unix_seconds(1_770_100_000)
CHAIN = Network.MAINNET.chain_hash

_random = Random(2026)


def is_here() -> bool:
    """Whether the files are on this machine."""
    return CHANNELS.exists() and NODES.exists()


def _rows(path: Path) -> Iterator[list[str]]:
    with lzma.open(path, "rt") as lines:
        next(lines)
        for line in lines:
            yield line.rstrip("\n").split(",")


def node_ids() -> list[NodeId]:
    """The nodes by their numbers in the file."""
    return [NodeId.from_hex(text) for _, text in _rows(NODES)]


def _signature() -> Signature:
    return Signature(_random.randbytes(64))


def _announcement(scid: ShortChannelId, one: NodeId, two: NodeId) -> ChannelAnnouncement:
    return ChannelAnnouncement(
        node_signature_1=_signature(),
        node_signature_2=_signature(),
        bitcoin_signature_1=_signature(),
        bitcoin_signature_2=_signature(),
        features=b"",
        chain_hash=CHAIN,
        short_channel_id=scid,
        node_id_1=one,
        node_id_2=two,
        bitcoin_key_1=Point(b"\x02" + _random.randbytes(32)),
        bitcoin_key_2=Point(b"\x03" + _random.randbytes(32)),
    )


def _update(scid: ShortChannelId, direction: int, terms: list[str]) -> ChannelUpdate:
    enabled, minimum, maximum, base, proportional, delta = map(int, terms)
    return ChannelUpdate(
        signature=_signature(),
        chain_hash=CHAIN,
        short_channel_id=scid,
        timestamp=NOW.unix_seconds - _random.randrange(7 * 24 * 3600),
        message_flags=1,
        channel_flags=direction | (0 if enabled else 2),
        cltv_expiry_delta=CltvDelta(delta),
        htlc_minimum_msat=Msat(minimum),
        fee_base_msat=base,
        fee_proportional_millionths=proportional,
        htlc_maximum_msat=Msat(maximum),
    )


def graph(*, max_channels: int = 200_000, times: int = 1) -> Graph:
    """The whole graph with every message; `times` over, for one that is larger than today's."""
    made, ids = Graph(CHAIN, max_channels=max_channels), node_ids()
    rows = list(_rows(CHANNELS))
    for number in range(len(rows) * times):
        row = rows[number % len(rows)]
        scid = ShortChannelId.of(500_000 + number // 8, number % 8, 0)
        first, second = ids[int(row[0])], ids[int(row[1])]
        forward = int(first > second)
        made.apply_channel(_announcement(scid, *sorted((first, second))), Sat(int(row[2])))
        made.apply_update(_update(scid, forward, row[3:9]), NOW)
        made.apply_update(_update(scid, 1 - forward, row[9:15]), NOW)
    for node_id in ids:
        made.apply_node(
            NodeAnnouncement(
                signature=_signature(),
                features=b"",
                timestamp=NOW.unix_seconds,
                node_id=node_id,
                rgb_color=bytes(3),
                alias=node_id.hex()[:16].encode().ljust(32, b"\0"),
                addresses=b"\x01" + _random.randbytes(6),
            )
        )
    return made
