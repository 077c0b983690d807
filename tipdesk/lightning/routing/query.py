"""What path finding is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.lightning.invoice.bolt11 import HintHop

MAX_HOPS: Final = 20
"""What fits into an onion and into a failure's attribution data."""


class DirectedChannel(NamedTuple):
    """One direction of a channel; direction 0 is from the lesser node id (BOLT 7)."""

    short_channel_id: ShortChannelId
    direction: int

    @classmethod
    def between(
        cls, short_channel_id: ShortChannelId, source: NodeId, target: NodeId
    ) -> "DirectedChannel":
        """The direction from `source` to `target`."""
        return cls(short_channel_id, 0 if source < target else 1)

    @property
    def number(self) -> int:
        """The directed channel as one number, as `gossip/edges` writes it."""
        return self.short_channel_id << 1 | self.direction

    @classmethod
    def of_number(cls, number: int) -> "DirectedChannel":
        """From `number`."""
        return cls(ShortChannelId(number >> 1), number & 1)


MICRO: Final = 1_000_000
"""Costs of routes are counted in millionths of a msat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What is to be least. Each part of a route's cost is in millionths of a msat."""

    fee: int = MICRO
    """For a msat of fee."""
    lock: int = 15
    """For a thousand msat that stay locked for a block: about 0.08 % a year."""
    attempt: int = 10_000 * MICRO
    """For an attempt that fails: it is weighed with the odds that it does."""
    hop: int = 100 * MICRO
    """For a hop, which may be down whatever it holds; at least 1, so that no way is a circle."""
    tolerance: int = 50
    """A way is taken if none can be better by a fiftieth; 0 asks for the best. The search mostly
    finds the best at once and spends its time on the proof."""


BALANCED: Final = Weights()
CHEAPEST: Final = Weights(lock=0, attempt=0, hop=1, tolerance=0)
"""Nothing but the fee."""
QUICKEST: Final = Weights(fee=0, lock=1_000, attempt=0, hop=1, tolerance=0)
"""Nothing but the time that money is locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalChannel:
    """A channel of ours with a peer that is connected."""

    short_channel_id: ShortChannelId
    peer: NodeId
    spendable: Msat
    """The largest HTLC that can be added now: reserve, fees and limits are taken off."""
    htlc_minimum: Msat


BLINDED: Final = ShortChannelId.of(0, 0xFFFFFF, 0)
"""From here on the numbers of blinded ends, in a block where no channel can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedEnd:
    """The end of a way as its payee hid it: one leap from its first node, on the payee's terms."""

    number: ShortChannelId
    """Names it in a route: `BLINDED` and its place among the payee's paths."""
    entry: NodeId
    fee_base_msat: int
    fee_proportional_millionths: int
    cltv_expiry_delta: CltvDelta
    """The payee's own delta included."""
    htlc_minimum_msat: Msat
    htlc_maximum_msat: Msat


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteQuery:
    """Which way may `amount` take from us to `target`."""

    source: NodeId
    target: NodeId
    amount: Msat
    """What the target shall get over this route."""
    final_cltv_delta: CltvDelta
    max_fee: Msat
    max_cltv: CltvDelta
    """The most blocks from now until our own HTLC expires."""
    local_channels: tuple[LocalChannel, ...]
    max_hops: int = MAX_HOPS
    route_hints: tuple[tuple[HintHop, ...], ...] = ()
    blinded_ends: tuple[BlindedEnd, ...] = ()
    """All of them lead to `target`, which is then no node's name."""
    excluded_channels: frozenset[DirectedChannel] = frozenset()
    excluded_nodes: frozenset[NodeId] = frozenset()
    in_use: Mapping[DirectedChannel, Msat] = field(default_factory=dict)
    """What other parts under way take of channels that are not ours."""
    weights: Weights = BALANCED
    """What counts, as far as the limits leave a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One channel of a route and the HTLC on it."""

    node_id: NodeId
    """Who receives the HTLC."""
    short_channel_id: ShortChannelId
    amount: Msat
    """The HTLC's amount."""
    cltv_delta: CltvDelta
    """Blocks from the present height to the HTLC's expiry."""

    @property
    def is_blinded(self) -> bool:
        """Whether this is the leap over all that a payee hid (`BlindedEnd`)."""
        return self.short_channel_id >= BLINDED and not self.short_channel_id.block_height


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way from us to the payee: the first hop's HTLC is ours to add."""

    source: NodeId
    hops: tuple[Hop, ...]

    @property
    def known_hops(self) -> tuple[Hop, ...]:
        """The hops that we chose ourselves, and whose nodes we can hear of."""
        return self.hops[:-1] if self.hops[-1].is_blinded else self.hops

    @property
    def total_amount(self) -> Msat:
        """What leaves our channel."""
        return self.hops[0].amount

    @property
    def amount(self) -> Msat:
        """What reaches the payee."""
        return self.hops[-1].amount

    @property
    def total_fee(self) -> Msat:
        """What the nodes in between keep."""
        return self.total_amount - self.amount

    @property
    def total_cltv(self) -> CltvDelta:
        """Blocks until our own HTLC expires."""
        return self.hops[0].cltv_delta

    def expiry(self, hop_index: int, height: BlockHeight) -> BlockHeight:
        """When a hop's HTLC expires if it is added at `height`."""
        return height.after(self.hops[hop_index].cltv_delta)

    def channels(self) -> tuple[DirectedChannel, ...]:
        """The directed channels in order."""
        sources = (self.source, *(hop.node_id for hop in self.hops))
        return tuple(
            DirectedChannel.between(hop.short_channel_id, source, hop.node_id)
            for source, hop in zip(sources, self.hops, strict=False)
        )


class NoRouteReason(Enum):
    """Why there is no route; the value is a sentence for the person who pays."""

    SELF_PAYMENT = Phrase("This is your own invoice.")
    NO_LOCAL_CHANNEL = Phrase("You have no channel with a connected peer.")
    NO_LOCAL_CAPACITY = Phrase("None of your channels can send this amount.")
    TARGET_UNKNOWN = Phrase("The receiver has no channel that is known.")
    FEE_OVER_LIMIT = Phrase("Every way costs more than your fee limit.")
    TIME_OVER_LIMIT = Phrase("Every way would lock the money for too long.")
    AMOUNT_BELOW_MINIMUM = Phrase("The amount is too small for the channels on the way.")
    NO_CAPACITY = Phrase("No way has channels that are large enough.")
    NO_ROUTE = Phrase("There is no way to the receiver just now.")


@dataclass(frozen=True, slots=True)
class RouteFailure:
    """No route; the reason names the limit that was met, the loosest one first."""

    reason: NoRouteReason
    least_fee: Msat | None = None
    """With `FEE_OVER_LIMIT`: the smallest fee at which a branch was given up."""
