"""Whether a zap receipt shows real money, and how sure that is.

NIP-57 says itself that a receipt is no proof of payment. A wallet that paid or was paid knows
better: the payment hash in the receipt is then one that it settled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.lightning.invoice import bolt11
from tipdesk.nostr.event import Event, parse_event_id, parse_pubkey
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.nostr.nip57_judge import FlawedReceipt, ReceiptFlaw, ValidReceipt, judge_zap_receipt
from tipdesk.tips.tip import Tip

T = TypeVar("T")


class TrustGrade(Enum):
    """How well a receipt is vouched for, the best first."""

    A = "our own wallet settled it"
    A_PROOF = "its payer proved the payment"
    """Kept for BOLT 12 payer proofs: nothing earns it yet."""
    B = "the recipient's payment provider signed it"
    C = "an earlier payment provider of the recipient signed it"
    D = "nothing vouches for it"

    @property
    def is_proven(self) -> bool:
        """Whether more than a stranger's word stands behind the money."""
        return self in (TrustGrade.A, TrustGrade.A_PROOF)

    def is_better_than(self, other: "TrustGrade") -> bool:
        """Whether it says more; a verdict that was kept gives way to a better one only."""
        order = list(TrustGrade)
        return order.index(self) < order.index(other)


@dataclass(frozen=True, slots=True)
class SettledPayment:
    """What our own wallet knows of a zap that it paid or was paid."""

    sender: XOnlyPubkey
    """Who signed the zap request."""
    amount: Msat


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedReceipt:
    """A receipt of grade A to C. `signer` is its provider's key, `sender` who signed the zap."""

    id: EventId
    grade: TrustGrade
    payment_hash: PaymentHash
    amount: Msat
    sender: XOnlyPubkey
    target: ZapTarget
    comment: str
    signer: XOnlyPubkey
    paid_at: Instant
    judged_at: Instant
    """When it was seen first: what is learnt of its provider later takes nothing away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedReceipt:
    """A receipt of grade D: what it claims is shown in grey at the most, and never counted."""

    id: EventId
    flaw: str
    """The name of a `ReceiptFlaw`."""
    recipient: XOnlyPubkey
    event_id: EventId | None
    claimed: Msat | None
    """What its invoice says, if it has one that can be read."""
    signer: XOnlyPubkey
    seen_at: Instant


def judge_receipt(
    event: Event,
    *,
    recipient: XOnlyPubkey,
    providers: tuple[XOnlyPubkey, ...],
    settled: Callable[[PaymentHash], SettledPayment | None],
    now: Instant,
) -> JudgedReceipt | FlawedReceipt:
    """The receipt with its grade, or why it is worth nothing.

    `providers` are the keys learnt from the recipient's server, the present one first.
    `settled` tells of a payment that our own wallet settled, None for all others. Its amount
    counts: anybody can write an invoice with a payment hash that they saw.
    """
    verdict = judge_zap_receipt(event, provider=event.pubkey, recipient=recipient)
    if isinstance(verdict, FlawedReceipt):
        return verdict
    if settled(verdict.payment_hash) == SettledPayment(verdict.request.sender, verdict.amount):
        grade = TrustGrade.A
    elif event.pubkey not in providers:
        return FlawedReceipt(ReceiptFlaw.WRONG_PROVIDER)
    else:
        grade = TrustGrade.B if event.pubkey == providers[0] else TrustGrade.C
    return _judged(event, verdict, grade, now)


def unverified(event: Event, flaw: ReceiptFlaw, *, seen_at: Instant) -> UnverifiedReceipt | None:
    """What a flawed receipt claims; None if it does not even say of whom."""
    recipient = _read(parse_pubkey, event.first("p"))
    if recipient is None:
        return None
    invoice = _read(bolt11.decode, event.first("bolt11"))
    return UnverifiedReceipt(
        id=event.id,
        flaw=flaw.name,
        recipient=recipient,
        event_id=_read(parse_event_id, event.first("e")),
        claimed=None if invoice is None else invoice.amount_msat,
        signer=event.pubkey,
        seen_at=seen_at,
    )


def _read(parse: Callable[[str], T], text: str | None) -> T | None:
    try:
        return parse(text or "")
    except DecodeError:
        return None


def belongs_to(receipt: JudgedReceipt, tip: Tip) -> bool:
    """Whether it is the receipt of this tip's payment."""
    return receipt.payment_hash == tip.payment_hash and receipt.amount == tip.amount


def _judged(event: Event, verdict: ValidReceipt, grade: TrustGrade, now: Instant) -> JudgedReceipt:
    return JudgedReceipt(
        id=verdict.id,
        grade=grade,
        payment_hash=verdict.payment_hash,
        amount=verdict.amount,
        sender=verdict.request.sender,
        target=verdict.request.target,
        comment=verdict.request.comment,
        signer=event.pubkey,
        paid_at=Instant.from_unix_seconds(verdict.paid_at),
        judged_at=now,
    )
