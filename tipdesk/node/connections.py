"""Who is connected: outgoing calls, incoming calls, and calling again those we need."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Final

from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, StorageError
from tipdesk.base.ids import NodeId
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.node.peers import Peer, PeerHandler, incoming_peer, outgoing_peer
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import PeerAddress
from tipdesk.ports.streams import ByteStream, ConnectFailed, Connector, Listening

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 15.0
READY_SECONDS: Final = 12.0
MAX_INCOMING: Final = 200
"""Connections of peers we may know nothing of (class 52)."""

_log = logging.getLogger(__name__)


class PeerNotReady(BackendError):
    """The peer took the call, but did not complete the handshake and `init`."""


class Connections:
    """All connections of a node; at most one a peer, the newest."""

    def __init__(
        self,
        *,
        connector: Connector,
        network: Network,
        node_key: PrivateKey,
        entropy: Entropy,
        turn: Turn,
        handler: PeerHandler,
        spawn: Callable[[Coroutine[object, object, None]], object],
        is_ours: Callable[[NodeId], bool],
    ) -> None:
        self._connector = connector
        self._network = network
        self._node_key = node_key
        self._entropy = entropy
        self._turn = turn
        self._handler = handler
        self._spawn = spawn
        self._is_ours = is_ours
        self._ready: dict[NodeId, Peer] = {}
        self._all: dict[Peer, None] = {}
        self._waiting: dict[NodeId, list[asyncio.Future[None]]] = {}
        self._called: dict[Peer, asyncio.Future[None]] = {}
        self._wanted: dict[NodeId, PeerAddress] = {}
        self._calling: set[NodeId] = set()
        self._listening: Listening | None = None
        self._stopped = False

    def peer(self, node_id: NodeId) -> Peer | None:
        """The connected peer, if it is ready."""
        return self._ready.get(node_id)

    def ready_peers(self) -> list[Peer]:
        """Every peer that is ready."""
        return list(self._ready.values())

    @property
    def count(self) -> int:
        """How many peers are ready."""
        return len(self._ready)

    async def listen(self, host: str, port: int) -> int:
        """Accepts calls; the port. `ListenFailed` if it cannot be had."""
        self._listening = await self._connector.listen(host, port, self._accept)
        return self._listening.port

    def _accept(self, stream: ByteStream) -> None:
        if self._stopped or (len(self._all) >= MAX_INCOMING and not self._make_room()):
            stream.close()
            return
        self._begin(
            incoming_peer(
                stream,
                node_key=self._node_key,
                entropy=self._entropy,
                network=self._network,
                turn=self._turn,
                handler=self._handler,
            )
        )

    def _make_room(self) -> bool:
        """Drops the stranger that has been here longest, so that idle ones cannot shut us in."""
        for peer in self._all:
            if peer.node_id is None or not self._is_ours(peer.node_id):
                peer.drop("a place is needed for somebody else")
                return True
        return False

    def _begin(self, peer: Peer) -> None:
        self._all[peer] = None
        peer.start()

    async def connect(self, address: PeerAddress) -> None:
        """Returns once the peer is ready; `BackendError` if it does not come to that."""
        if address.node_id in self._ready:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(address.node_id, [])
        waiting.append(done)
        try:
            stream = await self._connector.connect(address.host, address.port)
            peer = self._outgoing(stream, address.node_id)
            self._called[peer] = done
            self._begin(peer)
            async with asyncio.timeout(READY_SECONDS):
                await done
        except TimeoutError:
            raise PeerNotReady(f"{address} did not complete the handshake") from None
        finally:
            if done in waiting:
                waiting.remove(done)

    def _outgoing(self, stream: ByteStream, node_id: NodeId) -> Peer:
        return outgoing_peer(
            stream,
            node_id,
            node_key=self._node_key,
            entropy=self._entropy,
            network=self._network,
            turn=self._turn,
            handler=self._handler,
        )

    def ready(self, peer: Peer) -> Peer | None:
        """Enters a ready peer; the older connection with the same peer, which is to be dropped."""
        node_id = peer.node_id
        if node_id is None:
            raise TypeError("a ready peer is known by its key")
        older = self._ready.get(node_id)
        self._ready[node_id] = peer
        self._called.pop(peer, None)
        for done in self._waiting.pop(node_id, []):
            if not done.done():
                done.set_result(None)
        return older

    def lost(self, peer: Peer) -> bool:
        """Takes a peer out; whether it was the connection in use."""
        self._all.pop(peer, None)
        called = self._called.pop(peer, None)
        if called is not None and not called.done():
            called.set_exception(PeerNotReady(f"{peer.node_id} ended the call before init"))
        node_id = peer.node_id
        if node_id is None or self._ready.get(node_id) is not peer:
            return False
        del self._ready[node_id]
        self._call(node_id)
        return True

    def keep(self, address: PeerAddress) -> None:
        """From now on this peer is called again whenever it is away."""
        self._wanted[address.node_id] = address
        self._call(address.node_id)

    def _call(self, node_id: NodeId) -> None:
        wanted = node_id in self._wanted and node_id not in self._ready
        if wanted and node_id not in self._calling and not self._stopped:
            self._calling.add(node_id)
            self._spawn(self._keep_calling(node_id))

    async def _keep_calling(self, node_id: NodeId) -> None:
        pause = FIRST_PAUSE
        try:
            while node_id in self._wanted and node_id not in self._ready:
                try:
                    await self.connect(self._wanted[node_id])
                except (ConnectFailed, PeerNotReady) as error:
                    _log.debug("%s", error)
                # A little chance, so that two nodes that call each other do not keep in step.
                jitter = 1 + self._entropy.random_bytes(1)[0] / 255
                await asyncio.sleep(pause * jitter)
                pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            self._calling.discard(node_id)

    async def stop(self) -> None:
        """Closes every connection."""
        self._stopped = True
        if self._listening is not None:
            await self._listening.close()
        for peer in list(self._all):
            try:
                peer.drop("we are stopping")
            except StorageError as error:
                # The others' sockets are to be closed all the same.
                _log.warning("the end of a connection was not stored: %s", error)
