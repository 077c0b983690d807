"""BOLT 7: signatures and acceptance rules of announcements and updates.

What proves the sender wrong is an exception (warn it, perhaps close); what is merely of no use to
us is an `Ignored` value. Whether a funding output exists and what it holds is the chain's to say.
"""

from enum import Enum
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import PeerError
from tipdesk.base.ids import ChainHash, NodeId
from tipdesk.crypto.hashes import sha256d
from tipdesk.crypto.secp256k1 import InvalidPoint, verify_ecdsa
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement
from tipdesk.lightning.wire.message import encode

MAX_AGE_S: Final = 14 * 24 * 3600
"""BOLT 7, "Pruning the Network View": an update older than two weeks is stale."""
MAX_AHEAD_S: Final = 24 * 3600
DIRECTION: Final = 1
DISABLE: Final = 2
DONT_FORWARD: Final = 2

_TYPE_BYTES = 2
_SIGNATURE_BYTES = 64


class GossipError(PeerError):
    """BOLT 7: gossip that no honest node passes on."""


class WrongGossipSignature(GossipError):
    """BOLT 7: a signature does not match, or its key is none."""

    def __init__(self, *, field: str, key: bytes) -> None:
        super().__init__(f"{field} is not by {key.hex()}")
        self.field = field
        self.key = key


class NodeIdsOutOfOrder(GossipError):
    """BOLT 7, `channel_announcement`: node_id_1 is the lesser of the two."""

    def __init__(self, *, node_id_1: NodeId, node_id_2: NodeId) -> None:
        super().__init__(f"{node_id_1.hex()} must come before {node_id_2.hex()}")
        self.node_id_1 = node_id_1
        self.node_id_2 = node_id_2


class Ignored(Enum):
    """Why gossip was not taken; nobody is at fault."""

    OTHER_CHAIN = "it is about another chain"
    UNKNOWN_CHANNEL = "its channel was never announced"
    UNKNOWN_NODE = "its node has no channel"
    KNOWN = "it is known already, or something newer is"
    TOO_OLD = "it is older than two weeks"
    TOO_NEW = "it comes from the future"
    NOT_FOR_GOSSIP = "it is meant for the peer alone"
    FULL = "there is no room for more channels"


def signed_digest(message: ChannelAnnouncement | NodeAnnouncement | ChannelUpdate) -> bytes:
    """What the message's signatures sign: all that follows them, hashed twice."""
    signatures = 4 if isinstance(message, ChannelAnnouncement) else 1
    return sha256d(encode(message)[_TYPE_BYTES + signatures * _SIGNATURE_BYTES :])


def check_channel_announcement(message: ChannelAnnouncement) -> None:
    """BOLT 7, `channel_announcement`, receiver: order and all four signatures (0.25 ms)."""
    if message.node_id_1 >= message.node_id_2:
        raise NodeIdsOutOfOrder(node_id_1=message.node_id_1, node_id_2=message.node_id_2)
    digest = signed_digest(message)
    for field, key, signature in (
        ("node_signature_1", message.node_id_1, message.node_signature_1),
        ("node_signature_2", message.node_id_2, message.node_signature_2),
        ("bitcoin_signature_1", message.bitcoin_key_1, message.bitcoin_signature_1),
        ("bitcoin_signature_2", message.bitcoin_key_2, message.bitcoin_signature_2),
    ):
        _check(field, key, signature, digest)


def check_node_announcement(message: NodeAnnouncement) -> None:
    """BOLT 7, `node_announcement`, receiver: the signature."""
    _check("signature", message.node_id, message.signature, signed_digest(message))


def check_channel_update(message: ChannelUpdate, signer: NodeId) -> None:
    """BOLT 7, `channel_update`, receiver: the signature of the direction's node."""
    _check("signature", signer, message.signature, signed_digest(message))


def why_ignore_update(
    message: ChannelUpdate, chain_hash: ChainHash, now: Instant
) -> Ignored | None:
    """BOLT 7, `channel_update`, receiver: the chain and the time."""
    if message.chain_hash != chain_hash:
        return Ignored.OTHER_CHAIN
    if message.message_flags & DONT_FORWARD:
        return Ignored.NOT_FOR_GOSSIP
    if message.timestamp < now.unix_seconds - MAX_AGE_S:
        return Ignored.TOO_OLD
    if message.timestamp > now.unix_seconds + MAX_AHEAD_S:
        return Ignored.TOO_NEW
    return None


def _check(field: str, key: bytes, signature: bytes, digest: bytes) -> None:
    try:
        valid = verify_ecdsa(key, signature, digest)
    except InvalidPoint:
        valid = False
    if not valid:
        raise WrongGossipSignature(field=field, key=key)
