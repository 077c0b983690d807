"""BOLT 4, "Onion Messages": carries them for others, sends ours, and tells answers from the rest.

Nothing of them is stored, and nobody is told of one that is dropped. What others have us carry is
bounded for each peer and for all of them together (class 61).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import Feature, FeatureBits
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.onion_message.message import (
    Content,
    HandOn,
    Kind,
    Received,
    Way,
    read,
    reply_path,
    step_into,
    way_over,
    write,
)
from tipdesk.lightning.routing.message_ways import message_way, neighbours_of
from tipdesk.lightning.sphinx.blinding import BlindedPath, DirectedScid
from tipdesk.lightning.wire.gossip import NodeAnnouncement
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.registry import decode
from tipdesk.node.peers import Peer

PEER_RATE: Final = 10
"""Messages a second that one peer may have us read; twice as many at once."""
TOTAL_RATE: Final = 100
SLICE_SECONDS: Final = 0.002
MAX_PENDING: Final = 100
MAX_DRAWN: Final = 50
"""Neighbours of a peer that are looked at: each announcement takes a moment to read."""

_log = logging.getLogger(__name__)


class NoWayForMessages(BackendError):
    """Nobody whom we know carries messages to there."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "No way was found on which a private message reaches the receiver: either your "
                "peers or theirs carry none. No money moved."
            )
        )


class NoAnswer(BackendError):
    """The message left; in the time allowed nothing came back."""

    def __init__(self, *, seconds: float) -> None:
        super().__init__(
            Phrase(
                "The receiver did not answer within {seconds} seconds: perhaps they are not "
                "there. No money moved.",
                seconds=f"{seconds:g}",
            )
        )
        self.seconds = seconds


