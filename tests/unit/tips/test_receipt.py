"""Receipts are graded: our own wallet's word first, then the provider's key."""

import pytest

from tests.fakes import (
    CREATOR,
    FAN,
    PROVIDER,
    RELAY,
    START,
    STRANGER,
    make_invoice,
    preimage_of,
    sign,
)
from tests.unit.tips.conftest import INVOICE, POST, after
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip57
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.nostr.nip57_judge import FlawedReceipt, ReceiptFlaw
from tipdesk.tips import event as on
from tipdesk.tips.receipt import (
    JudgedReceipt,
    SettledPayment,
    TrustGrade,
    belongs_to,
    judge_receipt,
    unverified,
)

HASH = PaymentHash(sha256(preimage_of(1)))
AMOUNT = Msat(21_000)


def receipt_event(signer: PrivateKey = PROVIDER, *, sender: PrivateKey = FAN) -> Event:
    unsigned = nip57.build_zap_request(
        ZapTarget(recipient=CREATOR.x_only, event_id=POST, kind=1),
        sender=sender.x_only,
        relays=(RELAY,),
        amount=Msat(21_000),
        lnurl="lnurl1x",
        comment="hi",
        created_at=START.unix_seconds,
    )
    raw = nip01.sign(unsigned, sender, bytes(32)).to_json()
    invoice = make_invoice(description_hash=sha256(raw.encode()))
    receipt = nip57.build_zap_receipt(
        nip57.read_zap_request(raw),
        invoice=invoice,
        preimage=preimage_of(1),
        provider=signer.x_only,
        paid_at=START.unix_seconds,
    )
    return nip01.sign(receipt, signer, bytes(32))


def judge(
    event: Event,
    *providers: PrivateKey,
    settled_by: PrivateKey | None = None,
    settled_amount: Msat = AMOUNT,
) -> JudgedReceipt | FlawedReceipt:
    def settled(payment_hash: PaymentHash) -> SettledPayment | None:
        if settled_by is None or payment_hash != HASH:
            return None
        return SettledPayment(settled_by.x_only, settled_amount)

    return judge_receipt(
        event,
        recipient=CREATOR.x_only,
        providers=tuple(key.x_only for key in providers),
        settled=settled,
        now=START,
    )


def grade(verdict: JudgedReceipt | FlawedReceipt) -> TrustGrade | ReceiptFlaw:
    return verdict.flaw if isinstance(verdict, FlawedReceipt) else verdict.grade


@pytest.mark.parametrize(
    ("providers", "expected"),
    [
        ((PROVIDER,), TrustGrade.B),
        ((STRANGER, PROVIDER), TrustGrade.C),
        ((STRANGER,), ReceiptFlaw.WRONG_PROVIDER),
        ((), ReceiptFlaw.WRONG_PROVIDER),
    ],
)
def test_the_providers_key_decides(
    providers: tuple[PrivateKey, ...], expected: TrustGrade | ReceiptFlaw
) -> None:
    assert grade(judge(receipt_event(), *providers)) == expected


def test_what_our_own_wallet_settled_needs_no_providers_word() -> None:
    assert grade(judge(receipt_event(STRANGER), settled_by=FAN)) is TrustGrade.A


def test_our_payment_hash_under_another_amount_is_not_what_we_settled() -> None:
    """Whoever saw a payment hash can sign an invoice of his own with it."""
    event = receipt_event(STRANGER)
    flaw = grade(judge(event, settled_by=FAN, settled_amount=AMOUNT - Msat(1)))
    assert flaw is ReceiptFlaw.WRONG_PROVIDER


def test_grades_are_ordered_and_only_the_first_two_prove_money() -> None:
    grades = list(TrustGrade)
    for place, one in enumerate(grades):
        assert [one.is_better_than(other) for other in grades] == [
            place < other for other in range(len(grades))
        ]
    assert [one.name for one in grades if one.is_proven] == ["A", "A_PROOF"]


def test_what_a_worthless_receipt_claims_is_kept_apart() -> None:
    event = receipt_event()
    found = unverified(event, ReceiptFlaw.WRONG_PROVIDER, seen_at=START)
    assert found is not None
    assert (found.claimed, found.recipient, found.signer) == (AMOUNT, CREATOR.x_only, event.pubkey)
    blank = sign(STRANGER, 9735, tags=(("p", CREATOR.x_only.hex()), ("bolt11", "lnbc1rubbish")))
    found = unverified(blank, ReceiptFlaw.BAD_INVOICE, seen_at=START)
    assert found is not None
    assert (found.claimed, found.event_id) == (None, None)
    assert unverified(sign(STRANGER, 9735), ReceiptFlaw.WRONG_RECIPIENT, seen_at=START) is None


def test_somebody_elses_request_over_our_invoice_is_not_ours() -> None:
    event = receipt_event(STRANGER, sender=STRANGER)
    assert grade(judge(event, settled_by=FAN)) is ReceiptFlaw.WRONG_PROVIDER


def test_a_forged_receipt_has_no_grade_even_over_our_own_payment() -> None:
    event = receipt_event()
    forged = sign(STRANGER, event.kind, tags=(*event.tags, ("p", STRANGER.x_only.hex())))
    verdict = judge(forged, PROVIDER, settled_by=FAN)
    assert grade(verdict) is ReceiptFlaw.WRONG_RECIPIENT


def test_a_receipt_belongs_to_the_tip_with_its_payment_hash() -> None:
    verdict = judge(receipt_event(), PROVIDER)
    assert isinstance(verdict, JudgedReceipt)
    assert belongs_to(verdict, after(on.Begin(), INVOICE))
    assert not belongs_to(verdict, after(on.Begin()))
