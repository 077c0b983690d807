"""A payment of ours: its parts, attempts, failures and retries, as `step(state, event, now)`.

Three rules hold at every step. What is on its way never exceeds the amount, nor its fees the limit.
A part is replaced only once it is certain to have failed. The payment has failed only when every
part has; one preimage proves that it has succeeded (BOLT 4, "Basic Multi-Part Payments": the payee
gives it for the whole set only).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, Preimage
from tipdesk.base.units import Msat
from tipdesk.lightning.payment.lessons import Ending, Lesson
from tipdesk.lightning.routing.query import DirectedChannel, Route
from tipdesk.lightning.routing.split import MAX_PARTS, MIN_PART, FeesOverLimit, SplitFailure

MAX_ATTEMPTS: Final = 60
"""HTLCs sent for one payment, all parts counted."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver does not want the payment, or no longer."""


@dataclass(frozen=True, slots=True)
class OutOfTime:
    """The deadline came before a way that works."""


@dataclass(frozen=True, slots=True)
class OutOfAttempts:
    """`MAX_ATTEMPTS` HTLCs were sent."""


@dataclass(frozen=True, slots=True)
class CalledOff:
    """Whoever asked for the payment does not want it any more."""


@dataclass(frozen=True, slots=True)
class NotSendable:
    """No onion can be made for the payee's request; the reason is a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class NoWayLeft:
    """No parts were found for what is missing."""

    failure: SplitFailure
    tried: bool
    """Whether something was sent before: then it is what other ways are left that is told."""


Reason = Refused | OutOfTime | OutOfAttempts | CalledOff | NotSendable | NoWayLeft
"""Why nothing more is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A payment under way."""

    amount: Msat
    max_fee: Msat
    """For all parts together."""
    deadline: Instant
    """No part is sent after it; those under way are waited for."""
    max_parts: int = MAX_PARTS
    in_flight: Mapping[int, Route] = field(default_factory=dict)
    """By number; from the moment a part is decided on until its end is certain."""
    sent: int = 0
    """Parts so far: the next one's number."""
    is_searching: bool = False
    is_stale: bool = False
    """Something was learnt since the search under way began."""
    is_paid: bool = False
    stopped: Reason | None = None
    """Set once nothing more will be sent."""
    excluded_channels: frozenset[DirectedChannel] = frozenset()
    excluded_nodes: frozenset[NodeId] = frozenset()
    carries_less: Mapping[DirectedChannel, Msat] = field(default_factory=dict)
    """The most that is still entrusted to channels that failed with more."""
    hesitated: frozenset[DirectedChannel] = frozenset()
    """Channels of ours that did not take an HTLC once: others may have been quicker."""

    @property
    def under_way(self) -> Msat:
        """What the parts on their way bring."""
        return sum((route.amount for route in self.in_flight.values()), Msat(0))

    @property
    def fees(self) -> Msat:
        """What the parts on their way cost."""
        return sum((route.total_fee for route in self.in_flight.values()), Msat(0))

    @property
    def missing(self) -> Msat:
        """What no part is on its way for."""
        return self.amount - self.under_way


# -- what happens -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begun:
    """The payment is stored: it may begin."""


@dataclass(frozen=True, slots=True)
class Routed:
    """Ways were found."""

    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class NotRouted:
    """No ways were found."""

    failure: SplitFailure


@dataclass(frozen=True, slots=True)
class PartRefused:
    """Our own channel did not take a part: it never left."""

    number: int


