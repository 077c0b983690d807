"""BOLT 1: the messages that set up a connection and keep it alive."""

from dataclasses import dataclass
from typing import Annotated

from tipdesk.base.ids import ChannelId
from tipdesk.lightning.wire.codec import U16, Bytes16, Remainder
from tipdesk.lightning.wire.message import Message, Tlv, message


@message(16)
@dataclass(frozen=True, slots=True, kw_only=True)
class Init(Message):
    """BOLT 1, "The `init` Message": what a side can do and which chains it knows."""

    globalfeatures: Bytes16 = b""
    features: Bytes16
    networks: Annotated[bytes | None, Tlv(1), Remainder()] = None
    """Chain hashes of 32 bytes, one after the other."""
    remote_addr: Annotated[bytes | None, Tlv(3), Remainder()] = None


@message(17)
@dataclass(frozen=True, slots=True, kw_only=True)
class Error(Message):
    """BOLT 1, "The `error` and `warning` Messages": the channel (or all of them) has failed."""

    channel_id: ChannelId
    data: Bytes16


@message(1)
@dataclass(frozen=True, slots=True, kw_only=True)
class Warning(Message):
    """BOLT 1: something is wrong, and the channel may go on."""

    channel_id: ChannelId
    data: Bytes16


@message(7)
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStorage(Message):
    """BOLT 1, "Peer Storage": keep this for the sender."""

    blob: Bytes16


@message(9)
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStorageRetrieval(Message):
    """BOLT 1, "Peer Storage": what the receiver once had us keep."""

    blob: Bytes16


@message(18)
@dataclass(frozen=True, slots=True, kw_only=True)
class Ping(Message):
    """BOLT 1: asks for a `Pong` of `num_pong_bytes`; 65532 and more ask for none."""

    num_pong_bytes: U16
    ignored: Bytes16 = b""


@message(19)
@dataclass(frozen=True, slots=True, kw_only=True)
class Pong(Message):
    """BOLT 1: the answer to a `Ping`."""

    ignored: Bytes16 = b""
