"""What a failed attempt teaches: which channels to avoid, and whether to go on at all."""

from dataclasses import dataclass
from enum import Enum

from tipdesk.base.ids import NodeId
from tipdesk.lightning.routing.query import DirectedChannel, Route
from tipdesk.lightning.wire.failures import Failure, FailureCode

MAX_ATTEMPTS = 20


class Ending(Enum):
    """Failures after which no other route helps."""

    REFUSED = "refused"
    """The receiver does not want the payment, or no longer."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to do after an attempt failed."""

    avoid_channel: DirectedChannel | None = None
    avoid_node: NodeId | None = None
    ending: Ending | None = None


_AT_PAYEE = frozenset(
    {
        FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS,
        FailureCode.FINAL_INCORRECT_CLTV_EXPIRY,
        FailureCode.FINAL_INCORRECT_HTLC_AMOUNT,
        FailureCode.MPP_TIMEOUT,
        FailureCode.INVALID_ONION_PAYLOAD,
        FailureCode.REQUIRED_NODE_FEATURE_MISSING,
    }
)


def lesson_of(route: Route, hop_index: int, failure: Failure) -> Lesson:
    """BOLT 4, "Receiving Failure Codes": who is to be avoided; `hop_index` 0 is our peer."""
    channels = route.channels()
    at_payee = hop_index == len(route.hops) - 1
    if at_payee and failure.code in _AT_PAYEE:
        return Lesson(ending=Ending.REFUSED)
    if failure.concerns_node and not at_payee:
        return Lesson(avoid_node=route.hops[hop_index].node_id)
    if at_payee:
        # A payee that speaks of channels makes no sense: the last channel is the nearest blame.
        return Lesson(avoid_channel=channels[-1])
    return Lesson(avoid_channel=channels[hop_index + 1])


def lesson_of_unreadable(route: Route) -> Lesson:
    """A failure that no hop owns up to: somebody lies, and the cheapest guess is the second hop."""
    channels = route.channels()
    return Lesson(avoid_channel=channels[1] if len(channels) > 1 else channels[0])
