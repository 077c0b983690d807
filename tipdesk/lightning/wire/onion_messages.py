"""BOLT 4, "Onion Messages": what carries one from peer to peer."""

from dataclasses import dataclass

from tipdesk.base.ids import Point
from tipdesk.lightning.wire.codec import Bytes16
from tipdesk.lightning.wire.message import Message, message


@message(513)
@dataclass(frozen=True, slots=True, kw_only=True)
class OnionMessage(Message):
    """BOLT 4, "The `onion_message` Message"."""

    path_key: Point
    onion_message_packet: Bytes16
