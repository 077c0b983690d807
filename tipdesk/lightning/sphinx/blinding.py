"""BOLT 4, "Route Blinding": a way to whoever made it, beyond whose first node nobody is named.

Each node of such a way has a shared secret with its maker. From it follow the key that the node's
instructions are sealed with, and a factor that turns the node's id into one that only it can use.
What the instructions say is in `sphinx/recipient_data`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.crypto.aead import AuthenticationFailed, SealingKey
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import (
    InvalidPoint,
    PrivateKey,
    check_point,
    point_multiply,
    scalar_multiply,
)
from tipdesk.lightning.sphinx.keys import key_of

MAX_BLINDED_HOPS: Final = 20
"""No onion has room for more; a path that claims to is not read."""
_NONCE = bytes(12)


class CannotUnblind(DecodeError):
    """The instructions were not made for this node and this path key, or were altered."""


class EmptyPath(DecodeError):
    """BOLT 12: a blinded path leads over one node at the least."""


class PathTooLong(DecodeError):
    """More hops than an onion has room for."""

    def __init__(self, *, hops: int) -> None:
        super().__init__(f"a blinded path of {hops} hops")
        self.hops = hops


class DirectedScid(NamedTuple):
    """BOLT 1, `sciddir_or_pubkey`: a node named as one end of a channel, for short."""

    direction: int
    """0: the channel's `node_id_1`, 1: its `node_id_2` (BOLT 7)."""
    short_channel_id: ShortChannelId


@dataclass(frozen=True, slots=True)
class BlindedHop:
    """A node of a blinded path, as who uses the path sees it."""

    blinded_node_id: Point
    encrypted_recipient_data: bytes


@dataclass(frozen=True, slots=True)
class BlindedPath:
    """BOLT 4, `blinded_path`."""

    first_node_id: NodeId | DirectedScid
    first_path_key: Point
    path: tuple[BlindedHop, ...]

    def encode(self) -> bytes:
        """The subtype's bytes."""
        hops = b"".join(
            hop.blinded_node_id
            + len(hop.encrypted_recipient_data).to_bytes(2, "big")
            + hop.encrypted_recipient_data
            for hop in self.path
        )
        return b"".join(
            (_first(self.first_node_id), self.first_path_key, bytes([len(self.path)]), hops)
        )

    @classmethod
    def read(cls, reader: Reader) -> "BlindedPath":
        """The next path of a record; `DecodeError` if it is none, or has no hop."""
        first, path_key = _read_first(reader), check_point(reader.take(33))
        count = reader.uint(1)
        if count == 0:
            raise EmptyPath("a blinded path without a hop")
        if count > MAX_BLINDED_HOPS:
            raise PathTooLong(hops=count)
        hops = tuple(
            BlindedHop(check_point(reader.take(33)), reader.take(reader.uint(2)))
            for _ in range(count)
        )
        return cls(first, path_key, hops)


@dataclass(frozen=True, slots=True)
class Unblinded:
    """What a node finds in its own instructions."""

    data: bytes
    """For `recipient_data.decode`."""
    next_path_key: Point
    """For the next node, unless the instructions name another."""


def blind(
    session_key: PrivateKey, hops: Sequence[tuple[NodeId, bytes]]
) -> tuple[BlindedPath, PrivateKey]:
    """A path over `hops` (at least one): node and instructions each. `session_key` is fresh.

    Also returns the secret path key behind the last one, with which a path can be continued.
    """
    blinded = []
    ephemeral = session_key
    for node_id, data in hops:
        secret = ephemeral.ecdh(node_id)
        sealed = SealingKey(key_of(b"rho", secret)).seal(_NONCE, data)
        blinded.append(BlindedHop(point_multiply(node_id, _node_factor(secret)), sealed))
        ephemeral = PrivateKey(
            scalar_multiply(_path_factor(ephemeral.point, secret), ephemeral.secret)
        )
    return BlindedPath(hops[0][0], session_key.point, tuple(blinded)), ephemeral


def unblind(node_key: PrivateKey, path_key: Point, encrypted_recipient_data: bytes) -> Unblinded:
    """What a node's instructions say; `CannotUnblind` if they are not its own."""
    try:
        secret = node_key.ecdh(path_key)
        data = SealingKey(key_of(b"rho", secret)).open(_NONCE, encrypted_recipient_data)
    except (InvalidPoint, AuthenticationFailed):
        raise CannotUnblind("the instructions cannot be opened") from None
    return Unblinded(data, point_multiply(path_key, _path_factor(path_key, secret)))


def blinded_key(node_key: PrivateKey, path_key: Point) -> PrivateKey:
    """The secret key of our blinded id: what the onion is peeled with, and invoices are signed.

    `InvalidPoint` if the path key is none.
    """
    secret = node_key.ecdh(path_key)
    return PrivateKey(scalar_multiply(_node_factor(secret), node_key.secret))


def _node_factor(secret: bytes) -> bytes:
    return key_of(b"blinded_node_id", secret)


def _path_factor(path_key: Point, secret: bytes) -> bytes:
    return sha256(path_key + secret)


def _first(first: NodeId | DirectedScid) -> bytes:
    if isinstance(first, DirectedScid):
        return bytes([first.direction]) + first.short_channel_id.to_bytes(8, "big")
    return bytes(first)


def _read_first(reader: Reader) -> NodeId | DirectedScid:
    kind = reader.take(1)
    if kind in (b"\x00", b"\x01"):
        return DirectedScid(kind[0], ShortChannelId(reader.uint(8)))
    return NodeId(check_point(kind + reader.take(32)))
