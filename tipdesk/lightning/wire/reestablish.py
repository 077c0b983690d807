"""BOLT 2, "Message Retransmission"."""

from dataclasses import dataclass
from typing import Annotated

from tipdesk.base.ids import ChannelId, Point
from tipdesk.lightning.wire.codec import U64, Bytes32, Remainder
from tipdesk.lightning.wire.message import Message, Tlv, message


@message(136)
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReestablish(Message):
    """BOLT 2 `channel_reestablish`: what a side has, and what it expects next."""

    channel_id: ChannelId
    next_commitment_number: U64
    next_revocation_number: U64
    your_last_per_commitment_secret: Bytes32
    my_current_per_commitment_point: Point
    next_funding: Annotated[bytes | None, Tlv(1), Remainder()] = None
    my_current_funding_locked: Annotated[bytes | None, Tlv(5), Remainder()] = None
