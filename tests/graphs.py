"""Small graphs for path finding, written as terms; and an exact search, slow and plain, to compare.

Nodes and channels are numbers here. The seeded graph has the public one's shape: few large hubs,
many small nodes, most fees low and some absurd.
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, Point, ShortChannelId, Signature
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.routing.query import LocalChannel, RouteQuery
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate

CHAIN = Network.REGTEST.chain_hash
NOTHING = Signature(bytes(64))
NOW = Instant.from_unix_seconds(1_780_000_000)


def node(number: int) -> NodeId:
    return NodeId(b"\x02" + number.to_bytes(32, "big"))


def scid(number: int) -> ShortChannelId:
    return ShortChannelId.of(number, 0, 0)


@dataclass(frozen=True)
class Terms:
    """One direction of a public channel."""

    source: int
    target: int
    channel: int
    base: int = 1000
    proportional: int = 100
    delta: int = 80
    minimum: int = 1
    maximum: int = 10**12
    disabled: bool = False


def announced(one: NodeId, other: NodeId, channel: int) -> ChannelAnnouncement:
    """As a graph takes it, which looks at no signature."""
    first, second = sorted((one, other))
    return ChannelAnnouncement(
        node_signature_1=NOTHING,
        node_signature_2=NOTHING,
        bitcoin_signature_1=NOTHING,
        bitcoin_signature_2=NOTHING,
        features=b"",
        chain_hash=CHAIN,
        short_channel_id=scid(channel),
        node_id_1=first,
        node_id_2=second,
        bitcoin_key_1=Point(first),
        bitcoin_key_2=Point(second),
    )


def graph_of(*all_terms: Terms, capacity: Sat | None = None) -> Graph:
    graph = Graph(CHAIN)
    for terms in all_terms:
        source, target = node(terms.source), node(terms.target)
        graph.apply_channel(announced(source, target, terms.channel), capacity)
        direction = int(source > target)
        graph.apply_update(
            ChannelUpdate(
                signature=NOTHING,
                chain_hash=CHAIN,
                short_channel_id=scid(terms.channel),
                timestamp=NOW.unix_seconds,
                message_flags=1,
                channel_flags=direction | 2 * terms.disabled,
                cltv_expiry_delta=CltvDelta(terms.delta),
                htlc_minimum_msat=Msat(terms.minimum),
                fee_base_msat=terms.base,
                fee_proportional_millionths=terms.proportional,
                htlc_maximum_msat=Msat(terms.maximum),
            ),
            NOW,
        )
    return graph


def local(channel: int, peer: int, spendable: int = 10**9, minimum: int = 1) -> LocalChannel:
    return LocalChannel(
        short_channel_id=scid(channel),
        peer=node(peer),
        spendable=Msat(spendable),
        htlc_minimum=Msat(minimum),
    )


QUERY = RouteQuery(
    source=node(0),
    target=node(3),
    amount=Msat(1_000_000),
    final_cltv_delta=CltvDelta(42),
    max_fee=Msat(50_000),
    max_cltv=CltvDelta(2016),
    local_channels=(local(1, 1),),
)


def public_channels(graph: Graph, source: NodeId) -> tuple[LocalChannel, ...]:
    """A node's own usable public channels, as if it were us and all of each were ours to send."""
    index = graph.index_of(source)
    if index is None:
        return ()
    edges = [graph.edges.by_policy[at] for at in graph.edges.outgoing[index]]
    return tuple(
        LocalChannel(
            short_channel_id=ShortChannelId(edge[2] >> 1),
            peer=graph.node_id(edge[1]),
            spendable=Msat(edge[7]),
            htlc_minimum=Msat(edge[6]),
        )
        for edge in edges
    )


def least_fee(graph: Graph, source: NodeId, target: NodeId, amount: int) -> int | None:
    """The cheapest way's fee in msat, our own channel free: Dijkstra backwards, nothing else."""
    start, end = graph.index_of(target), graph.index_of(source)
    if start is None or end is None:
        return None
    arriving, heap, done = {start: amount}, [(amount, start)], set()
    while heap:
        here, node = heappop(heap)
        if node == end:
            return here - amount
        if node in done:
            continue
        done.add(node)
        for at in graph.edges.incoming[node]:
            before, _, _, base, rate, _, minimum, maximum, _ = graph.edges.by_policy[at]
            if not minimum <= here <= maximum:
                continue
            there = here if before == end else here + base + here * rate // 1_000_000
            if there < arriving.get(before, there + 1):
                arriving[before] = there
                heappush(heap, (there, before))
    return None


def town(seed: int, nodes: int = 400) -> Graph:
    """A connected graph of public channels with hubs, seeded."""
    random = Random(seed)
    all_terms, ends = [], [0, 1]
    for number in range(nodes * 3):
        # New nodes join at the well connected; later channels are drawn between those that are.
        source = number + 2 if number < nodes - 2 else random.choice(ends)
        target = random.choice(ends)
        if source == target:
            continue
        ends += [source, target]
        maximum = 10 ** random.randrange(7, 11)
        for one, two in ((source, target), (target, source)):
            all_terms.append(
                Terms(
                    source=one,
                    target=two,
                    channel=number + 1,
                    base=random.choice([0, 0, 1, 1000, 1000, 20_000]),
                    proportional=random.choice([0, 0, 1, 50, 500, 5_000]),
                    delta=random.choice([18, 34, 40, 80, 144]),
                    minimum=random.choice([0, 1, 1000, 1000, 1_000_000]),
                    maximum=maximum,
                    disabled=random.random() < 0.2,
                )
            )
    return graph_of(*all_terms)
