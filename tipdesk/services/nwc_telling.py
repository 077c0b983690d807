"""What a connected app is told of its payments and invoices, in the words of NIP-47."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, assert_never

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.nostr.nip47 import Method, Response, WalletError
from tipdesk.nostr.nip47_asking import Transactions
from tipdesk.nostr.nip47_paying import Paid, PayResult
from tipdesk.nostr.nip47_transaction import Transaction, TransactionState, TransactionType
from tipdesk.services.nwc_orders import why_failed
from tipdesk.tips.connection import Order, OrderState, ServedInvoice
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState

Result = Mapping[str, object] | WalletError

MAX_ANSWER_BYTES: Final = 60_000
"""NWC-05 asks relays for 64 KB; NIP-44 pads by an eighth at the most, within what it holds."""


def transaction(record: Order | ServedInvoice, now: Instant) -> Transaction:
    """An order or an invoice, as results, lists and notifications tell of it."""
    return _of_order(record) if isinstance(record, Order) else _of_invoice(record, now)


def outcome(order: Order, method: str) -> Result | None:
    """What an app is told of its order; None for one under way where nothing true can be said."""
    match order.state:
        case OrderState.FAILED:
            return why_failed(order)
        case OrderState.PAID if method != Method.PAY:
            return Paid(preimage=order.preimage, fees_paid=order.fee).to_object()
        case OrderState.UNDER_WAY if method != Method.PAY:
            return None
        case OrderState.PAID | OrderState.UNDER_WAY:
            return _pay_result(order)
        case _:
            assert_never(order.state)


def _pay_result(order: Order) -> Result:
    is_paid = order.state is OrderState.PAID
    return PayResult(
        state=TransactionState.SETTLED if is_paid else TransactionState.PENDING,
        amount=order.amount,
        fees_paid=order.fee if is_paid else None,
        payment_hash=order.payment_hash,
        preimage=order.preimage if is_paid else None,
        # By this, and no other name, it stands in `lookup_invoice` and `list_transactions` too.
        transaction_id=order.payment_hash.hex(),
        created_at=order.at.unix_seconds,
        settled_at=_seconds(order.settled_at),
    ).to_object()


_STATES: Final = {
    OrderState.UNDER_WAY: TransactionState.PENDING,
    OrderState.PAID: TransactionState.SETTLED,
    OrderState.FAILED: TransactionState.FAILED,
}


def _seconds(at: Instant | None) -> int | None:
    return None if at is None else at.unix_seconds


def _of_order(order: Order) -> Transaction:
    return Transaction(
        type=TransactionType.OUTGOING,
        state=_STATES[order.state],
        invoice=order.invoice,
        description=order.description,
        preimage=order.preimage if order.state is OrderState.PAID else None,
        payment_hash=order.payment_hash,
        amount=order.amount,
        fees_paid=order.fee or Msat(0),
        created_at=order.at.unix_seconds,
        expires_at=order.expires_at.unix_seconds,
        settled_at=_seconds(order.settled_at),
    )


def _of_invoice(made: ServedInvoice, now: Instant) -> Transaction:
    state = TransactionState.EXPIRED if now >= made.expires_at else TransactionState.PENDING
    return Transaction(
        type=TransactionType.INCOMING,
        state=state if made.settled_at is None else TransactionState.SETTLED,
        invoice=made.invoice,
        description=made.description,
        description_hash=made.description_hash,
        preimage=made.preimage,
        payment_hash=made.payment_hash,
        amount=made.received or made.amount or Msat(0),
        fees_paid=Msat(0),
        created_at=made.at.unix_seconds,
        expires_at=made.expires_at.unix_seconds,
        settled_at=_seconds(made.settled_at),
    )


def waiting_line(made: ServedInvoice, name: str) -> HistoryRecord:
    """How an invoice of an app stands in the wallet's history until it is paid."""
    return HistoryRecord(
        payment_hash=made.payment_hash,
        direction=Direction.IN,
        invoice=made.invoice,
        amount=made.amount,
        description=f"{name}: {made.description}" if made.description else name,
        state=PaymentState.WAITING,
        at=made.at,
        expires_at=made.expires_at,
    )


def page_of(page: list[Transaction]) -> Result:
    """The page; where it is too long for relays, without the texts of the longest invoices."""
    result = Transactions(tuple(page)).to_object()
    while _size(result) > MAX_ANSWER_BYTES and any(one.invoice for one in page):
        longest = max(range(len(page)), key=lambda place: len(page[place].invoice))
        page[longest] = replace(page[longest], invoice="")
        result = Transactions(tuple(page)).to_object()
    return result


def _size(result: Mapping[str, object]) -> int:
    text = Response(result_type=Method.LIST_TRANSACTIONS, result=result).to_text()
    return len(text.encode())
