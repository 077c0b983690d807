"""BOLT 4, "Packet Construction" and "Onion Decryption": one layer for each hop of a route.

Payloads are TLV streams without their length (`sphinx/payload` makes them); what they mean is not
known here. Remembering shared secrets against replays is the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tipdesk.base.buffer import Reader, ShortRead
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import Point
from tipdesk.base.phrase import Phrase
from tipdesk.crypto.hashes import hmac_sha256, same, sha256
from tipdesk.crypto.secp256k1 import (
    InvalidPoint,
    PrivateKey,
    point_multiply,
    scalar_multiply,
)
from tipdesk.lightning.sphinx.keys import key_of, stream, xor_stream
from tipdesk.lightning.wire.codec import NotMinimal, bigsize, read_bigsize
from tipdesk.lightning.wire.failures import FailureCode

PACKET_BYTES: Final = 1366
LARGE_PACKET_BYTES: Final = 32834
"""BOLT 4, "Onion Messages": what does not fit into 1366 bytes fills this many."""
OVERHEAD_BYTES: Final = 66
"""Version, key and HMAC around the payloads."""
HOP_PAYLOADS_BYTES: Final = PACKET_BYTES - OVERHEAD_BYTES
_VERSION = 0
_HMAC_BYTES = 32
_FINAL_HMAC = bytes(_HMAC_BYTES)
_LEAST_PAYLOAD_BYTES = 2


class PayloadsTooLong(RequestError):
    """BOLT 4, "Packet Structure": what the hops must be told does not fit into the packet."""

    def __init__(self, *, size: int, room: int = HOP_PAYLOADS_BYTES) -> None:
        super().__init__(
            Phrase("The way is too long: {size} of {room} bytes.", size=str(size), room=str(room))
        )
        self.size = size
        self.room = room


@dataclass(frozen=True, slots=True)
class BuiltOnion:
    """An onion for the first hop, and the secret shared with each hop, to read failures with."""

    packet: bytes
    shared_secrets: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Peeled:
    """One layer removed."""

    payload: bytes
    next_packet: bytes | None
    """For the next hop; None at the final one."""
    shared_secret: bytes = field(repr=False)
    """Wraps a failure on its way back."""

    @property
    def is_final(self) -> bool:
        """Whether the payment ends here."""
        return self.next_packet is None


@dataclass(frozen=True, slots=True)
class UnreadablePayload:
    """The onion is the sender's own, but its payload has no sense: fail it as usual, wrapped."""

    shared_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BadOnion:
    """BOLT 4, "Failure Messages", BADONION: answered by `update_fail_malformed_htlc`."""

    failure_code: FailureCode
    sha256_of_onion: bytes


def build(
    session_key: PrivateKey,
    hops: Sequence[tuple[Point, bytes]],
    associated_data: bytes,
    packet_bytes: int = PACKET_BYTES,
) -> BuiltOnion:
    """The onion that tells each of `hops` (at least one) its payload; `session_key` is fresh.

    A hop is named by its node id, or by its blinded one. Raises `PayloadsTooLong`, and
    `InvalidPoint` if a hop is no key.
    """
    room = packet_bytes - OVERHEAD_BYTES
    framed = [bigsize(len(payload)) + payload for _, payload in hops]
    size = sum(len(frame) + _HMAC_BYTES for frame in framed)
    if size > room:
        raise PayloadsTooLong(size=size, room=room)
    points, secrets = _walk(session_key, [node for node, _ in hops])
    filler = _filler([len(frame) + _HMAC_BYTES for frame in framed], secrets, room)
    payloads = stream(b"pad", session_key.secret, room)
    hmac = _FINAL_HMAC
    for frame, secret in zip(reversed(framed), reversed(secrets), strict=True):
        shifted = (frame + hmac + payloads)[:room]
        payloads = xor_stream(b"rho", secret, shifted)
        if filler:
            payloads = payloads[: room - len(filler)] + filler
            filler = b""
        hmac = hmac_sha256(key_of(b"mu", secret), payloads + associated_data)
    return BuiltOnion(bytes([_VERSION]) + points[0] + payloads + hmac, tuple(secrets))


def shared_secrets(session_key: PrivateKey, nodes: Sequence[Point]) -> tuple[bytes, ...]:
    """The secrets of an onion built before: the session key is all that must be kept of it."""
    return tuple(_walk(session_key, nodes)[1])


def peel(
    packet: bytes, node_key: PrivateKey, associated_data: bytes, packet_bytes: int = PACKET_BYTES
) -> Peeled | UnreadablePayload | BadOnion:
    """What an onion of `packet_bytes` says to the owner of `node_key`."""
    if len(packet) != packet_bytes or packet[0] != _VERSION:
        return BadOnion(FailureCode.INVALID_ONION_VERSION, sha256(packet))
    point, hop_payloads, hmac = packet[1:34], packet[34:-_HMAC_BYTES], packet[-_HMAC_BYTES:]
    try:
        secret = node_key.ecdh(point)
    except InvalidPoint:
        return BadOnion(FailureCode.INVALID_ONION_KEY, sha256(packet))
    if not same(hmac_sha256(key_of(b"mu", secret), hop_payloads + associated_data), hmac):
        return BadOnion(FailureCode.INVALID_ONION_HMAC, sha256(packet))
    room = len(hop_payloads)
    unwrapped = xor_stream(b"rho", secret, hop_payloads + bytes(room))
    reader = Reader(unwrapped[:room])
    try:
        length = read_bigsize(reader)
        payload, next_hmac = reader.take(length), reader.take(_HMAC_BYTES)
    except (ShortRead, NotMinimal):
        return UnreadablePayload(secret)
    if length < _LEAST_PAYLOAD_BYTES:
        return UnreadablePayload(secret)
    if next_hmac == _FINAL_HMAC:
        return Peeled(payload, None, secret)
    start = room - reader.left
    following = unwrapped[start : start + room]
    next_point = point_multiply(point, _blinding_factor(point, secret))
    return Peeled(payload, bytes([_VERSION]) + next_point + following + next_hmac, secret)


def _blinding_factor(point: bytes, secret: bytes) -> bytes:
    return sha256(point + secret)


def _walk(session_key: PrivateKey, nodes: Sequence[Point]) -> tuple[list[bytes], list[bytes]]:
    """The ephemeral point and the shared secret at each hop (BOLT 4, "Shared Secret")."""
    points: list[bytes] = []
    secrets: list[bytes] = []
    ephemeral = session_key
    for node in nodes:
        if secrets:
            ephemeral = PrivateKey(
                scalar_multiply(ephemeral.secret, _blinding_factor(points[-1], secrets[-1]))
            )
        points.append(ephemeral.point)
        secrets.append(ephemeral.ecdh(node))
    return points, secrets


def _filler(sizes: list[int], secrets: list[bytes], room: int) -> bytes:
    """BOLT 4, "Filler Generation": what the hops' padding looks like at the last one."""
    filler = b""
    for size, secret in zip(sizes[:-1], secrets[:-1], strict=True):
        grown = filler + bytes(size)
        start = room - len(filler)
        # The padding stands at the end of the field and of as many zeros as the hop shifts in.
        filler = xor_stream(b"rho", secret, bytes(start) + grown)[start:]
    return filler
