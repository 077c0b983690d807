"""The tip machine: a row before money moves, never paid twice, never failed while in flight."""

from dataclasses import replace

import pytest

from tests.fakes import ADDRESS, NODE, PROVIDER, START, make_invoice, preimage_of
from tests.unit.tips.conftest import CONTEXT, INVOICE, QUOTE, after, new_tip, step
from tipdesk.base.ids import EventId, NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl import serve
from tipdesk.lnurl.pay import PayResponse
from tipdesk.lnurl.success import Link, Message
from tipdesk.tips import event as on
from tipdesk.tips import ledger, machine, podcast, sentence
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
)
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    InFlight,
    KeysendRequest,
    PayRequest,
    Quote,
    Succeeded,
    Unknown,
)
from tipdesk.tips.rail import LnurlRail, ZapRail
from tipdesk.tips.target import Target
from tipdesk.tips.tip import Reward, Tip, TipStatus, fee_limit
from tipdesk.tips.visibility import Visibility

HASH = PaymentHash(sha256(preimage_of(1)))
RECEIPT = EventId(b"\x22" * 32)
PAID = Succeeded(
    payment_hash=HASH,
    preimage=preimage_of(1),
    amount=Msat(21_000),
    fee=Msat(700),
    route=(),
    settled_at=START.plus_ms(5_100),
)
PARAMS = serve.offered_params(
    callback="http://a.example/",
    min_sendable=Msat(1_000),
    max_sendable=Msat(50_000),
    description="x",
    identifier=ADDRESS,
    nostr_pubkey=PROVIDER.x_only,
)
RESERVED = ledger.reserved(new_tip().tip_id, amount=Msat(21_000), max_fee=Msat(3_000), at=START)


def released(tip: Tip, after_ms: int = 0) -> Record:
    at = START.plus_ms(after_ms)
    return Record(ledger.released(tip.tip_id, amount=tip.amount, max_fee=tip.fee_limit, at=at))


def test_a_begun_tip_is_stored_starts_its_window_and_asks_the_server() -> None:
    tip = new_tip()
    begun = replace(tip, status=TipStatus.UNDO, is_held=True)
    assert step(tip, on.Begin()) == machine.Transition(
        begun,
        (
            Store(begun),
            Record(RESERVED),
            StartUndoTimer(START.plus_ms(5_000)),
            FetchParams(ADDRESS),
        ),
    )


def test_without_a_window_it_prepares_at_once() -> None:
    transition = step(new_tip(undo_ms=0), on.Begin())
    assert transition.tip.status is TipStatus.QUOTING
    assert transition.actions == (
        Store(transition.tip),
        Record(RESERVED),
        FetchParams(ADDRESS),
    )


@pytest.mark.parametrize("provider", [PROVIDER.x_only, None])
def test_a_zap_is_asked_for_where_the_server_takes_zaps(undo: Tip, provider: object) -> None:
    params = replace(PARAMS, nostr_pubkey=provider)  # type: ignore[arg-type]
    rail = LnurlRail() if provider is None else ZapRail(PROVIDER.x_only)
    asked = step(undo, on.ParamsFetched(params, ADDRESS)).actions
    assert asked == (FetchInvoice(params, rail),)


def test_nothing_is_published_of_a_private_tip(undo: Tip) -> None:
    private = replace(undo, visibility=Visibility.PRIVATE)
    asked = step(private, on.ParamsFetched(PARAMS, ADDRESS)).actions
    assert asked == (FetchInvoice(PARAMS, LnurlRail()),)


def test_an_address_that_had_to_be_found_is_kept(undo: Tip) -> None:
    lost = replace(undo, target=replace(undo.target, address=""))
    transition = step(lost, on.ParamsFetched(PARAMS, ADDRESS))
    assert transition.tip.target.address == ADDRESS
    assert transition.actions[0] == Store(transition.tip)


def test_a_server_that_insists_on_knowing_the_payer_is_not_paid(undo: Tip) -> None:
    transition = step(undo, on.ParamsFetched(replace(PARAMS, demands=("email",)), ADDRESS))
    assert transition.tip.status is TipStatus.FAILED
    assert "wants to know who pays (email)" in transition.tip.problem


