"""BOLT 4, final node: which parts may join a payment, and when it is whole."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parts import an_htlc
from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, PaymentHash, PaymentSecret, Preimage
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.htlc import Fulfilled, Htlc
from tipdesk.lightning.payment.incoming import (
    MAX_PARTS,
    MIN_KEYSEND,
    Expected,
    IncomingSet,
    Part,
    join,
    why_not_accept,
    why_not_take_unasked,
)
from tipdesk.lightning.sphinx.payload import FinalPayload
from tipdesk.lightning.wire.failures import Failure, FailureCode, encode

SECRET = PaymentSecret(b"\x42" * 32)
NOW = Instant.from_unix_seconds(1_790_000_000)
HEIGHT = BlockHeight(700_000)
AMOUNT = Msat(5_000_000)
EXPECTED = Expected(
    payment_secret=SECRET,
    amount=AMOUNT,
    expires_at=NOW.plus_ms(1),
    min_final_cltv_expiry_delta=CltvDelta(42),
)
PAYLOAD = FinalPayload(
    amt_to_forward=AMOUNT,
    outgoing_cltv_value=BlockHeight(700_042),
    payment_secret=SECRET,
    total_msat=AMOUNT,
)
HTLC = an_htlc(AMOUNT, BlockHeight(700_042))
UNKNOWN = FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS


def test_class_25_what_was_asked_for_is_accepted_to_the_last_block_and_millisecond() -> None:
    assert why_not_accept(HTLC, PAYLOAD, EXPECTED, HEIGHT, NOW) is None


def test_class_25_and_28_every_reason_not_to_know_a_payment_looks_the_same() -> None:
    """Class 28: whoever probes cannot tell a wrong secret from an unknown hash."""
    early = replace(PAYLOAD, outgoing_cltv_value=BlockHeight(700_041))
    refusals = [
        why_not_accept(HTLC, PAYLOAD, None, HEIGHT, NOW),
        why_not_accept(
            HTLC, replace(PAYLOAD, payment_secret=PaymentSecret(bytes(32))), EXPECTED, HEIGHT, NOW
        ),
        why_not_accept(HTLC, replace(PAYLOAD, payment_secret=None), EXPECTED, HEIGHT, NOW),
        why_not_accept(HTLC, PAYLOAD, EXPECTED, HEIGHT, NOW.plus_ms(1)),
        why_not_accept(HTLC, replace(PAYLOAD, total_msat=AMOUNT - Msat(1)), EXPECTED, HEIGHT, NOW),
        why_not_accept(
            HTLC, replace(PAYLOAD, total_msat=AMOUNT * 2 + Msat(1)), EXPECTED, HEIGHT, NOW
        ),
        why_not_accept(an_htlc(AMOUNT, BlockHeight(700_041)), early, EXPECTED, HEIGHT, NOW),
        why_not_accept(an_htlc(AMOUNT, BlockHeight(702_017)), PAYLOAD, EXPECTED, HEIGHT, NOW),
    ]
    assert set(refusals) == {Failure(code=UNKNOWN, htlc_msat=AMOUNT, height=HEIGHT)}


def test_class_27_a_node_before_us_that_kept_money_or_time_is_told_so() -> None:
    less = an_htlc(AMOUNT - Msat(1), BlockHeight(700_042))
    assert why_not_accept(less, PAYLOAD, EXPECTED, HEIGHT, NOW) == Failure(
        code=FailureCode.FINAL_INCORRECT_HTLC_AMOUNT, incoming_htlc_amt=AMOUNT - Msat(1)
    )
    sooner = replace(PAYLOAD, outgoing_cltv_value=BlockHeight(700_043))
    assert why_not_accept(HTLC, sooner, EXPECTED, HEIGHT, NOW) == Failure(
        code=FailureCode.FINAL_INCORRECT_CLTV_EXPIRY, cltv_expiry=BlockHeight(700_042)
    )


@pytest.mark.parametrize("total", [1, 5_000_000, 10**15])
def test_an_open_amount_takes_any_but_nothing(total: int) -> None:
    anything = replace(EXPECTED, amount=None)
    payload = replace(PAYLOAD, total_msat=Msat(total))
    assert why_not_accept(HTLC, payload, anything, HEIGHT, NOW) is None
    nothing = replace(PAYLOAD, total_msat=Msat(0))
    assert why_not_accept(HTLC, nothing, anything, HEIGHT, NOW) is not None


def part(amount: int, number: int = 0) -> Part:
    htlc = an_htlc(Msat(amount), BlockHeight(700_042), number=number)
    return Part(ChannelId(bytes(32)), htlc, bytes(32))


@given(parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=MAX_PARTS))
def test_class_26_a_set_is_whole_with_its_last_part_and_not_before(parts: list[int]) -> None:
    total = Msat(sum(parts))
    whole: IncomingSet | None = None
    for number, amount in enumerate(parts):
        assert whole is None or not whole.is_complete
        joined = join(whole, part(amount, number), total, HEIGHT, NOW)
        assert isinstance(joined, IncomingSet)
        whole = joined
    assert whole is not None
    assert whole.is_complete
    assert whole.arrived == total
    assert len(whole.parts) == len(parts)


def test_class_26_a_part_of_another_total_does_not_join() -> None:
    first = join(None, part(10), Msat(100), HEIGHT, NOW)
    assert isinstance(first, IncomingSet)
    other = join(first, part(10, 1), Msat(99), HEIGHT, NOW)
    assert other == Failure(code=UNKNOWN, htlc_msat=Msat(10), height=HEIGHT)
    assert isinstance(other, Failure)
    assert encode(other)


def test_no_payment_has_more_parts_than_we_keep() -> None:
    whole: IncomingSet | None = None
    for number in range(MAX_PARTS):
        joined = join(whole, part(1, number), Msat(1_000_000), HEIGHT, NOW)
        assert isinstance(joined, IncomingSet)
        whole = joined
    assert isinstance(join(whole, part(1, 99), Msat(1_000_000), HEIGHT, NOW), Failure)


PREIMAGE = Preimage(b"\x42" * 32)
UNASKED = replace(PAYLOAD, payment_secret=None, keysend_preimage=PREIMAGE)


def unasked_htlc(amount: Msat = AMOUNT, expiry: int = 700_042) -> Htlc:
    return replace(an_htlc(amount, BlockHeight(expiry)), payment_hash=PaymentHash(sha256(PREIMAGE)))


def why_not(htlc: Htlc, payload: FinalPayload = UNASKED) -> Failure | None:
    return why_not_take_unasked(htlc, payload, CltvDelta(42), HEIGHT)


def test_what_brings_its_own_preimage_whole_and_in_time_is_taken() -> None:
    assert why_not(unasked_htlc()) is None
    # Some payers name a secret all the same.
    assert why_not(unasked_htlc(), replace(UNASKED, payment_secret=SECRET)) is None


def test_all_else_that_comes_unasked_looks_like_an_unknown_hash() -> None:
    other = replace(UNASKED, keysend_preimage=Preimage(bytes(32)))
    half = replace(UNASKED, total_msat=AMOUNT * 2)
    small = MIN_KEYSEND - Msat(1)
    dust = replace(UNASKED, amt_to_forward=small, total_msat=small)
    late = replace(UNASKED, outgoing_cltv_value=BlockHeight(700_041))
    assert why_not(unasked_htlc(), other) == Failure(code=UNKNOWN, htlc_msat=AMOUNT, height=HEIGHT)
    for htlc, payload in (
        (unasked_htlc(), replace(UNASKED, keysend_preimage=None)),
        (unasked_htlc(), half),
        (unasked_htlc(small), dust),
        (unasked_htlc(expiry=700_041), late),
        (unasked_htlc(expiry=702_017), UNASKED),
    ):
        failure = why_not(htlc, payload)
        assert failure is not None
        assert failure.code == UNKNOWN


def test_class_27_what_was_kept_back_of_an_unasked_payment_is_found_out() -> None:
    failure = why_not(unasked_htlc(AMOUNT - Msat(1)))
    assert failure is not None
    assert failure.code == FailureCode.FINAL_INCORRECT_HTLC_AMOUNT


def test_no_secret_stands_in_what_is_logged() -> None:
    shown = repr((EXPECTED, part(1), UNASKED, Fulfilled(PREIMAGE)))
    assert "42" * 8 not in shown
    assert "BBBB" not in shown
    assert "BBBB" not in repr(Part(ChannelId(bytes(32)), HTLC, b"B" * 32))
    assert "42" not in str(SECRET)
