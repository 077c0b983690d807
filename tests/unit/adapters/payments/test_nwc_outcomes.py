"""What a wallet's words mean for money: its record of a payment, and the ways to pay it offers."""

import pytest

from tests.contract.nwc_service import THIRD, invoice_text
from tests.fakes import START, preimage_of
from tipdesk.adapters.payments import nwc_outcomes as told
from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.nip47 import ErrorCode, Method, WalletError
from tipdesk.nostr.nip47_paying import Paid, PayResult
from tipdesk.nostr.nip47_transaction import Transaction, TransactionState, TransactionType
from tipdesk.tips.payment import Capability, Failed, FailureReason, InFlight, Succeeded, Unknown

PREIMAGE, OTHER = preimage_of(1), preimage_of(2)
HASH = PaymentHash(sha256(PREIMAGE))
AMOUNT = Msat(21_000)
OUT, IN = TransactionType.OUTGOING, TransactionType.INCOMING
SETTLED, PENDING, ACCEPTED, EXPIRED, FAILED = (
    TransactionState.SETTLED,
    TransactionState.PENDING,
    TransactionState.ACCEPTED,
    TransactionState.EXPIRED,
    TransactionState.FAILED,
)


@pytest.mark.parametrize("kind", [OUT, None])
@pytest.mark.parametrize(
    ("state", "preimage", "settled_at", "meaning"),
    [
        (SETTLED, PREIMAGE, 1_900_000_000, Succeeded),
        (SETTLED, PREIMAGE, None, Succeeded),
        (SETTLED, None, 1_900_000_000, Unknown),
        (SETTLED, OTHER, 1_900_000_000, Unknown),
        (PENDING, None, None, InFlight),
        (PENDING, OTHER, None, InFlight),
        (ACCEPTED, None, None, InFlight),
        (FAILED, None, None, Failed),
        (FAILED, PREIMAGE, None, Unknown),
        (EXPIRED, None, None, None),
        (EXPIRED, PREIMAGE, None, Unknown),
        (None, PREIMAGE, None, Succeeded),
        (None, PREIMAGE, 1_900_000_000, Succeeded),
        (None, None, 1_900_000_000, Unknown),
        (None, OTHER, None, Unknown),
        (None, None, None, Unknown),
    ],
)
def test_a_record_of_a_payment_is_believed_as_far_as_it_goes(
    kind: TransactionType | None,
    state: TransactionState | None,
    preimage: Preimage | None,
    settled_at: int | None,
    meaning: type | None,
) -> None:
    record = Transaction(
        type=kind,
        state=state,
        preimage=preimage,
        payment_hash=HASH,
        amount=AMOUNT,
        fees_paid=Msat(7),
        settled_at=settled_at,
    )
    update = told.of_lookup(HASH, record, START)
    if meaning is None:
        assert update is None
        return
    assert isinstance(update, meaning)
    if isinstance(update, Succeeded):
        assert (update.preimage, update.amount, update.fee) == (PREIMAGE, AMOUNT, Msat(7))
        seconds = settled_at or START.unix_seconds
        assert update.settled_at.unix_seconds == seconds


@pytest.mark.parametrize(
    ("state", "settled_at", "meaning"),
    [
        (PENDING, None, None),
        (EXPIRED, None, None),
        (None, None, None),
        (SETTLED, None, Unknown),
        (None, 1_900_000_000, Unknown),
    ],
)
def test_the_wallets_own_invoice_is_no_payment_of_ours(
    state: TransactionState | None, settled_at: int | None, meaning: type | None
) -> None:
    record = Transaction(
        type=IN,
        state=state,
        preimage=PREIMAGE,
        payment_hash=HASH,
        amount=AMOUNT,
        settled_at=settled_at,
    )
    update = told.of_lookup(HASH, record, START)
    assert update is None if meaning is None else isinstance(update, meaning)


def test_a_record_without_an_amount_has_that_of_its_invoice() -> None:
    text = invoice_text(THIRD, PREIMAGE, 5_000, "x", None, 3_600)
    record = Transaction(
        type=OUT,
        state=SETTLED,
        preimage=PREIMAGE,
        payment_hash=HASH,
        amount=Msat(0),
        invoice=text,
    )
    update = told.of_lookup(HASH, record, START)
    assert isinstance(update, Succeeded)
    assert update.amount == Msat(5_000)


