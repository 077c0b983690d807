"""NIP-47: what a wallet's answers mean for money, and its refusals as errors.

The wallet's word that it failed counts where the text leaves no doubt that nothing was tried. Its
word that it paid counts with the preimage alone.
"""

from collections.abc import Collection, Mapping
from typing import Final

from tipdesk.adapters.payments.orders import UNPROVEN
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.nostr.nip47 import ErrorCode, Method, WalletError
from tipdesk.nostr.nip47_paying import Paid, PayResult
from tipdesk.nostr.nip47_transaction import (
    Transaction,
    TransactionState,
    TransactionType,
    read_records,
)
from tipdesk.ports.plugged import (
    WalletKeyRefused,
    WalletNotAllowed,
    WalletRefused,
)
from tipdesk.tips.payment import (
    Capability,
    Failed,
    FailureReason,
    IncomingPayment,
    InFlight,
    PaymentUpdate,
    Succeeded,
    Unknown,
)

STATELESS: Final = Phrase("The wallet knows this payment and does not tell how it stands.")
OWN_INVOICE: Final = Phrase("The invoice is the wallet's own, and somebody has paid it.")
NO_BUDGET: Final = Phrase("What your wallet lets TipDesk spend is used up for now.")

_REFUSED: Final = FailureReason.WALLET_REFUSED
_NOTHING_TRIED: Final[Mapping[ErrorCode, FailureReason]] = {
    ErrorCode.RATE_LIMITED: _REFUSED,
    ErrorCode.NOT_IMPLEMENTED: _REFUSED,
    ErrorCode.INSUFFICIENT_BALANCE: FailureReason.NO_BALANCE,
    ErrorCode.QUOTA_EXCEEDED: _REFUSED,
    ErrorCode.RESTRICTED: _REFUSED,
    ErrorCode.UNAUTHORIZED: _REFUSED,
    ErrorCode.UNSUPPORTED_ENCRYPTION: _REFUSED,
    ErrorCode.BAD_REQUEST: FailureReason.UNSUPPORTED,
    ErrorCode.FEE_LIMIT_EXCEEDED: FailureReason.FEE_OVER_LIMIT,
    ErrorCode.UNSUPPORTED_NETWORK: FailureReason.UNSUPPORTED,
    ErrorCode.UNSUPPORTED_PAYMENT_INSTRUCTION: FailureReason.UNSUPPORTED,
}


def capabilities_of(methods: Collection[str]) -> frozenset[Capability]:
    """What a wallet with these methods can do for us.

    There is no limit for the fee of a keysend: a wallet that offers it promises none as a whole,
    and still gets the limit with each invoice that it pays.
    """
    offered = frozenset(methods)
    found: set[Capability] = set()
    if offered & {Method.LOOKUP_INVOICE, Method.LIST_TRANSACTIONS}:
        found.add(Capability.LOOKUP)
    if offered & {Method.PAY, Method.PAY_INVOICE}:
        found.add(Capability.PAY_INVOICE)
    if Method.PAY in offered and Method.PAY_KEYSEND not in offered:
        found.add(Capability.FEE_LIMIT)
    if Method.PAY_KEYSEND in offered:
        found.add(Capability.KEYSEND)
    if Method.MAKE_INVOICE in offered:
        found |= {Capability.CREATE_INVOICE, Capability.DESCRIPTION_HASH}
    if Method.GET_BALANCE in offered:
        found.add(Capability.BALANCE)
    return frozenset(found)


def refusal(where: str, error: WalletError, what: str) -> BackendError:
    """An error that answers a question about no order; `what` names what was asked, in words."""
    match error.code:
        case ErrorCode.UNAUTHORIZED:
            return WalletKeyRefused(where, error.message)
        case ErrorCode.RESTRICTED | ErrorCode.NOT_IMPLEMENTED:
            return WalletNotAllowed(where, what)
        case _:
            return WalletRefused(where, error.message or error.code.value)


def is_not_offered(error: WalletError) -> bool:
    """Whether the key is good, and this is none of what it allows."""
    return error.code in (ErrorCode.RESTRICTED, ErrorCode.NOT_IMPLEMENTED)


def of_order_error(payment_hash: PaymentHash, error: WalletError) -> Failed | None:
    """A failure that is certain; None where a lookup has to tell."""
    reason = _NOTHING_TRIED.get(error.code)
    if reason is None:
        return None
    said = NO_BUDGET if error.code is ErrorCode.QUOTA_EXCEEDED else error.message
    return Failed(payment_hash, reason, said or error.code.value)


