"""One connection to one peer: BOLT 8 transport, BOLT 1 setup and liveness, dispatch of messages."""

import asyncio
import logging
from collections import deque
from typing import Final, Protocol

from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError, PeerError
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.base.text import one_line
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import (
    INIT_FEATURES,
    Feature,
    FeatureBits,
    check_peer_features,
)
from tipdesk.lightning.noise.session import NoiseSession
from tipdesk.lightning.wire.registry import Message, decode, encode
from tipdesk.lightning.wire.setup import Init, Ping, Pong, Warning
from tipdesk.node.turn import Turn
from tipdesk.ports.streams import ByteStream

SETUP_SECONDS: Final = 10.0
PING_SECONDS: Final = 30.0
MAX_UNSENT: Final = 8 << 20
"""A peer that does not read is dropped before it fills our memory (class 52)."""
MAX_PINGS: Final = 60
"""In `PING_SECONDS`; each may ask for 64 kB of answer (class 60)."""
MAX_WARNINGS: Final = 10
"""In `PING_SECONDS`; further ones are not logged, so that nobody fills a disk (class 62)."""
SLICE_SECONDS: Final = 0.003
"""So long may one peer's messages keep the loop to themselves."""
NO_PONG: Final = 65532
ALL_CHANNELS: Final = ChannelId(bytes(32))

_log = logging.getLogger(__name__)


class PeerHandler(Protocol):
    """The node behind a peer."""

    def peer_ready(self, peer: "Peer") -> None:
        """`init` is exchanged."""
        ...

    def peer_message(self, peer: "Peer", message: Message) -> None:
        """A message about channels or gossip; may raise `PeerError`."""
        ...

    def peer_lost(self, peer: "Peer") -> None:
        """The connection is gone; told once, also for one that never became ready."""
        ...


class NoCommonChain(PeerError):
    """BOLT 1, `init`: the peer names chains, and ours is not among them."""


class MessageBeforeInit(PeerError):
    """BOLT 1: `init` comes first."""


class TooManyPings(PeerError):
    """BOLT 1, "The `ping` and `pong` Messages": more than once in half a minute is asked for."""