@pytest.mark.parametrize(
    ("state", "preimage", "meaning"),
    [
        (SETTLED, PREIMAGE, Succeeded),
        (SETTLED, OTHER, Unknown),
        (SETTLED, None, Unknown),
        (PENDING, None, InFlight),
        (PENDING, PREIMAGE, Succeeded),
        (FAILED, None, Failed),
        (FAILED, PREIMAGE, Unknown),
        (None, PREIMAGE, Unknown),
        (ACCEPTED, None, Unknown),
    ],
)
def test_what_pay_gives_is_believed_as_far_as_it_goes(
    state: TransactionState | None, preimage: Preimage | None, meaning: type
) -> None:
    result = PayResult(state=state, preimage=preimage, amount=Msat(1), fees_paid=Msat(3))
    update = told.of_pay(HASH, AMOUNT, result, START)
    assert isinstance(update, meaning)
    if isinstance(update, Succeeded):
        assert (update.amount, update.fee) == (AMOUNT, Msat(3))


@pytest.mark.parametrize("preimage", [None, OTHER])
def test_a_success_without_its_preimage_is_none(preimage: Preimage | None) -> None:
    update = told.of_paid(HASH, AMOUNT, Paid(preimage=preimage), None, START)
    assert isinstance(update, Unknown)


@pytest.mark.parametrize("code", ErrorCode)
def test_an_error_is_a_failure_only_where_nothing_can_have_been_tried(code: ErrorCode) -> None:
    failed = told.of_order_error(HASH, WalletError(code, "so it is"))
    doubtful = {
        ErrorCode.PAYMENT_FAILED,
        ErrorCode.INTERNAL,
        ErrorCode.OTHER,
        ErrorCode.NOT_FOUND,
    }
    assert (failed is None) is (code in doubtful)
    if failed is not None:
        assert failed.detail


def test_a_used_up_budget_is_said_in_our_words() -> None:
    failed = told.of_order_error(HASH, WalletError(ErrorCode.QUOTA_EXCEEDED, "E_QUOTA_7"))
    assert failed == Failed(HASH, FailureReason.WALLET_REFUSED, told.NO_BUDGET)


@pytest.mark.parametrize(
    ("kind", "state", "preimage", "settled_at", "is_paid"),
    [
        (IN, SETTLED, PREIMAGE, None, True),
        (IN, None, PREIMAGE, 5, True),
        (None, SETTLED, PREIMAGE, 5, True),
        (IN, None, PREIMAGE, None, False),
        (IN, PENDING, PREIMAGE, None, False),
        (IN, ACCEPTED, PREIMAGE, None, False),
        (IN, SETTLED, OTHER, 5, False),
        (IN, SETTLED, None, 5, False),
        (OUT, SETTLED, PREIMAGE, 5, False),
    ],
)
def test_an_invoice_is_paid_when_the_wallet_says_so_and_not_because_it_knows_its_preimage(
    kind: TransactionType | None,
    state: TransactionState | None,
    preimage: Preimage | None,
    settled_at: int | None,
    is_paid: bool,
) -> None:
    record = Transaction(
        type=kind,
        state=state,
        preimage=preimage,
        payment_hash=HASH,
        amount=AMOUNT,
        settled_at=settled_at,
    )
    payment = told.incoming(HASH, record, "", "ours")
    assert (payment is not None) is is_paid
    if payment is not None:
        assert (payment.amount, payment.label) == (AMOUNT, "ours")
        assert payment.settled_at == Instant.from_unix_seconds(settled_at or 0)


def test_strange_records_of_a_keysend_cost_the_records_and_not_the_payment() -> None:
    record = Transaction(
        type=IN,
        state=SETTLED,
        preimage=PREIMAGE,
        payment_hash=HASH,
        amount=AMOUNT,
        metadata={"tlv_records": [{"type": "x"}]},
    )
    payment = told.incoming(HASH, record, "", "")
    assert payment is not None
    assert payment.records == ()


def test_what_a_wallet_can_do_follows_from_its_methods() -> None:
    assert told.capabilities_of(()) == frozenset()
    assert told.capabilities_of(("pay_invoice",)) == {Capability.PAY_INVOICE}
    assert told.capabilities_of(("list_transactions",)) == {Capability.LOOKUP}
    modern = told.capabilities_of((Method.PAY, Method.LOOKUP_INVOICE))
    assert modern == {Capability.PAY_INVOICE, Capability.FEE_LIMIT, Capability.LOOKUP}


def test_no_limit_is_promised_where_one_way_of_paying_has_none() -> None:
    found = told.capabilities_of((Method.PAY, Method.PAY_KEYSEND, "something_else"))
    assert found == {Capability.PAY_INVOICE, Capability.KEYSEND}
