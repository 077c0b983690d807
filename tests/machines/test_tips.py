"""Whatever happens to a tip, in whatever order: it is ordered to be paid once at the most, it is
never failed while in flight, and its books sum to zero."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import NODE, START, make_invoice, preimage_of
from tests.unit.tips.conftest import CONTEXT, INVOICE, QUOTE, new_tip
from tipdesk.base.ids import EventId, NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl.pay import PayResponse
from tipdesk.tips import event as on
from tipdesk.tips import ledger, machine
from tipdesk.tips.action import Pay, Record, SendNote, Store, TipAction
from tipdesk.tips.event import TipEvent
from tipdesk.tips.ledger import LedgerEntry
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    InFlight,
    KeysendRequest,
    PaymentUpdate,
    Quote,
    Succeeded,
    Unknown,
)
from tipdesk.tips.tip import Tip, TipStatus, WordsState
from tipdesk.tips.visibility import Visibility

HASHES = [PaymentHash(sha256(preimage_of(number))) for number in (1, 2)]


def succeeded(payment_hash: PaymentHash, fee: int) -> Succeeded:
    return Succeeded(
        payment_hash=payment_hash,
        preimage=preimage_of(1),
        amount=Msat(21_000),
        fee=Msat(fee),
        route=(),
        settled_at=START,
    )


hashes = st.sampled_from(HASHES)
updates: st.SearchStrategy[PaymentUpdate] = st.one_of(
    st.builds(InFlight, hashes),
    st.builds(Unknown, hashes),
    st.builds(Failed, hashes, st.sampled_from(FailureReason)),
    st.builds(succeeded, hashes, st.integers(0, 3_000)),
)
invoices = st.sampled_from(
    [
        INVOICE,
        replace(INVOICE, response=PayResponse(make_invoice(2))),
        replace(INVOICE, response=PayResponse(make_invoice(2, amount=Msat(21_001)))),
        replace(INVOICE, used_before=True),
    ]
)
events: st.SearchStrategy[TipEvent] = st.one_of(
    st.just(on.Begin()),
    st.just(on.WindowOver()),
    invoices,
    st.sampled_from([on.Quoted(QUOTE), on.Quoted(None), on.Quoted(Quote(Msat(9_000), 3))]),
    st.builds(on.PaymentUpdated, updates),
    st.builds(on.LookedUp, st.none() | updates),
    st.sampled_from([on.UndoAsked(), on.Restarted(), on.ReceiptOverdue()]),
    st.sampled_from([on.NoteSent(), on.NoteFailed("x")]),
    st.just(on.ReceiptMatched(EventId(bytes(32)))),
    st.just(on.PreparationFailed("x")),
    st.builds(on.KeysendReady, st.sampled_from([preimage_of(1), preimage_of(2)])),
)
prefixes = st.sampled_from(
    [(), (on.Begin(),), (on.Begin(), INVOICE, on.Quoted(QUOTE), on.WindowOver())]
)


def check_step(before: Tip, event: TipEvent, after: Tip, actions: tuple[TipAction, ...]) -> None:
    if before.status.may_move_money and after.status is TipStatus.FAILED:
        told = event.update if isinstance(event, on.PaymentUpdated | on.LookedUp) else None
        never_begun = isinstance(event, on.LookedUp) and told is None
        assert never_begun or isinstance(told, Failed)
    if before.status.is_paid:
        assert after.status.is_paid
    if SendNote() in actions:
        assert after.status.is_paid
        assert after.words is WordsState.OWED
    if after != before:
        assert Store(after) in actions
    for action in actions:
        if isinstance(action, Pay):
            assert before.status.can_undo
            assert action.request.amount == after.amount
            assert action.request.max_fee == after.fee_limit
            assert Store(after) in actions[: actions.index(action)]
            assert before.is_held
            if isinstance(action.request, KeysendRequest):
                assert after.bill is not None
                assert action.request.preimage == after.bill.preimage


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([None, NodeId(NODE.point)]),
    st.sampled_from(Visibility),
    prefixes,
    st.lists(st.tuples(events, st.integers(0, 10_000_000)), max_size=25),
)
def test_no_sequence_of_events_pays_twice_or_unbalances_the_books(
    node: NodeId | None,
    visibility: Visibility,
    prefix: tuple[TipEvent, ...],
    rest: list[tuple[TipEvent, int]],
) -> None:
    tip, entries, orders = replace(new_tip(), visibility=visibility), list[LedgerEntry](), 0
    tip = replace(tip, target=replace(tip.target, node_id=node))
    for event, ms in [(event, 0) for event in prefix] + rest:
        transition = machine.step(tip, event, replace(CONTEXT, now=START.plus_ms(ms)))
        check_step(tip, event, transition.tip, transition.actions)
        tip = transition.tip
        orders += sum(isinstance(action, Pay) for action in transition.actions)
        entries += [action.entry for action in transition.actions if isinstance(action, Record)]
    assert orders <= 1
    books = ledger.balances(entries)
    assert books.total == Msat(0)
    under_way = tip.status.can_undo or tip.status.may_move_money
    assert bool(books.held) == tip.is_held == under_way
    assert books.tipped == (tip.amount if tip.status.is_paid else Msat(0))
    assert -books.wallet == books.held + books.tipped + books.fees
    begun = tip.status is not TipStatus.DRAFT and bool(entries)
    assert len(entries) == (0 if not begun else 1 if under_way else 2)
