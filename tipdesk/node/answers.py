"""What is told of a payment: refusals, stored rows and inner reasons as users see them."""

from collections.abc import Sequence
from typing import Final, assert_never

from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.lightning.payment.outgoing import (
    CalledOff,
    NotSendable,
    NoWayLeft,
    OutOfAttempts,
    OutOfTime,
    Reason,
    Refused,
)
from tipdesk.lightning.routing.query import NoRouteReason, Route
from tipdesk.lightning.routing.split import (
    FeesOverLimit,
    NoPartsLeft,
    NotEnoughToSend,
    NothingToSend,
    NoWay,
    PartsTooSmall,
    SplitFailure,
    TooManyParts,
)
from tipdesk.ports.stores import PaymentStatus, StoredPayment
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    InFlight,
    PaymentUpdate,
    Quote,
    RouteHop,
    Succeeded,
)

_NO_WAY: Final = {
    NoRouteReason.SELF_PAYMENT: FailureReason.TO_OURSELVES,
    NoRouteReason.NO_LOCAL_CHANNEL: FailureReason.PEER_OFFLINE,
    NoRouteReason.NO_LOCAL_CAPACITY: FailureReason.NO_BALANCE,
    NoRouteReason.FEE_OVER_LIMIT: FailureReason.FEE_OVER_LIMIT,
}


def failed(payment_hash: PaymentHash, reason: Reason) -> Failed:
    """Why a payment has failed, for the person who pays."""
    match reason:
        case Refused():
            return Failed(payment_hash, FailureReason.REFUSED)
        case OutOfTime() | OutOfAttempts():
            return Failed(payment_hash, FailureReason.TRIED_EVERYTHING)
        case CalledOff():
            return Failed(payment_hash, FailureReason.CALLED_OFF)
        case NotSendable(why):
            return Failed(payment_hash, FailureReason.NO_ROUTE, why)
        case NoWayLeft(failure, tried):
            return no_way(payment_hash, failure, tried=tried)
        case _:
            assert_never(reason)


def no_way(payment_hash: PaymentHash, failure: SplitFailure, *, tried: bool) -> Failed:
    """Why no parts were found; after failed attempts it is they that count, but for the fee."""
    reason, detail = _of_split(failure)
    if tried and reason is FailureReason.FEE_OVER_LIMIT:
        detail = Phrase("The cheaper ways were tried and failed.")
    elif tried:
        reason = FailureReason.TRIED_EVERYTHING
    return Failed(payment_hash, reason, detail)


def _of_split(failure: SplitFailure) -> tuple[FailureReason, str]:
    match failure:
        case NothingToSend():
            return FailureReason.UNSUPPORTED, Phrase("the amount is nothing")
        case NotEnoughToSend():
            return FailureReason.NO_BALANCE, NoRouteReason.NO_LOCAL_CAPACITY.value
        case FeesOverLimit():
            return FailureReason.FEE_OVER_LIMIT, NoRouteReason.FEE_OVER_LIMIT.value
        case NoPartsLeft(maximum) | TooManyParts(maximum, _):
            several = Phrase("No way carries it in {maximum} parts or fewer.", maximum=maximum)
            whole = NoRouteReason.NO_CAPACITY.value
            return FailureReason.NO_ROUTE, whole if maximum == 1 else several
        case PartsTooSmall():
            return FailureReason.NO_ROUTE, NoRouteReason.NO_CAPACITY.value
        case NoWay(why, _):
            return _NO_WAY.get(why, FailureReason.NO_ROUTE), why.value
        case _:
            assert_never(failure)


def as_quote(routes: Sequence[Route]) -> Quote:
    """What a payment over these ways would cost."""
    return Quote(
        sum((route.total_fee for route in routes), Msat(0)),
        max(len(route.hops) for route in routes),
        len(routes),
    )


def as_update(payment: StoredPayment) -> PaymentUpdate:
    """A stored payment as its wallet's users see it."""
    if payment.status is PaymentStatus.UNDER_WAY:
        return InFlight(payment.payment_hash)
    if payment.preimage is None or payment.settled_at is None or payment.fee is None:
        reason = payment.reason or FailureReason.NO_ROUTE
        return Failed(payment.payment_hash, reason, payment.detail)
    return Succeeded(
        payment_hash=payment.payment_hash,
        preimage=payment.preimage,
        amount=payment.amount,
        fee=payment.fee,
        route=() if payment.route is None else route_hops(payment.route),
        settled_at=payment.settled_at,
        parts=payment.parts,
    )


def route_hops(route: Route) -> tuple[RouteHop, ...]:
    """A route as it is shown: what the node at each channel's near end took."""
    amounts = [hop.amount for hop in route.hops]
    before = [amounts[0], *amounts[:-1]]
    return tuple(
        RouteHop(hop.node_id, hop.short_channel_id, earlier - hop.amount)
        for hop, earlier in zip(route.hops, before, strict=True)
    )
