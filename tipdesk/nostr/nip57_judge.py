"""NIP-57, Appendix F: whether a zap receipt is one, whatever its signer may be worth.

Amounts are compared to the millisat. A receipt is the provider's word that an invoice was paid;
whether our own wallet saw the money is for `tips.receipt` to say.
"""

from dataclasses import dataclass
from enum import Enum

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, Preimage, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import KIND_ZAP_RECEIPT, ZapRequest, read_zap_request


class ReceiptFlaw(Enum):
    """Why a zap receipt is worth nothing."""

    WRONG_KIND = "it is not a zap receipt"
    FORGED = "its signature is wrong"
    WRONG_PROVIDER = "it is not signed by the recipient's payment provider"
    BAD_INVOICE = "it has no invoice that can be read"
    NO_AMOUNT = "its invoice names no amount"
    BAD_REQUEST = "the zap request in it is missing, malformed or forged"
    WRONG_AMOUNT = "the invoice's amount is not the one the sender signed for"
    WRONG_RECIPIENT = "the recipient is not the one the sender signed for"
    WRONG_TARGET = "the post is not the one the sender signed for"
    WRONG_PREIMAGE = "its preimage does not belong to its invoice"


@dataclass(frozen=True, slots=True)
class FlawedReceipt:
    """A receipt not to be counted, and why."""

    flaw: ReceiptFlaw


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidReceipt:
    """A receipt that keeps every rule of Appendix F, and ours.

    `hash_matches`: the invoice commits to this zap request (a SHOULD: some servers forget it).
    `lnurl_matches`: None when the request names no LNURL or none was given to compare.
    """

    id: EventId
    payment_hash: PaymentHash
    amount: Msat
    request: ZapRequest
    paid_at: int
    hash_matches: bool
    lnurl_matches: bool | None


ReceiptVerdict = ValidReceipt | FlawedReceipt


def judge_zap_receipt(
    event: Event, *, provider: XOnlyPubkey, recipient: XOnlyPubkey, lnurl: str | None = None
) -> ReceiptVerdict:
    """Appendix F; and both signatures, both recipients, the post, and the preimage if there is one.

    `provider` is the `nostrPubkey` of the recipient's LNURL server, `recipient` who was tipped.
    """
    if event.kind != KIND_ZAP_RECEIPT:
        return FlawedReceipt(ReceiptFlaw.WRONG_KIND)
    if event.pubkey != provider:
        return FlawedReceipt(ReceiptFlaw.WRONG_PROVIDER)
    if not event.is_authentic():
        return FlawedReceipt(ReceiptFlaw.FORGED)
    try:
        invoice = bolt11.decode(event.first("bolt11") or "")
    except DecodeError:
        return FlawedReceipt(ReceiptFlaw.BAD_INVOICE)
    if invoice.amount_msat is None:
        return FlawedReceipt(ReceiptFlaw.NO_AMOUNT)
    try:
        request = read_zap_request(event.first("description") or "")
    except DecodeError:
        return FlawedReceipt(ReceiptFlaw.BAD_REQUEST)
    flaw = _disagreement(event, request, recipient, invoice.amount_msat, invoice.payment_hash)
    if flaw is not None:
        return FlawedReceipt(flaw)
    compared = None not in (lnurl, request.lnurl)
    return ValidReceipt(
        id=event.id,
        payment_hash=invoice.payment_hash,
        amount=invoice.amount_msat,
        request=request,
        paid_at=event.created_at,
        hash_matches=invoice.description_hash == request.description_hash,
        lnurl_matches=_same_text(lnurl, request.lnurl) if compared else None,
    )


def _disagreement(
    event: Event,
    request: ZapRequest,
    recipient: XOnlyPubkey,
    amount: Msat,
    payment_hash: PaymentHash,
) -> ReceiptFlaw | None:
    """Where receipt, request, invoice and expectation do not say the same."""
    target = request.target
    if request.amount is not None and request.amount != amount:
        return ReceiptFlaw.WRONG_AMOUNT
    if event.values("p") != (recipient.hex(),) or target.recipient != recipient:
        return ReceiptFlaw.WRONG_RECIPIENT
    ids = () if target.event_id is None else (target.event_id.hex(),)
    addresses = () if target.address is None else (target.address,)
    # A receipt may leave the post out, but it must not name another.
    if event.values("e") not in ((), ids) or event.values("a") not in ((), addresses):
        return ReceiptFlaw.WRONG_TARGET
    preimage = event.first("preimage")
    if preimage and not _opens(preimage, payment_hash):
        return ReceiptFlaw.WRONG_PREIMAGE
    return None


def _opens(preimage: str, payment_hash: PaymentHash) -> bool:
    try:
        return sha256(Preimage.from_hex(preimage)) == payment_hash
    except ValueError:
        return False


def _same_text(left: str | None, right: str | None) -> bool:
    return left is not None and right is not None and left.lower() == right.lower()
