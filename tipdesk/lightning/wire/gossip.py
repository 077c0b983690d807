"""BOLT 7: announcements, updates, queries. What may stand in them is `gossip/verify`'s to say."""

from dataclasses import dataclass
from typing import Annotated

from tipdesk.base.ids import ChainHash, ChannelId, NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.wire.codec import U8, U32, Bytes16, Exactly, Remainder
from tipdesk.lightning.wire.message import Message, Tlv, message


@message(259)
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementSignatures(Message):
    """BOLT 7: a side's half of the signatures of a channel announcement."""

    channel_id: ChannelId
    short_channel_id: ShortChannelId
    node_signature: Signature
    bitcoin_signature: Signature


@message(256)
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAnnouncement(Message):
    """BOLT 7: a channel that exists on chain, signed by both nodes and both funding keys."""

    node_signature_1: Signature
    node_signature_2: Signature
    bitcoin_signature_1: Signature
    bitcoin_signature_2: Signature
    features: Bytes16
    chain_hash: ChainHash
    short_channel_id: ShortChannelId
    node_id_1: NodeId
    node_id_2: NodeId
    bitcoin_key_1: Point
    bitcoin_key_2: Point


@message(257)
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAnnouncement(Message):
    """BOLT 7: a node's name, colour and addresses, signed by it."""

    signature: Signature
    features: Bytes16
    timestamp: U32
    node_id: NodeId
    rgb_color: Annotated[bytes, Exactly(3)]
    alias: Annotated[bytes, Exactly(32)]
    addresses: Bytes16


@message(258)
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUpdate(Message):
    """BOLT 7: the terms on which one side forwards through a channel, signed by it."""

    signature: Signature
    chain_hash: ChainHash
    short_channel_id: ShortChannelId
    timestamp: U32
    message_flags: U8
    channel_flags: U8
    cltv_expiry_delta: CltvDelta
    htlc_minimum_msat: Msat
    fee_base_msat: U32
    fee_proportional_millionths: U32
    htlc_maximum_msat: Msat


@message(261)
@dataclass(frozen=True, slots=True, kw_only=True)
class QueryShortChannelIds(Message):
    """BOLT 7: asks for the announcements of these channels."""

    chain_hash: ChainHash
    encoded_short_ids: Bytes16
    query_flags: Annotated[bytes | None, Tlv(1), Remainder()] = None


@message(262)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyShortChannelIdsEnd(Message):
    """BOLT 7: all that was asked for has been sent."""

    chain_hash: ChainHash
    full_information: U8


@message(263)
@dataclass(frozen=True, slots=True, kw_only=True)
class QueryChannelRange(Message):
    """BOLT 7: asks which channels were funded in a range of blocks."""

    chain_hash: ChainHash
    first_blocknum: U32
    number_of_blocks: U32
    query_option: Annotated[bytes | None, Tlv(1), Remainder()] = None


@message(264)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyChannelRange(Message):
    """BOLT 7: the channels of a range, or of a part of it."""

    chain_hash: ChainHash
    first_blocknum: U32
    number_of_blocks: U32
    sync_complete: U8
    encoded_short_ids: Bytes16
    timestamps_tlv: Annotated[bytes | None, Tlv(1), Remainder()] = None
    checksums_tlv: Annotated[bytes | None, Tlv(3), Remainder()] = None


@message(265)
@dataclass(frozen=True, slots=True, kw_only=True)
class GossipTimestampFilter(Message):
    """BOLT 7: which gossip the sender wants to be told from now on."""

    chain_hash: ChainHash
    first_timestamp: U32
    timestamp_range: U32
