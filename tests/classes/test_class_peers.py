"""Bug classes that a peer on the wire would use, against a whole node."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, world
from tests.scripted_peer import KEY, connected
from tests.stranger import Stranger
from tests.waiting import eventually
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.base.units import Sat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.commitments import sign_remote, spec_of
from tipdesk.lightning.channel.htlc import Owner
from tipdesk.lightning.channel.state import AwaitingFundingSigned, Closing, Normal, inner
from tipdesk.lightning.wire.message import decode, encode
from tipdesk.lightning.wire.opening import AcceptChannel, FundingCreated, FundingSigned
from tipdesk.lightning.wire.setup import Error, PeerStorage, Ping, Pong, Warning
from tipdesk.node import peers
from tipdesk.node.backup import STORE_EVERY_MS


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as w:
        await w.member("node")
        yield w


@pytest.fixture
def node(made: World) -> Member:
    return made.members["node"]


@pytest_asyncio.fixture
async def stranger(made: World, node: Member) -> Stranger:
    found = Stranger(made, node)
    await found.open()
    return found


@pytest.mark.parametrize("same_peer", [True, False])
async def test_class_2_an_outpoint_that_funds_a_channel_funds_no_second_one(
    made: World, stranger: Stranger, *, same_peer: bool
) -> None:
    """Signed rightly, it would take the place of the first channel, whoever's that is."""
    victim, first = stranger.victim, stranger.channel
    taken = first.terms.funding_outpoint
    other = stranger
    if not same_peer:
        other = Stranger(made, victim)
        other.key = PrivateKey(sha256(b"another"))
    async with other.connected(reestablish=False) as peer:
        other.propose()
        other.say_all(peer)
        await other.hear(peer, AcceptChannel)
        other.fund()
        created = decode(other.side.outbox.popleft())
        offer = other.side.state
        assert isinstance(created, FundingCreated)
        assert isinstance(offer, AwaitingFundingSigned)
        terms = replace(offer.terms, funding_outpoint=taken, channel_id=first.channel_id)
        spec, point = spec_of(offer.commitments, Owner.REMOTE), offer.commitments.remote_point
        signature, _ = sign_remote(terms, other.side.signer, spec, 0, point)
        stolen = {"funding_txid": taken.txid, "funding_output_index": taken.index}
        peer.send(replace(created, signature=signature, **stolen))  # type: ignore[arg-type]
        answer = await other.answer(peer)
        assert isinstance(answer, Error), type(answer)
        assert bytes(answer.channel_id) == created.temporary_channel_id
    assert victim.node.book.of(first.channel_id) is first
    (stored,) = victim.store.channels()
    assert inner(stored).terms == first.terms


async def test_class_20_an_error_for_all_channels_fails_all_of_its_sender_and_nobody_elses(
    made: World, stranger: Stranger, caplog: pytest.LogCaptureFixture
) -> None:
    node, first = stranger.victim, stranger.channel
    fan = await made.member("fan", listens=False)
    await made.give(fan)
    await made.open(fan, node, Sat(1_000_000))
    made.regtest.mine(3)
    await eventually(lambda: fan.channel.is_usable, "the other channel does not work")
    await stranger.open()
    second = stranger.channel
    text = "\x1b[31m\u202ered\u2028line\nnext" + "x" * 60_000
    caplog.set_level(logging.DEBUG)
    async with stranger.connected(reestablish=False) as peer:
        peer.send(Error(channel_id=ChannelId(bytes(32)), data=text.encode()))
        await peer.said_until_closed()
    for channel in (first, second):
        state = channel.live
        assert isinstance(state, Closing)
        assert state.reason.isprintable()
        assert len(state.reason) < 300
    assert isinstance(node.node.book.with_peer(fan.node.node_id)[0].state, Normal)
    for record in caplog.records:
        assert len(record.getMessage()) < 2_000
        assert "\x1b" not in record.getMessage()
        assert "\u202e" not in record.getMessage()


async def test_class_5_a_peer_that_connects_again_in_the_middle_of_its_opening_starts_anew(
    made: World, node: Member
) -> None:
    """The new connection comes before the old one is known to be gone."""
    stranger = Stranger(made, node)
    async with stranger.connected() as old:
        stranger.propose()
        stranger.say_all(old)
        await stranger.hear(old, AcceptChannel)
        stranger.fund()
        async with connected(node, key=stranger.key) as new:
            await eventually(
                lambda: node.node.book.opening_count() == 0, "an opening outlives its connection"
            )
            while stranger.side.outbox:
                new.send_plain(stranger.side.outbox.popleft())
            assert isinstance(await stranger.answer(new), Error)
            assert node.channels == []
        assert await old.said_until_closed() == []
    await stranger.open()


async def test_class_5_a_peer_that_connects_again_after_funding_created_has_its_channel(
    made: World, node: Member
) -> None:
    stranger = Stranger(made, node)
    async with stranger.connected() as old:
        stranger.propose()
        stranger.say_all(old)
        await stranger.hear(old, AcceptChannel)
        stranger.fund()
        stranger.say_all(old)
        await eventually(lambda: bool(node.channels), "the channel is not stored")
        async with connected(node, key=stranger.key):
            assert isinstance(await stranger.answer(old), FundingSigned)
            assert len(node.channels) == 1


async def test_class_62_what_a_peer_may_have_us_write_is_bounded(stranger: Stranger) -> None:
    """One blob a peer, no more often than once a minute, whatever it sends."""
    node, stored = stranger.victim, 0
    save = node.store.save_peer_blob

    def count(peer: NodeId, blob: bytes) -> None:
        nonlocal stored
        stored += 1
        save(peer, blob)

    node.store.__dict__["save_peer_blob"] = count
    async with stranger.connected() as peer:
        for number in range(200):
            peer.send(PeerStorage(blob=bytes([number]) * 60_000))
        peer.send(Ping(num_pong_bytes=1))
        while not isinstance(await peer.receive(), Pong):
            pass
        assert stored == 1
        node.clock.moved_ms += STORE_EVERY_MS
        peer.send(PeerStorage(blob=b"late"))
        peer.send(Ping(num_pong_bytes=1))
        while not isinstance(await peer.receive(), Pong):
            pass
        assert stored == 2


async def test_class_62_a_stranger_without_a_channel_has_nothing_written(node: Member) -> None:
    async with connected(node) as peer:
        for number in range(50):
            peer.send(PeerStorage(blob=bytes([number]) * 60_000))
        peer.send(Ping(num_pong_bytes=1))
        while not isinstance(await peer.receive(), Pong):
            pass
    assert node.store.peer_blob(NodeId(KEY.point)) is None


async def test_class_62_a_flood_of_warnings_is_not_a_flood_of_log_lines(
    node: Member, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    warning = encode(Warning(channel_id=ChannelId(bytes(32)), data=b"x" * 100))
    async with connected(node) as peer:
        for _ in range(2_000):
            peer.session.send(warning)
        peer.send(Ping(num_pong_bytes=1))
        assert isinstance(await peer.receive(), Pong)
    lines = [r for r in caplog.records if "warns" in r.getMessage()]
    assert len(lines) == peers.MAX_WARNINGS
