"""BOLT 4, `encrypted_data_tlv`: what the maker of a blinded path tells each node on it."""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.wire.codec import read_tu, tu
from tipdesk.lightning.wire.tlv import TlvRecord, UnknownEvenTlv, read_stream, write_stream

_PADDING: Final = 1
_SHORT_CHANNEL_ID: Final = 2
_NEXT_NODE_ID: Final = 4
_PATH_ID: Final = 6
_NEXT_PATH_KEY_OVERRIDE: Final = 8
_PAYMENT_RELAY: Final = 10
_PAYMENT_CONSTRAINTS: Final = 12
_ALLOWED_FEATURES: Final = 14
_KNOWN: Final = frozenset(range(2, 16, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRelay:
    """`payment_relay`: on what terms a node carries a payment on."""

    cltv_expiry_delta: CltvDelta
    fee_proportional_millionths: int
    fee_base_msat: int

    def amt_to_forward(self, amount: Msat) -> Msat:
        """What goes on of what came in, as BOLT 4 computes it; negative if the fee is not met."""
        rest = (amount.value - self.fee_base_msat) * 1_000_000
        whole = 1_000_000 + self.fee_proportional_millionths
        return Msat((rest + whole - 1) // whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentConstraints:
    """`payment_constraints`: until when and from how much on the path may be used."""

    max_cltv_expiry: BlockHeight
    htlc_minimum_msat: Msat


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientData:
    """The instructions of one node."""

    short_channel_id: ShortChannelId | None = None
    next_node_id: NodeId | None = None
    path_id: bytes | None = None
    next_path_key_override: Point | None = None
    payment_relay: PaymentRelay | None = None
    payment_constraints: PaymentConstraints | None = None
    allowed_features: FeatureBits | None = None

    def encode(self, size: int = 0) -> bytes:
        """The TLV stream, padded to `size` bytes, so that no length tells anything.

        Padding takes two bytes at the least: `size` is best two over the longest of a path.
        """
        records = self._records()
        bare = write_stream(records)
        missing = size - len(bare)
        if missing <= 0:
            return bare
        # The record's own type and length take two bytes, or four from 253 bytes on.
        padding = max(0, missing - 2) if missing < 0xFF else max(0xFD, missing - 4)
        return write_stream([TlvRecord(_PADDING, bytes(padding)), *records])

    def _records(self) -> list[TlvRecord]:
        records = []
        if self.short_channel_id is not None:
            records.append(TlvRecord(_SHORT_CHANNEL_ID, self.short_channel_id.to_bytes(8, "big")))
        if self.next_node_id is not None:
            records.append(TlvRecord(_NEXT_NODE_ID, self.next_node_id))
        if self.path_id is not None:
            records.append(TlvRecord(_PATH_ID, self.path_id))
        if self.next_path_key_override is not None:
            records.append(TlvRecord(_NEXT_PATH_KEY_OVERRIDE, self.next_path_key_override))
        if self.payment_relay is not None:
            relay = self.payment_relay
            value = (
                relay.cltv_expiry_delta.value.to_bytes(2, "big")
                + relay.fee_proportional_millionths.to_bytes(4, "big")
                + tu(relay.fee_base_msat)
            )
            records.append(TlvRecord(_PAYMENT_RELAY, value))
        if self.payment_constraints is not None:
            bounds = self.payment_constraints
            value = bounds.max_cltv_expiry.value.to_bytes(4, "big") + tu(
                bounds.htlc_minimum_msat.value
            )
            records.append(TlvRecord(_PAYMENT_CONSTRAINTS, value))
        if self.allowed_features is not None:
            records.append(TlvRecord(_ALLOWED_FEATURES, self.allowed_features.to_bytes()))
        return records


def decode(data: bytes) -> RecipientData:
    """The instructions of a TLV stream; `DecodeError` if a node must refuse them."""
    values: dict[int, bytes] = {}
    for record in read_stream(data):
        if record.type in _KNOWN:
            values[record.type] = record.value
        elif record.type % 2 == 0:
            raise UnknownEvenTlv(record_type=record.type)
    channel, node = values.get(_SHORT_CHANNEL_ID), values.get(_NEXT_NODE_ID)
    override = values.get(_NEXT_PATH_KEY_OVERRIDE)
    features = values.get(_ALLOWED_FEATURES)
    return RecipientData(
        short_channel_id=None if channel is None else _scid(channel),
        next_node_id=None if node is None else NodeId(check_point(_exactly(node, 33))),
        path_id=values.get(_PATH_ID),
        next_path_key_override=None if override is None else check_point(_exactly(override, 33)),
        payment_relay=_relay(values.get(_PAYMENT_RELAY)),
        payment_constraints=_constraints(values.get(_PAYMENT_CONSTRAINTS)),
        allowed_features=None if features is None else FeatureBits.from_bytes(features),
    )


def _exactly(value: bytes, size: int) -> bytes:
    reader = Reader(value)
    taken = reader.take(size)
    reader.finish()
    return taken


def _scid(value: bytes) -> ShortChannelId:
    return ShortChannelId(int.from_bytes(_exactly(value, 8), "big"))


def _relay(value: bytes | None) -> PaymentRelay | None:
    if value is None:
        return None
    reader = Reader(value)
    return PaymentRelay(
        cltv_expiry_delta=CltvDelta(reader.uint(2)),
        fee_proportional_millionths=reader.uint(4),
        fee_base_msat=read_tu(reader, 4),
    )


def _constraints(value: bytes | None) -> PaymentConstraints | None:
    if value is None:
        return None
    reader = Reader(value)
    return PaymentConstraints(
        max_cltv_expiry=BlockHeight(reader.uint(4)),
        htlc_minimum_msat=Msat(read_tu(reader, 8)),
    )