@pytest.mark.parametrize(("least", "most"), [(21_001, 50_000), (1, 20_999)])
def test_an_amount_out_of_the_servers_bounds_fails_and_says_the_bounds(
    undo: Tip, least: int, most: int
) -> None:
    params = replace(PARAMS, min_sendable=Msat(least), max_sendable=Msat(most))
    tip = step(undo, on.ParamsFetched(params, ADDRESS)).tip
    assert tip.status is TipStatus.FAILED
    assert tip.problem == sentence.amount_not_accepted(
        tip.amount, least=Msat(least), most=Msat(most)
    )


def test_a_right_invoice_is_stored_and_quoted(undo: Tip) -> None:
    transition = step(undo, INVOICE, after_ms=40)
    bill = transition.tip.bill
    assert bill is not None
    assert (bill.payment_hash, bill.provider) == (HASH, PROVIDER.x_only)
    assert bill.fetched_at == START.plus_ms(40)
    assert transition.actions == (
        Store(transition.tip),
        QuotePayment(bill.invoice, Msat(3_000)),
    )


@pytest.mark.parametrize(
    ("invoice", "words"),
    [
        (make_invoice(amount=Msat(21_001)), "an invoice over 21.001 sat for a tip of 21 sat"),
        (make_invoice(amount=Msat(20_999)), "an invoice over 20.999 sat for a tip of 21 sat"),
        (make_invoice(amount=None), "an invoice over no amount for a tip of 21 sat"),
        (make_invoice(network=Network.MAINNET), "an invoice for mainnet"),
        (make_invoice(timestamp=1_600_000_000), "already expired"),
        (make_invoice()[:-1] + "q", "cannot be paid"),
        ("rubbish", "cannot be paid"),
    ],
)
def test_another_invoice_fails_the_tip_and_no_money_moves(
    undo: Tip, invoice: str, words: str
) -> None:
    transition = step(undo, replace(INVOICE, response=PayResponse(invoice)))
    assert transition.tip.status is TipStatus.FAILED
    assert words in transition.tip.problem
    assert "o money moved" in transition.tip.problem
    assert transition.actions == (Store(transition.tip), released(transition.tip))


def test_an_invoice_of_our_own_node_is_refused(undo: Tip) -> None:
    context = replace(CONTEXT, own_node_id=NodeId(NODE.point))
    tip = machine.step(undo, INVOICE, context).tip
    assert tip.problem == "This invoice would pay your own wallet. No money moved."


def test_an_invoice_that_was_used_before_is_refused(undo: Tip) -> None:
    known_to_wallet = step(undo, replace(INVOICE, used_before=True)).tip
    of_another_tip = machine.step(
        undo, INVOICE, replace(CONTEXT, used_hashes=frozenset({HASH}))
    ).tip
    assert known_to_wallet.problem == of_another_tip.problem == sentence.USED_INVOICE


def test_a_second_invoice_never_takes_the_place_of_the_first(ready: Tip) -> None:
    other = replace(INVOICE, response=PayResponse(make_invoice(2)))
    assert step(ready, other) == machine.Transition(ready)
    assert step(ready, on.ParamsFetched(PARAMS, ADDRESS)) == machine.Transition(ready)


def test_a_link_or_message_of_the_recipient_is_kept_for_later(undo: Tip) -> None:
    for action in (Message("thanks"), Link("a", "b"), None):
        response = PayResponse(make_invoice(), action)
        billed = step(undo, replace(INVOICE, response=response)).tip
        assert billed.bill is not None
        assert billed.bill.action == action
        assert billed.reward is None


@pytest.mark.parametrize(
    ("action", "reward"),
    [
        (Message("thanks"), Reward("thanks")),
        (Link("a song", "https://a.example/song"), Reward("a song", "https://a.example/song")),
        (None, None),
    ],
)
def test_what_the_recipient_gives_is_shown_once_it_is_paid(
    undo: Tip, action: Message | Link | None, reward: Reward | None
) -> None:
    response = PayResponse(make_invoice(), action)
    billed = step(undo, replace(INVOICE, response=response)).tip
    paying = step(step(billed, on.Quoted(QUOTE)).tip, on.WindowOver(), after_ms=5_000).tip
    paid = step(paying, on.PaymentUpdated(PAID)).tip
    assert paid.reward == reward
    for words in () if reward is None else (reward.text, reward.url):
        assert words in sentence.of_tip(paid)


def test_a_quote_inside_the_window_waits_for_its_end(undo: Tip) -> None:
    billed = step(undo, INVOICE).tip
    quoted = replace(billed, quote=QUOTE, is_quoted=True)
    assert step(billed, on.Quoted(QUOTE)) == machine.Transition(quoted, (Store(quoted),))


