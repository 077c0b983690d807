"""Puts together what moves money, and the messages that BOLT 12 needs for it."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.units import BlockHeight
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.payment.forward import Terms
from tipdesk.lightning.payment.own_paths import PathHop
from tipdesk.lightning.routing.query import LocalChannel
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.node.asking import InvoiceAsker
from tipdesk.node.book import ChannelBook
from tipdesk.node.config import NodeConfig
from tipdesk.node.gossip import GossipDriver
from tipdesk.node.host import Host
from tipdesk.node.invoices import InvoiceDesk
from tipdesk.node.offers import OfferDesk
from tipdesk.node.onion_messages import Messenger
from tipdesk.node.onions import Onions
from tipdesk.node.payables import PayableReader
from tipdesk.node.payments import PaymentDriver
from tipdesk.node.returning import Returner
from tipdesk.node.router import Router
from tipdesk.node.turn import Turn
from tipdesk.node.wayfinder import WayFinder
from tipdesk.ports.stores import NodeStore

MAX_HESITATION_SECONDS: Final = 0.5
"""So long at the most is a failure from behind us in a blinded route held back."""


class Money:
    """The parts that pay, are paid and carry payments on; each decides for itself."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        seed: bytes,
        node_key: PrivateKey,
        store: NodeStore,
        turn: Turn,
        clock: Clock,
        entropy: Entropy,
        scores: Scores,
        host: Host,
        book: ChannelBook,
        gossip: GossipDriver,
        height: Callable[[], BlockHeight],
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        self._node_id = NodeId(node_key.point)
        self._host = host
        self._book = book
        self._gossip = gossip
        self.ways = WayFinder(
            config=config,
            node_id=self._node_id,
            graph=gossip.graph,
            scores=scores,
            clock=clock,
            local_channels=self._local_channels,
            are_founded=gossip.are_founded,
        )
        self.messenger = Messenger(
            node_key=node_key,
            graph=gossip.graph,
            peer=host.peer,
            peers=host.peers,
            far_end=self._far_end,
            has_channel=lambda peer: bool(book.with_peer(peer)),
            clock=clock,
            entropy=entropy,
            spawn=spawn,
        )
        self.payments = PaymentDriver(
            payables=PayableReader(
                network=config.network,
                node_key=node_key,
                first_node=self.messenger.first_node,
                far_end=self._far_end,
            ),
            node_id=self._node_id,
            store=store,
            turn=turn,
            ways=self.ways,
            clock=clock,
            entropy=entropy,
            height=height,
            channel_by_scid=book.by_scid,
            spawn=spawn,
        )
        returner = Returner(clock, host.attributes)
        self.invoices = InvoiceDesk(
            config=config,
            node_key=node_key,
            store=store,
            turn=turn,
            clock=clock,
            entropy=entropy,
            returner=returner,
            height=height,
            route_hints=gossip.own.route_hints,
            channel_of=book.of,
        )
        self.offers = OfferDesk(
            config=config,
            seed=seed,
            node_key=node_key,
            store=store,
            turn=turn,
            clock=clock,
            entropy=entropy,
            height=height,
            messenger=self.messenger,
            payment_hops=self._hops_to_us,
            spawn=spawn,
        )
        self.asker = InvoiceAsker(
            network=config.network,
            seed=seed,
            messenger=self.messenger,
            clock=clock,
            entropy=entropy,
        )
        self.router = Router(
            onions=Onions(node_key, height),
            store=store,
            endpoint=_Endpoint(self.invoices, self.payments),
            returner=returner,
            forwards=config.forwards,
            terms=Terms(
                fee_base_msat=config.policy.fee_base_msat,
                fee_proportional_millionths=config.policy.fee_proportional_millionths,
                cltv_expiry_delta=config.policy.cltv_expiry_delta,
                htlc_minimum_msat=config.policy.htlc_minimum_msat,
            ),
            max_dust_exposure=config.limits.max_dust_exposure,
            channel_of=book.of,
            channel_by_scid=book.by_scid,
            channels_with=book.with_peer,
            knows_blinding=host.knows_blinding,
            hesitation=lambda: entropy.random_bytes(1)[0] / 256 * MAX_HESITATION_SECONDS,
            height=height,
        )

    def _local_channels(self) -> tuple[LocalChannel, ...]:
        return tuple(
            LocalChannel(
                short_channel_id=channel.state.short_channel_id,
                peer=channel.peer,
                spendable=channel.spendable,
                htlc_minimum=channel.state.terms.remote.htlc_minimum,
            )
            for channel in self._book.all()
            if isinstance(channel.state, Normal)
        )

    def _far_end(self, short_channel_id: ShortChannelId) -> NodeId | None:
        """The peer of one of our channels, as a blinded path names the next node."""
        channel = self._book.by_scid(short_channel_id)
        return None if channel is None else channel.peer

    def _hops_to_us(self) -> Sequence[PathHop]:
        hops = self._gossip.own.hops_to_us()
        return [hop for hop in hops if self._host.knows_blinding(hop.node_id)]


class _Endpoint:
    """Where payments begin and end, as the router sees it."""

    def __init__(self, invoices: InvoiceDesk, payments: PaymentDriver) -> None:
        self.receive = invoices.receive
        self.fulfilled = payments.fulfilled
        self.failed = payments.failed
        self.never_sent = payments.never_sent
