"""What the channels ask of the node around them, in one place (`ChannelHost`, `Consequences`)."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import ChannelId, NodeId, Preimage
from tipdesk.base.units import BlockHeight
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel import action, command
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith, Htlc, HtlcKey
from tipdesk.lightning.channel.state import ChannelState, Idle, Live, Normal, inner
from tipdesk.lightning.features import Feature
from tipdesk.lightning.keys.signer import InMemorySigner
from tipdesk.lightning.wire.gossip import AnnouncementSignatures
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Error
from tipdesk.lightning.wire.updates import UpdateFailHtlc, UpdateFulfillHtlc
from tipdesk.node.announcing import Announcer
from tipdesk.node.backup import BackupKeeper
from tipdesk.node.book import ChannelBook
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.coins import CoinDesk
from tipdesk.node.config import NodeConfig
from tipdesk.node.connections import Connections
from tipdesk.node.onchain import OnchainDesk
from tipdesk.node.opening import OpeningDesk
from tipdesk.node.peers import Peer
from tipdesk.node.router import Router
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import NodeStore

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class HostParts:
    """Those who act on what channels ask; some of them call the host in their turn."""

    onchain: OnchainDesk
    coins: CoinDesk
    connections: Connections
    openings: OpeningDesk
    announcer: Announcer
    backup: BackupKeeper
    router: Router


class Host:
    """Makes the drivers of channels, and hands on what they ask to the part that does it.

    `parts` is given after they are made, as they are made with this host: before any channel.
    """

    parts: HostParts

    def __init__(
        self,
        *,
        config: NodeConfig,
        seed: bytes,
        clock: Clock,
        entropy: Entropy,
        store: NodeStore,
        turn: Turn,
        book: ChannelBook,
        tell_change: Callable[[], None],
    ) -> None:
        self.store = store
        self.turn = turn
        self._config = config
        self._seed = seed
        self._clock = clock
        self._entropy = entropy
        self._book = book
        self._tell_change = tell_change

    # -- drivers --------------------------------------------------------------------------------

    def new_channel(self, peer: NodeId) -> ChannelDriver:
        """A channel with a peer that nobody has asked for yet."""
        key_id = self._entropy.random_bytes(16)
        return ChannelDriver(self, peer, key_id, InMemorySigner(self._seed, key_id), Idle())

    def take_up(self, state: Live) -> ChannelDriver:
        """A channel of an earlier process, entered in the book and watched on chain."""
        terms = inner(state).terms
        signer = InMemorySigner(self._seed, terms.channel_key_id)
        channel = ChannelDriver(self, terms.peer, terms.channel_key_id, signer, state)
        self._book.file(channel)
        self.parts.onchain.take_up(channel)
        return channel

    def context(self, channel: ChannelDriver) -> ChannelContext:
        """The world as the channel's next step may see it."""
        feerates = self.parts.onchain.driver.feerates
        highest = self._config.limits.maximum_feerate
        return ChannelContext(
            network=self._config.network,
            peer=channel.peer,
            height=self.parts.onchain.height(),
            # A server's word; peers fail a channel whose feerate is absurd.
            feerate=min(
                highest, max(self._config.commitment_feerate_floor, feerates.for_commitments())
            ),
            closing_feerate=min(highest, feerates.within(12)),
            signer=channel.signer,
            channel_key_id=channel.key_id,
            shutdown_script=self.parts.coins.shutdown_script,
            limits=self._config.limits,
            now=self._clock.now(),
        )

    def follow_fee_market(self) -> None:
        """The commitments that we pay for follow the market, in steps worth a message."""
        for channel in self._book.all():
            state = channel.state
            if isinstance(state, Normal) and state.terms.is_funder:
                wanted, now = self.context(channel).feerate, state.commitments.feerate
                if wanted * 10 > now * 12 or wanted * 10 < now * 6:
                    channel.handle(command.UpdateFeerate(wanted))

    # -- the peer -------------------------------------------------------------------------------

    def send(self, peer: NodeId, message: Message) -> None:
        """Sends to a peer after the commit; what it misses is sent again when it is back."""
        connected = self.parts.connections.peer(peer)
        if connected is not None:
            connected.send(message if self.attributes(peer) else _without_attribution(message))

    def peer(self, node_id: NodeId) -> Peer | None:
        """A peer that is connected and has said what it knows."""
        return self.parts.connections.peer(node_id)

    def peers(self) -> list[Peer]:
        """All of those."""
        return self.parts.connections.ready_peers()

    def attributes(self, peer: NodeId) -> bool:
        """Whether `attribution_data` is for this peer; one that is away may ask for it yet."""
        connected = self.parts.connections.peer(peer)
        return connected is None or connected.offers(Feature.ATTRIBUTION_DATA)

    def knows_blinding(self, peer: NodeId) -> bool:
        """Whether an HTLC inside a blinded route may go to this peer."""
        connected = self.parts.connections.peer(peer)
        return connected is not None and connected.offers(Feature.ROUTE_BLINDING)

    def disconnect(self, peer: NodeId) -> None:
        """Closes the connection after the commit."""
        connected = self.parts.connections.peer(peer)
        if connected is not None:
            connected.close_later()

    # -- the channel's life ---------------------------------------------------------------------

    def channel_changed(self, channel: ChannelDriver, before: ChannelState) -> None:
        """Keeps the book, tells who waits, lets gossip know of a channel that works now."""
        if type(channel.state) is not type(before):
            self._book.file(channel)
            self.parts.openings.channel_changed(channel)
            self.turn.after_commit(self.parts.backup.channels_changed)
            self.parts.onchain.resolutions.follow(channel)
            if isinstance(channel.state, Normal):
                self.turn.after_commit(lambda: self._usable(channel))
        self._tell_change()

    def _usable(self, channel: ChannelDriver) -> None:
        self.parts.announcer.channel_usable(channel, self.parts.connections.peer(channel.peer))

    def announcement_received(
        self, channel: ChannelDriver, message: AnnouncementSignatures
    ) -> None:
        """The peer's half of the channel announcement."""
        peer = self.parts.connections.peer(channel.peer)
        self.parts.announcer.signatures_received(channel, message, peer)

    def opening_failed(self, channel: ChannelDriver, reason: str) -> None:
        """The channel did not come to be."""
        _log.info("opening with %s failed: %s", channel.peer, reason)
        self.parts.openings.failed(channel, reason)

    def forget(self, channel: ChannelDriver, channel_id: ChannelId) -> None:
        """The channel never came to be, and holds nothing of ours."""
        _log.info("%r never came to be: forgotten", channel)
        self.store.forget_channel(channel_id)
        self._book.drop_opening(channel)
        self.turn.touched()

    # -- coins and the chain --------------------------------------------------------------------

    def fund(self, channel: ChannelDriver, request: action.RequestFunding) -> None:
        """Asks the wallet for the funding transaction."""
        self.parts.coins.fund(channel, request)

    def not_funded(self, channel: ChannelDriver, why: str) -> None:
        """The wallet cannot pay for a channel that its peer has accepted: it need not wait."""
        self.parts.openings.failed(channel, why)
        if channel.temporary_id is not None:
            channel_id = ChannelId(channel.temporary_id)
            self.send(channel.peer, Error(channel_id=channel_id, data=b"no funding can be made"))

    def release(self, transaction: Transaction) -> None:
        """Frees the inputs of a funding that will not happen."""
        self.parts.coins.release(transaction)

    def publish(self, transaction: Transaction) -> None:
        """Broadcasts after the commit, again at every block until it confirms."""
        self.parts.onchain.publish(transaction)

    def watch(self, _: ChannelDriver, request: action.WatchFunding) -> None:
        """Watches a funding output."""
        self.parts.onchain.watch(request)

    # -- HTLCs ----------------------------------------------------------------------------------

    def htlc_received(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """An incoming HTLC is irrevocably committed."""
        self.parts.router.received(channel, htlc)

    def htlc_fulfilled(self, channel: ChannelDriver, htlc: Htlc, preimage: Preimage) -> None:
        """The peer, or the chain, revealed a preimage."""
        self.parts.router.fulfilled(channel, htlc, preimage)
        self.parts.onchain.resolutions.preimage_known(htlc.payment_hash)

    def htlc_failed(
        self, channel: ChannelDriver, htlc: Htlc, outcome: FailedWith | FailedMalformed
    ) -> None:
        """An HTLC of ours is irrevocably gone."""
        self.parts.router.failed(channel, htlc, outcome)

    def htlc_lost(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """The chain has decided that an HTLC of ours is gone."""
        self.parts.router.lost(channel, htlc)

    def htlc_never_sent(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """An HTLC of ours was dropped unsigned."""
        self.parts.router.never_sent(channel, htlc)

    def upstream_expiries(self, channel: ChannelDriver) -> Mapping[HtlcKey, BlockHeight]:
        """By when HTLCs that were carried on over this channel must be back."""
        return self.parts.router.upstream_expiries(channel.channel_id)


def _without_attribution(message: Message) -> Message:
    if isinstance(message, UpdateFulfillHtlc | UpdateFailHtlc) and message.attribution_data:
        return replace(message, attribution_data=None)
    return message