def test_a_fee_over_the_limit_is_said_and_not_paid(undo: Tip) -> None:
    billed = step(undo, INVOICE).tip
    transition = step(billed, on.Quoted(Quote(Msat(3_001), 3)))
    assert transition.tip.status is TipStatus.FAILED
    assert "costs 3.001 sat now, more than your limit of 3 sat. No money" in transition.tip.problem
    assert step(transition.tip, on.WindowOver()).actions == ()


def test_a_fee_of_just_the_limit_is_paid(undo: Tip) -> None:
    tip = step(step(undo, INVOICE).tip, on.Quoted(Quote(Msat(3_000), 3))).tip
    assert step(tip, on.WindowOver(), after_ms=5_000).tip.status is TipStatus.PAYING


HIGH = Quote(Msat(2_400), 3)


@pytest.fixture
def small() -> Tip:
    """A tip of 10 sat inside its window, with its invoice."""
    tip = replace(new_tip(), amount=Msat(10_000))
    invoice = replace(INVOICE, response=PayResponse(make_invoice(amount=Msat(10_000))))
    return step(step(tip, on.Begin()).tip, invoice).tip


def test_a_fee_above_a_fifth_of_the_tip_is_said(small: Tip) -> None:
    quoted = step(small, on.Quoted(HIGH)).tip
    assert "The fee is 24 % of the tip." in sentence.of_tip(quoted)
    low = step(small, on.Quoted(Quote(Msat(2_000), 3))).tip
    assert "%" not in sentence.of_tip(low)


@pytest.mark.parametrize("quoted_at", [2_001, 4_999, 7_000])
def test_a_high_fee_that_comes_late_can_still_be_read_and_undone(
    small: Tip, quoted_at: int
) -> None:
    before = small if quoted_at < 5_000 else step(small, on.WindowOver(), after_ms=5_000).tip
    transition = step(before, on.Quoted(HIGH), after_ms=quoted_at)
    until = START.plus_ms(quoted_at + 3_000)
    assert transition.tip.status is TipStatus.UNDO
    assert transition.actions == (Store(transition.tip), StartUndoTimer(until))
    early = step(transition.tip, on.WindowOver(START.plus_ms(5_000)), after_ms=5_001)
    assert early == machine.Transition(transition.tip)
    late = step(transition.tip, on.WindowOver(until), after_ms=quoted_at + 3_000)
    assert late.tip.status is TipStatus.PAYING
    assert step(transition.tip, on.UndoAsked()).tip.status is TipStatus.CANCELLED


def test_a_high_fee_holds_up_nobody_who_switched_the_window_off() -> None:
    tip = replace(new_tip(undo_ms=0), amount=Msat(10_000))
    invoice = replace(INVOICE, response=PayResponse(make_invoice(amount=Msat(10_000))))
    billed = step(step(tip, on.Begin()).tip, invoice).tip
    assert step(billed, on.Quoted(HIGH)).tip.status is TipStatus.PAYING


def test_a_node_is_paid_with_a_preimage_that_is_stored_first() -> None:
    node = NodeId(NODE.point)
    tip = step(replace(new_tip(), target=Target(None, "", node)), on.Begin())
    assert tip.actions[-1] == PrepareKeysend()
    preimage = preimage_of(5)
    ready = step(tip.tip, on.KeysendReady(preimage))
    assert ready.actions == (Store(ready.tip),)
    assert ready.tip.payment_hash == PaymentHash(sha256(preimage))
    paid = step(ready.tip, on.WindowOver(), after_ms=5_000)
    assert paid.actions == (
        Store(paid.tip),
        Pay(
            KeysendRequest(
                node_id=node,
                amount=Msat(21_000),
                max_fee=Msat(3_000),
                records=podcast.records(amount=Msat(21_000), message="hi"),
                deadline=START.plus_ms(65_000),
                preimage=preimage,
            )
        ),
    )
    assert step(ready.tip, on.KeysendReady(preimage_of(6))) == machine.Transition(ready.tip)


def test_no_way_to_the_receiver_fails_inside_the_window(undo: Tip) -> None:
    billed = step(undo, INVOICE).tip
    tip = step(billed, on.Quoted(Failed(HASH, FailureReason.NO_ROUTE))).tip
    assert tip.status is TipStatus.FAILED
    assert tip.problem.startswith("No way through the network to the receiver was found. No money")


