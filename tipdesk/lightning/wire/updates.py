"""BOLT 2, "Normal Operation": HTLCs, fees, commitments and revocations."""

from dataclasses import dataclass
from typing import Annotated

from tipdesk.base.ids import ChannelId, PaymentHash, Point, Preimage, Signature, Txid
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat
from tipdesk.lightning.wire.codec import U16, U64, Bytes16, Bytes32, Exactly, Many, Remainder
from tipdesk.lightning.wire.message import Message, Tlv, message

OnionBytes = Annotated[bytes, Exactly(1366)]


@message(128)
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAddHtlc(Message):
    """BOLT 2, "Adding an HTLC"."""

    channel_id: ChannelId
    id: U64
    amount_msat: Msat
    payment_hash: PaymentHash
    cltv_expiry: BlockHeight
    onion_routing_packet: OnionBytes
    path_key: Annotated[Point | None, Tlv(0)] = None


@message(130)
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFulfillHtlc(Message):
    """BOLT 2, "Removing an HTLC": settled by its preimage."""

    channel_id: ChannelId
    id: U64
    payment_preimage: Preimage
    attribution_data: Annotated[bytes | None, Tlv(1), Remainder()] = None


@message(131)
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFailHtlc(Message):
    """BOLT 2, "Removing an HTLC": failed, with an onion-wrapped reason."""

    channel_id: ChannelId
    id: U64
    reason: Bytes16
    attribution_data: Annotated[bytes | None, Tlv(1), Remainder()] = None


@message(135)
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFailMalformedHtlc(Message):
    """BOLT 2, "Removing an HTLC": the onion could not be read."""

    channel_id: ChannelId
    id: U64
    sha256_of_onion: Bytes32
    failure_code: U16


@message(132)
@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentSigned(Message):
    """BOLT 2, "Committing Updates So Far"."""

    channel_id: ChannelId
    signature: Signature
    htlc_signatures: Annotated[tuple[Signature, ...], Many(Signature)]
    funding_txid: Annotated[Txid | None, Tlv(1)] = None


@message(133)
@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeAndAck(Message):
    """BOLT 2, "Completing the Transition to the Updated State"."""

    channel_id: ChannelId
    per_commitment_secret: Bytes32
    next_per_commitment_point: Point


@message(134)
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFee(Message):
    """BOLT 2, "Updating Fees"."""

    channel_id: ChannelId
    feerate_per_kw: FeeratePerKw
