"""What is ours, every msat of it in one place: what can be spent, and why the rest cannot yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.clock import BLOCK_MS, Instant
from tipdesk.base.units import BlockHeight, Msat, Sat
from tipdesk.lightning.onchain.deadlines import FULFILLED_MARGIN
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.tips.payment import Balance

_PENALTY_SHARE: Final = 4
"""A quarter of the delay is kept for the answer to be mined, as blocks may come fast."""


class Place(Enum):
    """Where an amount is while it cannot be spent over Lightning."""

    IN_FLIGHT = "in flight"
    RESERVE = "reserve"
    FEE_BUFFER = "fee buffer"
    OVER_LIMIT = "over the limit"
    OFFLINE = "peer away"
    OPENING = "opening"
    CLOSING = "closing"
    FROZEN = "frozen"
    KEPT_BACK = "kept back by another wallet"
    CHAIN = "on chain"
    CHAIN_WAITING = "on chain, unconfirmed"


@dataclass(frozen=True, slots=True)
class Part:
    """An amount that cannot be spent over Lightning now."""

    place: Place
    amount: Msat
    until: BlockHeight | None = None
    """The height at which the last of it is free again, where that is known."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """`spendable` and the parts make up `total`, to the msat."""

    total: Msat
    spendable: Msat
    parts: tuple[Part, ...]


NOTHING: Final = Holdings(Msat(0), Msat(0), ())

_WHOLE: Final = {
    ChannelStatus.OFFLINE: Place.OFFLINE,
    ChannelStatus.OPENING: Place.OPENING,
    ChannelStatus.CONFIRMING: Place.OPENING,
    ChannelStatus.CLOSING: Place.CLOSING,
    ChannelStatus.CLOSED: Place.CLOSING,
    ChannelStatus.FAILED: Place.FROZEN,
}


def holdings(channels: Iterable[ChannelView], confirmed: Sat, unconfirmed: Sat) -> Holdings:
    """Every channel's share and the coins on chain, in the parts that a person asks about."""
    views = tuple(channels)
    spendable = Msat(0)
    parts: dict[Place, Part] = {}

    def add(place: Place, amount: Msat, until: BlockHeight | None = None) -> None:
        before = parts.get(place, Part(place, Msat(0)))
        later = max((h for h in (before.until, until) if h is not None), default=None)
        parts[place] = Part(place, before.amount + amount, later)

    for view in views:
        share = view.share
        add(Place.IN_FLIGHT, share.in_flight, view.flight_ends if share.in_flight else None)
        if view.status is ChannelStatus.ONLINE:
            spendable += share.spendable
            add(Place.RESERVE, share.reserve)
            add(Place.FEE_BUFFER, share.fee_buffer)
            add(Place.OVER_LIMIT, share.over_limit)
        else:
            add(_WHOLE[view.status], share.held - share.in_flight)
        add(Place.CLOSING, view.coming.to_msat(), view.free_at)
    add(Place.CHAIN, confirmed.to_msat())
    add(Place.CHAIN_WAITING, unconfirmed.to_msat())
    total = sum((view.share.held + view.coming.to_msat() for view in views), Msat(0))
    total += (confirmed + unconfirmed).to_msat()
    kept = tuple(parts[place] for place in Place if place in parts and parts[place].amount)
    return Holdings(total, spendable, kept)


def holdings_elsewhere(balance: Balance, channels: Sequence[ChannelView]) -> Holdings:
    """What another wallet tells: its channels if it shows them, else what it can spend.

    What it has on chain is its own matter.
    """
    if channels:
        return holdings(channels, Sat(0), Sat(0))
    if balance.in_channels <= balance.spendable:
        return Holdings(balance.spendable, balance.spendable, ())
    kept = Part(Place.KEPT_BACK, balance.in_channels - balance.spendable)
    return Holdings(balance.in_channels, balance.spendable, (kept,))


def expected_at(height: BlockHeight, tip: BlockHeight, now: Instant) -> Instant:
    """About when a block of that height is there."""
    return now.plus_ms(max(0, height.value - tip.value) * BLOCK_MS)


def open_again_before(
    channels: Sequence[ChannelView], tip: BlockHeight, now: Instant
) -> Instant | None:
    """By when the node must look at the chain again, lest money be lost; None without channels.

    An old state that a peer publishes has to be answered within the delay agreed on, and a payment
    under way must be settled before it runs out.
    """
    ends = [
        now.plus_ms((delay.value - delay.value // _PENALTY_SHARE) * BLOCK_MS)
        for view in channels
        if (delay := view.answer_within) is not None
    ]
    ends += [
        expected_at(BlockHeight(view.first_expiry.value - FULFILLED_MARGIN), tip, now)
        for view in channels
        if view.first_expiry is not None
    ]
    return min(ends, default=None)
