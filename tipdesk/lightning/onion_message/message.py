"""BOLT 4, `onionmsg_tlv`: what an onion message says, and to whom it is handed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.sphinx import recipient_data
from tipdesk.lightning.sphinx.blinding import (
    BlindedHop,
    BlindedPath,
    blind,
    blinded_key,
    unblind,
)
from tipdesk.lightning.sphinx.packet import (
    LARGE_PACKET_BYTES,
    OVERHEAD_BYTES,
    PayloadsTooLong,
    Peeled,
    build,
    peel,
)
from tipdesk.lightning.sphinx.recipient_data import RecipientData
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.tlv import TlvRecord, UnknownEvenTlv, read_stream, write_stream

_REPLY_PATH: Final = 2
_ENCRYPTED_RECIPIENT_DATA: Final = 4
_NO_FEATURES: Final = FeatureBits()


class UnusableMessage(DecodeError):
    """BOLT 4, "Onion Messages": one of the reader's rules is broken; nobody is told."""

    def __init__(self, *, rule: str) -> None:
        super().__init__(f"an onion message is dropped: {rule}")
        self.rule = rule


class Kind(IntEnum):
    """What a message for its last node carries; the value is its TLV type."""

    INVOICE_REQUEST = 64
    INVOICE = 66
    INVOICE_ERROR = 68


@dataclass(frozen=True, slots=True)
class Content:
    """A BOLT 12 message; `data` is its TLV stream."""

    kind: Kind
    data: bytes


@dataclass(frozen=True, slots=True)
class Way:
    """Along which nodes a message goes: the first one is a peer, the others it learns itself."""

    first_node: NodeId
    path_key: Point
    hops: tuple[BlindedHop, ...]


@dataclass(frozen=True, slots=True)
class HandOn:
    """The message is for another node."""

    to: NodeId | ShortChannelId
    message: OnionMessage


@dataclass(frozen=True, slots=True)
class Received:
    """The message ends here."""

    path_id: bytes | None
    """What the maker of the path told itself; None if the sender made the path."""
    path_key: Point
    """With it follows the key of the blinded id under which we were reached."""
    content: Content | None
    reply_path: BlindedPath | None


def way_over(session_key: PrivateKey, nodes: Sequence[NodeId], to: NodeId | BlindedPath) -> Way:
    """A way over `nodes`, the first of them a peer, to a node or into a path it gave.

    For a path, `nodes` end before its first node, which must be named by its id; with no nodes
    in between, that one is our peer. `session_key` is fresh.
    """
    if isinstance(to, NodeId):
        everybody = [*nodes, to]
        hops = [
            (node, RecipientData(next_node_id=following).encode())
            for node, following in pairwise(everybody)
        ]
        path, _ = blind(session_key, [*hops, (to, RecipientData().encode())])
        return Way(everybody[0], path.first_path_key, path.path)
    if not isinstance(to.first_node_id, NodeId):
        raise TypeError("the path's first node is looked up before")
    if not nodes:
        return Way(to.first_node_id, to.first_path_key, to.path)
    hops = [
        (node, RecipientData(next_node_id=following).encode())
        for node, following in pairwise(nodes)
    ]
    joint = RecipientData(next_node_id=to.first_node_id, next_path_key_override=to.first_path_key)
    path, _ = blind(session_key, [*hops, (nodes[-1], joint.encode())])
    return Way(nodes[0], path.first_path_key, path.path + to.path)


def reply_path(session_key: PrivateKey, nodes: Sequence[NodeId], path_id: bytes) -> BlindedPath:
    """A path to us, the last of `nodes`; `path_id` tells us later that it was this one."""
    data = [RecipientData(next_node_id=following) for following in nodes[1:]]
    data.append(RecipientData(path_id=path_id))
    size = max(len(one.encode()) for one in data) + 2
    hops = zip(nodes, (one.encode(size) for one in data), strict=True)
    return blind(session_key, list(hops))[0]


