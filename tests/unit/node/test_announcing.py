"""Our own part of the graph, whatever order peers tell us of it in."""

from pathlib import Path

from tests.nodes import pair
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement
from tipdesk.lightning.wire.registry import decode
from tipdesk.node.announcing import Announcer


async def test_our_terms_are_told_though_gossip_knew_our_channel_before_its_signatures_came(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        theirs = fan.node.gossip.own._our_signatures(fan.channel, _normal(fan.channel.state))
        scid = theirs.short_channel_id
        known = creator.node.gossip.graph
        slot = known.slot_of(scid)
        assert slot is not None
        announcement = decode(known.announcement(slot) or b"")
        assert isinstance(announcement, ChannelAnnouncement)

        # The creator, as after a restart with an empty graph.
        graph = Graph(Network.REGTEST.chain_hash)
        told: list[ChannelAnnouncement | ChannelUpdate | NodeAnnouncement] = []
        announcer = Announcer(
            config=creator.config,
            node_key=creator.node.gossip.own._node_key,
            graph=graph,
            clock=creator.clock,
            own_channel=creator.node.book.by_scid,
            own_channels=creator.node.book.all,
            tell=told.append,
        )
        peer = creator.node.connections.peer(fan.node.node_id)
        announcer.channel_deep(scid, creator.channel, peer)
        assert graph.apply_channel(announcement, None) is None
        announcer.signatures_received(creator.channel, theirs, peer)
        assert [type(message) for message in told] == [ChannelUpdate, NodeAnnouncement]
        ours = 0 if creator.node.node_id < fan.node.node_id else 1
        assert graph.policy(scid, ours) is not None


def _normal(state: object) -> Normal:
    assert isinstance(state, Normal)
    return state
