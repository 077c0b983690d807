"""BOLT 4, route blinding for payments: paths of our own, what is refused on them, paths to us."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graphs import NOW, Terms, graph_of, node
from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret, Point, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.htlc import Direction, Htlc
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice.bolt12 import BlindedPayinfo, PaymentPath
from tipdesk.lightning.payment.blinded import InvalidBlinding, read_final, read_forward
from tipdesk.lightning.payment.destination import of_paths
from tipdesk.lightning.payment.own_paths import PathHop, payment_path
from tipdesk.lightning.payment.tails import behind_us
from tipdesk.lightning.routing.pathfind import find_route
from tipdesk.lightning.routing.query import LocalChannel, Route, RouteQuery
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.sphinx.blinding import BlindedPath, blind
from tipdesk.lightning.sphinx.payload import BlindedPayload, decode_blinded
from tipdesk.lightning.sphinx.recipient_data import (
    PaymentConstraints,
    PaymentRelay,
    RecipientData,
)

KEYS = [PrivateKey(bytes([index + 1]) * 32) for index in range(4)]
NODES = [NodeId(key.point) for key in KEYS]
SESSION = PrivateKey(b"\x71" * 32)
SECRET = PaymentSecret(b"\x11" * 32)
HASH = PaymentHash(b"\x22" * 32)
HEIGHT = BlockHeight(1_000)
UNTIL = HEIGHT.after(CltvDelta(300))
FINAL_DELTA = CltvDelta(42)


def hop(index: int, *, base: int = 1_000, rate: int = 100, blocks: int = 80) -> PathHop:
    return PathHop(
        node_id=NODES[index],
        short_channel_id=ShortChannelId.of(7, index, 0),
        relay=PaymentRelay(
            cltv_expiry_delta=CltvDelta(blocks),
            fee_proportional_millionths=rate,
            fee_base_msat=base,
        ),
        htlc_minimum_msat=Msat(10 + index),
        htlc_maximum_msat=Msat(10**9 - index),
    )


def made(*hops: PathHop) -> tuple[BlindedPath, BlindedPayinfo]:
    found = payment_path(
        SESSION,
        hops,
        NODES[3],
        path_id=SECRET,
        usable_until=UNTIL,
        final_cltv_delta=FINAL_DELTA,
    )
    return found.path, found.payinfo


def arriving(amount: Msat, expiry: BlockHeight, path_key: Point | None) -> Htlc:
    return Htlc(
        direction=Direction.INCOMING,
        id=0,
        amount=amount,
        payment_hash=HASH,
        cltv_expiry=expiry,
        onion=bytes(1366),
        path_key=path_key,
    )


def test_a_path_costs_what_the_sums_of_the_specification_say() -> None:
    """The figures of BOLT 4's blinded payment vectors."""
    _, terms = made(
        hop(0, base=10_000, rate=0, blocks=50),
        hop(1, base=100, rate=150, blocks=75),
        hop(2, base=0, rate=100, blocks=25),
    )
    assert (terms.fee_base_msat, terms.fee_proportional_millionths) == (10_100, 251)
    assert terms.cltv_expiry_delta == CltvDelta(150) + FINAL_DELTA
    assert (terms.htlc_minimum_msat, terms.htlc_maximum_msat) == (Msat(12), Msat(10**9 - 2))


def test_no_length_tells_which_hop_of_a_path_is_the_last() -> None:
    path, _ = made(hop(0), hop(1), hop(2))
    assert len({len(one.encrypted_recipient_data) for one in path.path}) == 1


@given(
    st.integers(1_000, 10**8),
    st.lists(
        st.tuples(st.integers(0, 50_000), st.integers(0, 20_000), st.integers(1, 144)),
        min_size=1,
        max_size=3,
    ),
)
def test_what_the_path_asks_pays_every_node_on_it_and_its_end(
    amount: int, policies: list[tuple[int, int, int]]
) -> None:
    hops = [
        hop(index, base=base, rate=rate, blocks=blocks)
        for index, (base, rate, blocks) in enumerate(policies)
    ]
    path, terms = made(*hops)
    carried = Msat(amount) + terms.fee(Msat(amount))
    expiry = HEIGHT.after(terms.cltv_expiry_delta)
    path_key: Point | None = None
    for index, one in enumerate(path.path[:-1]):
        first = None if index else path.first_path_key
        payload = BlindedPayload(
            encrypted_recipient_data=one.encrypted_recipient_data, current_path_key=first
        )
        onward = read_forward(KEYS[index], arriving(carried, expiry, path_key), payload)
        assert onward.to == hops[index].short_channel_id
        base, rate, blocks = policies[index]
        fee = base + onward.amt_to_forward.value * rate // 1_000_000
        # BOLT 4 rounds what goes on up, which may cost a node one msat of its fee.
        assert carried.value - onward.amt_to_forward.value >= fee - 1
        carried, path_key = onward.amt_to_forward, onward.next_path_key
        expiry = BlockHeight(expiry.value - blocks)
        assert expiry == onward.outgoing_cltv_value
    assert carried >= Msat(amount)
    assert expiry == HEIGHT.after(FINAL_DELTA)
    final = read_final(KEYS[3], arriving(carried, expiry, path_key), last(path))
    assert final.payment_secret == SECRET


