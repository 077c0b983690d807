"""Gossip as it lies in the graph: after its signatures were checked."""

from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate

CHAIN: Final = Network.REGTEST.chain_hash
NOW: Final = Instant.from_unix_seconds(1_780_000_000)
NOTHING: Final = Signature(bytes(64))


def channel(block: int, one: int, two: int) -> ChannelAnnouncement:
    """A channel between two numbered nodes."""
    ends = [NodeId(b"\x02" + number.to_bytes(32, "big")) for number in (one, two)]
    return ChannelAnnouncement(
        node_signature_1=NOTHING,
        node_signature_2=NOTHING,
        bitcoin_signature_1=NOTHING,
        bitcoin_signature_2=NOTHING,
        features=b"",
        chain_hash=CHAIN,
        short_channel_id=ShortChannelId.of(block, 1, 0),
        node_id_1=ends[0],
        node_id_2=ends[1],
        bitcoin_key_1=Point(ends[0]),
        bitcoin_key_2=Point(ends[1]),
    )


def update(block: int) -> ChannelUpdate:
    """The terms of its first direction."""
    return ChannelUpdate(
        signature=NOTHING,
        chain_hash=CHAIN,
        short_channel_id=ShortChannelId.of(block, 1, 0),
        timestamp=NOW.unix_seconds,
        message_flags=1,
        channel_flags=0,
        cltv_expiry_delta=CltvDelta(80),
        htlc_minimum_msat=Msat(1),
        fee_base_msat=1000,
        fee_proportional_millionths=100,
        htlc_maximum_msat=Msat(1_000_000),
    )