class Peer:
    """A connected peer. Everything it makes us send waits for the turn's commit."""

    def __init__(
        self,
        *,
        stream: ByteStream,
        session: NoiseSession,
        network: Network,
        turn: Turn,
        handler: PeerHandler,
    ) -> None:
        self._stream = stream
        self._session = session
        self._network = network
        self._turn = turn
        self._handler = handler
        self._loop = asyncio.get_running_loop()
        self._init_sent = False
        self._closed = False
        self._heard = True
        self._pings = 0
        self._warnings = 0
        self._unread: deque[bytes] = deque()
        self._outgoing: list[bytes] = []
        self._outgoing_bytes = 0
        self.features: FeatureBits | None = None
        self._timer = self._loop.call_later(SETUP_SECONDS, self._setup_too_slow)

    @property
    def node_id(self) -> NodeId | None:
        """Who it is; None until the handshake tells."""
        return self._session.remote_node_id

    @property
    def is_ready(self) -> bool:
        """Whether `init` is exchanged and the connection stands."""
        return self.features is not None and not self._closed

    def offers(self, feature: Feature) -> bool:
        """Whether the peer's `init` offers a feature."""
        return self.features is not None and self.features.offers(feature)

    def start(self) -> None:
        """Begins the handshake."""
        self._stream.start(self._data, self._lost)
        self._flush()

    def send(self, message: Message) -> None:
        """Sends a message after the turn's commit."""
        self.send_bytes(encode(message))

    def send_bytes(self, data: bytes) -> None:
        """Sends an encoded message after the turn's commit."""
        if not self._outgoing:
            self._turn.after_commit(self._write)
        self._outgoing_bytes += len(data)
        if self._outgoing_bytes <= MAX_UNSENT:
            self._outgoing.append(data)

    def _write(self) -> None:
        messages, self._outgoing = self._outgoing, []
        size, self._outgoing_bytes = self._outgoing_bytes, 0
        if self._closed or not self._session.handshake_complete:
            return
        if size > MAX_UNSENT:
            self.drop("it asks for more at once than we send")
            return
        for data in messages:
            self._session.send(data)
        self._flush()
        if self._stream.unsent > MAX_UNSENT:
            self.drop("it does not read what we send")

    def _flush(self) -> None:
        self._stream.write(self._session.data_to_send())

    def close_later(self) -> None:
        """Closes once what this turn sends has left."""
        self._turn.after_commit(lambda: self.drop("closed by us"))

    def refuse(self, error: PeerError | DecodeError, channel_id: ChannelId = ALL_CHANNELS) -> None:
        """Answers a broken rule by `warning` and closes: nothing else is affected."""
        _log.info("peer %s: %s", self.node_id, error)
        self.send(Warning(channel_id=channel_id, data=str(error)[:500].encode()))
        self.close_later()

    def drop(self, why: str) -> None:
        """Closes now."""
        if self._closed:
            return
        _log.info("peer %s dropped: %s", self.node_id, why)
        self._stream.close()
        self._lost()

    def _data(self, data: bytes) -> None:
        self._heard = True
        try:
            self._session.receive_data(data)
        except PeerError as error:
            self._receive_messages()
            self.drop(str(error))
            return
        self._flush()
        if self._session.handshake_complete and not self._init_sent:
            self._init_sent = True
            self.send(
                Init(features=INIT_FEATURES.to_bytes(), networks=bytes(self._network.chain_hash))
            )
        self._receive_messages()

    def _receive_messages(self) -> None:
        was_waiting = bool(self._unread)
        self._unread.extend(self._session.messages_received())
        if not was_waiting:
            self._go_on()

    def _go_on(self) -> None:
        """Takes messages for a moment; the rest has to wait for its turn, and what follows too."""
        ends = self._loop.time() + SLICE_SECONDS
        while self._unread and not self._closed:
            try:
                message = decode(self._unread.popleft())
                if message is not None:
                    self._receive(message)
            except (PeerError, DecodeError) as error:
                self._unread.clear()
                self.refuse(error)
            if self._unread and self._loop.time() >= ends:
                self._stream.pause()
                self._loop.call_soon(self._go_on)
                return
        self._stream.resume()

    def _receive(self, message: Message) -> None:
        match message:
            case Init():
                self._receive_init(message)
            case _ if self.features is None:
                raise MessageBeforeInit("a message came before init")
            case Ping():
                self._pings += 1
                if self._pings > MAX_PINGS:
                    raise TooManyPings("too many pings")
                if message.num_pong_bytes < NO_PONG:
                    self.send(Pong(ignored=bytes(message.num_pong_bytes)))
            case Pong():
                pass
            case Warning():
                self._warnings += 1
                if self._warnings <= MAX_WARNINGS:
                    _log.info("peer %s warns: %s", self.node_id, remote_text(message.data))
                if not message.channel_id.is_all_channels:
                    self._handler.peer_message(self, message)
            case _:
                self._handler.peer_message(self, message)

    def _receive_init(self, message: Init) -> None:
        if self.features is not None:
            return
        offered = FeatureBits.from_bytes(message.globalfeatures).union(
            FeatureBits.from_bytes(message.features)
        )
        check_peer_features(offered)
        if message.networks is not None:
            chains = [message.networks[i : i + 32] for i in range(0, len(message.networks), 32)]
            if bytes(self._network.chain_hash) not in chains:
                raise NoCommonChain("the peer is on other chains")
        self.features = offered
        self._timer.cancel()
        self._timer = self._loop.call_later(PING_SECONDS, self._keep_alive)
        self._handler.peer_ready(self)

    def _setup_too_slow(self) -> None:
        # Class 59: a half-open connection goes no further than this.
        self.drop("no init within ten seconds")

    def _keep_alive(self) -> None:
        if not self._heard:
            self.drop("no answer to ping")
            return
        self._heard, self._pings, self._warnings = False, 0, 0
        self.send(Ping(num_pong_bytes=1))
        self._timer = self._loop.call_later(PING_SECONDS, self._keep_alive)

    def _lost(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._unread.clear()
        self._timer.cancel()
        self._handler.peer_lost(self)


def remote_text(data: bytes) -> str:
    """A peer's `error` or `warning` as text that is safe to show and to log (class 20)."""
    return one_line(data.decode("utf-8", "replace"), maximum=200)


def outgoing_peer(
    stream: ByteStream,
    remote: NodeId,
    *,
    node_key: PrivateKey,
    entropy: Entropy,
    network: Network,
    turn: Turn,
    handler: PeerHandler,
) -> Peer:
    """A peer that we called."""
    ephemeral = PrivateKey(entropy.random_bytes(32))
    session = NoiseSession.initiator(node_key, ephemeral, remote)
    return Peer(stream=stream, session=session, network=network, turn=turn, handler=handler)


def incoming_peer(
    stream: ByteStream,
    *,
    node_key: PrivateKey,
    entropy: Entropy,
    network: Network,
    turn: Turn,
    handler: PeerHandler,
) -> Peer:
    """A peer that called us."""
    session = NoiseSession.responder(node_key, PrivateKey(entropy.random_bytes(32)))
    return Peer(stream=stream, session=session, network=network, turn=turn, handler=handler)
