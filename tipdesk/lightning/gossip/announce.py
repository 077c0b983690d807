"""BOLT 7: our own announcements and updates, built and signed."""

import ipaddress
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChainHash, ChannelId, NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import INIT_FEATURES, FeatureBits
from tipdesk.lightning.gossip.verify import signed_digest
from tipdesk.lightning.keys.signer import ChannelSigner
from tipdesk.lightning.wire.gossip import (
    AnnouncementSignatures,
    ChannelAnnouncement,
    ChannelUpdate,
    NodeAnnouncement,
)

NO_SIGNATURE = Signature(bytes(64))
MUST_BE_ONE = 1
"""BOLT 7, `message_flags`: `htlc_maximum_msat` is there."""
DONT_FORWARD = 2
"""BOLT 7, `message_flags`: the channel is not announced."""
DISABLED = 2
"""BOLT 7, `channel_flags`."""


@dataclass(frozen=True, slots=True)
class AnnouncedChannel:
    """What an announcement says of a channel, from our side."""

    channel_id: ChannelId
    short_channel_id: ShortChannelId
    our_node: NodeId
    our_funding_key: Point
    their_node: NodeId
    their_funding_key: Point

    @property
    def we_are_first(self) -> bool:
        """Whether ours is the lesser node id: direction 0."""
        return self.our_node < self.their_node


def unsigned_announcement(channel: AnnouncedChannel, chain_hash: ChainHash) -> ChannelAnnouncement:
    """The `channel_announcement` with empty signatures, keys in the order of the node ids."""
    ours = (channel.our_node, channel.our_funding_key)
    theirs = (channel.their_node, channel.their_funding_key)
    (node_1, key_1), (node_2, key_2) = sorted((ours, theirs))
    return ChannelAnnouncement(
        node_signature_1=NO_SIGNATURE,
        node_signature_2=NO_SIGNATURE,
        bitcoin_signature_1=NO_SIGNATURE,
        bitcoin_signature_2=NO_SIGNATURE,
        features=b"",
        chain_hash=chain_hash,
        short_channel_id=channel.short_channel_id,
        node_id_1=node_1,
        node_id_2=node_2,
        bitcoin_key_1=key_1,
        bitcoin_key_2=key_2,
    )


def our_signatures(
    channel: AnnouncedChannel, chain_hash: ChainHash, node_key: PrivateKey, signer: ChannelSigner
) -> AnnouncementSignatures:
    """BOLT 7, "The `announcement_signatures` Message": our half."""
    digest = signed_digest(unsigned_announcement(channel, chain_hash))
    return AnnouncementSignatures(
        channel_id=channel.channel_id,
        short_channel_id=channel.short_channel_id,
        node_signature=node_key.sign_ecdsa(digest),
        bitcoin_signature=signer.sign_funding(digest),
    )


def complete_announcement(
    channel: AnnouncedChannel,
    chain_hash: ChainHash,
    ours: AnnouncementSignatures,
    theirs: AnnouncementSignatures,
) -> ChannelAnnouncement:
    """Both halves together; whether theirs are valid is `verify`'s to say."""
    first, second = (ours, theirs) if channel.we_are_first else (theirs, ours)
    return replace(
        unsigned_announcement(channel, chain_hash),
        node_signature_1=first.node_signature,
        bitcoin_signature_1=first.bitcoin_signature,
        node_signature_2=second.node_signature,
        bitcoin_signature_2=second.bitcoin_signature,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTerms:
    """What our `channel_update` offers to those who route through us."""

    cltv_expiry_delta: CltvDelta
    htlc_minimum_msat: Msat
    htlc_maximum_msat: Msat
    fee_base_msat: int
    fee_proportional_millionths: int
    disabled: bool
    announced: bool


def our_update(
    channel: AnnouncedChannel,
    chain_hash: ChainHash,
    node_key: PrivateKey,
    terms: OfferedTerms,
    now: Instant,
) -> ChannelUpdate:
    """BOLT 7, "The `channel_update` Message": our direction, signed."""
    unsigned = ChannelUpdate(
        signature=NO_SIGNATURE,
        chain_hash=chain_hash,
        short_channel_id=channel.short_channel_id,
        timestamp=now.unix_seconds,
        message_flags=MUST_BE_ONE if terms.announced else MUST_BE_ONE | DONT_FORWARD,
        channel_flags=(0 if channel.we_are_first else 1) | (DISABLED if terms.disabled else 0),
        cltv_expiry_delta=terms.cltv_expiry_delta,
        htlc_minimum_msat=terms.htlc_minimum_msat,
        fee_base_msat=terms.fee_base_msat,
        fee_proportional_millionths=terms.fee_proportional_millionths,
        htlc_maximum_msat=terms.htlc_maximum_msat,
    )
    return replace(unsigned, signature=node_key.sign_ecdsa(signed_digest(unsigned)))


def our_node_announcement(
    node_key: PrivateKey,
    alias: str,
    addresses: bytes,
    now: Instant,
    features: FeatureBits = INIT_FEATURES,
) -> NodeAnnouncement:
    """BOLT 7, "The `node_announcement` Message": our name, signed."""
    unsigned = NodeAnnouncement(
        signature=NO_SIGNATURE,
        features=features.to_bytes(),
        timestamp=now.unix_seconds,
        node_id=NodeId(node_key.point),
        rgb_color=b"\xf5\x9e\x0b",
        alias=_alias_bytes(alias),
        addresses=addresses,
    )
    return replace(unsigned, signature=node_key.sign_ecdsa(signed_digest(unsigned)))


def _alias_bytes(alias: str) -> bytes:
    # Cut between characters, never inside one.
    data = alias.encode()[:32]
    return data.decode("utf-8", "ignore").encode().ljust(32, b"\0")


_ADDRESS_LENGTHS: Final = {1: 4, 2: 16, 3: 10, 4: 35}


def first_ip_address(addresses: bytes) -> tuple[str, int] | None:
    """The first address descriptor that is an IPv4 or IPv6 address; None if there is none.

    BOLT 7: nothing behind a descriptor of an unknown type can be read.
    """
    at = 0
    while at < len(addresses):
        kind = addresses[at]
        length = _ADDRESS_LENGTHS.get(kind)
        if kind == 5 and at + 1 < len(addresses):
            length = 1 + addresses[at + 1]
        if length is None or at + 1 + length + 2 > len(addresses):
            return None
        raw = addresses[at + 1 : at + 1 + length]
        if kind in (1, 2):
            port = int.from_bytes(addresses[at + 1 + length : at + 3 + length], "big")
            return str(ipaddress.ip_address(raw)), port
        at += 3 + length
    return None


def ipv4_address(host: bytes, port: int) -> bytes:
    """BOLT 7, address descriptor type 1: four bytes of address and the port."""
    return b"\x01" + host + port.to_bytes(2, "big")
