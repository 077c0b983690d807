"""BOLT 2, "Channel Close": `shutdown` and the negotiation by `closing_signed`."""

from dataclasses import dataclass
from typing import Annotated

from tipdesk.base.buffer import Reader
from tipdesk.base.ids import ChannelId, Signature
from tipdesk.base.units import Sat
from tipdesk.lightning.wire.codec import Bytes16
from tipdesk.lightning.wire.message import Message, Tlv, message


@dataclass(frozen=True, slots=True)
class FeeRange:
    """BOLT 2 `fee_range`: the fees a side would agree to."""

    min_fee_satoshis: Sat
    max_fee_satoshis: Sat


class FeeRangeCodec:
    """Two u64."""

    def write(self, value: FeeRange) -> bytes:
        """Sixteen bytes."""
        return value.min_fee_satoshis.value.to_bytes(8, "big") + (
            value.max_fee_satoshis.value.to_bytes(8, "big")
        )

    def read(self, reader: Reader) -> FeeRange:
        """A range, which may be empty."""
        return FeeRange(Sat(reader.uint(8)), Sat(reader.uint(8)))


@message(38)
@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown(Message):
    """BOLT 2, "Closing Initiation: `shutdown`"."""

    channel_id: ChannelId
    scriptpubkey: Bytes16


@message(39)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingSigned(Message):
    """BOLT 2, "Legacy Closing Negotiation: `closing_signed`"."""

    channel_id: ChannelId
    fee_satoshis: Sat
    signature: Signature
    fee_range: Annotated[FeeRange | None, Tlv(1), FeeRangeCodec()] = None
