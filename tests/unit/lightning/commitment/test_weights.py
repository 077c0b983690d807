"""BOLT 3, "Fee Calculation" and "Trimmed Outputs": to the satoshi."""

import pytest

from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat, Sat
from tipdesk.lightning.commitment.formats import ANCHORS, STATIC_REMOTEKEY
from tipdesk.lightning.commitment.spec import CommitmentHtlc, CommitmentSpec, HtlcSide
from tipdesk.lightning.commitment.weights import (
    commitment_fee,
    funder_cost,
    htlc_transaction_fee,
    is_trimmed,
    untrimmed,
)

OFFERED, RECEIVED = HtlcSide.OFFERED, HtlcSide.RECEIVED


@pytest.mark.parametrize(
    ("feerate", "count", "anchors", "fee"),
    [
        (5_000, 0, False, 3_620),
        (5_000, 2, False, 5_340),
        (15_000, 5, False, 23_760),
        (253, 0, True, 284),
        (253, 1, True, 327),
        (1_000, 30, True, 6_284),
    ],
)
def test_the_fee_of_a_commitment_grows_with_its_htlc_outputs(
    feerate: int, count: int, anchors: bool, fee: int
) -> None:
    assert commitment_fee(
        FeeratePerKw(feerate), count, ANCHORS if anchors else STATIC_REMOTEKEY
    ) == Sat(fee)
    cost = funder_cost(FeeratePerKw(feerate), count, ANCHORS if anchors else STATIC_REMOTEKEY)
    assert cost == Sat(fee + 660 if anchors else fee)


def test_an_htlc_transaction_pays_its_own_fee_only_without_anchors() -> None:
    rate = FeeratePerKw(5_000)
    assert htlc_transaction_fee(OFFERED, rate, STATIC_REMOTEKEY) == Sat(3_315)
    assert htlc_transaction_fee(RECEIVED, rate, STATIC_REMOTEKEY) == Sat(3_515)
    assert htlc_transaction_fee(OFFERED, rate, ANCHORS) == Sat(0)
    assert htlc_transaction_fee(RECEIVED, rate, ANCHORS) == Sat(0)


@pytest.mark.parametrize(
    ("side", "anchors", "least"),
    [
        (OFFERED, True, 546),
        (RECEIVED, True, 546),
        (OFFERED, False, 3_861),
        (RECEIVED, False, 4_061),
    ],
)
def test_an_htlc_below_dust_and_fee_has_no_output(
    side: HtlcSide, anchors: bool, least: int
) -> None:
    rate, dust = FeeratePerKw(5_000), Sat(546)
    amount = Sat(least).to_msat()
    assert not is_trimmed(side, amount, rate, dust, ANCHORS if anchors else STATIC_REMOTEKEY)
    assert is_trimmed(side, amount - Msat(1), rate, dust, ANCHORS if anchors else STATIC_REMOTEKEY)


def test_class_16_one_rule_says_which_htlcs_have_an_output() -> None:
    htlcs = tuple(
        CommitmentHtlc(side, number, Msat(amount), PaymentHash(bytes(32)), BlockHeight(500))
        for side in HtlcSide
        for number, amount in enumerate((353_999, 354_000, 1_000_000))
    )
    spec = CommitmentSpec(Msat(0), Msat(0), FeeratePerKw(1_000), htlcs)
    kept = untrimmed(spec, Sat(354), ANCHORS)
    assert [(h.side, h.id) for h in kept] == [(side, n) for side in HtlcSide for n in (1, 2)]


def test_the_same_htlc_is_seen_from_both_sides() -> None:
    assert OFFERED.opposite is RECEIVED
    assert RECEIVED.opposite is OFFERED
