"""The columns say what the last gossip said."""

from dataclasses import replace

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.gossip.graph import Graph, Policy
from tipdesk.lightning.gossip.verify import Ignored
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement
from tipdesk.lightning.wire.message import encode

CHAIN = Network.REGTEST.chain_hash
NOTHING = Signature(bytes(64))
NOW = Instant.from_unix_seconds(1_780_000_000)


def node(number: int) -> NodeId:
    return NodeId(b"\x02" + number.to_bytes(32, "big"))


def channel(number: int, one: int, two: int, features: bytes = b"") -> ChannelAnnouncement:
    return ChannelAnnouncement(
        node_signature_1=NOTHING,
        node_signature_2=NOTHING,
        bitcoin_signature_1=NOTHING,
        bitcoin_signature_2=NOTHING,
        features=features,
        chain_hash=CHAIN,
        short_channel_id=ShortChannelId.of(number, 1, 0),
        node_id_1=node(one),
        node_id_2=node(two),
        bitcoin_key_1=Point(node(one)),
        bitcoin_key_2=Point(node(two)),
    )


def update(number: int, flags: int = 0, age: int = 0) -> ChannelUpdate:
    return ChannelUpdate(
        signature=NOTHING,
        chain_hash=CHAIN,
        short_channel_id=ShortChannelId.of(number, 1, 0),
        timestamp=NOW.unix_seconds - age,
        message_flags=1,
        channel_flags=flags,
        cltv_expiry_delta=CltvDelta(80),
        htlc_minimum_msat=Msat(1),
        fee_base_msat=1000 + flags,
        fee_proportional_millionths=100,
        htlc_maximum_msat=Msat(1_000_000),
    )


def named(number: int, features: bytes = b"", age: int = 0) -> NodeAnnouncement:
    return NodeAnnouncement(
        signature=NOTHING,
        features=features,
        timestamp=NOW.unix_seconds - age,
        node_id=node(number),
        rgb_color=bytes(3),
        alias=bytes(32),
        addresses=b"",
    )


def triangle() -> Graph:
    graph = Graph(CHAIN)
    for number, (one, two) in enumerate([(1, 2), (2, 3), (1, 3)], start=100):
        assert graph.apply_channel(channel(number, one, two), Sat(1000)) is None
        assert graph.apply_update(update(number, 0), NOW) is None
        assert graph.apply_update(update(number, 1), NOW) is None
    return graph


def test_a_channel_is_known_with_both_directions() -> None:
    graph = triangle()
    assert (graph.channel_count, graph.node_count) == (3, 3)
    scid = ShortChannelId.of(100, 1, 0)
    assert graph.policy(scid, 1) == Policy(
        timestamp=NOW.unix_seconds,
        disabled=False,
        cltv_expiry_delta=CltvDelta(80),
        htlc_minimum_msat=Msat(1),
        htlc_maximum_msat=Msat(1_000_000),
        fee_base_msat=1001,
        fee_proportional_millionths=100,
    )
    index = graph.index_of(node(1))
    assert index is not None
    assert len(graph.channels_of(index)) == 2
    slot = graph.slot_of(scid)
    assert slot is not None
    assert graph.announcement(slot) == encode(channel(100, 1, 2))
    assert graph.update(slot, 0) == encode(update(100, 0))


def test_an_update_must_be_newer_than_the_last() -> None:
    graph = triangle()
    assert graph.apply_update(update(100, 0), NOW) is Ignored.KNOWN
    assert not graph.is_news(update(100, 0))
    newer = replace(update(100, 2), timestamp=NOW.unix_seconds + 1)
    assert graph.is_news(newer)
    assert graph.apply_update(newer, NOW) is None
    policy = graph.policy(ShortChannelId.of(100, 1, 0), 0)
    assert policy is not None
    assert policy.disabled


def test_class_58_gossip_about_what_is_unknown_is_ignored() -> None:
    graph = triangle()
    assert graph.apply_update(update(99), NOW) is Ignored.UNKNOWN_CHANNEL
    assert graph.update_signer(update(99)) is None
    assert graph.apply_node(named(9)) is Ignored.UNKNOWN_NODE
    assert graph.apply_channel(channel(100, 1, 2), None) is Ignored.KNOWN
    foreign = replace(channel(101, 1, 2), chain_hash=Network.MAINNET.chain_hash)
    assert graph.apply_channel(foreign, None) is Ignored.OTHER_CHAIN


def test_an_update_is_signed_by_the_side_it_speaks_for() -> None:
    graph = triangle()
    assert graph.update_signer(update(100, 0)) == node(1)
    assert graph.update_signer(update(100, 1)) == node(2)


def test_required_features_we_do_not_know_make_unusable() -> None:
    graph = Graph(CHAIN)
    graph.apply_channel(channel(5, 1, 2, features=b"\x01" + bytes(20)), None)
    assert graph.columns.channel_usable[0] == 0
    assert graph.apply_node(named(1, features=b"\x01" + bytes(20))) is None
    index = graph.index_of(node(1))
    assert index is not None
    assert graph.columns.node_usable[index] == 0
    assert graph.apply_node(replace(named(1), timestamp=NOW.unix_seconds + 1)) is None
    assert graph.columns.node_usable[index] == 1
    assert graph.announced_at(node(1)) == NOW.unix_seconds + 1
    assert graph.announced_at(node(2)) is None
    assert graph.apply_node(named(1)) is Ignored.KNOWN


