"""Our own part of the public graph: channels announced with their peers, our terms, our name."""

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import replace

from tipdesk.base.clock import Clock
from tipdesk.base.ids import ChannelId, NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import limits
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.features import INIT_FEATURES, NODE_FEATURES_WITH_KEYSEND
from tipdesk.lightning.gossip import announce
from tipdesk.lightning.gossip.graph import Graph, Policy
from tipdesk.lightning.gossip.verify import (
    DISABLE,
    GossipError,
    check_channel_announcement,
    check_channel_update,
)
from tipdesk.lightning.invoice.bolt11 import HintHop
from tipdesk.lightning.payment.own_paths import PathHop
from tipdesk.lightning.sphinx.recipient_data import PaymentRelay
from tipdesk.lightning.wire.gossip import (
    AnnouncementSignatures,
    ChannelAnnouncement,
    ChannelUpdate,
    NodeAnnouncement,
)
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import NodeConfig
from tipdesk.node.peers import Peer

_log = logging.getLogger(__name__)


class Announcer:
    """What we say of ourselves (BOLT 7), and what peers say of the channels between us."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        node_key: PrivateKey,
        graph: Graph,
        clock: Clock,
        own_channel: Callable[[ShortChannelId], ChannelDriver | None],
        own_channels: Callable[[], list[ChannelDriver]],
        tell: Callable[[ChannelAnnouncement | ChannelUpdate | NodeAnnouncement], None],
    ) -> None:
        self._config = config
        self._node_key = node_key
        self._node_id = NodeId(node_key.point)
        self._graph = graph
        self._clock = clock
        self._own_channel = own_channel
        self._own_channels = own_channels
        self._tell = tell
        self._deep: set[ShortChannelId] = set()
        self._theirs: dict[ShortChannelId, AnnouncementSignatures] = {}
        self._signatures_sent: set[tuple[NodeId, ShortChannelId]] = set()
        self._hints: dict[ChannelId, ChannelUpdate] = {}
        self.listen_port: int | None = None

    def peer_lost(self, peer: Peer) -> None:
        """On its next connection our half of an announcement may be due again."""
        self._signatures_sent = {pair for pair in self._signatures_sent if pair[0] != peer.node_id}

    def learn_hint(self, message: ChannelUpdate) -> None:
        """The peer's terms for a channel of ours that is not announced: for our invoices."""
        channel = self._own_channel(message.short_channel_id)
        if channel is not None and message.channel_flags & 1 == int(self._node_id < channel.peer):
            check_channel_update(message, channel.peer)
            self._hints[channel.channel_id] = message

    def route_hints(self) -> tuple[tuple[HintHop, ...], ...]:
        """BOLT 11 `r`: how to reach us over channels that are not announced (three at most)."""
        if any(channel.is_usable and channel.terms.announce for channel in self._own_channels()):
            return ()
        hints = []
        for channel in self._own_channels():
            if not isinstance(channel.state, Normal):
                continue
            update = self._hints.get(channel.channel_id)
            if update is not None:
                hints.append(
                    (
                        HintHop(
                            node_id=channel.peer,
                            short_channel_id=_known_to_peer(channel.state),
                            fee_base_msat=update.fee_base_msat,
                            fee_proportional_millionths=update.fee_proportional_millionths,
                            cltv_expiry_delta=update.cltv_expiry_delta,
                        ),
                    )
                )
        return tuple(hints[:3])

    def hops_to_us(self) -> tuple[PathHop, ...]:
        """For blinded paths: each channel over which a payment can come now, the widest first.

        Only those whose peer has told its terms for it. Peers that carry nothing on come last: a
        path over one of them is for its own payments.
        """
        found: list[tuple[bool, PathHop]] = []
        for channel in self._own_channels():
            state = channel.state
            terms = self._terms_of_peer(channel) if isinstance(state, Normal) else None
            if terms is None or not isinstance(state, Normal):
                continue
            room = limits.receivable(state.commitments, state.terms)
            most = min(terms.htlc_maximum_msat, room)
            if most >= terms.htlc_minimum_msat:
                hop = PathHop(
                    node_id=channel.peer,
                    short_channel_id=_known_to_peer(state),
                    relay=PaymentRelay(
                        cltv_expiry_delta=terms.cltv_expiry_delta,
                        fee_proportional_millionths=terms.fee_proportional_millionths,
                        fee_base_msat=terms.fee_base_msat,
                    ),
                    htlc_minimum_msat=max(terms.htlc_minimum_msat, Msat(1)),
                    htlc_maximum_msat=most,
                )
                found.append((_is_disabled(terms), hop))
        found.sort(key=lambda one: (one[0], -one[1].htlc_maximum_msat.value))
        return tuple(hop for _, hop in found)

    def _terms_of_peer(self, channel: ChannelDriver) -> Policy | ChannelUpdate | None:
        """What the peer asks for carrying a payment to us."""
        state = channel.state
        if not isinstance(state, Normal):
            return None
        if not state.terms.announce:
            return self._hints.get(channel.channel_id)
        return self._graph.policy(state.short_channel_id, 1 - self._direction(channel))

    def channel_deep(
        self, short_channel_id: ShortChannelId, channel: ChannelDriver, peer: Peer | None
    ) -> None:
        """The funding is six blocks deep: the channel may be announced, now or once it works."""
        self._deep.add(short_channel_id)
        self.channel_usable(channel, peer)

    def channel_usable(self, channel: ChannelDriver, peer: Peer | None) -> None:
        """The channel works and its peer is here: our terms go out, or our half of a signature."""
        state = channel.state
        if not isinstance(state, Normal) or peer is None:
            return
        scid = state.short_channel_id
        if not state.terms.announce:
            peer.send(self._update_for(channel, state))
            return
        if scid in self._deep and self._graph.slot_of(scid) is None:
            self._send_signatures(channel, state, peer)
        elif self._graph.slot_of(scid) is not None:
            self._publish_own(channel, state)

    def _send_signatures(self, channel: ChannelDriver, state: Normal, peer: Peer) -> None:
        scid = state.short_channel_id
        if (channel.peer, scid) in self._signatures_sent:
            return
        self._signatures_sent.add((channel.peer, scid))
        peer.send(self._our_signatures(channel, state))
        self._complete(channel, state)

    def signatures_received(
        self, channel: ChannelDriver, message: AnnouncementSignatures, peer: Peer | None
    ) -> None:
        """The peer's half; ours follows if it is due and not sent on this connection."""
        state = channel.state
        if not isinstance(state, Normal) or not state.terms.announce:
            return
        if message.short_channel_id != state.short_channel_id:
            return
        self._theirs[state.short_channel_id] = message
        if state.short_channel_id in self._deep and peer is not None:
            self._send_signatures(channel, state, peer)
            self._complete(channel, state)

    def _complete(self, channel: ChannelDriver, state: Normal) -> None:
        theirs = self._theirs.get(state.short_channel_id)
        if theirs is None:
            return
        described = self._described(channel, state)
        ours = self._our_signatures(channel, state)
        chain_hash = self._graph.chain_hash
        whole = announce.complete_announcement(described, chain_hash, ours, theirs)
        try:
            check_channel_announcement(whole)
        except GossipError as error:
            _log.warning("the peer's announcement_signatures: %s", error)
            del self._theirs[state.short_channel_id]
            return
        if self._graph.apply_channel(whole, state.terms.capacity) is None:
            self._tell(whole)
        # Gossip may have brought the announcement first: our terms are not in it.
        self._publish_own(channel, state)

    def _publish_own(self, channel: ChannelDriver, state: Normal) -> None:
        """Our update of an announced channel, if ours is missing, and our name."""
        if self._graph.policy(state.short_channel_id, self._direction(channel)) is not None:
            return
        now = self._clock.now()
        update = self._update_for(channel, state)
        if self._graph.apply_update(update, now) is None:
            self._tell(update)
        keysend = self._config.accepts_keysend
        features = NODE_FEATURES_WITH_KEYSEND if keysend else INIT_FEATURES
        name = announce.our_node_announcement(
            self._node_key, self._config.alias, self._addresses(), now, features
        )
        if self._graph.apply_node(name) is None:
            self._tell(name)

    def _direction(self, channel: ChannelDriver) -> int:
        return 0 if self._node_id < channel.peer else 1

    def _addresses(self) -> bytes:
        if self.listen_port is None:
            return b""
        try:
            host = ipaddress.IPv4Address(self._config.listen_host)
        except ValueError:
            return b""
        return announce.ipv4_address(host.packed, self.listen_port)

    def _described(self, channel: ChannelDriver, state: Normal) -> announce.AnnouncedChannel:
        return announce.AnnouncedChannel(
            channel_id=state.terms.channel_id,
            short_channel_id=state.short_channel_id,
            our_node=self._node_id,
            our_funding_key=state.terms.local.basepoints.funding_pubkey,
            their_node=channel.peer,
            their_funding_key=state.terms.remote.basepoints.funding_pubkey,
        )

    def _our_signatures(self, channel: ChannelDriver, state: Normal) -> AnnouncementSignatures:
        return announce.our_signatures(
            self._described(channel, state), self._graph.chain_hash, self._node_key, channel.signer
        )

    def _update_for(self, channel: ChannelDriver, state: Normal) -> ChannelUpdate:
        policy = self._config.policy
        terms = announce.OfferedTerms(
            cltv_expiry_delta=CltvDelta(policy.cltv_expiry_delta.value),
            htlc_minimum_msat=max(policy.htlc_minimum_msat, state.terms.remote.htlc_minimum),
            htlc_maximum_msat=min(
                state.terms.capacity.to_msat() - state.terms.remote.channel_reserve.to_msat(),
                state.terms.remote.max_htlc_value_in_flight,
            ),
            fee_base_msat=policy.fee_base_msat,
            fee_proportional_millionths=policy.fee_proportional_millionths,
            disabled=not self._config.forwards,
            announced=state.terms.announce,
        )
        described = self._described(channel, state)
        if not state.terms.announce:
            described = replace(described, short_channel_id=_known_to_peer(state))
        return announce.our_update(
            described,
            self._graph.chain_hash,
            self._node_key,
            terms,
            self._clock.now(),
        )


def _is_disabled(terms: Policy | ChannelUpdate) -> bool:
    return terms.disabled if isinstance(terms, Policy) else bool(terms.channel_flags & DISABLE)


def _known_to_peer(state: Normal) -> ShortChannelId:
    """A name of the channel that its peer knows and that tells as little as can be."""
    return state.short_channel_id if state.remote_alias is None else state.remote_alias