@dataclass(frozen=True, slots=True)
class PartImpossible:
    """A part cannot be made: it never left."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class PartFailed:
    """A part is certain to have failed."""

    number: int
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class PartPaid:
    """A part's preimage is here."""

    number: int
    preimage: Preimage


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing more is to be sent; what is on its way cannot be called back."""


Event = (
    Begun | Routed | NotRouted | PartRefused | PartImpossible | PartFailed | PartPaid | Cancelled
)


# -- what is to be done -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindWays:
    """Ways are wanted for what is missing."""


@dataclass(frozen=True, slots=True)
class SendPart:
    """A part is to be sent."""

    number: int
    route: Route


@dataclass(frozen=True, slots=True)
class Succeed:
    """The payment has succeeded, over these ways."""

    routes: tuple[Route, ...]
    preimage: Preimage


@dataclass(frozen=True, slots=True)
class Fail:
    """The payment has failed for certain."""

    reason: Reason


Action = FindWays | SendPart | Succeed | Fail


@dataclass(frozen=True, slots=True)
class Transition:
    """The new state, and what is to be done in this order."""

    state: Sending
    actions: tuple[Action, ...] = ()


def step(state: Sending, event: Event, now: Instant) -> Transition:
    """What an event makes of a payment."""
    match event:
        case Begun():
            return _go_on(state, now)
        case Routed(routes):
            return _send(replace(state, is_searching=False), routes, now)
        case NotRouted(failure):
            return _not_routed(replace(state, is_searching=False), failure, now)
        case PartRefused(number):
            return _go_on(_refused(state, number), now)
        case PartImpossible(number, why):
            return _go_on(_stop(_without(state, number), NotSendable(why)), now)
        case PartFailed(number, lesson):
            return _go_on(_learnt(_without(state, number), lesson), now)
        case PartPaid(number, preimage):
            return _paid(state, number, preimage)
        case Cancelled():
            return _go_on(_stop(state, CalledOff()), now)
        case _:
            assert_never(event)


def _go_on(state: Sending, now: Instant) -> Transition:
    """Looks for more ways if they are wanted, ends if nothing is left to wait for."""
    all_under_way = state.in_flight and state.missing <= Msat(0)
    if state.is_paid or state.is_searching or all_under_way:
        return Transition(state)
    if state.stopped is None and now >= state.deadline:
        state = _stop(state, OutOfTime())
    if state.stopped is None and state.sent >= MAX_ATTEMPTS:
        state = _stop(state, OutOfAttempts())
    if state.stopped is None:
        return Transition(replace(state, is_searching=True, is_stale=False), (FindWays(),))
    return Transition(state, () if state.in_flight else (Fail(state.stopped),))


def _send(state: Sending, routes: tuple[Route, ...], now: Instant) -> Transition:
    if state.is_paid or state.is_stale or state.stopped is not None or now >= state.deadline:
        return _go_on(state, now)
    parts = dict(enumerate(routes, state.sent))
    after = replace(state, in_flight={**state.in_flight, **parts}, sent=state.sent + len(parts))
    if after.fees > state.max_fee or after.missing < Msat(0):
        failure = FeesOverLimit(state.max_fee, after.fees, state.missing)
        return _not_routed(state, failure, now)
    going_on = _go_on(after, now)
    sends = tuple(SendPart(number, route) for number, route in parts.items())
    return Transition(going_on.state, sends + going_on.actions)


def _not_routed(state: Sending, failure: SplitFailure, now: Instant) -> Transition:
    if state.in_flight and not state.is_stale and state.stopped is None:
        # A part that fails yet may leave room for another division: its end is waited for.
        return Transition(state)
    if not state.is_stale:
        state = _stop(state, NoWayLeft(failure, tried=state.sent > 0))
    return _go_on(state, now)


def _paid(state: Sending, number: int, preimage: Preimage) -> Transition:
    routes = tuple(state.in_flight.values())
    after = replace(_without(state, number), is_paid=True)
    return Transition(after, () if state.is_paid else (Succeed(routes, preimage),))


def _without(state: Sending, number: int) -> Sending:
    left = {key: route for key, route in state.in_flight.items() if key != number}
    return replace(state, in_flight=left, is_stale=True)


def _stop(state: Sending, reason: Reason) -> Sending:
    return state if state.stopped is not None else replace(state, stopped=reason)


def _refused(state: Sending, number: int) -> Sending:
    own = state.in_flight[number].channels()[0]
    after = _without(state, number)
    if own in state.hesitated:
        return replace(after, excluded_channels=after.excluded_channels | {own})
    return replace(after, hesitated=after.hesitated | {own})


def _learnt(state: Sending, lesson: Lesson) -> Sending:
    if lesson.ending is Ending.REFUSED:
        return _stop(state, Refused())
    if lesson.avoid_node is not None:
        return replace(state, excluded_nodes=state.excluded_nodes | {lesson.avoid_node})
    avoid = lesson.avoid_channel
    if lesson.narrow is not None:
        channel = lesson.narrow.channel
        least = min(lesson.narrow.amount, state.carries_less.get(channel, lesson.narrow.amount))
        less = Msat(least.value * 3 // 4)
        if state.max_parts > 1 and less >= MIN_PART:
            return replace(state, carries_less={**state.carries_less, channel: less})
        avoid = channel
    if avoid is not None:
        return replace(state, excluded_channels=state.excluded_channels | {avoid})
    return state
