"""What a failed attempt teaches: which channels to avoid, and whether to go on at all."""

from dataclasses import dataclass
from enum import Enum

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith
from tipdesk.lightning.routing.query import DirectedChannel, Route
from tipdesk.lightning.sphinx.attribution import read_hold_times
from tipdesk.lightning.sphinx.errors import read_failure
from tipdesk.lightning.sphinx.packet import shared_secrets
from tipdesk.lightning.wire.failures import Failure, FailureCode, decode


class Ending(Enum):
    """Failures after which no other route helps."""

    REFUSED = "refused"
    """The receiver does not want the payment, or no longer."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """A channel that could not carry an amount, and may carry less."""

    channel: DirectedChannel
    amount: Msat


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to do after an attempt failed; nothing, if only time ran out."""

    avoid_channel: DirectedChannel | None = None
    avoid_node: NodeId | None = None
    narrow: Narrow | None = None
    ending: Ending | None = None

    @property
    def blamed(self) -> DirectedChannel | None:
        """The channel that did not carry its amount."""
        return self.avoid_channel if self.narrow is None else self.narrow.channel


_AT_PAYEE = frozenset(
    {
        FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS,
        FailureCode.FINAL_INCORRECT_CLTV_EXPIRY,
        FailureCode.FINAL_INCORRECT_HTLC_AMOUNT,
        FailureCode.INVALID_ONION_PAYLOAD,
        FailureCode.REQUIRED_NODE_FEATURE_MISSING,
    }
)


def read_lesson(
    route: Route,
    session_key: bytes,
    outcome: FailedWith | FailedMalformed,
    attribution: bytes = b"",
) -> tuple[Lesson, str]:
    """What an HTLC's failure teaches, and a sentence about it.

    The packet itself is believed first. Where nobody owns up to it, `attribution_data` names the
    pair of nodes between which it was spoilt.
    """
    if isinstance(outcome, FailedMalformed):
        # Our own peer could not read what we made for it.
        return Lesson(avoid_channel=route.channels()[0]), Phrase(
            "our peer could not read its onion"
        )
    secrets = shared_secrets(PrivateKey(session_key), [hop.node_id for hop in route.known_hops])
    returned = read_failure(secrets, outcome.reason)
    held = read_hold_times(secrets, attribution, outcome.reason)
    try:
        failure = None if returned is None else decode(returned.message)
    except DecodeError:
        failure = None
    if returned is None and attribution:
        return lesson_of_spoilt(route, len(held)), Phrase(
            "a failure spoilt behind {n} hops", n=len(held)
        )
    if returned is None or failure is None:
        return lesson_of_unreadable(route), Phrase("a failure that cannot be read")
    sentence = Phrase(
        "hop {hop}: {sentence}; held for {held} ms",
        hop=returned.hop_index,
        sentence=failure.sentence,
        held=str(held),
    )
    return lesson_of(route, returned.hop_index, failure), sentence


def lesson_of(route: Route, hop_index: int, failure: Failure) -> Lesson:
    """BOLT 4, "Receiving Failure Codes": who is to be avoided; `hop_index` 0 is our peer."""
    channels = route.channels()
    at_payee = hop_index == len(route.hops) - 1
    if at_payee and failure.code in _AT_PAYEE:
        return Lesson(ending=Ending.REFUSED)
    if at_payee and failure.code == FailureCode.MPP_TIMEOUT:
        # The way was good; the other parts were too slow.
        return Lesson()
    if failure.concerns_node and not at_payee:
        return Lesson(avoid_node=route.hops[hop_index].node_id)
    if at_payee:
        # A payee that speaks of channels makes no sense: the last channel is the nearest blame.
        return Lesson(avoid_channel=channels[-1])
    behind = hop_index + 1
    if failure.code == FailureCode.TEMPORARY_CHANNEL_FAILURE:
        return Lesson(narrow=Narrow(channels[behind], route.hops[behind].amount))
    return Lesson(avoid_channel=channels[behind])


def lesson_of_spoilt(route: Route, honest: int) -> Lesson:
    """So many hops vouch for what they passed back; the next one, or the last of them, does not."""
    return Lesson(avoid_channel=route.channels()[min(honest, len(route.hops) - 1)])


def lesson_of_unreadable(route: Route) -> Lesson:
    """A failure that no hop owns up to: somebody lies, and the cheapest guess is the second hop."""
    channels = route.channels()
    return Lesson(avoid_channel=channels[1] if len(channels) > 1 else channels[0])
