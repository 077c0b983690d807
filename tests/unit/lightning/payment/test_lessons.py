"""What a failed attempt teaches: whom to avoid, and when to stop."""

import pytest

from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith
from tipdesk.lightning.payment.lessons import (
    Ending,
    Lesson,
    Narrow,
    lesson_of,
    lesson_of_unreadable,
    read_lesson,
)
from tipdesk.lightning.routing.query import Hop, Route
from tipdesk.lightning.sphinx.attribution import add_hold_time
from tipdesk.lightning.sphinx.errors import failure_packet, wrap_failure
from tipdesk.lightning.sphinx.packet import shared_secrets
from tipdesk.lightning.wire.failures import Failure, FailureCode, encode

NODES = [NodeId(PrivateKey(sha256(bytes([number]))).point) for number in range(5)]
ROUTE = Route(
    source=NODES[0],
    hops=tuple(
        Hop(
            node_id=NODES[number],
            short_channel_id=ShortChannelId.of(100 + number, 1, 0),
            amount=Msat(1_000),
            cltv_delta=CltvDelta(50),
        )
        for number in (1, 2, 3)
    ),
)
CHANNELS = ROUTE.channels()
C = FailureCode


def failure(code: int) -> Failure:
    return Failure(code=code)


@pytest.mark.parametrize("hop", [0, 1])
@pytest.mark.parametrize(
    "code",
    [
        C.PERMANENT_CHANNEL_FAILURE,
        C.UNKNOWN_NEXT_PEER,
        C.FEE_INSUFFICIENT,
        C.CHANNEL_DISABLED,
        C.EXPIRY_TOO_FAR,
        # Only a payee may say so: a node on the way that does blames its own next channel.
        C.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS,
    ],
)
def test_a_node_on_the_way_costs_the_channel_behind_it(hop: int, code: FailureCode) -> None:
    assert lesson_of(ROUTE, hop, failure(code)) == Lesson(avoid_channel=CHANNELS[hop + 1])


@pytest.mark.parametrize("hop", [0, 1])
def test_a_channel_that_cannot_carry_the_amount_may_carry_less(hop: int) -> None:
    lesson = lesson_of(ROUTE, hop, failure(C.TEMPORARY_CHANNEL_FAILURE))
    assert lesson == Lesson(narrow=Narrow(CHANNELS[hop + 1], Msat(1_000)))
    assert lesson.blamed == CHANNELS[hop + 1]


def test_a_payee_that_waited_in_vain_for_the_other_parts_teaches_nothing() -> None:
    lesson = lesson_of(ROUTE, 2, failure(C.MPP_TIMEOUT))
    assert lesson == Lesson()
    assert lesson.blamed is None
    # On the way it is a lie, and costs the channel.
    assert lesson_of(ROUTE, 1, failure(C.MPP_TIMEOUT)).avoid_channel == CHANNELS[2]


def test_what_our_own_peer_cannot_read_costs_its_channel() -> None:
    lesson, _ = read_lesson(ROUTE, b"\x07" * 32, FailedMalformed(bytes(32), 0xC005))
    assert lesson == Lesson(avoid_channel=CHANNELS[0])


def test_a_reason_that_no_hop_wrote_costs_the_second_channel() -> None:
    lesson, _ = read_lesson(ROUTE, b"\x07" * 32, FailedWith(bytes(292)))
    assert lesson == Lesson(avoid_channel=CHANNELS[1])


@pytest.mark.parametrize("code", [C.TEMPORARY_NODE_FAILURE, C.PERMANENT_NODE_FAILURE])
def test_a_node_that_fails_whole_is_avoided_whole(code: FailureCode) -> None:
    assert lesson_of(ROUTE, 1, failure(code)) == Lesson(avoid_node=NODES[2])


@pytest.mark.parametrize(
    "code",
    [
        C.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS,
        C.FINAL_INCORRECT_CLTV_EXPIRY,
        C.FINAL_INCORRECT_HTLC_AMOUNT,
    ],
)
def test_a_payee_that_refuses_ends_the_payment(code: FailureCode) -> None:
    assert lesson_of(ROUTE, 2, failure(code)) == Lesson(ending=Ending.REFUSED)


@pytest.mark.parametrize("code", [C.TEMPORARY_CHANNEL_FAILURE, 0x4321, C.TEMPORARY_NODE_FAILURE])
def test_a_payee_that_makes_no_sense_costs_the_last_channel(code: int) -> None:
    assert lesson_of(ROUTE, 2, failure(code)) == Lesson(avoid_channel=CHANNELS[2])


def test_a_failure_that_nobody_owns_up_to_costs_the_second_channel_or_the_only_one() -> None:
    assert lesson_of_unreadable(ROUTE) == Lesson(avoid_channel=CHANNELS[1])
    direct = Route(source=NODES[0], hops=ROUTE.hops[:1])
    assert lesson_of_unreadable(direct) == Lesson(avoid_channel=CHANNELS[0])


def test_every_lesson_but_the_last_makes_the_next_route_another_one() -> None:
    """Without that a payment would try the same way for ever."""
    for hop in range(3):
        for code in C:
            lesson = lesson_of(ROUTE, hop, failure(code))
            if lesson == Lesson():
                assert code is C.MPP_TIMEOUT
                continue
            if lesson.narrow is not None:
                assert lesson.narrow.channel in CHANNELS
                continue
            avoids = lesson.avoid_channel in CHANNELS or lesson.avoid_node in NODES[1:]
            assert avoids is not (lesson.ending is Ending.REFUSED)


@pytest.mark.parametrize("spoils", [0, 1, 2])
def test_attribution_data_names_the_pair_that_spoilt_a_failure(spoils: int) -> None:
    secrets = shared_secrets(PrivateKey(b"\x07" * 32), [hop.node_id for hop in ROUTE.hops])
    packet, told = failure_packet(secrets[2], encode(failure(C.TEMPORARY_NODE_FAILURE))), b""
    for hop in (2, 1, 0):
        told = add_hold_time(secrets[hop], 200, packet, told)
        packet = wrap_failure(secrets[hop], packet)
        if hop == spoils:
            packet = bytes(len(packet))
    lesson, sentence = read_lesson(ROUTE, b"\x07" * 32, FailedWith(packet), told)
    assert lesson == Lesson(avoid_channel=CHANNELS[spoils])
    assert sentence == f"a failure spoilt behind {spoils} hops"


def test_a_payee_that_vouches_for_nonsense_costs_its_own_channel() -> None:
    secrets = shared_secrets(PrivateKey(b"\x07" * 32), [hop.node_id for hop in ROUTE.hops])
    packet, told = bytes(292), b""
    for secret in reversed(secrets):
        told = add_hold_time(secret, 200, packet, told)
        packet = wrap_failure(secret, packet)
    lesson, _ = read_lesson(ROUTE, b"\x07" * 32, FailedWith(packet), told)
    assert lesson == Lesson(avoid_channel=CHANNELS[2])


def test_a_failure_that_is_readable_is_believed_whatever_stands_beside_it() -> None:
    secrets = shared_secrets(PrivateKey(b"\x07" * 32), [hop.node_id for hop in ROUTE.hops])
    packet = failure_packet(secrets[0], encode(failure(C.TEMPORARY_NODE_FAILURE)))
    outcome = FailedWith(wrap_failure(secrets[0], packet))
    lesson, _ = read_lesson(ROUTE, b"\x07" * 32, outcome, bytes(920))
    assert lesson == Lesson(avoid_node=NODES[1])