@dataclass
class _Bucket:
    """So many a second, and twice that at once."""

    rate: int
    left: float
    at: Instant

    def take(self, now: Instant) -> bool:
        self.left = min(2.0 * self.rate, self.left + self.rate * max(0, now.since(self.at)) / 1000)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Messenger:
    """The node's part in onion messages."""

    def __init__(
        self,
        *,
        node_key: PrivateKey,
        graph: Graph,
        peer: Callable[[NodeId], Peer | None],
        peers: Callable[[], list[Peer]],
        far_end: Callable[[ShortChannelId], NodeId | None],
        has_channel: Callable[[NodeId], bool],
        clock: Clock,
        entropy: Entropy,
        spawn: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        self._node_key = node_key
        self._node_id = NodeId(node_key.point)
        self._graph = graph
        self._peer = peer
        self._peers = peers
        self._far_end = far_end
        self._has_channel = has_channel
        self._clock = clock
        self._entropy = entropy
        self._spawn = spawn
        self._pending: dict[bytes, asyncio.Future[Content]] = {}
        self._buckets: dict[NodeId, _Bucket] = {}
        self._all = _Bucket(TOTAL_RATE, 2 * TOTAL_RATE, clock.now())
        self._carry: dict[int, tuple[int, bool]] = {}
        self._requested: Callable[[Received], None] = lambda _: None

    def on_request(self, listener: Callable[[Received], None]) -> None:
        """Calls `listener` for each invoice request that reaches us."""
        self._requested = listener

    # -- for others, and for us ------------------------------------------------------------------

    def receive(self, peer: Peer, message: OnionMessage) -> None:
        """A message from a peer: handed on, taken, or dropped without a word."""
        node_id, now = peer.node_id, self._clock.now()
        if node_id is None or not self._bucket(node_id, now).take(now) or not self._all.take(now):
            return
        try:
            done = read(self._node_key, message)
        except DecodeError as error:
            _log.debug("%s", error)
            return
        if isinstance(done, HandOn):
            to = self._far_end(done.to) if isinstance(done.to, ShortChannelId) else done.to
            self._hand(to, done.message)
        else:
            self._take(done)

    def peer_lost(self, peer: Peer) -> None:
        """What the peer had left of its share is forgotten."""
        if peer.node_id is not None:
            self._buckets.pop(peer.node_id, None)

    def _bucket(self, node_id: NodeId, now: Instant) -> _Bucket:
        found = self._buckets.get(node_id)
        if found is None:
            found = self._buckets[node_id] = _Bucket(PEER_RATE, 2 * PEER_RATE, now)
        return found

    def _hand(self, to: NodeId | None, message: OnionMessage) -> bool:
        peer = None if to is None else self._peer(to)
        if peer is None or not peer.offers(Feature.ONION_MESSAGES):
            return False
        peer.send(message)
        return True

    def _take(self, received: Received) -> None:
        """BOLT 4: an answer comes by the very path that was given for it, and nothing else does."""
        content = received.content
        asked = None if received.path_id is None else self._pending.get(received.path_id)
        if content is None:
            return
        if content.kind is Kind.INVOICE_REQUEST:
            if asked is None:
                self._requested(received)
        elif asked is not None and not asked.done():
            asked.set_result(content)

    # -- ours ------------------------------------------------------------------------------------

    def carriers(self) -> list[NodeId]:
        """Our peers for paths to us, those first that everybody knows.

        Who merely called is one of them only where nobody is that has a channel with us: it would
        learn that messages come to us, and could keep them.
        """
        here = self._carrying()
        carry = list(filter(self._has_channel, here)) or here
        return sorted(carry, key=lambda peer: self._graph.index_of(peer) is None)

    def _carrying(self) -> list[NodeId]:
        return [
            peer.node_id
            for peer in self._peers()
            if peer.node_id is not None and peer.offers(Feature.ONION_MESSAGES)
        ]

    def path_to_us(self, over: NodeId, path_id: bytes) -> BlindedPath:
        """A path over one of our peers; whoever uses it does not learn who we are."""
        return reply_path(self._key(), [over, self._node_id], path_id)

    async def ask(
        self, to: NodeId | BlindedPath, content: Content, seconds: float, attempt: int = 0
    ) -> Content:
        """Sends a message that is to be answered; `NoWayForMessages`, `NoAnswer`.

        At the first `attempt` who is asked learns no node that knows us, if there is another one
        to begin the way back with; each further one gives a peer of ours, a different one as far
        as there are several.
        """
        carriers = self.carriers()
        if not carriers or len(self._pending) >= MAX_PENDING:
            raise NoWayForMessages
        path_id = self._entropy.random_bytes(32)
        peer = carriers[attempt % len(carriers)]
        before = None if attempt else self._neighbour_of(peer, to)
        nodes = [peer, self._node_id] if before is None else [before, peer, self._node_id]
        reply = reply_path(self._key(), nodes, path_id)
        answered: asyncio.Future[Content] = asyncio.get_running_loop().create_future()
        self._pending[path_id] = answered
        try:
            async with asyncio.timeout(seconds):
                await self._send(to, content, reply)
                return await answered
        except TimeoutError:
            raise NoAnswer(seconds=seconds) from None
        finally:
            del self._pending[path_id]

    def answer(self, to: BlindedPath, content: Content) -> None:
        """Sends an answer along the path that came with the question; nobody waits for it."""
        self._spawn(self._answer(to, content))

    async def _answer(self, to: BlindedPath, content: Content) -> None:
        try:
            await self._send(to, content, None)
        except (BackendError, RequestError) as error:
            _log.info("a question could not be answered: %s", error)

    async def _send(
        self, to: NodeId | BlindedPath, content: Content, reply: BlindedPath | None
    ) -> None:
        way = await self._way(to)
        if way is None or not self._hand(way.first_node, write(self._key(), way, content, reply)):
            raise NoWayForMessages

    async def _way(self, to: NodeId | BlindedPath) -> Way | None:
        if isinstance(to, NodeId):
            nodes = await self._nodes_before(to)
            return None if nodes is None else way_over(self._key(), nodes, to)
        first = self.first_node(to)
        if first is None:
            return None
        if first == self._node_id:
            return self._behind_us(to)
        nodes = await self._nodes_before(first)
        return (
            None
            if nodes is None
            else way_over(self._key(), nodes, replace(to, first_node_id=first))
        )

    def _behind_us(self, path: BlindedPath) -> Way | None:
        """Class 35: a path that begins with ourselves goes on with one of our peers, or nowhere."""
        try:
            following, way = step_into(self._node_key, path)
        except DecodeError:
            return None
        to = self._far_end(following) if isinstance(following, ShortChannelId) else following
        return None if to is None else replace(way, first_node=to)

    def first_node(self, path: BlindedPath) -> NodeId | None:
        """Where a path begins; None if that is named by a channel that we do not know."""
        first = path.first_node_id
        if isinstance(first, NodeId):
            return first
        return self._end_of(first)

    def _end_of(self, named: DirectedScid) -> NodeId | None:
        slot = self._graph.slot_of(named.short_channel_id)
        if slot is None:
            return None
        columns = self._graph.columns
        side = columns.node_2 if named.direction else columns.node_1
        return self._graph.node_id(side[slot])

    async def _nodes_before(self, target: NodeId) -> tuple[NodeId, ...] | None:
        peers: Collection[NodeId] = frozenset(self._carrying())
        search = message_way(self._graph, peers, target, self._carries, (self._node_id,))
        slice_end = time.perf_counter() + SLICE_SECONDS
        while True:
            try:
                next(search)
            except StopIteration as done:
                found: tuple[NodeId, ...] | None = done.value
                return found
            if time.perf_counter() >= slice_end:
                await asyncio.sleep(0)
                slice_end = time.perf_counter() + SLICE_SECONDS

    def _neighbour_of(self, peer: NodeId, asked: NodeId | BlindedPath) -> NodeId | None:
        """One of a peer's neighbours, drawn by lot, that carries messages and is no peer of ours.

        Nor whoever is asked, or begins the way to them: they would see our peer named.
        """
        index = self._graph.index_of(peer)
        if index is None:
            return None
        avoided = {self._node_id, peer, *self._carrying(), *self._named_in(asked)}
        neighbours = neighbours_of(self._graph, index)
        for _ in range(min(MAX_DRAWN, len(neighbours))):
            drawn = int.from_bytes(self._entropy.random_bytes(8), "big") % len(neighbours)
            found = neighbours.pop(drawn)
            if self._graph.node_id(found) not in avoided and self._carries(found):
                return self._graph.node_id(found)
        return None

    def _named_in(self, asked: NodeId | BlindedPath) -> list[NodeId]:
        first = asked if isinstance(asked, NodeId) else self.first_node(asked)
        return [] if first is None else [first]

    def _carries(self, index: int) -> bool:
        """Whether a node says of itself that it hands messages on."""
        told = self._graph.node_announcement_at(index)
        if told is None:
            return False
        timestamp, raw = told
        known = self._carry.get(index)
        if known is None or known[0] != timestamp:
            known = self._carry[index] = (timestamp, _offers_messages(raw))
        return known[1]

    def _key(self) -> PrivateKey:
        return PrivateKey(self._entropy.random_bytes(32))


def _offers_messages(announcement: bytes) -> bool:
    message = decode(announcement)
    if not isinstance(message, NodeAnnouncement):
        return False
    return FeatureBits.from_bytes(message.features).offers(Feature.ONION_MESSAGES)
