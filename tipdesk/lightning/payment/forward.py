"""BOLT 4 and BOLT 7: whether an HTLC may be carried on, and what is told if not."""

from dataclasses import dataclass

from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.payment.blinded import BlindedForward
from tipdesk.lightning.sphinx.payload import ForwardPayload
from tipdesk.lightning.wire.failures import Failure, FailureCode

SAFETY_BLOCKS = CltvDelta(6)
"""An outgoing HTLC that expires sooner leaves no time to settle."""
FURTHEST = CltvDelta(2016)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of the channel that an HTLC would leave by."""

    fee_base_msat: int
    fee_proportional_millionths: int
    cltv_expiry_delta: CltvDelta
    htlc_minimum_msat: Msat

    def fee(self, amount: Msat) -> Msat:
        """BOLT 7, "HTLC Fees": what carrying `amount` costs, rounded down."""
        return Msat(
            self.fee_base_msat + amount.value * self.fee_proportional_millionths // 1_000_000
        )


def why_not_forward(
    htlc: Htlc, payload: ForwardPayload | BlindedForward, terms: Terms, height: BlockHeight
) -> Failure | None:
    """The failure to return, None if the HTLC keeps to our terms, whoever set those of its way."""
    out_amount, out_expiry = payload.amt_to_forward, payload.outgoing_cltv_value
    if out_amount < terms.htlc_minimum_msat:
        return Failure(code=FailureCode.AMOUNT_BELOW_MINIMUM, htlc_msat=htlc.amount)
    # What a blinded route forwards is rounded up (BOLT 4), which may cost us a msat of our fee.
    rounded = Msat(1 if isinstance(payload, BlindedForward) else 0)
    if htlc.amount + rounded < out_amount + terms.fee(out_amount):
        return Failure(code=FailureCode.FEE_INSUFFICIENT, htlc_msat=htlc.amount)
    if htlc.cltv_expiry < out_expiry.after(terms.cltv_expiry_delta):
        return Failure(code=FailureCode.INCORRECT_CLTV_EXPIRY, cltv_expiry=htlc.cltv_expiry)
    if out_expiry < height.after(SAFETY_BLOCKS):
        return Failure(code=FailureCode.EXPIRY_TOO_SOON)
    if out_expiry > height.after(FURTHEST):
        return Failure(code=FailureCode.EXPIRY_TOO_FAR)
    return None
