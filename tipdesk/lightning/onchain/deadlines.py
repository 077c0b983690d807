"""When a channel must go to the chain, lest an HTLC be lost (class 40; BOLT 2, deadlines).

An HTLC that we offered and that has expired is taken back on chain soon, so that the one upstream
can be failed in time. An HTLC whose preimage we have given is claimed on chain while there is room
to be mined before the peer may take it back; one without an output is not worth a channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import BlockHeight
from tipdesk.lightning.channel.commitments import Commitments, feerate_of
from tipdesk.lightning.channel.htlc import Fulfilled, Htlc, Owner
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.commitment.spec import HtlcSide
from tipdesk.lightning.commitment.weights import is_trimmed

OFFERED_GRACE: Final = 2
"""Blocks after the expiry of an offered HTLC that the peer has to fail it."""
FULFILLED_MARGIN: Final = 18
"""Blocks before the expiry of a fulfilled HTLC that are kept for the chain."""
URGENT_MARGIN: Final = 6
"""So near to the expiry nothing is waited for any more, not even after a restart."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """An HTLC for which the channel has to be closed on chain."""

    htlc: Htlc
    is_urgent: bool

    def __str__(self) -> str:
        what = "offered" if self.htlc.by_us else "fulfilled"
        return f"the {what} HTLC {self.htlc.id} expires at {self.htlc.cltv_expiry.value}"


def overdue(
    c: Commitments,
    terms: ChannelTerms,
    height: BlockHeight,
    preimages: Mapping[PaymentHash, Preimage],
) -> Overdue | None:
    """The HTLC that is most pressing, if any is past its deadline."""
    found = [
        late
        for htlc in c.htlcs.values()
        if (htlc.by_us or not _is_trimmed(htlc, c, terms))
        and (late := _late(htlc, height, preimages)) is not None
    ]
    return min(found, key=lambda late: (not late.is_urgent, late.htlc.cltv_expiry), default=None)


def _is_trimmed(htlc: Htlc, c: Commitments, terms: ChannelTerms) -> bool:
    """Whether an incoming HTLC has an output in neither commitment."""
    return all(
        is_trimmed(
            side,
            htlc.amount,
            feerate_of(c, owner),
            terms.commitment_terms(owner).dust_limit,
            terms.form,
        )
        for owner, side in ((Owner.LOCAL, HtlcSide.RECEIVED), (Owner.REMOTE, HtlcSide.OFFERED))
    )


def _late(
    htlc: Htlc, height: BlockHeight, preimages: Mapping[PaymentHash, Preimage]
) -> Overdue | None:
    expiry = htlc.cltv_expiry.value
    if htlc.by_us:
        passed = height.value - expiry
        is_late = passed >= OFFERED_GRACE
        return Overdue(htlc, is_urgent=passed >= FULFILLED_MARGIN) if is_late else None
    if not _is_fulfilled(htlc, preimages) or height.value < expiry - FULFILLED_MARGIN:
        return None
    return Overdue(htlc, is_urgent=height.value >= expiry - URGENT_MARGIN)


def _is_fulfilled(htlc: Htlc, preimages: Mapping[PaymentHash, Preimage]) -> bool:
    if htlc.removal is not None:
        return isinstance(htlc.removal.outcome, Fulfilled)
    return htlc.payment_hash in preimages
