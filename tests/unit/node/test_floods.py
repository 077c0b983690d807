"""One peer that sends or asks for too much: it loses its connection, nobody else their time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, pair, world
from tests.onions import Sender, final, in_blocks
from tests.scripted_peer import connected
from tipdesk.base.ids import ChannelId, ShortChannelId, Signature
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.payment.forward import FURTHEST
from tipdesk.lightning.wire.closing import Shutdown
from tipdesk.lightning.wire.gossip import ChannelUpdate, NodeAnnouncement, QueryChannelRange
from tipdesk.lightning.wire.message import Message, encode
from tipdesk.lightning.wire.setup import Error, Ping, Pong, Warning
from tipdesk.node import gossip, peers
from tipdesk.node.peers import Peer


@pytest_asyncio.fixture
async def node(tmp_path: Path) -> AsyncIterator[Member]:
    async with world(tmp_path) as made:
        yield await made.member("node")


async def test_class_60_a_ping_flood_is_ended_after_some_answers(node: Member) -> None:
    """Class 60."""
    async with connected(node) as peer:
        for _ in range(peers.MAX_PINGS + 1):
            peer.send(Ping(num_pong_bytes=1))
        *pongs, last = await peer.said_until_closed()
    assert pongs == [Pong(ignored=b"\0")] * peers.MAX_PINGS
    assert isinstance(last, Warning)


async def test_class_52_what_one_turn_asks_for_is_bounded(
    node: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class 52: it is never encrypted, let alone kept."""
    monkeypatch.setattr(peers, "MAX_UNSENT", 100_000)
    async with connected(node) as peer:
        for _ in range(3):
            peer.session.send(b"\x00\x12\xff\x00\x00\x00")
        peer.send_raw(peer.session.data_to_send())
        assert await peer.said_until_closed() == []


async def test_a_peer_that_says_much_at_once_waits_for_others(
    node: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "SLICE_SECONDS", 0.0)
    ids = [ChannelId(bytes([number]) * 32) for number in range(1, 41)]
    taken: list[int] = [0]
    receive = Peer._receive

    def count(self: Peer, message: Message) -> None:
        taken[-1] += 1
        receive(self, message)

    async def watch_rounds() -> None:
        while True:
            taken.append(0)
            await asyncio.sleep(0)

    monkeypatch.setattr(Peer, "_receive", count)
    async with connected(node) as peer:
        rounds = asyncio.create_task(watch_rounds())
        for channel_id in ids:
            peer.send(Shutdown(channel_id=channel_id, scriptpubkey=b""))
        answers = [await peer.receive() for _ in ids]
        rounds.cancel()
    assert answers == [Error(channel_id=c, data=b"unknown channel") for c in ids]
    assert max(taken) == 1


async def test_onions_that_would_never_expire_are_not_remembered_for_ever(tmp_path: Path) -> None:
    """They are refused for their expiry; a peer that is failed pays nothing for the next one."""
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        invoice = creator.invoice()
        far = BlockHeight(499_999_999)
        payloads = ((creator.node.node_id, final(invoice, Msat(5_000_000), far)),)
        await Sender(fan).offer(payloads, Msat(5_000_000), invoice.payment_hash, far)
        router = creator.node._router
        assert router._onions._seen_secrets
        router.new_height(in_blocks(creator, FURTHEST.value + 1))
        assert not router._onions._seen_secrets


async def test_class_56_a_peer_that_asks_for_all_channels_again_and_again_is_refused(
    node: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class 56."""
    # All are read in one turn, however slow the machine is: nothing is answered in between.
    monkeypatch.setattr(peers, "SLICE_SECONDS", 60.0)
    which = QueryChannelRange(
        chain_hash=Network.REGTEST.chain_hash, first_blocknum=0, number_of_blocks=1_000
    )
    async with connected(node) as peer:
        for _ in range(gossip.MAX_QUERIES + 1):
            peer.session.send(encode(which))
        peer.send_raw(peer.session.data_to_send())
        *_, last = await peer.said_until_closed()
    assert isinstance(last, Warning)
    assert b"gossip queries" in last.data


async def test_class_54_gossip_that_is_huge_waits_nowhere(node: Member) -> None:
    """Class 54: twenty thousand may wait, so each one has to be small."""
    huge = NodeAnnouncement(
        signature=Signature(bytes(64)),
        features=b"",
        timestamp=1,
        node_id=node.node.node_id,
        rgb_color=bytes(3),
        alias=bytes(32),
        addresses=bytes(gossip.MAX_VARIABLE_BYTES + 1),
    )
    async with connected(node) as peer:
        peer.send(huge)
        peer.send(Ping(num_pong_bytes=1))
        assert await peer.receive() == Pong(ignored=b"\0")
        assert not node.node.gossip._inbox


async def test_gossip_that_we_stumble_over_does_not_end_the_node(
    node: Member, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stumbled = asyncio.Event()

    async def stumble(_: object) -> bool:
        stumbled.set()
        raise ZeroDivisionError

    monkeypatch.setattr(node.node.gossip, "_apply", stumble)
    update = ChannelUpdate(
        signature=Signature(bytes(64)),
        chain_hash=Network.REGTEST.chain_hash,
        short_channel_id=ShortChannelId.of(1, 1, 0),
        timestamp=1,
        message_flags=1,
        channel_flags=0,
        cltv_expiry_delta=CltvDelta(1),
        htlc_minimum_msat=Msat(1),
        fee_base_msat=0,
        fee_proportional_millionths=0,
        htlc_maximum_msat=Msat(1),
    )
    async with connected(node) as peer:
        peer.send(update)
        await asyncio.wait_for(stumbled.wait(), 5)
        peer.send(Ping(num_pong_bytes=1))
        assert await peer.receive() == Pong(ignored=b"\0")
    assert "gossip could not be checked" in caplog.text
