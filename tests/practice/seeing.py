"""Parties of a payment that keep all that they were told, and what follows from it.

A node keeps every message that it received or sent, as it was before encryption and after
decryption, and all that its key opens of the onions in them. A server keeps its requests. A line is
what somebody sees who watches the fan's connections from outside.
"""

import asyncio
import base64
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.nodes import Member
from tipdesk.adapters.net.tcp import TcpConnector
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentHash, Point
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.sphinx.blinding import blinded_key, unblind
from tipdesk.lightning.sphinx.packet import Peeled, peel
from tipdesk.lightning.sphinx.payload import (
    BlindedPayload,
    FinalPayload,
    decode_blinded,
    decode_final,
)
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.registry import decode
from tipdesk.lightning.wire.tlv import read_stream
from tipdesk.lightning.wire.updates import UpdateAddHtlc
from tipdesk.node.peers import Peer
from tipdesk.ports.streams import Connector
from tipdesk.ports.way_out import Reach

_ENCRYPTED_RECIPIENT_DATA = 4


def written(text: str) -> frozenset[bytes]:
    """A text in each of the ways in which somebody might have it in their bytes."""
    plain = text.encode()
    encoded = [plain, *(text.encode(name) for name in ("utf-16-le", "utf-16-be", "utf-32-le"))]
    shown = [quote(text, safe="").encode(), json.dumps(text)[1:-1].encode(), plain.hex().encode()]
    # Base64 looks in three ways, as it begins at the first, second or third byte of a group.
    for skipped in range(3):
        coded = base64.b64encode(bytes(skipped) + plain)
        shown.append(coded[4 if skipped else 0 : -4])
    return frozenset([*encoded, *shown, plain.hex().upper().encode()])


def holds(told: bytes, text: str) -> bool:
    """Whether a text stands anywhere in what somebody was told."""
    return any(one in told for one in written(text))


@dataclass
class Htlc:
    """An HTLC as one of its two ends has it."""

    peer: NodeId
    came: bool
    amount: Msat
    payment_hash: PaymentHash


@dataclass
class Seen:
    """What a node was told."""

    key: PrivateKey
    messages: list[tuple[NodeId, bool, bytes]] = field(default_factory=list)
    """From or to whom; whether it came; what it said."""

    def clear(self) -> None:
        """From now on."""
        self.messages.clear()

    def _decoded(self) -> Iterator[tuple[NodeId, bool, object]]:
        for peer, came, data in self.messages:
            yield peer, came, decode(data)

    @property
    def htlcs(self) -> list[Htlc]:
        return [
            Htlc(peer, came, message.amount_msat, message.payment_hash)
            for peer, came, message in self._decoded()
            if isinstance(message, UpdateAddHtlc)
        ]

    @property
    def opened(self) -> list[bytes]:
        """The layers of all onions that this node's key opens, and the instructions in them."""
        found: list[bytes] = []
        for _, came, message in self._decoded():
            if came and isinstance(message, UpdateAddHtlc):
                found += self._of_htlc(message)
            elif came and isinstance(message, OnionMessage):
                found += self._of_message(message)
        return found

    def _of_htlc(self, htlc: UpdateAddHtlc) -> list[bytes]:
        key = self.key if htlc.path_key is None else blinded_key(self.key, htlc.path_key)
        peeled = peel(htlc.onion_routing_packet, key, htlc.payment_hash)
        assert isinstance(peeled, Peeled)
        blinded = decode_blinded(peeled.payload)
        if blinded is None:
            return [peeled.payload]
        path_key = htlc.path_key or blinded.current_path_key
        assert path_key is not None
        return [peeled.payload, self._instructions(path_key, blinded.encrypted_recipient_data)]

    def _of_message(self, message: OnionMessage) -> list[bytes]:
        packet = message.onion_message_packet
        peeled = peel(packet, blinded_key(self.key, message.path_key), b"", len(packet))
        assert isinstance(peeled, Peeled)
        values = {record.type: record.value for record in read_stream(peeled.payload)}
        sealed = values[_ENCRYPTED_RECIPIENT_DATA]
        return [peeled.payload, self._instructions(message.path_key, sealed)]

    def _instructions(self, path_key: Point, sealed: bytes) -> bytes:
        return unblind(self.key, path_key, sealed).data

    @property
    def told(self) -> bytes:
        """All of it."""
        return b"|".join([data for _, _, data in self.messages] + self.opened)

    @property
    def totals(self) -> list[Msat]:
        """What it was told to be the whole amount of a payment."""
        found = []
        for payload in self.opened:
            whole = _final(payload)
            if whole is not None:
                found.append(whole)
        return found