def test_a_removed_channel_leaves_nothing_and_its_slot_is_used_again() -> None:
    graph = triangle()
    graph.apply_node(named(3))
    assert graph.remove_channel(ShortChannelId.of(101, 1, 0))
    assert graph.remove_channel(ShortChannelId.of(102, 1, 0))
    assert not graph.remove_channel(ShortChannelId.of(102, 1, 0))
    assert graph.index_of(node(3)) is None
    assert graph.node_announcement(node(3)) is None
    assert graph.announced_at(node(3)) is None
    graph.apply_channel(channel(103, 4, 5), None)
    assert graph.slot_count == 3
    assert graph.policy(ShortChannelId.of(103, 1, 0), 0) is None
    assert list(graph.scids()) == [ShortChannelId.of(100, 1, 0), ShortChannelId.of(103, 1, 0)]


def pruned(graph: Graph, now: Instant) -> int:
    steps = graph.prune(now)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return int(done.value)


def test_channels_silent_for_two_weeks_are_pruned() -> None:
    graph = triangle()
    later = Instant.from_unix_seconds(NOW.unix_seconds + 14 * 24 * 3600)
    assert pruned(graph, later) == 0
    graph.apply_update(replace(update(100), timestamp=later.unix_seconds), later)
    assert pruned(graph, later.plus_ms(1000)) == 2
    assert list(graph.scids()) == [ShortChannelId.of(100, 1, 0)]


def test_no_more_channels_than_allowed_are_kept() -> None:
    graph = Graph(CHAIN, max_channels=1)
    assert graph.apply_channel(channel(1, 1, 2), None) is None
    assert graph.apply_channel(channel(2, 1, 2), None) is Ignored.FULL


def usable(graph: Graph, source: int, target: int) -> list[int]:
    """The blocks of the channels that path finding may take from one node to another."""
    ends = graph.index_of(node(source)), graph.index_of(node(target))
    edges = [edge for edge in graph.edges.by_policy if edge[:2] == ends]
    for places, index in ((graph.edges.outgoing, ends[0]), (graph.edges.incoming, ends[1])):
        assert index is not None
        listed = {graph.edges.by_policy[at] for at in places[index]}
        assert set(edges) <= listed
    return [ShortChannelId(edge[2] >> 1).block_height for edge in edges]


def test_what_may_be_routed_over_follows_every_change() -> None:
    graph = triangle()
    assert usable(graph, 1, 2) == usable(graph, 2, 1) == [100]
    graph.apply_update(update(100, 2, age=-1), NOW)
    assert (usable(graph, 1, 2), usable(graph, 2, 1)) == ([], [100])
    graph.apply_update(update(100, 0, age=-2), NOW)
    assert usable(graph, 1, 2) == [100]
    graph.apply_node(named(1, features=b"\x01" + bytes(20)))
    assert (usable(graph, 1, 2), usable(graph, 2, 1)) == ([], [100])
    graph.apply_node(named(1, age=-1))
    assert usable(graph, 1, 2) == [100]
    beyond = replace(update(100, 0, age=-3), htlc_maximum_msat=Msat(10**9))
    graph.apply_update(beyond, NOW)
    assert usable(graph, 1, 2) == []
    graph.remove_channel(ShortChannelId.of(102, 1, 0))
    assert usable(graph, 1, 3) == usable(graph, 3, 1) == []
    assert usable(graph, 2, 3) == [101]


def test_a_node_keeps_its_index_when_it_comes_back() -> None:
    graph = triangle()
    before = graph.index_of(node(3))
    assert graph.apply_node(named(3, features=b"\x01" + bytes(20))) is None
    for number in (101, 102):
        graph.remove_channel(ShortChannelId.of(number, 1, 0))
    assert (graph.index_of(node(3)), graph.node_count) == (None, 2)
    assert graph.apply_node(named(3)) is Ignored.UNKNOWN_NODE
    graph.apply_channel(channel(103, 3, 4), Sat(1000))
    graph.apply_update(update(103, 0), NOW)
    assert (graph.index_of(node(3)), graph.node_count) == (before, 4)
    assert usable(graph, 3, 4) == [103]


def test_channels_are_listed_by_block() -> None:
    graph = Graph(CHAIN)
    for number in (7, 3, 9, 5):
        graph.apply_channel(channel(number, 1, 2), None)
    assert [ShortChannelId(scid).block_height for scid in graph.scids()] == [3, 5, 7, 9]
    assert [ShortChannelId(scid).block_height for scid in graph.scids(4, 9)] == [5, 7]
    assert list(graph.scids(10, 2**33)) == []
    assert list(graph.scids(2**32, 2**33)) == []


def test_pruning_pauses_and_the_graph_may_change_meanwhile() -> None:
    graph = Graph(CHAIN)
    for number in range(300):
        graph.apply_channel(channel(number, number % 7, 7 + number % 5), None)
    steps, pauses = graph.prune(NOW), 0
    for _ in steps:
        pauses += 1
        graph.remove_channel(ShortChannelId.of(299 - pauses, 1, 0))
        graph.apply_channel(channel(1000 + pauses, 1, 2), None)
        graph.apply_update(update(1000 + pauses), NOW)
    assert pauses >= 5
    left = [ShortChannelId(scid).block_height for scid in graph.scids()]
    assert left == list(range(1001, 1001 + pauses))
    assert graph.policy_count == pauses
