"""A peer that cheats: messages taken from the wire of a `Pair`, changed, and put back."""

from dataclasses import replace
from typing import Any, TypeVar

from tests.channels import Side
from tipdesk.base.ids import Signature
from tipdesk.crypto.secp256k1 import CURVE_ORDER
from tipdesk.lightning.channel import command
from tipdesk.lightning.wire.message import Message, decode

M = TypeVar("M", bound=Message)


def sent(side: Side, kind: type[M]) -> M:
    """The next message that `side` put on the wire, which must be a `kind`."""
    message = decode(side.outbox.popleft())
    assert isinstance(message, kind), message
    return message


def receive(side: Side, message: Message, **changes: Any) -> None:
    """`side` gets the message with some fields changed."""
    side.do(command.MessageReceived(replace(message, **changes)))


def kinds(side: Side) -> list[str]:
    """The names of all messages that `side` has on the wire."""
    return [type(decode(data)).__name__ for data in side.outbox]


def with_high_s(signature: Signature) -> Signature:
    """The other signature that ECDSA takes for the same digest: valid, and not standard."""
    s = CURVE_ORDER - int.from_bytes(signature[32:], "big")
    return Signature(signature[:32] + s.to_bytes(32, "big"))


def damaged(signature: Signature) -> Signature:
    """A signature of something else."""
    return Signature(signature[:63] + bytes([signature[63] ^ 1]))