def last(path: BlindedPath) -> BlindedPayload:
    return BlindedPayload(
        encrypted_recipient_data=path.path[-1].encrypted_recipient_data,
        amt_to_forward=Msat(5_000),
        outgoing_cltv_value=HEIGHT,
        total_amount_msat=Msat(5_000),
    )


RELAY = PaymentRelay(
    cltv_expiry_delta=CltvDelta(40), fee_proportional_millionths=0, fee_base_msat=1
)
GOOD = RecipientData(
    short_channel_id=ShortChannelId(5),
    payment_relay=RELAY,
    payment_constraints=PaymentConstraints(
        max_cltv_expiry=BlockHeight(1_100), htlc_minimum_msat=Msat(1_000)
    ),
    allowed_features=FeatureBits(),
)
HERE = arriving(Msat(5_000), BlockHeight(1_100), None)


def told(data: RecipientData, **more: Any) -> BlindedPayload:
    path, _ = blind(SESSION, [(NODES[0], data.encode())])
    return replace(
        BlindedPayload(
            encrypted_recipient_data=path.path[0].encrypted_recipient_data,
            current_path_key=path.first_path_key,
        ),
        **more,
    )


def test_what_keeps_to_the_rules_is_carried_on() -> None:
    onward = read_forward(KEYS[0], HERE, told(GOOD))
    assert (onward.to, onward.amt_to_forward) == (ShortChannelId(5), Msat(4_999))
    assert onward.outgoing_cltv_value == BlockHeight(1_060)


@pytest.mark.parametrize(
    ("htlc", "payload"),
    [
        (replace(HERE, path_key=KEYS[1].point), told(GOOD)),
        (HERE, told(GOOD, current_path_key=None)),
        (HERE, told(GOOD, current_path_key=KEYS[2].point)),
        (HERE, told(GOOD, encrypted_recipient_data=bytes(60))),
        (replace(HERE, cltv_expiry=BlockHeight(1_101)), told(GOOD)),
        (replace(HERE, amount=Msat(999)), told(GOOD)),
        (HERE, told(replace(GOOD, allowed_features=FeatureBits([1])))),
        (HERE, told(replace(GOOD, next_node_id=NODES[1]))),
        (HERE, told(replace(GOOD, short_channel_id=None))),
        (HERE, told(replace(GOOD, payment_relay=None))),
        (HERE, told(GOOD, amt_to_forward=Msat(5_000))),
        (HERE, told(GOOD, outgoing_cltv_value=HEIGHT)),
        (HERE, told(GOOD, total_amount_msat=Msat(5_000))),
    ],
)
def test_class_35_whatever_breaks_a_rule_is_one_error(htlc: Htlc, payload: BlindedPayload) -> None:
    with pytest.raises(InvalidBlinding):
        read_forward(KEYS[0], htlc, payload)


@pytest.mark.parametrize(
    "payload",
    [
        told(replace(GOOD, path_id=bytes(31)), amt_to_forward=Msat(1)),
        told(GOOD, amt_to_forward=Msat(1), outgoing_cltv_value=HEIGHT, total_amount_msat=Msat(1)),
        told(replace(GOOD, path_id=bytes(32)), amt_to_forward=Msat(1), total_amount_msat=Msat(1)),
    ],
)
def test_the_last_node_refuses_what_it_is_not_told_or_did_not_make(
    payload: BlindedPayload,
) -> None:
    with pytest.raises(InvalidBlinding):
        read_final(KEYS[0], HERE, payload)


