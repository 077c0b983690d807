"""A tip as a machine: `step(tip, event, context)` says what it becomes and what is to be done.

    draft -> undo -> (quoting) -> paying -> (in flight) -> paid -> receipt seen
               \\-> cancelled, failed        \\-> failed, once the wallet is certain

`Pay` is asked for once in a tip's life, on leaving undo or quoting, after the invoice with its
payment hash is stored. From then on only the wallet's word ends it:
a time-out, a lost connection or a restart makes it `IN_FLIGHT`, which is asked about, not paid
again. An event that comes too late, or twice, changes nothing.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Final, assert_never

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage, TipId
from tipdesk.base.phrase import in_words
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl.check import InvoiceMismatch, check_invoice
from tipdesk.lnurl.pay import PayParams
from tipdesk.tips import event as tip_event
from tipdesk.tips import ledger, sentence, words
from tipdesk.tips.action import (
    AwaitReceipt,
    FetchInvoice,
    FetchParams,
    LookUp,
    Pay,
    PrepareKeysend,
    QuotePayment,
    Record,
    StartUndoTimer,
    Store,
    TipAction,
)
from tipdesk.tips.event import TipEvent
from tipdesk.tips.order import payment_order
from tipdesk.tips.payment import (
    Failed,
    InFlight,
    PaymentUpdate,
    Quote,
    Succeeded,
    Unknown,
)
from tipdesk.tips.rail import ZapRail, choose_rail
from tipdesk.tips.target import Target
from tipdesk.tips.tip import Bill, Tip, TipStatus, fee_limit, is_high_fee
from tipdesk.tips.visibility import Visibility

LOOK_UP_EVERY_MS: Final = 2_000
READ_FEE_MS: Final = 3_000
"""How long a high fee stands there at the least before it is paid."""
KEYSEND_LIFETIME_MS: Final = 3_600_000
RECEIPT_PATIENCE_MS: Final = 60_000
ATTEMPTS_FOR_MS: Final = 60_000
"""How long the wallet may begin new attempts; those under way take as long as they take."""


@dataclass(frozen=True, slots=True)
class TipContext:
    """What a step needs to know of the world."""

    now: Instant
    network: Network
    own_node_id: NodeId | None
    used_hashes: Container[PaymentHash] = frozenset()
    """The payment hashes of all tips: no invoice serves two of them."""


@dataclass(frozen=True, slots=True)
class Transition:
    """The tip after a step, and what is to be done, in this order."""

    tip: Tip
    actions: tuple[TipAction, ...] = ()


def draft(
    tip_id: TipId,
    target: Target,
    amount: Msat,
    comment: str,
    *,
    now: Instant,
    undo_ms: int,
    visibility: Visibility = Visibility.PUBLIC,
    gift: TipId | None = None,
    app: str = "",
) -> Tip:
    """A tip that nobody has begun; its undo window is `undo_ms` long, 0 for none."""
    return Tip(
        tip_id=tip_id,
        target=target,
        amount=amount,
        comment=comment,
        fee_limit=fee_limit(amount),
        created_at=now,
        undo_until=now.plus_ms(undo_ms),
        visibility=visibility,
        gift=gift,
        app=app,
    )


def step(tip: Tip, event: TipEvent, context: TipContext) -> Transition:
    """What an event makes of a tip."""
    match tip.status:
        case TipStatus.DRAFT:
            return _step_draft(tip, event, context)
        case TipStatus.UNDO | TipStatus.QUOTING:
            return _step_preparing(tip, event, context)
        case TipStatus.PAYING | TipStatus.IN_FLIGHT:
            return _step_under_way(tip, event, context)
        case TipStatus.PAID | TipStatus.RECEIPT_SEEN:
            return _step_paid(tip, event)
        case TipStatus.CANCELLED | TipStatus.FAILED:
            return Transition(tip)
        case _:
            assert_never(tip.status)


def _step_draft(tip: Tip, event: TipEvent, context: TipContext) -> Transition:
    match event:
        case tip_event.Begin():
            return _begin(tip, context)
        case tip_event.Restarted():
            return _cancelled(tip, sentence.CLOSED_IN_WINDOW, context)
        case _:
            return Transition(tip)


def _step_preparing(tip: Tip, event: TipEvent, context: TipContext) -> Transition:
    match event:
        case tip_event.UndoAsked():
            return _cancelled(tip, sentence.UNDONE, context)
        case tip_event.Restarted():
            return _cancelled(tip, sentence.CLOSED_IN_WINDOW, context)
        case tip_event.WindowOver(until) if until in (None, tip.undo_until):
            return _window_over(tip, context)
        case tip_event.ParamsFetched(params, address):
            return _params_fetched(tip, params, address, context)
        case tip_event.KeysendReady(preimage):
            return _keysend_ready(tip, preimage, context)
        case tip_event.InvoiceFetched():
            return _invoice_fetched(tip, event, context)
        case tip_event.PreparationFailed(problem):
            return _failed_unpaid(tip, problem, context)
        case tip_event.Quoted(quote):
            return _quoted(tip, quote, context)
        case _:
            return Transition(tip)


def _step_under_way(tip: Tip, event: TipEvent, context: TipContext) -> Transition:
    match event:
        case tip_event.PaymentUpdated(update):
            return _updated(tip, update, context, is_asked=False)
        case tip_event.LookedUp(update):
            if update is None:
                return _never_begun(tip, context)
            return _updated(tip, update, context, is_asked=True)
        case tip_event.Restarted():
            return Transition(tip, _look_up(tip, after_ms=0))
        case tip_event.ReceiptMatched(event_id):
            # It may outrun the preimage; the money counts as paid when our wallet says so.
            return _stored(replace(tip, receipt=event_id))
        case _:
            return Transition(tip)


def _step_paid(tip: Tip, event: TipEvent) -> Transition:
    match event:
        case tip_event.ReceiptMatched(event_id) if tip.receipt is None:
            return _stored(replace(tip, status=TipStatus.RECEIPT_SEEN, receipt=event_id))
        case tip_event.ReceiptOverdue() if tip.receipt is None:
            return _stored(replace(tip, is_receipt_overdue=True))
        case tip_event.NoteSent() | tip_event.NoteFailed():
            moved = words.moved_on(tip, event)
            return Transition(tip) if moved == tip else _stored(moved)
        case tip_event.Restarted():
            return Transition(tip, (*_await_receipt(tip), *words.to_send(tip)))
        case _:
            return Transition(tip)


def _begin(tip: Tip, context: TipContext) -> Transition:
    """What it may cost is set aside at once: budgets count what is under way."""
    is_quick = not tip.has_window
    begun = replace(tip, status=TipStatus.QUOTING if is_quick else TipStatus.UNDO, is_held=True)
    reserved = ledger.reserved(tip.tip_id, amount=tip.amount, max_fee=tip.fee_limit, at=context.now)
    timer = () if is_quick else (StartUndoTimer(tip.undo_until),)
    prepare = PrepareKeysend() if tip.target.node_id else FetchParams(tip.target.address)
    return Transition(begun, (Store(begun), Record(reserved), *timer, prepare))


def _window_over(tip: Tip, context: TipContext) -> Transition:
    if tip.status is not TipStatus.UNDO:
        return Transition(tip)
    waiting = replace(tip, status=TipStatus.QUOTING)
    return _pay(waiting, context) if tip.is_quoted else _stored(waiting)


def _params_fetched(tip: Tip, params: PayParams, address: str, context: TipContext) -> Transition:
    if tip.bill is not None:
        return Transition(tip)
    if params.demands:
        return _failed_unpaid(tip, sentence.payer_data_wanted(params.demands), context)
    if not params.accepts(tip.amount):
        problem = sentence.amount_not_accepted(
            tip.amount, least=params.min_sendable, most=params.max_sendable
        )
        return _failed_unpaid(tip, problem, context)
    rail = choose_rail(params, tip.target, tip.visibility)
    found = replace(tip, target=replace(tip.target, address=address))
    kept = () if found == tip else (Store(found),)
    return Transition(found, (*kept, FetchInvoice(params, rail)))


def _keysend_ready(tip: Tip, preimage: Preimage, context: TipContext) -> Transition:
    if tip.bill is not None:
        return Transition(tip)
    bill = Bill(
        invoice="",
        payment_hash=PaymentHash(sha256(preimage)),
        expires_at=context.now.plus_ms(KEYSEND_LIFETIME_MS),
        fetched_at=context.now,
        provider=None,
        preimage=preimage,
    )
    billed = replace(tip, bill=bill, is_quoted=True)
    return _pay(billed, context) if tip.status is TipStatus.QUOTING else _stored(billed)


def _invoice_fetched(
    tip: Tip, fetched: tip_event.InvoiceFetched, context: TipContext
) -> Transition:
    if tip.bill is not None:
        return Transition(tip)
    try:
        invoice = bolt11.decode(fetched.response.pr)
        check_invoice(
            invoice,
            amount=tip.amount,
            network=context.network,
            now=context.now,
            expected_description_hash=sha256(fetched.committed.encode()),
            own_node_id=context.own_node_id,
        )
    except DecodeError as error:
        return _failed_unpaid(tip, sentence.unusable_invoice(in_words(error)), context)
    except InvoiceMismatch as error:
        return _failed_unpaid(tip, in_words(error), context)
    if fetched.used_before or invoice.payment_hash in context.used_hashes:
        return _failed_unpaid(tip, sentence.USED_INVOICE, context)
    bill = Bill(
        invoice=fetched.response.pr,
        payment_hash=invoice.payment_hash,
        expires_at=invoice.expires_at,
        fetched_at=context.now,
        provider=fetched.rail.provider if isinstance(fetched.rail, ZapRail) else None,
        sender=fetched.sender,
        action=fetched.response.success_action,
    )
    billed = replace(tip, bill=bill)
    return Transition(billed, (Store(billed), QuotePayment(bill.invoice, tip.fee_limit)))


def _quoted(tip: Tip, quote: Quote | Failed | None, context: TipContext) -> Transition:
    if tip.bill is None or tip.is_quoted:
        return Transition(tip)
    if isinstance(quote, Failed):
        return _failed_unpaid(tip, sentence.failure(quote), context)
    if quote is not None and quote.fee > tip.fee_limit:
        return _failed_unpaid(tip, sentence.fee_over_limit(quote, tip.fee_limit), context)
    quoted = replace(tip, quote=quote, is_quoted=True)
    read_until = context.now.plus_ms(READ_FEE_MS)
    is_high = quote is not None and is_high_fee(quote.fee, tip.amount)
    if is_high and tip.has_window and tip.undo_until < read_until:
        # Said before it is paid: there is time to read it, and to take the tip back.
        quoted = replace(quoted, status=TipStatus.UNDO, undo_until=read_until)
        return Transition(quoted, (Store(quoted), StartUndoTimer(read_until)))
    return _pay(quoted, context) if tip.status is TipStatus.QUOTING else _stored(quoted)


def _pay(tip: Tip, context: TipContext) -> Transition:
    """The one place from which money may move: window over, invoice checked, fee quoted."""
    if tip.bill is None:
        return Transition(tip)
    if context.now >= tip.bill.expires_at:
        return _failed_unpaid(tip, sentence.BILL_EXPIRED, context)
    paying = replace(tip, status=TipStatus.PAYING)
    deadline = min(tip.bill.expires_at, context.now.plus_ms(ATTEMPTS_FOR_MS))
    return Transition(paying, (Store(paying), Pay(payment_order(tip, tip.bill, deadline))))


def _updated(tip: Tip, update: PaymentUpdate, context: TipContext, *, is_asked: bool) -> Transition:
    if update.payment_hash != tip.payment_hash:
        return Transition(tip)
    match update:
        case Succeeded():
            return _succeeded(tip, update)
        case Failed():
            return _failed_for_certain(tip, sentence.failure(update), context)
        case InFlight():
            return _in_flight(tip, ask_again=is_asked)
        case Unknown():
            return _in_flight(tip, ask_again=True)
        case _:
            assert_never(update)


def _in_flight(tip: Tip, *, ask_again: bool) -> Transition:
    asking = _look_up(tip, after_ms=LOOK_UP_EVERY_MS) if ask_again else ()
    if tip.status is TipStatus.IN_FLIGHT:
        return Transition(tip, asking)
    flying = replace(tip, status=TipStatus.IN_FLIGHT)
    return Transition(flying, (Store(flying), *asking))


def _never_begun(tip: Tip, context: TipContext) -> Transition:
    """The wallet has never heard of it.

    After a restart that is certain. A wallet that went silent in the middle may still have our
    order under way to it: then only the invoice's expiry makes it so.
    """
    if tip.bill is not None and (
        tip.status is TipStatus.PAYING or context.now >= tip.bill.expires_at
    ):
        return _failed_for_certain(tip, sentence.NEVER_BEGUN, context)
    return _in_flight(tip, ask_again=True)


def _succeeded(tip: Tip, update: Succeeded) -> Transition:
    seen = tip.receipt is not None
    paid = replace(
        tip,
        status=TipStatus.RECEIPT_SEEN if seen else TipStatus.PAID,
        settlement=update,
        is_held=False,
    )
    entry = ledger.settled(
        tip.tip_id,
        amount=tip.amount,
        max_fee=tip.fee_limit,
        fee=update.fee,
        at=update.settled_at,
    )
    paid = words.after_payment(paid)
    further = (*_await_receipt(paid), *words.to_send(paid))
    return Transition(paid, (Store(paid), Record(entry), *further))


def _failed_for_certain(tip: Tip, problem: str, context: TipContext) -> Transition:
    return _ended(tip, TipStatus.FAILED, problem, context)


def _failed_unpaid(tip: Tip, problem: str, context: TipContext) -> Transition:
    return _ended(tip, TipStatus.FAILED, problem, context)


def _cancelled(tip: Tip, problem: str, context: TipContext) -> Transition:
    return _ended(tip, TipStatus.CANCELLED, problem, context)


def _ended(tip: Tip, status: TipStatus, problem: str, context: TipContext) -> Transition:
    """No money moved, and none will: what was set aside is free again."""
    ended = replace(tip, status=status, problem=problem, is_held=False)
    if not tip.is_held:
        return _stored(ended)
    entry = ledger.released(tip.tip_id, amount=tip.amount, max_fee=tip.fee_limit, at=context.now)
    return Transition(ended, (Store(ended), Record(entry)))


def _stored(tip: Tip) -> Transition:
    return Transition(tip, (Store(tip),))


def _look_up(tip: Tip, *, after_ms: int) -> tuple[TipAction, ...]:
    return () if tip.bill is None else (LookUp(tip.bill.payment_hash, after_ms),)


def _await_receipt(tip: Tip) -> tuple[TipAction, ...]:
    if tip.is_receipt_overdue or tip.receipt is not None:
        return ()
    if tip.bill is None or tip.bill.provider is None:
        return ()
    return (AwaitReceipt(RECEIPT_PATIENCE_MS),)
