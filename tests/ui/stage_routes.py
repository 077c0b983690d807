"""Ways that the stage's payments took: made here, or the same for every payment."""

from tests.ui import content
from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.services.routes import HopTaken, PartTaken, RouteTaken

NAMES = ("Harbour Router", "Zwischenstation an der Brücke am Kanal", "Ana's node")
HELD = (300, 200, 0)
SENT = Instant(1_790_000_000_000)


class StageRoutes:
    """What `RouteService` would answer."""

    def __init__(self) -> None:
        self.all: dict[PaymentHash, RouteTaken | None] = {}
        self.are_known = True

    def taken(self, payment_hash: PaymentHash) -> RouteTaken | None:
        """The one that was put, or the usual one."""
        usual = route(payment_hash) if self.are_known else None
        return self.all.get(payment_hash, usual)


def route(
    payment_hash: PaymentHash, *parts: PartTaken, unknown_parts: int = 0, amount: int = 1_000_000
) -> RouteTaken:
    """A payment over these parts, or over two routers."""
    shown = parts or (part(amount),)
    return RouteTaken(
        payment_hash=payment_hash,
        amount=sum((one.arrived for one in shown), Msat(0)),
        fee=sum((one.sent - one.arrived for one in shown), Msat(0)),
        parts=shown,
        unknown_parts=unknown_parts,
    )


def part(
    amount: int = 1_000_000,
    names: tuple[str, ...] = NAMES,
    fees: tuple[int, ...] = (11_000, 10_000, 0),
    held: tuple[int | None, ...] = HELD,
    took_ms: int | None = 340,
) -> PartTaken:
    """A way over nodes with these names, fees and words about time."""
    hops = tuple(
        HopTaken(
            node_id=NodeId(b"\x02" + content.number(100 + place)),
            alias=name,
            short_channel_id=ShortChannelId.of(200 + place, 1, 0),
            amount=Msat(amount + sum(fees[place:])),
            fee=Msat(fee),
            cltv_delta=CltvDelta(40),
            held_ms=told,
        )
        for place, (name, fee, told) in enumerate(zip(names, fees, held, strict=True))
    )
    sent = None if took_ms is None else SENT
    return PartTaken(hops=hops, sent_at=sent, settled_at=SENT.plus_ms(took_ms or 0))
