"""Two sessions talk until one graph equals the other."""

import itertools
from dataclasses import replace

import pytest

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.snapshot import export_graph
from tipdesk.lightning.gossip.sync import (
    GossipSession,
    MalformedScids,
    TooManyQueries,
    UnknownScidEncoding,
    decode_scids,
    encode_scids,
)
from tipdesk.lightning.wire.gossip import (
    ChannelAnnouncement,
    ChannelUpdate,
    GossipTimestampFilter,
    NodeAnnouncement,
    QueryChannelRange,
    QueryShortChannelIds,
    ReplyChannelRange,
    ReplyShortChannelIdsEnd,
)
from tipdesk.lightning.wire.message import Message, decode, encode

CHAIN = Network.REGTEST.chain_hash
NOTHING = Signature(bytes(64))
NOW = Instant.from_unix_seconds(1_780_000_000)


def node(number: int) -> NodeId:
    return NodeId(b"\x02" + number.to_bytes(32, "big"))


def graph_of(count: int, per_block: int = 3) -> Graph:
    graph = Graph(CHAIN)
    for number in range(count):
        scid = ShortChannelId.of(100 + number // per_block, number % per_block, 0)
        one, two = node(number % 10), node(number % 10 + 1 + number % 7)
        graph.apply_channel(
            ChannelAnnouncement(
                node_signature_1=NOTHING,
                node_signature_2=NOTHING,
                bitcoin_signature_1=NOTHING,
                bitcoin_signature_2=NOTHING,
                features=b"",
                chain_hash=CHAIN,
                short_channel_id=scid,
                node_id_1=one,
                node_id_2=two,
                bitcoin_key_1=Point(one),
                bitcoin_key_2=Point(two),
            ),
            None,
        )
        update = ChannelUpdate(
            signature=NOTHING,
            chain_hash=CHAIN,
            short_channel_id=scid,
            timestamp=NOW.unix_seconds - number % 100,
            message_flags=1,
            channel_flags=0,
            cltv_expiry_delta=CltvDelta(80),
            htlc_minimum_msat=Msat(1),
            fee_base_msat=1,
            fee_proportional_millionths=1,
            htlc_maximum_msat=Msat(1),
        )
        graph.apply_update(update, NOW)
        graph.apply_update(replace(update, channel_flags=1), NOW)
    for number in range(5):
        graph.apply_node(
            NodeAnnouncement(
                signature=NOTHING,
                features=b"",
                timestamp=NOW.unix_seconds,
                node_id=node(number),
                rgb_color=bytes(3),
                alias=bytes(32),
                addresses=b"",
            )
        )
    return graph


def take(graph: Graph, message: Message) -> None:
    match message:
        case ChannelAnnouncement():
            graph.apply_channel(message, None)
        case ChannelUpdate():
            graph.apply_update(message, NOW)
        case NodeAnnouncement():
            graph.apply_node(message)
        case _:
            raise AssertionError(message)


def converse(learner: Graph, teacher: Graph) -> GossipSession:
    asking, telling = GossipSession(learner), GossipSession(teacher)
    to_teacher = asking.start(peer_offers_queries=True)
    for _ in range(1000):
        to_learner: list[bytes] = []
        for raw in to_teacher:
            query = decode(raw)
            assert isinstance(
                query, QueryChannelRange | QueryShortChannelIds | GossipTimestampFilter
            )
            to_learner += telling.receive(query)
        to_learner += telling.next_batch(50)
        to_teacher = []
        for raw in to_learner:
            message = decode(raw)
            if isinstance(message, ReplyChannelRange | ReplyShortChannelIdsEnd):
                to_teacher += asking.receive(message)
            elif message is not None:
                take(learner, message)
        if not to_teacher and not telling.has_more:
            return asking
    raise AssertionError("the conversation never ends")


@pytest.mark.parametrize("count", [0, 1, 40, 2500])
def test_a_newcomer_learns_the_whole_graph(count: int) -> None:
    learner, teacher = Graph(CHAIN), graph_of(count)
    session = converse(learner, teacher)
    assert session.is_synced
    assert sorted(learner.scids()) == sorted(teacher.scids())
    for scid in map(ShortChannelId, teacher.scids()):
        assert learner.policy(scid, 0) == teacher.policy(scid, 0)
        assert learner.policy(scid, 1) == teacher.policy(scid, 1)
    assert len(export_graph(learner)) == len(export_graph(teacher))


def test_what_is_still_to_be_asked_for_is_counted() -> None:
    learner = graph_of(500)
    session = GossipSession(learner)
    session.start(peer_offers_queries=True)
    assert session.missing == 0
    for reply in replies(graph_of(2_500), 0, 0xFFFFFFFF):
        session.receive(reply)
    # One query of a thousand is under way.
    assert session.missing == 1_000
    session.receive(ReplyShortChannelIdsEnd(chain_hash=CHAIN, full_information=1))
    assert (session.missing, session.is_synced) == (0, False)


def replies(graph: Graph, first: int, count: int) -> list[ReplyChannelRange]:
    query = QueryChannelRange(chain_hash=CHAIN, first_blocknum=first, number_of_blocks=count)
    found = [decode(raw) for raw in GossipSession(graph).receive(query)]
    assert all(isinstance(reply, ReplyChannelRange) for reply in found)
    return [reply for reply in found if isinstance(reply, ReplyChannelRange)]


def test_a_range_is_answered_with_its_channels_only() -> None:
    (reply,) = replies(graph_of(30), 101, 2)
    assert [scid.block_height for scid in decode_scids(reply.encoded_short_ids)] == [101] * 3 + [
        102
    ] * 3
    assert (reply.first_blocknum, reply.number_of_blocks, reply.sync_complete) == (101, 2, 1)


@pytest.mark.parametrize("per_block", [1, 8000, 8001, 30_000])
def test_a_long_answer_is_split_without_a_gap(per_block: int) -> None:
    graph = graph_of(17_000, per_block)
    answer = replies(graph, 0, 0xFFFFFFFF)
    assert len(answer) == 3
    assert [reply.sync_complete for reply in answer] == [0, 0, 1]
    assert answer[0].first_blocknum == 0
    for before, after in itertools.pairwise(answer):
        end = before.first_blocknum + before.number_of_blocks
        assert after.first_blocknum in (end, end - 1)
    assert answer[-1].first_blocknum + answer[-1].number_of_blocks == 0xFFFFFFFF
    scids = [scid for reply in answer for scid in decode_scids(reply.encoded_short_ids)]
    assert scids == list(graph.scids())
    for reply in answer:
        heights = {scid.block_height for scid in decode_scids(reply.encoded_short_ids)}
        assert min(heights) >= reply.first_blocknum
        assert max(heights) < reply.first_blocknum + reply.number_of_blocks


def answer(session: GossipSession, flags: bytes | None) -> list[type[Message]]:
    query = QueryShortChannelIds(
        chain_hash=CHAIN,
        encoded_short_ids=encode_scids([ShortChannelId.of(100, 0, 0), ShortChannelId.of(9, 9, 9)]),
        query_flags=flags,
    )
    assert session.receive(query) == []
    found = []
    while session.has_more:
        found += session.next_batch(10)
    return [type(decode(raw)) for raw in found]  # type: ignore[misc]


def test_a_query_is_answered_with_all_that_is_known_and_an_end() -> None:
    assert answer(GossipSession(graph_of(3)), None) == [
        ChannelAnnouncement,
        ChannelUpdate,
        ChannelUpdate,
        NodeAnnouncement,
        NodeAnnouncement,
        ReplyShortChannelIdsEnd,
    ]


def test_query_flags_choose_what_is_sent() -> None:
    session = GossipSession(graph_of(3))
    assert answer(session, b"\x00\x01\x1f") == [ChannelAnnouncement, ReplyShortChannelIdsEnd]
    assert answer(session, b"\x00\x0a\x1f") == [
        ChannelUpdate,
        NodeAnnouncement,
        ReplyShortChannelIdsEnd,
    ]


@pytest.mark.parametrize("flags", [b"", b"\x00\x01", b"\x00\x01\x01\x01", b"\x00\xfd\x00\x01\x01"])
def test_flags_that_do_not_fit_are_refused(flags: bytes) -> None:
    with pytest.raises(MalformedScids):
        answer(GossipSession(graph_of(3)), flags)


def test_scids_in_another_encoding_or_cut_short_are_refused() -> None:
    with pytest.raises(UnknownScidEncoding):
        decode_scids(b"\x01" + bytes(8))
    with pytest.raises(MalformedScids):
        decode_scids(b"\x00" + bytes(7))
    with pytest.raises(MalformedScids):
        decode_scids(b"")


def test_a_peer_that_asks_without_listening_is_refused() -> None:
    session = GossipSession(graph_of(3))
    query = QueryShortChannelIds(chain_hash=CHAIN, encoded_short_ids=encode_scids([]))
    for _ in range(8):
        session.receive(query)
    with pytest.raises(TooManyQueries):
        session.receive(query)


def test_nothing_is_told_on_without_a_filter_and_only_what_it_lets_through_with_one() -> None:
    session = GossipSession(graph_of(30))
    assert not session.wants(NOW.unix_seconds)
    session.receive(
        GossipTimestampFilter(
            chain_hash=CHAIN, first_timestamp=NOW.unix_seconds - 2, timestamp_range=2
        )
    )
    assert [session.wants(NOW.unix_seconds - age) for age in (0, 1, 2, 3)] == [
        False,
        True,
        True,
        False,
    ]
    told = []
    while session.has_more:
        told += session.next_batch(5)
    assert [type(decode(raw)) for raw in told] == [
        ChannelAnnouncement,
        ChannelUpdate,
        ChannelUpdate,
    ] * 2


def test_a_peer_without_gossip_is_asked_for_none() -> None:
    session = GossipSession(Graph(CHAIN))
    (only,) = session.start(peer_offers_queries=False)
    assert decode(only) == GossipTimestampFilter(
        chain_hash=CHAIN, first_timestamp=0xFFFFFFFF, timestamp_range=0
    )
    assert session.is_synced


def test_a_query_about_another_chain_is_answered_with_nothing() -> None:
    session = GossipSession(graph_of(3))
    query = QueryShortChannelIds(
        chain_hash=Network.MAINNET.chain_hash, encoded_short_ids=encode_scids([])
    )
    assert session.receive(query) == [
        encode(ReplyShortChannelIdsEnd(chain_hash=Network.MAINNET.chain_hash, full_information=0))
    ]
