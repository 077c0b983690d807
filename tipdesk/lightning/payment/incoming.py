"""BOLT 4, final node: the checks of each part, and when a set of parts is whole.

A payer learns one failure for an unknown hash, a wrong secret, a wrong amount and a wrong expiry
alike, so that nobody can probe for invoices (class 28).
"""

from dataclasses import dataclass, field, replace

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, PaymentSecret
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.hashes import same, sha256
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.sphinx.payload import FinalPayload
from tipdesk.lightning.wire.failures import Failure, FailureCode

FURTHEST = CltvDelta(2016)
MPP_TIMEOUT_MS = 60_000
MAX_PARTS = 64
MIN_KEYSEND = Msat(1_000)
"""Payments unasked are kept for good: each must be worth the row it fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an open invoice of ours asks for."""

    payment_secret: PaymentSecret
    amount: Msat | None
    expires_at: Instant
    min_final_cltv_expiry_delta: CltvDelta


@dataclass(frozen=True, slots=True)
class Part:
    """An HTLC that waits for the rest of its payment."""

    channel_id: ChannelId
    htlc: Htlc
    shared_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IncomingSet:
    """The parts of one payment that have arrived."""

    total: Msat
    parts: tuple[Part, ...]
    first_at: Instant

    @property
    def arrived(self) -> Msat:
        """The sum of the parts."""
        return sum((part.htlc.amount for part in self.parts), Msat(0))

    @property
    def is_complete(self) -> bool:
        """Whether the preimage may be given (class 26: never for less)."""
        return self.arrived >= self.total

    def with_part(self, part: Part) -> "IncomingSet":
        """The set with one more part."""
        return replace(self, parts=(*self.parts, part))


def _unknown(htlc: Htlc, height: BlockHeight) -> Failure:
    return Failure(
        code=FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS,
        htlc_msat=htlc.amount,
        height=height,
    )


def why_not_accept(
    htlc: Htlc,
    payload: FinalPayload,
    expected: Expected | None,
    height: BlockHeight,
    now: Instant,
) -> Failure | None:
    """BOLT 4, "Requirements" of the final node; None if the part may join its set."""
    cheated = _cheated(htlc, payload)
    if cheated is not None:
        return cheated
    if expected is None or not same(payload.payment_secret or b"", expected.payment_secret):
        return _unknown(htlc, height)
    if now >= expected.expires_at:
        return _unknown(htlc, height)
    if not _amount_fits(payload.total_msat, expected.amount):
        return _unknown(htlc, height)
    if not _in_time(htlc, expected.min_final_cltv_expiry_delta, height):
        return _unknown(htlc, height)
    return None


def why_not_take_unasked(
    htlc: Htlc, payload: FinalPayload, final_cltv_delta: CltvDelta, height: BlockHeight
) -> Failure | None:
    """bLIP 3: None if the payment brings its own preimage, whole and in one part."""
    cheated = _cheated(htlc, payload)
    if cheated is not None:
        return cheated
    preimage = payload.keysend_preimage
    if preimage is None or sha256(preimage) != htlc.payment_hash:
        return _unknown(htlc, height)
    if payload.total_msat != payload.amt_to_forward or htlc.amount < MIN_KEYSEND:
        return _unknown(htlc, height)
    return None if _in_time(htlc, final_cltv_delta, height) else _unknown(htlc, height)


def _cheated(htlc: Htlc, payload: FinalPayload) -> Failure | None:
    """Whether a node on the way handed on less than the payer says."""
    if htlc.amount < payload.amt_to_forward:
        return Failure(code=FailureCode.FINAL_INCORRECT_HTLC_AMOUNT, incoming_htlc_amt=htlc.amount)
    if htlc.cltv_expiry < payload.outgoing_cltv_value:
        return Failure(code=FailureCode.FINAL_INCORRECT_CLTV_EXPIRY, cltv_expiry=htlc.cltv_expiry)
    return None


def _in_time(htlc: Htlc, final_cltv_delta: CltvDelta, height: BlockHeight) -> bool:
    return height.after(final_cltv_delta) <= htlc.cltv_expiry <= height.after(FURTHEST)


def _amount_fits(total: Msat, asked: Msat | None) -> bool:
    # BOLT 4: up to twice the amount is taken, so that the payer may blur what it pays.
    return bool(total) if asked is None else asked <= total <= asked * 2


def join(
    waiting: IncomingSet | None, part: Part, total: Msat, height: BlockHeight, now: Instant
) -> IncomingSet | Failure:
    """The set with the part in it; all parts must agree on the total."""
    if waiting is None:
        return IncomingSet(total, (part,), now)
    if waiting.total != total or len(waiting.parts) >= MAX_PARTS:
        return _unknown(part.htlc, height)
    return waiting.with_part(part)
