"""BOLT 3, "Fees" and "Trimmed Outputs": the one place where an HTLC is judged too small."""

from typing import Final

from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.lightning.commitment.spec import CommitmentHtlc, CommitmentSpec, HtlcSide

ANCHOR_AMOUNT: Final = Sat(330)
COMMITMENT_WEIGHT: Final = {True: 1124, False: 724}
"""By `option_anchors`, without HTLCs."""
HTLC_OUTPUT_WEIGHT: Final = 172
HTLC_TIMEOUT_WEIGHT: Final = 663
HTLC_SUCCESS_WEIGHT: Final = 703


def htlc_transaction_fee(side: HtlcSide, feerate: FeeratePerKw, *, anchors: bool) -> Sat:
    """The fee an HTLC transaction pays out of the HTLC itself: none with anchors."""
    if anchors:
        return Sat(0)
    weight = HTLC_TIMEOUT_WEIGHT if side is HtlcSide.OFFERED else HTLC_SUCCESS_WEIGHT
    return feerate.fee_for_weight(weight)


def is_trimmed(
    side: HtlcSide, amount: Msat, feerate: FeeratePerKw, dust_limit: Sat, *, anchors: bool
) -> bool:
    """Whether an HTLC gets no output in a commitment with this dust limit."""
    fee = htlc_transaction_fee(side, feerate, anchors=anchors)
    return amount.to_sat_floor() < dust_limit + fee


def untrimmed(
    spec: CommitmentSpec, dust_limit: Sat, *, anchors: bool
) -> tuple[CommitmentHtlc, ...]:
    """The HTLCs that have an output."""
    return tuple(
        htlc
        for htlc in spec.htlcs
        if not is_trimmed(htlc.side, htlc.amount, spec.feerate, dust_limit, anchors=anchors)
    )


def commitment_fee(feerate: FeeratePerKw, untrimmed_count: int, *, anchors: bool) -> Sat:
    """The base fee of a commitment transaction, without the value of its anchors."""
    weight = COMMITMENT_WEIGHT[anchors] + HTLC_OUTPUT_WEIGHT * untrimmed_count
    return feerate.fee_for_weight(weight)


def funder_cost(feerate: FeeratePerKw, untrimmed_count: int, *, anchors: bool) -> Sat:
    """What the funder's balance must bear: the fee, and both anchors where there are any."""
    fee = commitment_fee(feerate, untrimmed_count, anchors=anchors)
    return fee + ANCHOR_AMOUNT * 2 if anchors else fee
