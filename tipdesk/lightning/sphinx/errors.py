"""BOLT 4, "Returning Errors": made at the erring node, wrapped on the way, read at the origin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader, ShortRead
from tipdesk.crypto.hashes import hmac_sha256, same
from tipdesk.lightning.sphinx.keys import key_of, xor_stream

LEAST_BODY_BYTES: Final = 256
"""What message and padding together have at least."""

_HMAC_BYTES = 32
_ROUNDS = 27
_DUMMY_SECRET = bytes(32)


@dataclass(frozen=True, slots=True)
class ReturnedFailure:
    """Who failed the payment, and why."""

    hop_index: int
    """0 is the first node after us."""
    message: bytes
    """For `wire.failures.decode`; empty if the hop wrote no sense."""


def create_failure(shared_secret: bytes, message: bytes) -> bytes:
    """BOLT 4, "Erring node": the packet for `update_fail_htlc`, already wrapped once."""
    return wrap_failure(shared_secret, failure_packet(shared_secret, message))


def failure_packet(shared_secret: bytes, message: bytes) -> bytes:
    """BOLT 4, "Erring node": the packet before it is wrapped, as attribution data covers it."""
    padding = bytes(max(0, LEAST_BODY_BYTES - len(message)))
    body = len(message).to_bytes(2, "big") + message + len(padding).to_bytes(2, "big") + padding
    return hmac_sha256(key_of(b"um", shared_secret), body) + body


def wrap_failure(shared_secret: bytes, packet: bytes) -> bytes:
    """BOLT 4, "Intermediate nodes": the packet as the node with `shared_secret` passes it back."""
    return xor_stream(b"ammag", shared_secret, packet)


def read_failure(shared_secrets: Sequence[bytes], packet: bytes) -> ReturnedFailure | None:
    """BOLT 4, "Origin node": None if no hop of the route made this packet.

    Always walks at least 27 hops, so that its time does not tell where the failure came from.
    """
    found: ReturnedFailure | None = None
    for index in range(max(_ROUNDS, len(shared_secrets))):
        real = index < len(shared_secrets)
        secret = shared_secrets[index] if real else _DUMMY_SECRET
        packet = xor_stream(b"ammag", secret, packet)
        body = packet[_HMAC_BYTES:]
        genuine = same(hmac_sha256(key_of(b"um", secret), body), packet[:_HMAC_BYTES])
        if real and genuine and found is None:
            found = ReturnedFailure(index, _message(body))
    return found


def _message(body: bytes) -> bytes:
    reader = Reader(body)
    try:
        return reader.take(reader.uint(2))
    except ShortRead:
        return b""