def _final(payload: bytes) -> Msat | None:
    try:
        read: BlindedPayload | FinalPayload | None = decode_blinded(payload)
        if isinstance(read, BlindedPayload):
            return read.total_amount_msat
        final = decode_final(payload)
    except DecodeError:
        return None
    names_none = final.payment_secret is None and final.keysend_preimage is None
    return None if names_none else final.total_msat


class _Session:
    """A BOLT 8 session whose messages are kept in the clear."""

    def __init__(self, peer: Peer, seen: Seen) -> None:
        self._inner = peer._session
        self._seen = seen

    def send(self, data: bytes) -> None:
        self._keep(data, came=False)
        self._inner.send(data)

    def messages_received(self) -> list[bytes]:
        found = list(self._inner.messages_received())
        for data in found:
            self._keep(data, came=True)
        return found

    def _keep(self, data: bytes, *, came: bool) -> None:
        assert self._inner.remote_node_id is not None
        self._seen.messages.append((self._inner.remote_node_id, came, data))

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


@dataclass
class Line:
    """A connection of the fan's, as it leaves the house."""

    host: str
    port: int
    bytes: bytearray = field(default_factory=bytearray)
    """Of both directions."""


class WatchedWay(WayOut):
    """The door out, and somebody who sits behind it and keeps all that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.places: dict[tuple[str, int], int] = {}
        """Where hosts of the tests really are, on this machine."""
        self._carrying: dict[asyncio.Task[None], socket.socket] = {}

    async def open(self, host: str, port: int, *, reach: Reach = Reach.ANYWHERE) -> socket.socket:
        there = self.places.get((host, port))
        if there is None:
            out = await super().open(host, port, reach=reach)
        else:
            out = await super().open("127.0.0.1", there)
        line = Line(host, port)
        self.lines.append(line)
        ours, inner = await _joined()
        task = asyncio.create_task(_carry(inner, out, line))
        self._carrying[task] = inner
        task.add_done_callback(self._carrying.pop)
        return ours

    async def close(self) -> None:
        """Cuts what is open."""
        for inner in self._carrying.values():
            with suppress(OSError):
                inner.shutdown(socket.SHUT_RDWR)
        await asyncio.gather(*self._carrying)


async def _joined() -> tuple[socket.socket, socket.socket]:
    """Both ends of one connection; a pair would be none of TCP."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        one = socket.socket()
        one.setblocking(False)
        await loop.sock_connect(one, listener.getsockname())
        other, _ = await loop.sock_accept(listener)
    other.setblocking(False)
    return one, other


async def _carry(one: socket.socket, other: socket.socket, line: Line) -> None:
    ways = [asyncio.create_task(_copy(*pair, line)) for pair in ((one, other), (other, one))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    # The loop must not wait for a socket any more that is closed.
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    one.close()
    other.close()


async def _copy(source: socket.socket, target: socket.socket, line: Line) -> None:
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while data := await loop.sock_recv(source, 65_536):
            line.bytes += data
            await loop.sock_sendall(target, data)


@dataclass
class Watched(Member):
    """A node that keeps all it is told; its own calls go out by a door that is watched."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.way = WatchedWay()

    def connector(self) -> Connector:
        return TcpConnector(self.way)

    def prepare(self) -> None:
        self.seen = seen = Seen(self.node._router._onions.node_key)
        begin = self.node.connections._begin
        # The program hands nobody what it decrypts: to see it, one sits between it and its cipher.

        def begin_watched(peer: Peer) -> None:
            peer._session = _Session(peer, seen)  # type: ignore[assignment]
            begin(peer)

        self.node.connections._begin = begin_watched  # type: ignore[method-assign]

    async def stop(self, *, killed: bool = False) -> None:
        await super().stop(killed=killed)
        await self.way.close()
