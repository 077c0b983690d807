"""The way of a payment, put together from what the wallet keeps of it."""

from dataclasses import replace

from tests.unit.adapters.storage.test_node import ROUTE
from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.routing.query import BLINDED
from tipdesk.ports.stores import PaymentStatus, StoredPayment, TakenWay
from tipdesk.services.routes import RouteService

HASH = PaymentHash(b"\x07" * 32)
SENT = Instant(1_700_000_000_000)
# As a payer has it: each node keeps a msat, the first hop's HTLC is the largest and the longest.
WAY = replace(
    ROUTE,
    hops=tuple(
        replace(hop, amount=Msat(1_000_020 - 10 * place), cltv_delta=CltvDelta(200 - 80 * place))
        for place, hop in enumerate(ROUTE.hops)
    ),
)
PAYMENT = StoredPayment(
    payment_hash=HASH,
    invoice="lnbc",
    amount=Msat(1_000_000),
    max_fee=Msat(50_000),
    status=PaymentStatus.SUCCEEDED,
    created_at=SENT,
    preimage=Preimage(bytes(32)),
    fee=Msat(20),
    route=WAY,
    settled_at=SENT.plus_ms(34),
)
TAKEN = TakenWay(
    payment_hash=HASH,
    route=WAY,
    sent_at=SENT,
    settled_at=SENT.plus_ms(34),
    hold_times=(200, 100),
)


class Records:
    """What a wallet kept, as it is said."""

    def __init__(self, payment: StoredPayment | None, *ways: TakenWay) -> None:
        self._payment = payment
        self._ways = ways

    def payment(self, _: PaymentHash) -> StoredPayment | None:
        return self._payment

    def ways(self, _: PaymentHash) -> tuple[TakenWay, ...]:
        return self._ways

    def alias_of(self, node_id: NodeId) -> str:
        return "Harbour" if node_id == WAY.hops[0].node_id else ""


def test_each_node_has_what_it_kept_what_it_risked_and_what_it_said() -> None:
    taken = RouteService(Records(PAYMENT, TAKEN)).taken(HASH)
    assert taken is not None
    (part,) = taken.parts
    assert [hop.fee for hop in part.hops] == [Msat(10), Msat(10), Msat(0)]
    assert [hop.cltv_delta.value for hop in part.hops] == [80, 80, 40]
    assert [hop.held_ms for hop in part.hops] == [200, 100, None]
    assert [hop.alias for hop in part.hops] == ["Harbour", "", ""]
    assert (part.sent, part.arrived, taken.fee) == (Msat(1_000_020), Msat(1_000_000), Msat(20))
    assert (part.took_ms, taken.took_ms, taken.unknown_parts) == (34, 34, 0)


def test_a_payment_in_parts_takes_from_the_first_offer_to_the_last_preimage() -> None:
    later = replace(TAKEN, sent_at=SENT.plus_ms(5), settled_at=SENT.plus_ms(50))
    taken = RouteService(Records(replace(PAYMENT, parts=2), TAKEN, later)).taken(HASH)
    assert taken is not None
    assert (taken.took_ms, taken.unknown_parts) == (50, 0)


def test_of_parts_that_were_not_kept_it_says_how_many() -> None:
    taken = RouteService(Records(replace(PAYMENT, parts=3), TAKEN)).taken(HASH)
    assert taken is not None
    assert (taken.unknown_parts, taken.took_ms) == (2, None)


def test_a_payment_from_before_ways_were_kept_has_its_largest_part_and_no_times() -> None:
    taken = RouteService(Records(replace(PAYMENT, parts=2))).taken(HASH)
    assert taken is not None
    (part,) = taken.parts
    assert (len(part.hops), part.took_ms, taken.unknown_parts) == (3, None, 1)
    assert {hop.held_ms for hop in part.hops} == {None}


def test_what_did_not_succeed_or_is_not_ours_has_no_way() -> None:
    under_way = replace(PAYMENT, status=PaymentStatus.UNDER_WAY, preimage=None, fee=None)
    for records in (
        Records(None),
        Records(under_way, TAKEN),
        Records(replace(PAYMENT, route=None)),
    ):
        assert RouteService(records).taken(HASH) is None


def test_the_end_that_a_payee_hid_is_named_as_hidden() -> None:
    """BOLT 12: one leap, whatever is behind it."""
    last = replace(WAY.hops[-1], short_channel_id=BLINDED)
    hidden = replace(TAKEN, route=replace(WAY, hops=(*WAY.hops[:-1], last)))
    taken = RouteService(Records(PAYMENT, hidden)).taken(HASH)
    assert taken is not None
    assert [hop.is_hidden for hop in taken.parts[0].hops] == [False, False, True]
