"""BOLT 2, "Channel Establishment v1": from `open_channel` to `channel_ready`."""

from dataclasses import dataclass
from typing import Annotated

from tipdesk.base.ids import ChainHash, ChannelId, Point, ShortChannelId, Signature, Txid
from tipdesk.base.units import CltvDelta, FeeratePerKw, Msat, Sat
from tipdesk.lightning.wire.codec import U8, U16, U32, Bytes32, Remainder
from tipdesk.lightning.wire.message import Message, Tlv, message


@message(32)
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChannel(Message):
    """BOLT 2, "The `open_channel` Message"."""

    chain_hash: ChainHash
    temporary_channel_id: Bytes32
    funding_satoshis: Sat
    push_msat: Msat
    dust_limit_satoshis: Sat
    max_htlc_value_in_flight_msat: Msat
    channel_reserve_satoshis: Sat
    htlc_minimum_msat: Msat
    feerate_per_kw: FeeratePerKw
    to_self_delay: CltvDelta
    max_accepted_htlcs: U16
    funding_pubkey: Point
    revocation_basepoint: Point
    payment_basepoint: Point
    delayed_payment_basepoint: Point
    htlc_basepoint: Point
    first_per_commitment_point: Point
    channel_flags: U8
    upfront_shutdown_script: Annotated[bytes | None, Tlv(0), Remainder()] = None
    channel_type: Annotated[bytes | None, Tlv(1), Remainder()] = None


@message(33)
@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptChannel(Message):
    """BOLT 2, "The `accept_channel` Message"."""

    temporary_channel_id: Bytes32
    dust_limit_satoshis: Sat
    max_htlc_value_in_flight_msat: Msat
    channel_reserve_satoshis: Sat
    htlc_minimum_msat: Msat
    minimum_depth: U32
    to_self_delay: CltvDelta
    max_accepted_htlcs: U16
    funding_pubkey: Point
    revocation_basepoint: Point
    payment_basepoint: Point
    delayed_payment_basepoint: Point
    htlc_basepoint: Point
    first_per_commitment_point: Point
    upfront_shutdown_script: Annotated[bytes | None, Tlv(0), Remainder()] = None
    channel_type: Annotated[bytes | None, Tlv(1), Remainder()] = None


@message(34)
@dataclass(frozen=True, slots=True, kw_only=True)
class FundingCreated(Message):
    """BOLT 2, "The `funding_created` Message"."""

    temporary_channel_id: Bytes32
    funding_txid: Txid
    funding_output_index: U16
    signature: Signature


@message(35)
@dataclass(frozen=True, slots=True, kw_only=True)
class FundingSigned(Message):
    """BOLT 2, "The `funding_signed` Message"."""

    channel_id: ChannelId
    signature: Signature


@message(36)
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReady(Message):
    """BOLT 2, "The `channel_ready` Message"."""

    channel_id: ChannelId
    second_per_commitment_point: Point
    short_channel_id: Annotated[ShortChannelId | None, Tlv(1)] = None
    """The alias by which the sender will know the channel."""
