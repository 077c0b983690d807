"""What a claim may cost: by when it must be mined, and what it is worth (classes 41 and 42).

What nobody contests follows the market. With a deadline the rate starts there and grows with the
square of the time that has passed, up to the budget at the deadline. It never falls again. Who
first bids when the deadline is over, having been away, has a deadline of `LATE_BLOCKS` from then: a
claim that the market would take in the next block need not cost half of what it claims.
"""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.units import BlockHeight, FeeratePerKw, Sat
from tipdesk.bitcoin.feerates import Feerates

RELAXED_TARGET: Final = 12
"""Blocks that a claim may take which nobody contests."""
LATE_BLOCKS: Final = 6
MINIMUM_STEP: Final = FeeratePerKw(253)
"""BIP 125: a replacement pays for its own relay on top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """What bounds the fee of one claim."""

    since: BlockHeight
    """When it was first published."""
    deadline: BlockHeight | None
    budget: Sat
    """The most that may be spent on it."""


def budget_of(amount: Sat, *, contested: bool, penalty: bool) -> Sat:
    """How much of an output may go to miners.

    A tenth if it is ours anyway; half if the other side could take it (class 41: an HTLC is not
    burnt); nine tenths if it would otherwise go to a cheater.
    """
    if penalty:
        return Sat(amount.value * 9 // 10)
    return Sat(amount.value // 2 if contested else amount.value // 10)


def wanted_feerate(
    urgency: Urgency, weight: int, tip: BlockHeight, feerates: Feerates
) -> FeeratePerKw:
    """The rate to pay now, never more than the budget allows."""
    ceiling = urgency.budget.value * 1000 // weight
    if urgency.deadline is None:
        return FeeratePerKw(min(feerates.within(RELAXED_TARGET).value, ceiling))
    time = urgency.deadline.value - urgency.since.value
    span = time if time > 0 else LATE_BLOCKS
    left = max(1, urgency.deadline.value - tip.value)
    passed = min(span, max(0, tip.value - urgency.since.value))
    market = feerates.within(min(left, RELAXED_TARGET)).value
    ramp = market + max(0, ceiling - market) * passed * passed // (span * span)
    return FeeratePerKw(min(ramp, ceiling))


def is_worth_replacing(before: FeeratePerKw, now: FeeratePerKw) -> bool:
    """A replacement must pay at least a quarter more, and what relaying it costs."""
    return now >= before + MINIMUM_STEP and now.value * 4 >= before.value * 5
