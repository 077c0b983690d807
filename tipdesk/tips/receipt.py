"""Whether a zap receipt shows real money, and how sure that is.

NIP-57 says itself that a receipt is no proof of payment. A wallet that paid or was paid knows
better: the payment hash in the receipt is then one that it settled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import (
    FlawedReceipt,
    ReceiptFlaw,
    ValidReceipt,
    ZapTarget,
    judge_zap_receipt,
)
from tipdesk.tips.tip import Tip


class TrustGrade(Enum):
    """How well a receipt is vouched for. What earns no grade is never counted."""

    A = "our own wallet settled it"
    B = "the recipient's payment provider signed it"
    C = "an earlier payment provider of the recipient signed it"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedReceipt:
    """A receipt that counts. `signer` is the provider's key, `sender` whoever signed the zap."""

    id: EventId
    grade: TrustGrade
    payment_hash: PaymentHash
    amount: Msat
    sender: XOnlyPubkey
    target: ZapTarget
    comment: str
    signer: XOnlyPubkey
    paid_at: Instant


def judge_receipt(
    event: Event,
    *,
    recipient: XOnlyPubkey,
    providers: tuple[XOnlyPubkey, ...],
    settled_sender: Callable[[PaymentHash], XOnlyPubkey | None],
) -> JudgedReceipt | FlawedReceipt:
    """The receipt with its grade, or why it is worth nothing.

    `providers` are the keys learnt from the recipient's server, the present one first.
    `settled_sender` tells who sent a payment that our own wallet settled, None for all others.
    """
    verdict = judge_zap_receipt(event, provider=event.pubkey, recipient=recipient)
    if isinstance(verdict, FlawedReceipt):
        return verdict
    if settled_sender(verdict.payment_hash) == verdict.request.sender:
        grade = TrustGrade.A
    elif event.pubkey not in providers:
        return FlawedReceipt(ReceiptFlaw.WRONG_PROVIDER)
    else:
        grade = TrustGrade.B if event.pubkey == providers[0] else TrustGrade.C
    return _judged(event, verdict, grade)


def belongs_to(receipt: JudgedReceipt, tip: Tip) -> bool:
    """Whether it is the receipt of this tip's payment."""
    return receipt.payment_hash == tip.payment_hash and receipt.amount == tip.amount


def _judged(event: Event, verdict: ValidReceipt, grade: TrustGrade) -> JudgedReceipt:
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
    )
