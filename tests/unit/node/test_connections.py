"""Calls to peers: they end at once with the connection, are taken up again, never twice at once."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.waiting import eventually
from tipdesk.adapters.net.tcp import TcpConnector
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.app.system import SystemEntropy
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import NodeId
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.wire.registry import Message
from tipdesk.node import connections as connections_module
from tipdesk.node.connections import Connections, PeerNotReady
from tipdesk.node.peers import Peer
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import PeerAddress
from tipdesk.ports.streams import ConnectFailed, ListenFailed

ALICE, BOB = (PrivateKey(sha256(name)) for name in (b"alice", b"bob"))


@dataclass
class Caller:
    """Connections of a node without channels; it writes down who came and went."""

    connections: Connections
    came: list[Peer] = field(default_factory=list)
    went: list[Peer] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    ours: set[NodeId] = field(default_factory=set)
    """With whom there are channels."""

    def peer_ready(self, peer: Peer) -> None:
        older = self.connections.ready(peer)
        if older is not None:
            older.drop("the peer connected again")
        self.came.append(peer)

    def peer_message(self, peer: Peer, message: Message) -> None:
        self.heard.append(message)

    def peer_lost(self, peer: Peer) -> None:
        self.connections.lost(peer)
        self.went.append(peer)


def no_storage_error(error: StorageError) -> None:
    raise error


@asynccontextmanager
async def caller(folder: Path, key: PrivateKey) -> AsyncIterator[Caller]:
    database = MoneyDatabase(folder / f"{NodeId(key.point)}.db", MIGRATIONS)
    made = Caller.__new__(Caller)
    async with asyncio.TaskGroup() as tasks:
        started: list[asyncio.Task[None]] = []

        def spawn(work: Coroutine[object, object, None]) -> None:
            started.append(tasks.create_task(work))

        connections = Connections(
            connector=TcpConnector(WayOut()),
            network=Network.REGTEST,
            node_key=key,
            entropy=SystemEntropy(),
            turn=Turn(SqliteNodeStore(database), no_storage_error),
            handler=made,
            spawn=spawn,
            is_ours=lambda node_id: node_id in made.ours,
        )
        Caller.__init__(made, connections)
        try:
            yield made
        finally:
            await connections.stop()
            for task in started:
                task.cancel()
            database.close()
            # The transports close at the loop's next turn.
            await asyncio.sleep(0)


def address_of(key: PrivateKey, port: int) -> PeerAddress:
    return PeerAddress(NodeId(key.point), "127.0.0.1", port)


async def test_both_sides_know_each_other_by_key_once_connected(tmp_path: Path) -> None:
    async with caller(tmp_path, ALICE) as alice, caller(tmp_path, BOB) as bob:
        port = await bob.connections.listen("127.0.0.1", 0)
        await alice.connections.connect(address_of(BOB, port))
        assert alice.connections.peer(NodeId(BOB.point)) is alice.came[0]
        await eventually(lambda: bool(bob.came), "bob saw nobody come")
        assert bob.came[0].node_id == NodeId(ALICE.point)
        assert (alice.connections.count, bob.connections.count) == (1, 1)
        # Who is connected already is not called again.
        await alice.connections.connect(address_of(BOB, port))
        assert len(alice.came) == 1


async def test_a_call_fails_at_once_when_the_connection_ends_before_init(tmp_path: Path) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server, caller(tmp_path, ALICE) as alice:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(PeerNotReady):
            async with asyncio.timeout(2):
                await alice.connections.connect(address_of(BOB, port))


async def test_a_call_to_another_key_than_the_one_that_answers_fails_at_once(
    tmp_path: Path,
) -> None:
    async with caller(tmp_path, ALICE) as alice, caller(tmp_path, BOB) as bob:
        port = await bob.connections.listen("127.0.0.1", 0)
        with pytest.raises(PeerNotReady):
            async with asyncio.timeout(2):
                await alice.connections.connect(address_of(ALICE, port))
        assert not alice.came
        assert not bob.came


async def test_a_port_where_nobody_listens_is_said_and_so_is_a_taken_one(tmp_path: Path) -> None:
    async with caller(tmp_path, ALICE) as alice, caller(tmp_path, BOB) as bob:
        port = await bob.connections.listen("127.0.0.1", 0)
        with pytest.raises(ListenFailed):
            await alice.connections.listen("127.0.0.1", port)
        await bob.connections.stop()
        with pytest.raises(ConnectFailed):
            await alice.connections.connect(address_of(BOB, port))


async def test_a_peer_we_need_is_called_again_after_every_loss(tmp_path: Path) -> None:
    async with caller(tmp_path, ALICE) as alice, caller(tmp_path, BOB) as bob:
        port = await bob.connections.listen("127.0.0.1", 0)
        alice.connections.keep(address_of(BOB, port))
        for times in (1, 2, 3):
            await eventually(lambda: len(bob.came) == times, f"nobody called {times} times")  # noqa: B023
            bob.came[-1].drop("to see what happens")
        assert alice.connections.count <= 1


async def test_a_newer_connection_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    async with caller(tmp_path, ALICE) as alice, caller(tmp_path, BOB) as bob:
        port = await bob.connections.listen("127.0.0.1", 0)
        await alice.connections.connect(address_of(BOB, port))
        (tmp_path / "second").mkdir()
        async with caller(tmp_path / "second", ALICE) as again:
            await again.connections.connect(address_of(BOB, port))
            await eventually(lambda: bool(alice.went), "the older connection stayed")
            assert bob.connections.count == 1
            assert bob.connections.peer(NodeId(ALICE.point)) is bob.came[1]


async def test_class_52_idle_strangers_make_room_and_peers_with_channels_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_module, "MAX_INCOMING", 2)
    friend, stranger, late = (PrivateKey(sha256(name)) for name in (b"f", b"s", b"l"))
    async with caller(tmp_path, BOB) as bob, AsyncExitStack() as others:
        port = await bob.connections.listen("127.0.0.1", 0)
        bob.ours.add(NodeId(friend.point))
        for key in (friend, stranger, late):
            one = await others.enter_async_context(caller(tmp_path, key))
            await one.connections.connect(address_of(BOB, port))
        await eventually(
            lambda: bob.connections.peer(NodeId(stranger.point)) is None, "no room was made"
        )
        assert bob.connections.peer(NodeId(friend.point)) is not None
        assert bob.connections.peer(NodeId(late.point)) is not None


async def test_when_stopping_one_loss_that_cannot_be_stored_leaves_no_other_connection_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol = PrivateKey(sha256(b"carol"))
    async with (
        caller(tmp_path, BOB) as bob,
        caller(tmp_path, ALICE) as first,
        caller(tmp_path, carol) as second,
    ):
        port = await bob.connections.listen("127.0.0.1", 0)
        for one in (first, second):
            await one.connections.connect(address_of(BOB, port))
        await eventually(lambda: len(bob.came) == 2, "bob saw somebody not come")
        told = []

        def disk_is_full(peer: Peer) -> None:
            told.append(peer)
            raise StorageError("the disk is full")

        monkeypatch.setattr(bob, "peer_lost", disk_is_full)
        await bob.connections.stop()
        assert told == bob.came
        await eventually(lambda: bool(first.went and second.went), "a connection is still open")
        monkeypatch.undo()
