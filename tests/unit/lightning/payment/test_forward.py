"""BOLT 4 and 7: what a forwarding node earns and asks for, to the msat and the block."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parts import an_htlc
from tipdesk.base.ids import ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.lightning.payment.forward import Terms, why_not_forward
from tipdesk.lightning.sphinx.payload import ForwardPayload
from tipdesk.lightning.wire.failures import FailureCode, encode

TERMS = Terms(
    fee_base_msat=1_000,
    fee_proportional_millionths=100,
    cltv_expiry_delta=CltvDelta(80),
    htlc_minimum_msat=Msat(1_000),
)
HEIGHT = BlockHeight(700_000)


def onward(amount: int, expiry: int) -> ForwardPayload:
    return ForwardPayload(
        amt_to_forward=Msat(amount),
        outgoing_cltv_value=BlockHeight(expiry),
        short_channel_id=ShortChannelId.of(1, 2, 3),
    )


@pytest.mark.parametrize(
    ("amount", "fee"),
    [(0, 1_000), (9_999, 1_000), (10_000, 1_001), (5_000_000, 1_500), (10**9, 101_000)],
)
def test_the_fee_is_rounded_down(amount: int, fee: int) -> None:
    assert TERMS.fee(Msat(amount)) == Msat(fee)


@pytest.mark.parametrize(
    ("amount", "expiry", "to_forward", "out_expiry", "code"),
    [
        (5_001_500, 700_200, 5_000_000, 700_120, None),
        (5_001_499, 700_200, 5_000_000, 700_120, FailureCode.FEE_INSUFFICIENT),
        (5_001_500, 700_199, 5_000_000, 700_120, FailureCode.INCORRECT_CLTV_EXPIRY),
        (5_001_500, 700_086, 5_000_000, 700_006, None),
        (5_001_500, 700_085, 5_000_000, 700_005, FailureCode.EXPIRY_TOO_SOON),
        (5_001_500, 702_096, 5_000_000, 702_016, None),
        (5_001_500, 702_097, 5_000_000, 702_017, FailureCode.EXPIRY_TOO_FAR),
        (2_000, 700_200, 1_000, 700_120, None),
        (2_000, 700_200, 999, 700_120, FailureCode.AMOUNT_BELOW_MINIMUM),
    ],
)
def test_every_term_is_met_or_named_at_its_very_edge(
    amount: int, expiry: int, to_forward: int, out_expiry: int, code: FailureCode | None
) -> None:
    htlc = an_htlc(Msat(amount), BlockHeight(expiry))
    failure = why_not_forward(htlc, onward(to_forward, out_expiry), TERMS, HEIGHT)
    assert (None if failure is None else failure.code) == code


@given(
    amount=st.integers(1, 10**10),
    to_forward=st.integers(0, 10**10),
    expiry=st.integers(1, 499_999_999),
    out_expiry=st.integers(1, 499_999_999),
)
def test_what_is_forwarded_earns_its_fee_and_leaves_time_and_every_refusal_can_be_sent(
    amount: int, to_forward: int, expiry: int, out_expiry: int
) -> None:
    htlc = an_htlc(Msat(amount), BlockHeight(expiry))
    failure = why_not_forward(htlc, onward(to_forward, out_expiry), TERMS, HEIGHT)
    if failure is None:
        assert amount - to_forward >= TERMS.fee(Msat(to_forward)).value
        assert expiry - out_expiry >= 80
    else:
        assert encode(failure)