def query(path: BlindedPath, terms: BlindedPayinfo, *, source: NodeId, amount: Msat) -> RouteQuery:
    destination = of_paths([PaymentPath(path, terms)], amount, max_parts=1)
    return RouteQuery(
        source=source,
        target=destination.node_id,
        amount=amount,
        final_cltv_delta=destination.final_cltv_delta,
        max_fee=Msat(100_000),
        max_cltv=CltvDelta(2016),
        local_channels=(
            LocalChannel(
                short_channel_id=ShortChannelId.of(9, 9, 9),
                peer=node(1),
                spendable=Msat(10**9),
                htlc_minimum=Msat(1),
            ),
        ),
        blinded_ends=tuple(tail.end for tail in destination.tails),
    )


def test_a_route_leads_into_a_path_and_pays_for_it() -> None:
    graph = graph_of(Terms(1, 2, 12), Terms(2, 1, 12))
    path, terms = made(replace(hop(0), node_id=node(2)))
    asked = query(path, terms, source=node(50), amount=Msat(100_000))
    route = find_route(graph, asked, Scores(), NOW)
    assert isinstance(route, Route)
    assert [one.is_blinded for one in route.hops] == [False, False, True]
    assert route.hops[1].amount == Msat(100_000) + terms.fee(Msat(100_000))
    blocks = terms.cltv_expiry_delta + asked.final_cltv_delta
    assert route.hops[1].cltv_delta == blocks
    payloads = of_paths([PaymentPath(path, terms)], Msat(100_000), max_parts=1).payloads(
        route, HEIGHT
    )
    assert [one for one, _ in payloads] == [node(1), node(2), path.path[1].blinded_node_id]
    entry = decode_blinded(payloads[1][1])
    assert entry is not None
    assert entry.current_path_key == path.first_path_key
    final = decode_blinded(payloads[2][1])
    assert final is not None
    assert final.total_amount_msat == Msat(100_000)


def test_an_amount_that_a_path_does_not_carry_takes_another_way_or_none() -> None:
    graph = graph_of(Terms(1, 2, 12), Terms(2, 1, 12))
    path, terms = made(replace(hop(0), node_id=node(2), htlc_maximum_msat=Msat(50_000)))
    asked = query(path, terms, source=node(50), amount=Msat(100_000))
    assert not isinstance(find_route(graph, asked, Scores(), NOW), Route)


def test_what_a_payee_hid_teaches_nothing_about_other_payees() -> None:
    graph = graph_of(Terms(1, 2, 12), Terms(2, 1, 12))
    path, terms = made(replace(hop(0), node_id=node(2)))
    asked = query(path, terms, source=node(50), amount=Msat(100_000))
    route = find_route(graph, asked, Scores(), NOW)
    assert isinstance(route, Route)
    scores = Scores()
    scores.route_succeeded(route, NOW)
    scores.route_failed(route, route.channels()[-1], NOW)
    assert route.channels()[-1].number not in scores.known()
    assert route.channels()[1].number in scores.known()


def test_class_35_a_path_that_begins_with_us_is_entered_behind_us() -> None:
    amount = Msat(100_000)
    path, terms = made(hop(0), hop(1))
    rest = behind_us(KEYS[0], PaymentPath(path, terms), amount, lambda _: NODES[1])
    assert rest is not None
    shorter, left = rest.path, rest.payinfo
    assert shorter.first_node_id == NODES[1]
    assert left.cltv_expiry_delta == CltvDelta(80) + FINAL_DELTA
    onward = read_forward(
        KEYS[1],
        arriving(amount + left.fee(amount), HEIGHT.after(left.cltv_expiry_delta), None),
        BlindedPayload(
            encrypted_recipient_data=shorter.path[0].encrypted_recipient_data,
            current_path_key=shorter.first_path_key,
        ),
    )
    assert onward.amt_to_forward >= amount
    assert left.fee(amount) < terms.fee(amount)


def test_class_35_a_path_that_is_ours_alone_or_not_ours_leads_nowhere() -> None:
    amount = Msat(100_000)
    alone = payment_path(
        SESSION,
        (),
        NODES[0],
        path_id=SECRET,
        usable_until=UNTIL,
        final_cltv_delta=FINAL_DELTA,
    )
    assert behind_us(KEYS[0], alone, amount, lambda _: NODES[1]) is None
    path, terms = made(hop(1))
    assert behind_us(KEYS[0], PaymentPath(path, terms), amount, lambda _: NODES[1]) is None
    begins_with_us, terms = made(hop(0))
    assert behind_us(KEYS[0], PaymentPath(begins_with_us, terms), amount, lambda _: None) is None