def test_a_wallet_that_cannot_quote_is_no_obstacle(undo: Tip) -> None:
    tip = step(step(undo, INVOICE).tip, on.Quoted(None)).tip
    assert step(tip, on.WindowOver(), after_ms=5_000).tip.status is TipStatus.PAYING


def test_the_tip_is_stored_before_the_payment(ready: Tip) -> None:
    assert ready.bill is not None
    paying = replace(ready, status=TipStatus.PAYING)
    request = PayRequest(
        invoice=ready.bill.invoice,
        payment_hash=HASH,
        amount=Msat(21_000),
        max_fee=Msat(3_000),
        deadline=START.plus_ms(65_000),
    )
    assert step(ready, on.WindowOver(), after_ms=5_000) == machine.Transition(
        paying, (Store(paying), Pay(request))
    )


def test_when_the_window_ends_first_the_quote_starts_the_payment(undo: Tip) -> None:
    waiting = step(undo, on.WindowOver(), after_ms=5_000).tip
    assert waiting.status is TipStatus.QUOTING
    billed = step(waiting, INVOICE).tip
    assert isinstance(step(billed, on.Quoted(QUOTE)).actions[-1], Pay)


def test_an_invoice_that_expires_inside_the_window_is_not_paid(ready: Tip) -> None:
    transition = step(ready, on.WindowOver(), after_ms=3_600_000)
    assert transition.tip.problem == sentence.BILL_EXPIRED
    assert transition.actions == (Store(transition.tip), released(transition.tip, 3_600_000))


@pytest.mark.parametrize("events", [(), (INVOICE,), (on.WindowOver(),)])
def test_undo_works_until_the_payment_starts(events: tuple[on.TipEvent, ...]) -> None:
    transition = step(after(on.Begin(), *events), on.UndoAsked())
    tip = transition.tip
    assert transition.actions == (Store(tip), released(tip))
    assert (tip.status, tip.problem) == (TipStatus.CANCELLED, sentence.UNDONE)
    for late in (on.WindowOver(), INVOICE, on.Quoted(QUOTE)):
        assert step(tip, late) == machine.Transition(tip)


def test_undo_comes_too_late_once_it_is_paying(paying: Tip) -> None:
    assert step(paying, on.UndoAsked()) == machine.Transition(paying)


def test_a_tip_that_died_in_its_window_is_cancelled_and_says_so(undo: Tip, ready: Tip) -> None:
    waiting = step(undo, on.WindowOver(), after_ms=5_000).tip
    for tip in (new_tip(), undo, ready, waiting):
        cancelled = step(tip, on.Restarted()).tip
        assert cancelled.status is TipStatus.CANCELLED
        assert cancelled.problem == sentence.CLOSED_IN_WINDOW


def test_a_tip_that_died_while_paying_is_looked_up_and_not_paid_again(paying: Tip) -> None:
    assert step(paying, on.Restarted()) == machine.Transition(paying, (LookUp(HASH, 0),))


def test_a_payment_that_the_wallet_never_began_is_released_after_a_restart(paying: Tip) -> None:
    transition = step(paying, on.LookedUp(None), after_ms=9_000)
    assert transition.tip.status is TipStatus.FAILED
    assert transition.tip.problem == sentence.NEVER_BEGUN
    entry = ledger.released(
        paying.tip_id, amount=Msat(21_000), max_fee=Msat(3_000), at=START.plus_ms(9_000)
    )
    assert transition.actions == (Store(transition.tip), Record(entry))


def test_a_wallet_that_went_silent_and_knows_nothing_is_asked_until_the_expiry(
    paying: Tip,
) -> None:
    flying = step(paying, on.PaymentUpdated(Unknown(HASH))).tip
    assert step(flying, on.LookedUp(None)).actions == (LookUp(HASH, 2_000),)
    assert step(flying, on.LookedUp(None), after_ms=3_600_000).tip.status is TipStatus.FAILED


def test_in_flight_is_stored_once_and_only_lookups_ask_again(paying: Tip) -> None:
    first = step(paying, on.PaymentUpdated(InFlight(HASH)))
    assert first.actions == (Store(first.tip),)
    assert step(first.tip, on.PaymentUpdated(InFlight(HASH))).actions == ()
    assert step(first.tip, on.LookedUp(InFlight(HASH))).actions == (LookUp(HASH, 2_000),)


