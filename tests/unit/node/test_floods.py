"""One peer that sends or asks for too much: it loses its connection, nobody else their time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, world
from tests.scripted_peer import connected
from tipdesk.base.ids import ChannelId
from tipdesk.lightning.wire.closing import Shutdown
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Error, Ping, Pong, Warning
from tipdesk.node import peers
from tipdesk.node.peers import Peer


@pytest_asyncio.fixture
async def node(tmp_path: Path) -> AsyncIterator[Member]:
    async with world(tmp_path) as made:
        yield await made.member("node")


async def test_a_ping_flood_is_ended_after_some_answers(node: Member) -> None:
    """Class 60."""
    async with connected(node) as peer:
        for _ in range(peers.MAX_PINGS + 1):
            peer.send(Ping(num_pong_bytes=1))
        *pongs, last = await peer.said_until_closed()
    assert pongs == [Pong(ignored=b"\0")] * peers.MAX_PINGS
    assert isinstance(last, Warning)


async def test_what_one_turn_asks_for_is_bounded(
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
