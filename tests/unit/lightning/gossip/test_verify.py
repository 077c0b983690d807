"""Signatures are made here with real keys and broken one at a time."""

from dataclasses import replace

import pytest

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.gossip.verify import (
    Ignored,
    NodeIdsOutOfOrder,
    WrongGossipSignature,
    check_channel_announcement,
    check_channel_update,
    check_node_announcement,
    signed_digest,
    why_ignore_update,
)
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement
from tipdesk.lightning.wire.tlv import TlvRecord

CHAIN = Network.REGTEST.chain_hash
NODE_1, NODE_2 = sorted(
    (PrivateKey(b"\x01" * 32), PrivateKey(b"\x02" * 32)), key=lambda key: key.point
)
BITCOIN_1, BITCOIN_2 = PrivateKey(b"\x03" * 32), PrivateKey(b"\x04" * 32)
NOTHING = Signature(bytes(64))
NOW = Instant.from_unix_seconds(1_780_000_000)


def announced() -> ChannelAnnouncement:
    unsigned = ChannelAnnouncement(
        node_signature_1=NOTHING,
        node_signature_2=NOTHING,
        bitcoin_signature_1=NOTHING,
        bitcoin_signature_2=NOTHING,
        features=b"",
        chain_hash=CHAIN,
        short_channel_id=ShortChannelId.of(100, 1, 0),
        node_id_1=NodeId(NODE_1.point),
        node_id_2=NodeId(NODE_2.point),
        bitcoin_key_1=BITCOIN_1.point,
        bitcoin_key_2=BITCOIN_2.point,
        unknown_records=(TlvRecord(1, b"future"),),
    )
    digest = signed_digest(unsigned)
    return replace(
        unsigned,
        node_signature_1=NODE_1.sign_ecdsa(digest),
        node_signature_2=NODE_2.sign_ecdsa(digest),
        bitcoin_signature_1=BITCOIN_1.sign_ecdsa(digest),
        bitcoin_signature_2=BITCOIN_2.sign_ecdsa(digest),
    )


def updated() -> ChannelUpdate:
    unsigned = ChannelUpdate(
        signature=NOTHING,
        chain_hash=CHAIN,
        short_channel_id=ShortChannelId.of(100, 1, 0),
        timestamp=NOW.unix_seconds,
        message_flags=1,
        channel_flags=0,
        cltv_expiry_delta=CltvDelta(80),
        htlc_minimum_msat=Msat(1),
        fee_base_msat=1000,
        fee_proportional_millionths=100,
        htlc_maximum_msat=Msat(1_000_000),
    )
    return replace(unsigned, signature=NODE_1.sign_ecdsa(signed_digest(unsigned)))


def named() -> NodeAnnouncement:
    unsigned = NodeAnnouncement(
        signature=NOTHING,
        features=b"",
        timestamp=NOW.unix_seconds,
        node_id=NodeId(NODE_1.point),
        rgb_color=b"\x01\x02\x03",
        alias=b"alice".ljust(32, b"\0"),
        addresses=b"",
    )
    return replace(unsigned, signature=NODE_1.sign_ecdsa(signed_digest(unsigned)))


def test_gossip_that_is_rightly_signed_passes() -> None:
    check_channel_announcement(announced())
    check_channel_update(updated(), NodeId(NODE_1.point))
    check_node_announcement(named())


@pytest.mark.parametrize(
    "field",
    ["node_signature_1", "node_signature_2", "bitcoin_signature_1", "bitcoin_signature_2"],
)
def test_class_57_each_of_the_four_signatures_is_checked(field: str) -> None:
    stranger = PrivateKey(b"\x09" * 32).sign_ecdsa(signed_digest(announced()))
    with pytest.raises(WrongGossipSignature) as refused:
        check_channel_announcement(replace(announced(), **{field: stranger}))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_what_was_signed_includes_records_we_do_not_know() -> None:
    with pytest.raises(WrongGossipSignature):
        check_channel_announcement(replace(announced(), unknown_records=()))


def test_class_57_node_ids_stand_in_order() -> None:
    message = announced()
    one, two = message.node_id_1, message.node_id_2
    for first, second in ((two, one), (one, one), (two, two)):
        with pytest.raises(NodeIdsOutOfOrder):
            check_channel_announcement(replace(message, node_id_1=first, node_id_2=second))


def test_a_key_off_the_curve_signs_nothing() -> None:
    with pytest.raises(WrongGossipSignature):
        check_node_announcement(replace(named(), node_id=NodeId(b"\x05" * 33)))


def test_an_update_by_the_other_side_is_refused() -> None:
    with pytest.raises(WrongGossipSignature):
        check_channel_update(updated(), NodeId(NODE_2.point))


def test_a_changed_update_is_refused() -> None:
    with pytest.raises(WrongGossipSignature):
        check_channel_update(replace(updated(), fee_base_msat=0), NodeId(NODE_1.point))


WEEKS = 14 * 24 * 3600


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"timestamp": NOW.unix_seconds - WEEKS}, None),
        ({"timestamp": NOW.unix_seconds - WEEKS - 1}, Ignored.TOO_OLD),
        ({"timestamp": NOW.unix_seconds + 24 * 3600}, None),
        ({"timestamp": NOW.unix_seconds + 24 * 3600 + 1}, Ignored.TOO_NEW),
        ({"chain_hash": Network.MAINNET.chain_hash}, Ignored.OTHER_CHAIN),
        ({"message_flags": 3}, Ignored.NOT_FOR_GOSSIP),
    ],
)
def test_updates_out_of_their_time_or_place_are_ignored(
    changes: dict[str, object], reason: Ignored | None
) -> None:
    message = replace(updated(), **changes)  # type: ignore[arg-type]
    assert why_ignore_update(message, CHAIN, NOW) is reason
