"""Opening channels: what is asked for is checked, a refusal is a sentence, nothing stays behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import World, world
from tests.scripted_peer import connected
from tests.waiting import eventually
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.state import AwaitingReady
from tipdesk.lightning.wire.opening import AcceptChannel, OpenChannel
from tipdesk.lightning.wire.setup import Error
from tipdesk.node.opening import (
    AmountOutOfRange,
    ChannelNotOpened,
    InvalidPeerAddress,
    parse_peer,
)
from tipdesk.ports.stores import PeerAddress

POINT = NodeId(PrivateKey(sha256(b"somebody")).point)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as w:
        fan = await w.member("fan", listens=False)
        await w.member("creator")
        await w.give(fan, amount=Sat(3_000_000))
        yield w


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        (f"{POINT}@127.0.0.1:9735", "127.0.0.1", 9735),
        (f"  {POINT}@node.example:1\n", "node.example", 1),
        (f"{POINT}@[::1]:9735", "::1", 9735),
        (f"{str(POINT).upper()}@h:65535", "h", 65535),
    ],
)
def test_addresses_are_read_as_people_paste_them(text: str, host: str, port: int) -> None:
    assert parse_peer(text) == PeerAddress(POINT, host, port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        f"{POINT}",
        f"{POINT}@host",
        f"{POINT}@:9735",
        f"{POINT}@host:0",
        f"{POINT}@host:65536",
        f"{POINT}@host:-1",
        f"{POINT}@host:x",
        f"{str(POINT)[2:]}@host:9735",
        f"02{'00' * 32}@host:9735",
        f"05{str(POINT)[2:]}@host:9735",
        f"{POINT}@{'h' * 254}:9735",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidPeerAddress, match="node_id@host:port"):
        parse_peer(text)


async def test_a_channel_opens_confirms_and_belongs_to_both(made: World) -> None:
    fan, creator = made.members["fan"], made.members["creator"]
    channel_id = await made.open(fan, creator, Sat(1_000_000), push=Msat(1_000))
    assert fan.channel.channel_id == channel_id
    assert isinstance(fan.channel.state, AwaitingReady)
    assert fan.channel.terms.funding_outpoint.txid in made.regtest.mempool.entries
    await made.confirm()
    assert (fan.stored_balance(), creator.stored_balance()) == (999_999_000, 1_000)


@pytest.mark.parametrize("amount", [Sat(19_999), Sat(1 << 24)])
async def test_amounts_that_no_channel_may_have_are_refused(made: World, amount: Sat) -> None:
    with pytest.raises(AmountOutOfRange, match="No money moved"):
        await made.open(made.members["fan"], made.members["creator"], amount)
    await nothing_is_left(made)


async def test_more_than_there_is_on_chain_is_refused_and_the_peer_told(made: World) -> None:
    with pytest.raises(ChannelNotOpened, match="No money moved"):
        await made.open(made.members["fan"], made.members["creator"], Sat(3_500_000))
    await nothing_is_left(made)


async def test_a_peer_that_is_away_is_said_at_once(made: World) -> None:
    creator = made.members["creator"]
    uri = creator.uri
    await creator.stop()
    with pytest.raises(ChannelNotOpened, match="no connection"):
        await made.members["fan"].node.open_channel(uri, Sat(1_000_000), announce=False)


async def test_what_the_peer_refuses_is_given_as_the_reason(made: World) -> None:
    creator = made.members["creator"]
    await creator.stop()
    limits = replace(creator.config.limits, minimum_funding=Sat(2_000_000))
    creator.config = replace(creator.config, limits=limits)
    await creator.start()
    with pytest.raises(ChannelNotOpened, match="No money moved"):
        await made.open(made.members["fan"], creator, Sat(1_000_000))
    await nothing_is_left(made)


async def nothing_is_left(made: World) -> None:
    fan = made.members["fan"]
    for member in made.members.values():
        await eventually(
            lambda: member.node.book.opening_count() == 0,  # noqa: B023
            f"{member.name} keeps an opening that came to nothing",
        )
        assert member.channels == []
    assert not made.regtest.mempool.entries
    # The coins are free again.
    assert await made.open(fan, await another(made), Sat(2_900_000))


async def another(made: World):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return await made.member("another")


async def test_a_node_that_dies_before_the_confirmation_has_its_channel_afterwards(
    made: World,
) -> None:
    fan, creator = made.members["fan"], made.members["creator"]
    await made.open(fan, creator, Sat(1_000_000))
    await fan.restart()
    await creator.restart()
    await made.confirm()
    (*_, last) = await fan.pay(creator.invoice())
    assert type(last).__name__ == "Succeeded"


async def test_class_4_one_peer_cannot_fill_our_memory_with_openings(made: World) -> None:
    """Class 4: the fifth opening of a peer is refused while four are not confirmed."""
    creator = made.members["creator"]
    offer = await an_offer(made)
    async with connected(creator) as peer:
        for number in range(4):
            peer.send(replace(offer, temporary_channel_id=bytes([number + 1]) * 32))
            assert isinstance(await peer.receive(), AcceptChannel)
        assert creator.node.book.opening_count() == 4
        peer.send(replace(offer, temporary_channel_id=bytes([9]) * 32))
        refusal = await peer.receive()
        assert isinstance(refusal, Error)
        assert bytes(refusal.channel_id) == bytes([9]) * 32
    await eventually(
        lambda: creator.node.book.opening_count() == 0, "openings of a peer that left are kept"
    )


async def test_an_opening_for_another_chain_is_refused(made: World) -> None:
    offer = replace(await an_offer(made), chain_hash=Network.MAINNET.chain_hash)
    async with connected(made.members["creator"]) as peer:
        peer.send(offer)
        answer = await peer.receive()
        assert isinstance(answer, Error)
        assert b"another chain" in answer.data


async def an_offer(made: World) -> OpenChannel:
    """What the fan's node really offers, taken from its wire."""
    fan, creator = made.members["fan"], made.members["creator"]
    offers: list[OpenChannel] = []
    send = fan.node.host.send

    def caught(to: NodeId, message: object) -> None:
        if isinstance(message, OpenChannel):
            offers.append(message)
        else:
            send(to, message)  # type: ignore[arg-type]

    fan.node.host.__dict__["send"] = caught
    opening = asyncio.create_task(made.open(fan, creator, Sat(1_000_000)))
    await eventually(lambda: bool(offers), "nothing was offered")
    opening.cancel()
    await asyncio.wait({opening})
    del fan.node.host.__dict__["send"]
    return offers[0]
