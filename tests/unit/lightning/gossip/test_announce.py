"""BOLT 7: what we announce passes the checks that others make, in either order of the node ids."""

from dataclasses import replace

import pytest

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.gossip import announce
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.verify import (
    GossipError,
    check_channel_announcement,
    check_channel_update,
    check_node_announcement,
)
from tipdesk.lightning.keys.signer import InMemorySigner

CHAIN = Network.REGTEST.chain_hash
KEYS = [PrivateKey(sha256(name)) for name in (b"alice", b"bob")]
SIGNERS = [InMemorySigner(sha256(name), b"channel") for name in (b"alice", b"bob")]
SCID = ShortChannelId.of(120, 1, 0)
NOW = Instant.from_unix_seconds(1_790_000_000)
TERMS = announce.OfferedTerms(
    cltv_expiry_delta=CltvDelta(80),
    htlc_minimum_msat=Msat(1),
    htlc_maximum_msat=Msat(990_000_000),
    fee_base_msat=1_000,
    fee_proportional_millionths=100,
    disabled=False,
    announced=True,
)


def described(us: int) -> announce.AnnouncedChannel:
    them = 1 - us
    return announce.AnnouncedChannel(
        channel_id=ChannelId(b"\x01" * 32),
        short_channel_id=SCID,
        our_node=NodeId(KEYS[us].point),
        our_funding_key=SIGNERS[us].basepoints.funding_pubkey,
        their_node=NodeId(KEYS[them].point),
        their_funding_key=SIGNERS[them].basepoints.funding_pubkey,
    )


@pytest.mark.parametrize("us", [0, 1])
def test_both_sides_make_the_same_announcement_and_it_is_valid(us: int) -> None:
    halves = [announce.our_signatures(described(i), CHAIN, KEYS[i], SIGNERS[i]) for i in (0, 1)]
    whole = announce.complete_announcement(described(us), CHAIN, halves[us], halves[1 - us])
    check_channel_announcement(whole)
    assert whole.node_id_1 < whole.node_id_2
    other = announce.complete_announcement(described(1 - us), CHAIN, halves[1 - us], halves[us])
    assert whole == other


@pytest.mark.parametrize("field", ["node_signature", "bitcoin_signature"])
def test_a_half_with_a_wrong_signature_is_found_out(field: str) -> None:
    ours, theirs = (
        announce.our_signatures(described(i), CHAIN, KEYS[i], SIGNERS[i]) for i in (0, 1)
    )
    forged = replace(theirs, **{field: getattr(ours, field)})
    whole = announce.complete_announcement(described(0), CHAIN, ours, forged)
    with pytest.raises(GossipError):
        check_channel_announcement(whole)


@pytest.mark.parametrize("us", [0, 1])
def test_an_update_names_our_direction_and_enters_the_graph(us: int) -> None:
    update = announce.our_update(described(us), CHAIN, KEYS[us], TERMS, NOW)
    check_channel_update(update, NodeId(KEYS[us].point))
    with pytest.raises(GossipError):
        check_channel_update(update, NodeId(KEYS[1 - us].point))
    direction = 0 if KEYS[us].point < KEYS[1 - us].point else 1
    assert update.channel_flags & 1 == direction
    assert update.timestamp == NOW.unix_seconds
    halves = [announce.our_signatures(described(i), CHAIN, KEYS[i], SIGNERS[i]) for i in (0, 1)]
    graph = Graph(CHAIN)
    whole = announce.complete_announcement(described(0), CHAIN, *halves)
    assert graph.apply_channel(whole, None) is None
    assert graph.apply_update(update, NOW) is None
    assert graph.policy(SCID, direction) is not None
    assert graph.policy(SCID, 1 - direction) is None


def test_flags_say_disabled_and_not_to_be_passed_on() -> None:
    private = replace(TERMS, disabled=True, announced=False)
    update = announce.our_update(described(0), CHAIN, KEYS[0], private, NOW)
    assert update.channel_flags & 2
    assert update.message_flags == 3
    public = announce.our_update(described(0), CHAIN, KEYS[0], TERMS, NOW)
    assert not public.channel_flags & 2
    assert public.message_flags == 1


@pytest.mark.parametrize("alias", ["", "Old Bridge", "x" * 40, "\U0001f3b6" * 9])
def test_our_name_is_signed_and_cut_between_characters(alias: str) -> None:
    place = announce.ipv4_address(bytes([127, 0, 0, 1]), 9735)
    ours = announce.our_node_announcement(KEYS[0], alias, place, NOW)
    check_node_announcement(ours)
    assert len(ours.alias) == 32
    assert alias.startswith(ours.alias.rstrip(b"\0").decode())
    assert ours.addresses == bytes.fromhex("017f0000012607")
    with pytest.raises(GossipError):
        check_node_announcement(replace(ours, alias=b"somebody else".ljust(32, b"\0")))
