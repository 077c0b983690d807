"""Bad peers over real TCP: each gets the BOLT's answer, and nobody else notices."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, pair
from tests.scripted_peer import KEY, ScriptedPeer, connected
from tests.waiting import eventually
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.features import INIT_FEATURES
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Error, Init, Ping, Pong, Warning
from tipdesk.lightning.wire.updates import UpdateAddHtlc
from tipdesk.node import peers
from tipdesk.tips.payment import Succeeded

NOBODYS = ChannelId(b"\x07" * 32)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with pair(tmp_path) as world:
        yield world
        # Whatever the stranger did, the others' channel works and pays.
        assert not world.members["creator"].died.is_set()
        (*_, last) = await world.members["fan"].pay(world.members["creator"].invoice())
        assert isinstance(last, Succeeded)


@pytest.fixture
def creator(made: World) -> Member:
    return made.members["creator"]


async def goes_on(peer: ScriptedPeer) -> None:
    """A ping is answered: the connection stands."""
    peer.send(Ping(num_pong_bytes=3))
    answer = await peer.receive()
    assert answer == Pong(ignored=bytes(3))


def warned(said: list[Message], words: str) -> None:
    (warning,) = said
    assert isinstance(warning, Warning), said
    assert words in warning.data.decode()


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3, bytes(50), b"\x00"])
async def test_garbage_instead_of_a_handshake_is_hung_up_on_without_a_word(
    creator: Member, garbage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "SETUP_SECONDS", 0.2)
    async with connected(creator, handshake=False) as peer:
        peer.send_raw(garbage)
        assert await peer._reader.read() == b""


async def test_a_handshake_for_another_node_is_hung_up_on(made: World, creator: Member) -> None:
    async with connected(creator, handshake=False) as peer:
        other = ScriptedPeer(peer._reader, peer._writer, made.members["fan"].node.node_id, KEY)
        assert await said(other) == b""


async def said(peer: ScriptedPeer) -> bytes:
    peer.send_raw(peer.session.data_to_send())
    return await peer._reader.read()


async def test_a_changed_byte_in_the_stream_ends_the_connection(creator: Member) -> None:
    async with connected(creator) as peer:
        peer.session.send(b"\x00\x12\x00\x01\x00\x00")
        data = bytearray(peer.session.data_to_send())
        data[-1] ^= 1
        peer.send_raw(bytes(data))
        assert await peer.said_until_closed() == []


async def test_required_features_that_nobody_knows_are_refused(creator: Member) -> None:
    async with connected(creator, init=False) as peer:
        unknown = int.from_bytes(INIT_FEATURES.to_bytes(), "big") | 1 << 200
        peer.send_init(features=unknown.to_bytes(26, "big"))
        warned(await peer.said_until_closed(), "200")


async def test_optional_features_that_nobody_knows_are_fine(creator: Member) -> None:
    async with connected(creator, init=False) as peer:
        unknown = int.from_bytes(INIT_FEATURES.to_bytes(), "big") | 1 << 201
        peer.send_init(features=unknown.to_bytes(26, "big"))
        await goes_on(peer)


async def test_features_we_cannot_do_without_are_asked_for(creator: Member) -> None:
    async with connected(creator, init=False) as peer:
        peer.send_init(features=b"")
        (warning,) = await peer.said_until_closed()
        assert isinstance(warning, Warning)


async def test_a_peer_of_other_chains_only_is_refused(creator: Member) -> None:
    async with connected(creator, init=False) as peer:
        peer.send_init(networks=bytes(Network.MAINNET.chain_hash))
        warned(await peer.said_until_closed(), "other chains")
    async with connected(creator, init=False) as peer:
        both = bytes(Network.MAINNET.chain_hash) + bytes(Network.REGTEST.chain_hash)
        peer.send_init(networks=both)
        await goes_on(peer)


async def test_a_message_before_init_is_refused(creator: Member) -> None:
    async with connected(creator, init=False) as peer:
        peer.send(Ping(num_pong_bytes=1))
        warned(await peer.said_until_closed(), "before init")


async def test_a_second_init_changes_nothing(creator: Member) -> None:
    async with connected(creator) as peer:
        peer.send_init(features=b"")
        await goes_on(peer)


async def test_an_unknown_odd_message_is_passed_over_and_an_even_one_is_refused(
    creator: Member,
) -> None:
    async with connected(creator) as peer:
        peer.send_plain((40_001).to_bytes(2, "big") + b"whatever this is")
        await goes_on(peer)
        peer.send_plain((40_002).to_bytes(2, "big") + b"whatever this is")
        warned(await peer.said_until_closed(), "40002")


async def test_a_message_that_is_cut_short_is_refused(creator: Member) -> None:
    async with connected(creator) as peer:
        peer.send_plain(b"\x00\x80" + bytes(20))
        (warning,) = await peer.said_until_closed()
        assert isinstance(warning, Warning)


async def test_class_60_pings_that_ask_for_no_answer_get_none(creator: Member) -> None:
    async with connected(creator) as peer:
        peer.send(Ping(num_pong_bytes=65_532))
        await goes_on(peer)


async def test_messages_about_a_channel_that_is_not_there_are_answered_by_an_error(
    creator: Member,
) -> None:
    async with connected(creator) as peer:
        peer.send(an_htlc(NOBODYS))
        assert await peer.receive() == Error(channel_id=NOBODYS, data=b"unknown channel")
        await goes_on(peer)


async def test_a_stranger_has_no_say_in_the_channel_of_others(creator: Member) -> None:
    channel_id = creator.channel.channel_id
    async with connected(creator) as peer:
        before = creator.channel.state
        peer.send(an_htlc(channel_id))
        assert await peer.receive() == Error(channel_id=channel_id, data=b"unknown channel")
        peer.send(Error(channel_id=channel_id, data=b"I close this"))
        peer.send(Error(channel_id=ChannelId(bytes(32)), data=b"and all others"))
        await goes_on(peer)
        assert creator.channel.state == before


def an_htlc(channel_id: ChannelId) -> UpdateAddHtlc:
    return UpdateAddHtlc(
        channel_id=channel_id,
        id=0,
        amount_msat=Msat(1_000),
        payment_hash=PaymentHash(sha256(b"hash")),
        cltv_expiry=BlockHeight(200),
        onion_routing_packet=bytes(1366),
    )


async def test_class_59_who_says_nothing_after_connecting_is_hung_up_on(
    creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class 59."""
    monkeypatch.setattr(peers, "SETUP_SECONDS", 0.1)
    async with connected(creator, handshake=False) as peer:
        assert await peer._reader.read() == b""
    async with connected(creator, init=False) as peer:
        assert await peer.said_until_closed() == []


async def test_who_answers_no_ping_is_hung_up_on(
    creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "PING_SECONDS", 0.1)
    async with connected(creator) as peer:
        assert await peer.said_until_closed() == []


async def test_class_52_a_peer_that_reads_nothing_is_dropped_before_memory_fills(
    creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class 52."""
    monkeypatch.setattr(peers, "MAX_UNSENT", 100_000)
    monkeypatch.setattr(peers, "MAX_PINGS", 2_000)
    async with connected(creator) as peer:
        node_id = NodeId(KEY.point)
        for _ in range(2_000):
            peer.send(Ping(num_pong_bytes=60_000))
        await eventually(
            lambda: creator.node.connections.peer(node_id) is None, "it is connected still"
        )


async def test_init_carries_what_we_offer_and_our_chain(creator: Member) -> None:
    async with connected(creator, handshake=False) as peer:
        await peer.handshake()
        init = await peer.receive()
        assert isinstance(init, Init)
        assert init.features == INIT_FEATURES.to_bytes()
        assert init.networks == bytes(Network.REGTEST.chain_hash)
