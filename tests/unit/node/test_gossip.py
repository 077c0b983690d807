"""The map: learnt from peers, checked against the chain, told on; and how the hidden are found."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from tests.nodes import Member, World, line, world
from tests.scripted_peer import KEY, ScriptedPeer, connected
from tests.waiting import eventually
from tipdesk.base.ids import ChannelId, NodeId, ShortChannelId
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.gossip import announce
from tipdesk.lightning.invoice.bolt11 import decode
from tipdesk.lightning.keys.signer import InMemorySigner
from tipdesk.lightning.wire.gossip import (
    ChannelAnnouncement,
    ChannelUpdate,
    GossipTimestampFilter,
)
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Ping, Pong, Warning
from tipdesk.tips.payment import Succeeded


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with line(tmp_path) as w:
        yield w


def scid_of(member: Member) -> ShortChannelId:
    state = member.channel.state
    assert isinstance(state, Normal)
    return state.short_channel_id


async def the_whole_map(peer: ScriptedPeer, member: Member) -> list[Message]:
    """Everything that a node tells a stranger who asks for all."""
    peer.send(
        GossipTimestampFilter(
            chain_hash=member.node.gossip.graph.chain_hash,
            first_timestamp=0,
            timestamp_range=0xFFFFFFFF,
        )
    )
    told: list[Message] = []
    while sum(isinstance(m, ChannelUpdate) for m in told) < 4:
        told.append(await peer.receive())
    return told


async def test_a_fan_learns_every_announced_channel_and_never_tells_its_own(made: World) -> None:
    fan, creator = made.members["fan"], made.members["creator"]
    assert fan.node.gossip.graph.channel_count == 2
    hidden = scid_of(fan)
    for member in made.members.values():
        assert member.node.gossip.graph.slot_of(hidden) is None
    async with connected(creator) as peer:
        told = await the_whole_map(peer, creator)
    announced = [m.short_channel_id for m in told if isinstance(m, ChannelAnnouncement)]
    assert len(set(announced)) == len(announced) == 2
    assert hidden not in announced


async def test_names_are_learnt_and_made_safe_to_show(made: World) -> None:
    fan, second = made.members["fan"], made.members["second"]
    await eventually(
        lambda: fan.node.gossip.alias_of(second.node.node_id) == "second", "no name was learnt"
    )
    assert fan.node.gossip.alias_of(fan.node.node_id) == ""


async def test_whoever_does_not_forward_says_so(made: World) -> None:
    creator, second = made.members["creator"], made.members["second"]
    async with connected(creator) as peer:
        told = await the_whole_map(peer, creator)
    updates = [m for m in told if isinstance(m, ChannelUpdate)]
    disabled = {m.short_channel_id for m in updates if m.channel_flags & 2}
    assert disabled == {scid_of(creator)}
    assert second.node.gossip.graph.channel_count == 2


async def test_a_forged_update_is_refused_and_the_map_stays(made: World) -> None:
    creator = made.members["creator"]
    graph = creator.node.gossip.graph
    async with connected(creator) as peer:
        told = await the_whole_map(peer, creator)
        update = next(m for m in told if isinstance(m, ChannelUpdate))
        direction = update.channel_flags & 1
        before = graph.policy(update.short_channel_id, direction)
        peer.send(replace(update, timestamp=update.timestamp + 1, fee_base_msat=0))
        (warning,) = [m for m in await peer.said_until_closed() if isinstance(m, Warning)]
        assert b"signature" in warning.data
    assert graph.policy(update.short_channel_id, direction) == before


def invented(scid: ShortChannelId) -> ChannelAnnouncement:
    """A channel between two strangers' keys, every signature of it right."""
    keys = [PrivateKey(sha256(name)) for name in (b"one", b"other")]
    signers = [InMemorySigner(sha256(name), b"channel") for name in (b"one", b"other")]
    sides = [
        announce.AnnouncedChannel(
            channel_id=ChannelId(bytes(32)),
            short_channel_id=scid,
            our_node=NodeId(keys[us].point),
            our_funding_key=signers[us].basepoints.funding_pubkey,
            their_node=NodeId(keys[1 - us].point),
            their_funding_key=signers[1 - us].basepoints.funding_pubkey,
        )
        for us in (0, 1)
    ]
    chain = Network.REGTEST.chain_hash
    halves = [announce.our_signatures(sides[us], chain, keys[us], signers[us]) for us in (0, 1)]
    return announce.complete_announcement(sides[0], chain, *halves)


