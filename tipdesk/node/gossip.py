"""Learns the public graph from peers, checks it against the chain, tells it on, adds our own."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.text import one_line
from tipdesk.base.units import Sat
from tipdesk.bitcoin.script import p2wsh
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.features import Feature
from tipdesk.lightning.gossip import announce
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.inbox import Inbox
from tipdesk.lightning.gossip.sync import GossipQuery, GossipSession, TooManyQueries
from tipdesk.lightning.gossip.verify import (
    GossipError,
    check_channel_announcement,
    check_channel_update,
    check_node_announcement,
)
from tipdesk.lightning.wire.gossip import (
    ChannelAnnouncement,
    ChannelUpdate,
    NodeAnnouncement,
    QueryChannelRange,
)
from tipdesk.lightning.wire.registry import Message, decode, encode
from tipdesk.node.announcing import Announcer
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import NodeConfig
from tipdesk.node.peers import Peer

MAX_UNFOUNDED: Final = 10_000
MAX_VARIABLE_BYTES: Final = 2_000
"""Of features, addresses and unknown records in one announcement: nobody needs more."""
MAX_QUERIES: Final = 8
"""`query_channel_range` between two rounds of the worker: each walks the graph (class 56)."""
BATCH: Final = 200
PRUNE_SECONDS: Final = 3600.0

GossipNews = ChannelAnnouncement | ChannelUpdate | NodeAnnouncement

_log = logging.getLogger(__name__)


class GossipDriver:
    """The graph's one writer."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        node_key: PrivateKey,
        graph: Graph,
        chain: ChainDriver,
        clock: Clock,
        own_channel: Callable[[ShortChannelId], ChannelDriver | None],
        own_channels: Callable[[], list[ChannelDriver]],
    ) -> None:
        self._config = config
        self.graph = graph
        self._chain = chain
        self._clock = clock
        self._sessions: dict[Peer, GossipSession] = {}
        self._inbox: Inbox[Peer, GossipNews] = Inbox()
        self._unfounded: OrderedDict[ShortChannelId, None] = OrderedDict()
        """Announced channels whose outputs are other ones: not looked up again and again."""
        self._queries: dict[Peer, int] = {}
        self._wake = asyncio.Event()
        self.own = Announcer(
            config=config,
            node_key=node_key,
            graph=graph,
            clock=clock,
            own_channel=own_channel,
            own_channels=own_channels,
            tell=lambda message: self._tell_on(message, encode(message), None),
        )

    # -- peers ----------------------------------------------------------------------------------

    def peer_ready(self, peer: Peer) -> None:
        """Begins to exchange gossip with a peer."""
        session = GossipSession(self.graph)
        self._sessions[peer] = session
        offers = peer.offers(Feature.GOSSIP_QUERIES)
        for data in session.start(peer_offers_queries=offers):
            peer.send_bytes(data)

    def peer_lost(self, peer: Peer) -> None:
        """The peer is gone."""
        self._sessions.pop(peer, None)
        self._inbox.drop(peer)
        self.own.peer_lost(peer)

    def receive(self, peer: Peer, message: Message) -> None:
        """Gossip or a question about it; may raise a `PeerError`."""
        if isinstance(message, ChannelAnnouncement | ChannelUpdate | NodeAnnouncement):
            if _variable_bytes(message) <= MAX_VARIABLE_BYTES and self._inbox.put(peer, message):
                self._wake.set()
            return
        session = self._sessions.get(peer)
        if session is not None and isinstance(message, GossipQuery):
            if isinstance(message, QueryChannelRange):
                self._count_query(peer)
            for data in session.receive(message):
                peer.send_bytes(data)
            self._wake.set()

    def _count_query(self, peer: Peer) -> None:
        asked = self._queries[peer] = self._queries.get(peer, 0) + 1
        if asked > MAX_QUERIES:
            raise TooManyQueries(waiting=MAX_QUERIES)

    # -- the worker -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Checks what arrived and answers what was asked, until cancelled."""
        loop = asyncio.get_running_loop()
        next_prune = loop.time() + PRUNE_SECONDS
        while True:
            if not self._inbox and not any(s.has_more for s in self._sessions.values()):
                self._wake.clear()
                await self._wake.wait()
            waiting = self._inbox.take()
            if waiting is not None:
                await self._ingest(*waiting)
            self._queries.clear()
            self._answer()
            if loop.time() > next_prune:
                for _ in self.graph.prune(self._clock.now()):
                    await asyncio.sleep(0)
                next_prune = loop.time() + PRUNE_SECONDS
            await asyncio.sleep(0)

    def _answer(self) -> None:
        for peer, session in self._sessions.items():
            if session.has_more and peer.is_ready:
                for data in session.next_batch(BATCH):
                    peer.send_bytes(data)

    async def _ingest(self, peer: Peer, message: GossipNews) -> None:
        try:
            news = await self._apply(message)
        except GossipError as error:
            if peer.is_ready:
                peer.refuse(error)
            return
        except (BackendError, DecodeError) as error:
            _log.info("gossip not checked: %s", one_line(str(error), maximum=200))
            return
        except Exception:
            # One message that we stumble over must not end the node.
            _log.exception("gossip could not be checked")
            return
        if news:
            self._tell_on(message, encode(message), peer)

    async def _apply(self, message: GossipNews) -> bool:
        match message:
            case ChannelAnnouncement():
                return await self._apply_channel(message)
            case ChannelUpdate():
                return self._apply_update(message)
            case NodeAnnouncement():
                if self.graph.index_of(message.node_id) is None:
                    return False
                check_node_announcement(message)
                return self.graph.apply_node(message) is None

    async def _apply_channel(self, message: ChannelAnnouncement) -> bool:
        if message.chain_hash != self.graph.chain_hash:
            return False
        scid = message.short_channel_id
        if self.graph.slot_of(scid) is not None or scid in self._unfounded:
            return False
        check_channel_announcement(message)
        if not self._config.check_every_funding:
            return self.graph.apply_channel(message, None) is None
        capacity = await self._funding_of(message)
        if capacity is None:
            return False
        return self.graph.apply_channel(message, capacity) is None

    async def _funding_of(self, message: ChannelAnnouncement) -> Sat | None:
        """BOLT 7: what the output holds that the announcement names, if it is theirs."""
        scid = message.short_channel_id
        found = await self._chain.funding_script_at(scid)
        expected = p2wsh(scripts.funding(message.bitcoin_key_1, message.bitcoin_key_2))
        if found is not None and found[0] == expected:
            return found[1]
        if found is not None:
            self._unfounded[scid] = None
            if len(self._unfounded) > MAX_UNFOUNDED:
                self._unfounded.popitem(last=False)
        return None

    async def are_founded(self, channels: Iterable[ShortChannelId]) -> bool:
        """Whether the channels of a route exist on chain, looked up at their first use.

        One that does not is forgotten. A server that cannot be asked proves nothing: a channel
        that is not there can only make a payment fail.
        """
        founded = True
        for scid in channels:
            if self.graph.capacity(scid) is not None:
                continue
            slot = self.graph.slot_of(scid)
            raw = None if slot is None else self.graph.announcement(slot)
            message = None if raw is None else decode(raw)
            if not isinstance(message, ChannelAnnouncement):
                continue
            try:
                capacity = await self._funding_of(message)
            except BackendError as error:
                _log.info("a route's channel could not be looked up: %s", error)
                continue
            if capacity is None:
                self.graph.remove_channel(scid)
                founded = False
            else:
                self.graph.set_capacity(scid, capacity)
        return founded

    def _apply_update(self, message: ChannelUpdate) -> bool:
        signer = self.graph.update_signer(message)
        if signer is None:
            self.own.learn_hint(message)
            return False
        if not self.graph.is_news(message):
            return False
        check_channel_update(message, signer)
        return self.graph.apply_update(message, self._clock.now()) is None

    def _tell_on(self, message: GossipNews, data: bytes, source: Peer | None) -> None:
        timestamp = self._clock.now().unix_seconds
        if not isinstance(message, ChannelAnnouncement):
            timestamp = message.timestamp
        for peer, session in self._sessions.items():
            if peer is not source and peer.is_ready and session.wants(timestamp):
                peer.send_bytes(data)

    def address_of(self, node_id: NodeId) -> tuple[str, int] | None:
        """Where a node says that it can be called."""
        raw = self.graph.node_announcement(node_id)
        message = None if raw is None else decode(raw)
        if not isinstance(message, NodeAnnouncement):
            return None
        return announce.first_ip_address(message.addresses)

    @property
    def missing(self) -> int:
        """How many channels a peer has named that it is not asked for yet, at the most."""
        return max((session.missing for session in self._sessions.values()), default=0)

    @property
    def is_synced(self) -> bool:
        """Whether a peer has told us all it knows, and all of it is checked."""
        return not self._inbox and any(s.is_synced for s in self._sessions.values())

    def alias_of(self, node_id: NodeId) -> str:
        """The name a node announced, made safe to show; empty if it has none."""
        data = self.graph.node_announcement(node_id)
        message = None if data is None else decode(data)
        if not isinstance(message, NodeAnnouncement):
            return ""
        text = message.alias.rstrip(b"\0").decode("utf-8", "replace")
        return one_line(text, maximum=32)


def _variable_bytes(message: GossipNews) -> int:
    size = sum(len(record.value) for record in message.unknown_records)
    match message:
        case ChannelAnnouncement():
            return size + len(message.features)
        case NodeAnnouncement():
            return size + len(message.features) + len(message.addresses)
        case ChannelUpdate():
            return size
