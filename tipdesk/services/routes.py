"""The way that a payment took: which nodes, what each kept, how long each says it held it."""

from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.ports.routes import RouteRecords
from tipdesk.ports.stores import PaymentStatus, TakenWay


@dataclass(frozen=True, slots=True, kw_only=True)
class HopTaken:
    """A node that a part came to; the last one is the payee."""

    node_id: NodeId
    alias: str
    """A stranger's words; empty if it has no name that we know."""
    short_channel_id: ShortChannelId
    """Of the channel that the part came over."""
    amount: Msat
    """What came over it."""
    fee: Msat
    """What the node kept; the payee keeps all, and no fee."""
    cltv_delta: CltvDelta
    """The blocks that the node had to pass a preimage on; at the payee, to claim by it."""
    held_ms: int | None
    """From the offer to the answer, by the node's word, in tenths of a second; None: not told."""
    is_hidden: bool = False
    """The payee hid the end of the way (BOLT 12): this stands for all that is behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTaken:
    """One part that arrived."""

    hops: tuple[HopTaken, ...]
    sent_at: Instant | None
    settled_at: Instant

    @property
    def sent(self) -> Msat:
        """What left us."""
        return self.hops[0].amount

    @property
    def arrived(self) -> Msat:
        """What came to the payee."""
        return self.hops[-1].amount

    @property
    def took_ms(self) -> int | None:
        """By our own clock, from the offer to the preimage; None if it was not kept."""
        return None if self.sent_at is None else max(0, self.settled_at.since(self.sent_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTaken:
    """All that is kept of the way of a payment that succeeded."""

    payment_hash: PaymentHash
    amount: Msat
    fee: Msat
    parts: tuple[PartTaken, ...]
    unknown_parts: int = 0
    """Parts of which the way was not kept, or whose end is not here yet."""

    @property
    def took_ms(self) -> int | None:
        """From the first offer to the last preimage; None if not all of it was kept."""
        begun = [part.sent_at for part in self.parts if part.sent_at is not None]
        if self.unknown_parts or len(begun) < len(self.parts):
            return None
        return max(0, max(part.settled_at for part in self.parts).since(min(begun)))


class RouteService:
    """Reads what the wallet keeps; asks nobody."""

    def __init__(self, records: RouteRecords) -> None:
        self._records = records

    def taken(self, payment_hash: PaymentHash) -> RouteTaken | None:
        """The way of a payment; None if it did not succeed or nothing is known of its way."""
        payment = self._records.payment(payment_hash)
        if payment is None or payment.status is not PaymentStatus.SUCCEEDED:
            return None
        ways = list(self._records.ways(payment_hash))
        if not ways and payment.route is not None and payment.settled_at is not None:
            # Before ways were kept, or since forgotten: the largest part stands with the payment.
            largest = TakenWay(
                payment_hash=payment_hash,
                route=payment.route,
                sent_at=None,
                settled_at=payment.settled_at,
            )
            ways = [largest]
        if not ways or payment.fee is None:
            return None
        return RouteTaken(
            payment_hash=payment_hash,
            amount=payment.amount,
            fee=payment.fee,
            parts=tuple(self._part(way) for way in ways),
            unknown_parts=max(0, payment.parts - len(ways)),
        )

    def _part(self, way: TakenWay) -> PartTaken:
        hops = way.route.hops
        onward = [(hop.amount, hop.cltv_delta) for hop in hops[1:]]
        held = [*way.hold_times, *(None for _ in hops)]
        return PartTaken(
            hops=tuple(
                HopTaken(
                    node_id=hop.node_id,
                    alias=self._records.alias_of(hop.node_id),
                    short_channel_id=hop.short_channel_id,
                    amount=hop.amount,
                    fee=hop.amount - passed_on,
                    cltv_delta=CltvDelta(hop.cltv_delta.value - blocks.value),
                    held_ms=told,
                    is_hidden=hop.is_blinded,
                )
                for hop, (passed_on, blocks), told in zip(
                    hops, [*onward, (hops[-1].amount, CltvDelta(0))], held, strict=False
                )
            ),
            sent_at=way.sent_at,
            settled_at=way.settled_at,
        )