def test_unknown_is_in_flight_and_asked_about(paying: Tip) -> None:
    transition = step(paying, on.PaymentUpdated(Unknown(HASH)))
    assert transition.tip.status is TipStatus.IN_FLIGHT
    assert transition.actions == (Store(transition.tip), LookUp(HASH, 2_000))


@pytest.mark.parametrize("event", [on.PaymentUpdated(PAID), on.LookedUp(PAID)])
def test_a_settled_payment_is_booked_and_its_receipt_awaited(
    paying: Tip, event: on.TipEvent
) -> None:
    paid = replace(paying, status=TipStatus.PAID, settlement=PAID, is_held=False)
    entry = ledger.settled(
        paying.tip_id,
        amount=Msat(21_000),
        max_fee=Msat(3_000),
        fee=Msat(700),
        at=PAID.settled_at,
    )
    assert step(paying, event) == machine.Transition(
        paid, (Store(paid), Record(entry), AwaitReceipt(60_000))
    )
    assert paid.took_ms == 100


def test_a_certain_failure_releases_what_was_reserved(paying: Tip) -> None:
    update = Failed(HASH, FailureReason.REFUSED)
    transition = step(paying, on.PaymentUpdated(update))
    assert transition.tip.status is TipStatus.FAILED
    assert "The receiver refused the payment. No money moved." in transition.tip.problem
    assert isinstance(transition.actions[1], Record)


def test_news_of_another_payment_changes_nothing(paying: Tip) -> None:
    other = PaymentHash(bytes(32))
    for update in (Failed(other, FailureReason.REFUSED), replace(PAID, payment_hash=other)):
        assert step(paying, on.PaymentUpdated(update)) == machine.Transition(paying)


def test_a_receipt_ends_the_waiting(paying: Tip) -> None:
    paid = step(paying, on.PaymentUpdated(PAID)).tip
    seen = step(paid, on.ReceiptMatched(RECEIPT)).tip
    assert (seen.status, seen.receipt) == (TipStatus.RECEIPT_SEEN, RECEIPT)
    assert step(seen, on.ReceiptMatched(EventId(bytes(32)))) == machine.Transition(seen)


def test_a_receipt_may_outrun_the_preimage_and_does_not_make_it_paid(paying: Tip) -> None:
    early = step(paying, on.ReceiptMatched(RECEIPT)).tip
    assert early.status is TipStatus.PAYING
    done = step(early, on.PaymentUpdated(PAID))
    assert done.tip.status is TipStatus.RECEIPT_SEEN
    assert not any(isinstance(action, AwaitReceipt) for action in done.actions)


def test_a_missing_receipt_is_said_and_may_still_come(paying: Tip) -> None:
    paid = step(paying, on.PaymentUpdated(PAID)).tip
    overdue = step(paid, on.ReceiptOverdue()).tip
    assert overdue.status is TipStatus.PAID
    assert "no receipt so far; the money arrived all the same" in sentence.of_tip(overdue)
    assert step(overdue, on.ReceiptMatched(RECEIPT)).tip.status is TipStatus.RECEIPT_SEEN


def test_after_a_restart_a_paid_tip_goes_on_waiting_for_its_receipt(paying: Tip) -> None:
    paid = step(paying, on.PaymentUpdated(PAID)).tip
    assert step(paid, on.Restarted()).actions == (AwaitReceipt(60_000),)


def test_a_payment_without_a_zap_waits_for_no_receipt() -> None:
    plain = replace(INVOICE, rail=LnurlRail())
    paying = after(on.Begin(), plain, on.Quoted(QUOTE), on.WindowOver())
    paid = step(paying, on.PaymentUpdated(PAID))
    assert not any(isinstance(action, AwaitReceipt) for action in paid.actions)
    assert "publishes no receipts" in sentence.of_tip(paid.tip)


@pytest.mark.parametrize(
    ("amount", "limit"), [(21_000, 3_000), (300_000, 3_000), (5_000_000, 50_000)]
)
def test_the_fee_limit_is_one_percent_but_three_sat_at_the_least(amount: int, limit: int) -> None:
    assert fee_limit(Msat(amount)) == Msat(limit)


@pytest.mark.parametrize("status", list(TipStatus))
def test_every_state_has_a_sentence(paying: Tip, status: TipStatus) -> None:
    tip = replace(paying, status=status, problem="It failed. No money moved.")
    text = sentence.of_tip(tip)
    assert text.endswith((".", ")."))
    if not (status.may_move_money or status.is_paid):
        assert "No money" in text
    if status.may_move_money:
        assert "fail" not in text.lower()
