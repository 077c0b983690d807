"""The words of a private tip: owed once it is paid, sent or lost once, and said."""

from dataclasses import replace

import pytest

from tests.fakes import START, preimage_of
from tests.unit.tips.conftest import INVOICE, QUOTE, new_tip, step
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.tips import event as on
from tipdesk.tips import sentence
from tipdesk.tips.action import AwaitReceipt, Record, SendNote, Store
from tipdesk.tips.event import TipEvent
from tipdesk.tips.machine import Transition
from tipdesk.tips.payment import Failed, FailureReason, Succeeded
from tipdesk.tips.rail import LnurlRail
from tipdesk.tips.target import Target
from tipdesk.tips.tip import Tip, TipStatus, WordsState
from tipdesk.tips.visibility import Visibility

HASH = PaymentHash(sha256(preimage_of(1)))
PAID = Succeeded(
    payment_hash=HASH,
    preimage=preimage_of(1),
    amount=Msat(21_000),
    fee=Msat(1_000),
    route=(),
    settled_at=START,
)
PLAIN = replace(INVOICE, rail=LnurlRail(), sender=None)


def paying(**more: object) -> Tip:
    tip = replace(new_tip(), visibility=Visibility.PRIVATE, **more)  # type: ignore[arg-type]
    for event in (on.Begin(), PLAIN, on.Quoted(QUOTE), on.WindowOver()):
        tip = step(tip, event).tip
    return tip


def paid() -> Transition:
    return step(paying(), on.PaymentUpdated(PAID))


def test_the_words_are_owed_with_the_payment_and_stored_before_they_are_sent() -> None:
    transition = paid()
    assert transition.tip.words is WordsState.OWED
    store, record, send = transition.actions
    assert store == Store(transition.tip)
    assert isinstance(record, Record)
    assert send == SendNote()
    assert "Your words are on their way to them alone." in sentence.of_tip(transition.tip)


def test_a_payment_that_was_asked_about_owes_them_too() -> None:
    transition = step(paying(), on.LookedUp(PAID))
    assert transition.actions[-1] == SendNote()


@pytest.mark.parametrize(
    "change",
    [
        {"comment": ""},
        {"visibility": Visibility.PUBLIC},
        {"visibility": Visibility.ANONYMOUS},
        {"target": Target(None, "ana@127.0.0.1:9000")},
        {"target": Target(None, "", NodeId(b"\x02" * 33))},
    ],
)
def test_other_tips_owe_no_words(change: dict[str, object]) -> None:
    other = replace(paying(), **change)  # type: ignore[arg-type]
    transition = step(other, on.PaymentUpdated(PAID))
    assert transition.tip.status is TipStatus.PAID
    assert transition.tip.words is WordsState.NONE
    assert SendNote() not in transition.actions


def test_no_words_go_before_the_payment_is_certain() -> None:
    tip = paying()
    for event in (on.NoteSent(), on.Restarted(), on.LookedUp(None)):
        assert SendNote() not in step(tip, event).actions
    failed = step(tip, on.PaymentUpdated(Failed(HASH, FailureReason.NO_ROUTE)))
    assert failed.tip.words is WordsState.NONE
    assert SendNote() not in failed.actions


def test_words_that_arrived_are_said_to_have() -> None:
    done = step(paid().tip, on.NoteSent())
    assert done == Transition(replace(paid().tip, words=WordsState.SENT), (Store(done.tip),))
    assert sentence.of_tip(done.tip).endswith(
        "Nothing was published. Your words were delivered, for them alone to read."
    )


def test_words_that_were_lost_say_why_and_the_tip_stays_paid() -> None:
    done = step(paid().tip, on.NoteFailed("No relay of theirs took it.")).tip
    assert (done.status, done.words) == (TipStatus.PAID, WordsState.LOST)
    assert sentence.of_tip(done).endswith("Your words did not arrive. No relay of theirs took it.")


def test_at_each_start_words_that_are_owed_are_sent_again() -> None:
    assert step(paid().tip, on.Restarted()) == Transition(paid().tip, (SendNote(),))


@pytest.mark.parametrize("last", [on.NoteSent(), on.NoteFailed("x")])
@pytest.mark.parametrize("late", [on.NoteSent(), on.NoteFailed("y"), on.Restarted()])
def test_what_is_over_is_not_changed_by_what_comes_late(last: TipEvent, late: TipEvent) -> None:
    done = step(paid().tip, last).tip
    assert step(done, late) == Transition(done)


def test_a_public_tip_waits_for_its_receipt_and_never_for_words() -> None:
    tip = new_tip()
    for event in (on.Begin(), INVOICE, on.Quoted(QUOTE), on.WindowOver()):
        tip = step(tip, event).tip
    tip = step(tip, on.PaymentUpdated(PAID)).tip
    assert step(tip, on.Restarted()).actions == (AwaitReceipt(60_000),)
    assert step(step(tip, on.ReceiptOverdue()).tip, on.Restarted()).actions == ()
