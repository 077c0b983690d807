"""A BOLT 8 peer over real TCP that says what a test tells it to, byte for byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.nodes import Member
from tipdesk.base.ids import NodeId
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import INIT_FEATURES
from tipdesk.lightning.noise.session import NoiseSession
from tipdesk.lightning.wire.gossip import GossipTimestampFilter, QueryChannelRange
from tipdesk.lightning.wire.message import Message, decode, encode
from tipdesk.lightning.wire.setup import Init, Ping

KEY = PrivateKey(sha256(b"scripted peer"))
SECONDS = 5.0
UNASKED = (GossipTimestampFilter, QueryChannelRange, Ping)
"""What a node sends to everybody of its own accord."""


class Hung(Exception):
    """The node closed the connection."""


class ScriptedPeer:
    """One connection to a node."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        node_id: NodeId,
        key: PrivateKey,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self.session = NoiseSession.initiator(key, PrivateKey(sha256(b"ephemeral")), node_id)
        self._received: list[Message] = []

    async def handshake(self) -> None:
        """BOLT 8, all three acts."""
        self.send_raw(self.session.data_to_send())
        while not self.session.handshake_complete:
            await self._read()
        self.send_raw(self.session.data_to_send())

    def send_raw(self, data: bytes) -> None:
        self._writer.write(data)

    def send_plain(self, message: bytes) -> None:
        """A message as bytes, encrypted."""
        self.session.send(message)
        self.send_raw(self.session.data_to_send())

    def send(self, message: Message) -> None:
        self.send_plain(encode(message))

    def send_init(self, features: bytes | None = None, networks: bytes | None = None) -> None:
        self.send(
            Init(
                features=INIT_FEATURES.to_bytes() if features is None else features,
                networks=bytes(Network.REGTEST.chain_hash) if networks is None else networks,
            )
        )

    async def _read(self) -> None:
        async with asyncio.timeout(SECONDS):
            data = await self._reader.read(65_536)
        if not data:
            raise Hung
        self.session.receive_data(data)

    async def receive(self) -> Message:
        """The next message that is an answer to something; `Hung` when there is none to come."""
        while True:
            while self._received:
                message = self._received.pop(0)
                if not isinstance(message, UNASKED):
                    return message
            found = [decode(data) for data in self.session.messages_received()]
            self._received += [message for message in found if message is not None]
            if not self._received:
                await self._read()

    async def said_until_closed(self) -> list[Message]:
        """All answers before the node hangs up."""
        said: list[Message] = []
        try:
            while True:
                said.append(await self.receive())
        except (Hung, ConnectionError):
            return said

    async def close(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


@asynccontextmanager
async def connected(
    member: Member, *, handshake: bool = True, init: bool = True, key: PrivateKey = KEY
) -> AsyncIterator[ScriptedPeer]:
    """A peer that has shaken hands and said `init`, unless told otherwise."""
    reader, writer = await asyncio.open_connection("127.0.0.1", member.port)
    peer = ScriptedPeer(reader, writer, member.node.node_id, key)
    try:
        if handshake:
            await peer.handshake()
            if init:
                peer.send_init()
            assert isinstance(await peer.receive(), Init)
        yield peer
    finally:
        await peer.close()
