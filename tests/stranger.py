"""A scripted peer with a real channel: what it says and when is the test's, byte for byte."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.channels import FUNDING, Side
from tests.nodes import Member, World
from tests.scripted_peer import ScriptedPeer, connected
from tests.waiting import eventually
from tipdesk.base.ids import ChannelId, ShortChannelId
from tipdesk.base.units import FeeratePerKw, Msat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import action, command, limits
from tipdesk.lightning.channel.state import Idle, Opening, OpenParameters, inner
from tipdesk.lightning.keys.signer import InMemorySigner
from tipdesk.lightning.wire.gossip import ChannelUpdate
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.opening import AcceptChannel, ChannelReady, FundingSigned
from tipdesk.lightning.wire.reestablish import ChannelReestablish
from tipdesk.lightning.wire.setup import PeerStorage, PeerStorageRetrieval
from tipdesk.node.channels import ChannelDriver

UNASKED = (PeerStorage, PeerStorageRetrieval, ChannelUpdate)
"""What a node tells a peer with a channel of its own accord."""
HALF = Msat(FUNDING.to_msat().value // 2)


class Stranger:
    """A `Side` of a channel behind a wire of its own; nothing is signed or sent unasked."""

    def __init__(self, world: World, victim: Member) -> None:
        self.world = world
        self.victim = victim
        self.side = Side("alice")
        self.side.peer_id = victim.node.node_id
        self.key = PrivateKey(sha256(b"alice"))
        self._opened = 0
        self._past: set[ChannelId] = set()
        """Channels that it had before; the victim may still speak of how they ended."""

    @property
    def channel_id(self) -> ChannelId:
        return inner(self.side.state).terms.channel_id  # type: ignore[arg-type]

    @property
    def channel(self) -> ChannelDriver:
        """The victim's side."""
        found = self.victim.node.book.of(self.channel_id)
        assert found is not None
        return found

    @asynccontextmanager
    async def connected(self, *, reestablish: bool = True) -> AsyncIterator[ScriptedPeer]:
        """A new connection, re-established if there is a channel."""
        async with connected(self.victim, key=self.key) as peer:
            if reestablish and not isinstance(self.side.state, Idle):
                self.side.do(command.PeerConnected())
                self.say_all(peer)
                await self.hear(peer, ChannelReestablish)
                self.say_all(peer)
            try:
                yield peer
            finally:
                if not isinstance(self.side.state, Idle):
                    self.side.do(command.PeerDisconnected())
                    self.side.outbox.clear()

    def say_all(self, peer: ScriptedPeer) -> None:
        """Sends what its side of the channel has to say."""
        while self.side.outbox:
            peer.send_plain(self.side.outbox.popleft())

    async def answer(self, peer: ScriptedPeer) -> Message:
        """The victim's next message that is about a channel."""
        while True:
            message = await peer.receive()
            is_past = getattr(message, "channel_id", None) in self._past
            if not isinstance(message, UNASKED) and not is_past:
                return message

    async def hear(self, peer: ScriptedPeer, kind: type[Message]) -> Message:
        """The victim's next message, which its side of the channel takes in."""
        while isinstance(message := await self.answer(peer), ChannelReestablish):
            if kind is ChannelReestablish and message.channel_id == self.channel_id:
                break
        assert isinstance(message, kind), type(message)
        self.side.do(command.MessageReceived(message))
        return message

    def propose(self) -> None:
        """Its `open_channel` is ready to be said; a new channel with keys of its own."""
        self._opened += 1
        if not isinstance(self.side.state, Opening):
            self._past.add(self.channel_id)
        name = b"channel %d" % self._opened
        self.side.state, self.side.signer = Idle(), InMemorySigner(sha256(b"alice"), name)
        self.side.height = self.world.regtest.chain.height
        parameters = OpenParameters(
            channel_key_id=name,
            temporary_channel_id=sha256(name),
            funding=FUNDING,
            push=HALF,
            feerate=FeeratePerKw(1000),
            announce=False,
            local=limits.local_side(self.side.context, FUNDING),
        )
        self.side.do(command.Open(parameters))

    def fund(self) -> Transaction:
        """Its `funding_created` is ready to be said; the faucet pays."""
        request = self.side.events.pop()
        assert isinstance(request, action.RequestFunding), request
        regtest = self.world.regtest
        txid = regtest.fund(request.script_pubkey, request.amount)
        funding = regtest.mempool.entries[txid].transaction
        self.side.do(command.FundingReady(funding))
        return funding

    async def open(self) -> None:
        """A channel that works; half of it is the victim's."""
        async with self.connected(reestablish=False) as peer:
            self.propose()
            self.say_all(peer)
            await self.hear(peer, AcceptChannel)
            funding = self.fund()
            self.say_all(peer)
            await self.hear(peer, FundingSigned)
            height = self.world.regtest.mine(1)
            block = self.world.regtest.chain.block_at(height)
            position = [tx.txid for tx in block.transactions].index(funding.txid)
            index = self.side.state.terms.funding_outpoint.index  # type: ignore[union-attr]
            scid = ShortChannelId.of(height, position, index)
            self.side.do(command.FundingConfirmed(funding, scid))
            self.say_all(peer)
            self.world.regtest.mine(2)
            await self.hear(peer, ChannelReady)
            await eventually(lambda: self.channel.is_usable, "the channel does not work")
