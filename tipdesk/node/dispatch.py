"""Hands each peer's messages to the channel they are about, or to gossip."""

from collections.abc import Callable, Coroutine
from typing import Final

from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import OutPoint
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.state import Idle
from tipdesk.lightning.channel.terms import channel_id_of
from tipdesk.lightning.wire import gossip as wire_gossip
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.opening import AcceptChannel, FundingCreated, OpenChannel
from tipdesk.lightning.wire.setup import Error, PeerStorage, PeerStorageRetrieval
from tipdesk.node.backup import BackupKeeper
from tipdesk.node.book import ChannelBook
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.connections import Connections
from tipdesk.node.gossip import GossipDriver
from tipdesk.node.onion_messages import Messenger
from tipdesk.node.peers import Peer
from tipdesk.node.turn import Turn
from tipdesk.ports.streams import Connector

MAX_OPENING_PER_PEER: Final = 4
MAX_OPENING: Final = 50
"""Channels that cost nothing but our memory until they confirm (class 4)."""

GOSSIP: Final = (
    wire_gossip.ChannelAnnouncement,
    wire_gossip.ChannelUpdate,
    wire_gossip.NodeAnnouncement,
    wire_gossip.QueryChannelRange,
    wire_gossip.QueryShortChannelIds,
    wire_gossip.ReplyChannelRange,
    wire_gossip.ReplyShortChannelIdsEnd,
    wire_gossip.GossipTimestampFilter,
)


class Dispatcher:
    """The node as its peers see it (`PeerHandler`)."""

    def __init__(
        self,
        *,
        book: ChannelBook,
        gossip: GossipDriver,
        messenger: Messenger,
        backup: BackupKeeper,
        connector: Connector,
        network: Network,
        node_key: PrivateKey,
        entropy: Entropy,
        turn: Turn,
        spawn: Callable[[Coroutine[object, object, None]], object],
        new_channel: Callable[[NodeId], ChannelDriver],
        on_change: Callable[[], None],
    ) -> None:
        self._book = book
        self._gossip = gossip
        self._messenger = messenger
        self._backup = backup
        self._new_channel = new_channel
        self._on_change = on_change
        self.connections = Connections(
            connector=connector,
            network=network,
            node_key=node_key,
            entropy=entropy,
            turn=turn,
            handler=self,
            spawn=spawn,
            is_ours=lambda node_id: bool(book.with_peer(node_id)),
        )

    def peer_ready(self, peer: Peer) -> None:
        """A peer is here: channels are re-established, gossip begins."""
        older = self.connections.ready(peer)
        if older is not None:
            self._leave(older)
            older.drop("the peer connected again")
        self._backup.peer_ready(peer)
        for channel in self._book.with_peer(_id_of(peer)):
            channel.handle(command.PeerConnected())
        self._gossip.peer_ready(peer)
        self._on_change()

    def peer_lost(self, peer: Peer) -> None:
        """A peer is gone."""
        if self.connections.lost(peer):
            self._leave(peer)

    def _leave(self, peer: Peer) -> None:
        self._gossip.peer_lost(peer)
        self._messenger.peer_lost(peer)
        self._backup.peer_lost(peer)
        for channel in self._book.with_peer(_id_of(peer)):
            channel.handle(command.PeerDisconnected())
        self._on_change()

    def peer_message(self, peer: Peer, message: Message) -> None:
        """Hands a message to its channel, or to gossip."""
        if isinstance(message, GOSSIP):
            self._gossip.receive(peer, message)
            return
        if isinstance(message, OnionMessage):
            self._messenger.receive(peer, message)
            return
        node_id = _id_of(peer)
        if isinstance(message, PeerStorage | PeerStorageRetrieval):
            self._backup.receive(node_id, message)
            return
        given = command.MessageReceived(message)
        if isinstance(message, OpenChannel):
            self._receive_open(peer, node_id, message)
            return
        if isinstance(message, Error) and message.channel_id.is_all_channels:
            for channel in self._book.with_peer(node_id):
                channel.handle(given)
            return
        found = self._addressed(node_id, message)
        if found is not None and found.peer == node_id:
            found.handle(given)
        elif not isinstance(message, Error):
            _answer_unknown(peer, message)

    def _addressed(self, node_id: NodeId, message: Message) -> ChannelDriver | None:
        if isinstance(message, AcceptChannel | FundingCreated):
            if isinstance(message, FundingCreated) and self._is_taken(message):
                return None
            return self._book.opening(node_id, message.temporary_channel_id)
        channel_id = getattr(message, "channel_id", None)
        if not isinstance(channel_id, ChannelId):
            return None
        return self._book.of(channel_id) or self._book.opening(node_id, bytes(channel_id))

    def _is_taken(self, message: FundingCreated) -> bool:
        # Class 2: a funding outpoint belongs to one channel, whoever names it again.
        outpoint = OutPoint(message.funding_txid, message.funding_output_index)
        return self._book.of(channel_id_of(outpoint)) is not None

    def _receive_open(self, peer: Peer, node_id: NodeId, message: OpenChannel) -> None:
        known = self._book.opening(node_id, message.temporary_channel_id) is not None
        too_many = (
            self._book.opening_count(node_id) >= MAX_OPENING_PER_PEER
            or self._book.opening_count() >= MAX_OPENING
        )
        if known or too_many:
            refused = ChannelId(message.temporary_channel_id)
            peer.send(Error(channel_id=refused, data=b"too many channels are being opened"))
            return
        channel = self._new_channel(node_id)
        self._book.add_opening(channel, message.temporary_channel_id)
        channel.handle(command.MessageReceived(message))
        if isinstance(channel.state, Idle):
            self._book.drop_opening(channel)


def _answer_unknown(peer: Peer, message: Message) -> None:
    """BOLT 2: a channel that we do not know is an error of that channel alone."""
    channel_id = getattr(message, "channel_id", None)
    if isinstance(message, FundingCreated):
        channel_id = ChannelId(message.temporary_channel_id)
    if isinstance(channel_id, ChannelId):
        peer.send(Error(channel_id=channel_id, data=b"unknown channel"))


def _id_of(peer: Peer) -> NodeId:
    if peer.node_id is None:
        raise TypeError("only a peer that is known by its key is talked to")
    return peer.node_id
