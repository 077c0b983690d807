"""BOLT 3, "Fees" and "Trimmed Outputs": the one place where an HTLC is judged too small."""

from typing import Final

from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.lightning.commitment.formats import CommitmentFormat
from tipdesk.lightning.commitment.spec import CommitmentHtlc, CommitmentSpec, HtlcSide

HTLC_OUTPUT_WEIGHT: Final = 172


def htlc_transaction_fee(side: HtlcSide, feerate: FeeratePerKw, form: CommitmentFormat) -> Sat:
    """The fee an HTLC transaction pays out of the HTLC itself."""
    offered = side is HtlcSide.OFFERED
    return feerate.fee_for_weight(form.htlc_timeout_weight if offered else form.htlc_success_weight)


def least_output(
    side: HtlcSide, feerate: FeeratePerKw, dust_limit: Sat, form: CommitmentFormat
) -> Sat:
    """The smallest HTLC that gets an output in a commitment with this dust limit."""
    return dust_limit + htlc_transaction_fee(side, feerate, form)


def is_trimmed(
    side: HtlcSide, amount: Msat, feerate: FeeratePerKw, dust_limit: Sat, form: CommitmentFormat
) -> bool:
    """Whether an HTLC gets no output in a commitment with this dust limit."""
    return amount.to_sat_floor() < least_output(side, feerate, dust_limit, form)


def untrimmed(
    spec: CommitmentSpec, dust_limit: Sat, form: CommitmentFormat
) -> tuple[CommitmentHtlc, ...]:
    """The HTLCs that have an output."""
    offered = least_output(HtlcSide.OFFERED, spec.feerate, dust_limit, form).to_msat()
    received = least_output(HtlcSide.RECEIVED, spec.feerate, dust_limit, form).to_msat()
    return tuple(
        htlc
        for htlc in spec.htlcs
        if htlc.amount >= (offered if htlc.side is HtlcSide.OFFERED else received)
    )


def commitment_fee(feerate: FeeratePerKw, untrimmed_count: int, form: CommitmentFormat) -> Sat:
    """The base fee of a commitment transaction, without the value of its anchors."""
    return feerate.fee_for_weight(form.commitment_weight + HTLC_OUTPUT_WEIGHT * untrimmed_count)


def funder_cost(feerate: FeeratePerKw, untrimmed_count: int, form: CommitmentFormat) -> Sat:
    """What the funder's balance must bear: the fee, and both anchors where there are any."""
    return commitment_fee(feerate, untrimmed_count, form) + form.anchor_amount * 2