def write(
    session_key: PrivateKey, way: Way, content: Content, reply: BlindedPath | None = None
) -> OnionMessage:
    """The message for the way's first node; `PayloadsTooLong` if nothing can carry it."""
    records = [
        TlvRecord(_ENCRYPTED_RECIPIENT_DATA, way.hops[-1].encrypted_recipient_data),
        TlvRecord(content.kind, content.data),
    ]
    if reply is not None:
        records.append(TlvRecord(_REPLY_PATH, reply.encode()))
    hops = [(hop.blinded_node_id, _for_node(hop.encrypted_recipient_data)) for hop in way.hops[:-1]]
    hops.append((way.hops[-1].blinded_node_id, write_stream(records)))
    try:
        onion = build(session_key, hops, b"")
    except PayloadsTooLong:
        onion = build(session_key, hops, b"", LARGE_PACKET_BYTES)
    return OnionMessage(path_key=way.path_key, onion_message_packet=onion.packet)


def read(node_key: PrivateKey, message: OnionMessage) -> HandOn | Received:
    """What a message asks of us; `DecodeError` if it is to be dropped."""
    packet = message.onion_message_packet
    if not OVERHEAD_BYTES < len(packet) <= LARGE_PACKET_BYTES:
        raise UnusableMessage(rule=f"its packet has {len(packet)} bytes")
    key = blinded_key(node_key, message.path_key)
    peeled = peel(packet, key, b"", len(packet))
    if not isinstance(peeled, Peeled):
        raise UnusableMessage(rule="its onion cannot be read")
    values = _known(peeled.payload)
    sealed = values.pop(_ENCRYPTED_RECIPIENT_DATA, None)
    if sealed is None:
        raise UnusableMessage(rule="it has no instructions for us")
    unblinded = unblind(node_key, message.path_key, sealed)
    data = recipient_data.decode(unblinded.data)
    if data.allowed_features not in (None, _NO_FEATURES):
        raise UnusableMessage(rule="its path allows features that are not known")
    if peeled.next_packet is not None:
        if len(read_stream(peeled.payload)) > 1 or data.path_id is not None:
            raise UnusableMessage(rule="a node in between is told what only the last one may be")
        path_key = data.next_path_key_override or unblinded.next_path_key
        following = OnionMessage(path_key=path_key, onion_message_packet=peeled.next_packet)
        return HandOn(_next(data), following)
    return Received(data.path_id, message.path_key, _content(values), _reply(values))


def step_into(node_key: PrivateKey, path: BlindedPath) -> tuple[NodeId | ShortChannelId, Way]:
    """A path whose first node we are ourselves: the rest of it, and who comes next.

    The way's first node is ours until the next one is looked up. `DecodeError` if the path ends
    with us, or its first instructions are not ours (class 35).
    """
    unblinded = unblind(node_key, path.first_path_key, path.path[0].encrypted_recipient_data)
    data = recipient_data.decode(unblinded.data)
    if len(path.path) == 1 or data.path_id is not None:
        raise UnusableMessage(rule="its path ends with ourselves")
    path_key = data.next_path_key_override or unblinded.next_path_key
    return _next(data), Way(NodeId(node_key.point), path_key, path.path[1:])


def _for_node(encrypted_recipient_data: bytes) -> bytes:
    return write_stream([TlvRecord(_ENCRYPTED_RECIPIENT_DATA, encrypted_recipient_data)])


def _next(data: RecipientData) -> NodeId | ShortChannelId:
    following = data.short_channel_id if data.next_node_id is None else data.next_node_id
    if following is None:
        raise UnusableMessage(rule="nobody is named as the next node")
    return following


def _known(payload: bytes) -> dict[int, bytes]:
    values: dict[int, bytes] = {}
    known = {_REPLY_PATH, _ENCRYPTED_RECIPIENT_DATA, *Kind}
    for record in read_stream(payload):
        if record.type in known:
            values[record.type] = record.value
        elif record.type % 2 == 0:
            raise UnknownEvenTlv(record_type=record.type)
    return values


def _content(values: dict[int, bytes]) -> Content | None:
    found = [Content(kind, values[kind]) for kind in Kind if kind in values]
    if len(found) > 1:
        raise UnusableMessage(rule="it carries more than one thing")
    return found[0] if found else None


def _reply(values: dict[int, bytes]) -> BlindedPath | None:
    if _REPLY_PATH not in values:
        return None
    reader = Reader(values[_REPLY_PATH])
    path = BlindedPath.read(reader)
    reader.finish()
    return path