async def test_class_57_a_channel_that_the_chain_does_not_know_is_not_learnt(made: World) -> None:
    """Nobody can invent channels for free, whether their output is missing or another one."""
    creator = made.members["creator"]
    graph = creator.node.gossip.graph
    real = scid_of(made.members["fan"])
    async with connected(creator) as peer:
        for scid in (ShortChannelId.of(2, 0, 0), ShortChannelId.of(100_000, 0, 0), real):
            peer.send(invented(scid))
        peer.send(Ping(num_pong_bytes=1))
        while not isinstance(await peer.receive(), Pong):
            pass
        await eventually(lambda: not creator.node.gossip._inbox, "it is not looked at")
        await asyncio.sleep(0.1)
        assert graph.channel_count == 2
        assert creator.node.connections.peer(NodeId(KEY.point)) is not None


async def test_an_announcement_with_a_wrong_signature_is_refused(made: World) -> None:
    creator = made.members["creator"]
    forged = replace(invented(ShortChannelId.of(2, 0, 0)), features=b"\x01")
    async with connected(creator) as peer:
        peer.send(forged)
        (warning,) = [m for m in await peer.said_until_closed() if isinstance(m, Warning)]
        assert b"signature" in warning.data


async def test_a_payee_without_announced_channels_is_reached_by_its_hint(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as made:
        fan = await made.member("fan", listens=False)
        router = await made.member("router", forwards=True)
        hidden = await made.member("hidden")
        await made.give(fan, router)
        await made.open(fan, router, announce=False)
        await made.open(router, hidden, announce=False)
        await made.confirm()
        gossip = hidden.node.gossip
        await eventually(lambda: bool(gossip.own.route_hints()), "the peer's terms were not learnt")
        invoice = hidden.invoice()
        ((hint,),) = decode(invoice.invoice).route_hints
        assert hint.node_id == router.node.node_id
        assert hint.short_channel_id != scid_of(hidden)
        (theirs,) = [c for c in router.channels if c.peer == hidden.node.node_id]
        assert hint.short_channel_id == theirs.terms.alias
        # Nor does the peer's update for it name its place.
        (update,) = gossip.own._hints.values()
        assert update.short_channel_id == hidden.channel.terms.alias
        (*_, last) = await fan.pay(invoice)
        assert isinstance(last, Succeeded)
        assert (last.channels, last.fee) == (2, Msat(1_500))
        await made.quiet()
        await hidden.restart()
        gossip = hidden.node.gossip
        await eventually(lambda: bool(gossip.own.route_hints()), "the peer's terms were not learnt")
        ((hint,),) = gossip.own.route_hints()
        assert hint.short_channel_id == theirs.terms.alias


async def test_a_restarted_node_learns_the_map_anew(made: World) -> None:
    fan = made.members["fan"]
    await fan.restart(killed=False)
    assert fan.node.gossip.graph.channel_count == 0
    await made.usable()
    assert fan.node.gossip.graph.channel_count == 2
    await eventually(lambda: fan.node.gossip.is_synced, "it waits for more")


async def test_without_a_full_node_fundings_are_looked_up_at_their_first_use(
    made: World,
) -> None:
    fan = made.members["fan"]
    await fan.stop()
    fan.config = replace(fan.config, check_every_funding=False)
    await fan.start()
    await made.usable()
    gossip = fan.node.gossip
    announced = [ShortChannelId(scid) for scid in gossip.graph.scids()]
    assert len(announced) == 2
    assert all(gossip.graph.capacity(scid) is None for scid in announced)
    assert await gossip.are_founded(announced)
    assert all(gossip.graph.capacity(scid) == Sat(2_000_000) for scid in announced)

    # One that the chain does not have is found out before it is paid through.
    fake = invented(ShortChannelId.of(2, 0, 0))
    assert gossip.graph.apply_channel(fake, None) is None
    assert not await gossip.are_founded([*announced, fake.short_channel_id])
    assert gossip.graph.slot_of(fake.short_channel_id) is None
    assert gossip.graph.channel_count == 2