def of_payment_failed(payment_hash: PaymentHash, error: WalletError) -> Failed | None:
    """What `PAYMENT_FAILED` claims, good only with a lookup beside it; None for another error."""
    if error.code is not ErrorCode.PAYMENT_FAILED:
        return None
    return Failed(payment_hash, FailureReason.TRIED_EVERYTHING, error.message)


def of_paid(
    payment_hash: PaymentHash, amount: Msat, result: Paid, fee: Msat | None, now: Instant
) -> Succeeded | Unknown:
    """What `pay_invoice` and `pay_keysend` gave; `fee` is what a lookup says where they do not."""
    return _settled(payment_hash, result.preimage, amount, result.fees_paid or fee, now)


def of_pay(
    payment_hash: PaymentHash, amount: Msat, result: PayResult, now: Instant
) -> PaymentUpdate:
    """What `pay` gave (NWC-321)."""
    is_proven = proves(result.preimage, payment_hash)
    match result.state:
        case TransactionState.FAILED if not is_proven:
            return Failed(payment_hash, FailureReason.TRIED_EVERYTHING, result.failure_reason)
        case TransactionState.PENDING if not is_proven:
            return InFlight(payment_hash)
        case TransactionState.SETTLED | TransactionState.PENDING:
            return _settled(payment_hash, result.preimage, amount, result.fees_paid, now)
        case _:
            return Unknown(payment_hash, STATELESS)


def of_lookup(payment_hash: PaymentHash, found: Transaction, now: Instant) -> PaymentUpdate | None:
    """What the wallet knows of a payment of ours; None if it knows an unpaid invoice at the most.

    Wallets from before there were states show that a payment was settled by its preimage.
    """
    is_proven = proves(found.preimage, payment_hash)
    if found.type is TransactionType.INCOMING:
        is_over = found.state is TransactionState.SETTLED or found.settled_at is not None
        return Unknown(payment_hash, OWN_INVOICE) if is_over else None
    settled_at = now if found.settled_at is None else Instant.from_unix_seconds(found.settled_at)
    match found.state:
        case TransactionState.FAILED if not is_proven:
            return Failed(payment_hash, FailureReason.TRIED_EVERYTHING)
        case TransactionState.EXPIRED if not is_proven:
            return None
        case TransactionState.PENDING | TransactionState.ACCEPTED if not is_proven:
            return InFlight(payment_hash)
        case TransactionState.SETTLED:
            pass
        case None if is_proven or found.settled_at is not None:
            pass
        case _:
            return Unknown(payment_hash, STATELESS)
    amount = found.amount or _amount_of(found.invoice)
    return _settled(payment_hash, found.preimage, amount, found.fees_paid, settled_at)


def _settled(
    payment_hash: PaymentHash,
    preimage: Preimage | None,
    amount: Msat,
    fee: Msat | None,
    settled_at: Instant,
) -> Succeeded | Unknown:
    if preimage is None or not proves(preimage, payment_hash):
        return Unknown(payment_hash, UNPROVEN)
    return Succeeded(
        payment_hash=payment_hash,
        preimage=preimage,
        amount=amount,
        fee=fee or Msat(0),
        route=(),
        settled_at=settled_at,
    )


def incoming(
    payment_hash: PaymentHash, found: Transaction, invoice: str, label: str
) -> IncomingPayment | None:
    """An invoice of ours that was paid. Its preimage alone says nothing: the wallet drew it."""
    is_paid = found.state is TransactionState.SETTLED or (
        found.state is None and found.settled_at is not None
    )
    if found.type is TransactionType.OUTGOING or not is_paid or found.preimage is None:
        return None
    if not proves(found.preimage, payment_hash):
        return None
    seconds = found.settled_at or found.created_at or 0
    text = found.invoice or invoice
    try:
        records = () if text else read_records(found.metadata)
    except DecodeError:
        records = ()
    return IncomingPayment(
        payment_hash=payment_hash,
        preimage=found.preimage,
        amount=found.amount or _amount_of(text),
        settled_at=Instant.from_unix_seconds(seconds),
        invoice=text,
        description=found.description,
        label=label,
        records=records,
    )


def proves(preimage: Preimage | None, payment_hash: PaymentHash) -> bool:
    """Whether it is the preimage of that hash."""
    return preimage is not None and sha256(preimage) == payment_hash


def readable(text: str) -> Bolt11Invoice | None:
    """The invoice in a text of the wallet's."""
    try:
        return bolt11.decode(text)
    except DecodeError:
        return None


def _amount_of(text: str) -> Msat:
    invoice = readable(text) if text else None
    return (invoice and invoice.amount_msat) or Msat(0)
