"""What a provider's invoice brings is a tip; whose it is, only the invoice can prove."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, make_invoice, preimage_of
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr import event as nip01
from tipdesk.nostr.nip47_asking import MakeInvoice
from tipdesk.nostr.nip57 import ZapTarget, build_zap_request
from tipdesk.services.provider_tips import provider_tip
from tipdesk.tips.incoming import IncomingRecord, Settlement
from tipdesk.tips.payment import CreatedInvoice

HASH = PaymentHash(sha256(preimage_of(1)))
CREATED = CreatedInvoice(make_invoice(), HASH, START.plus_ms(60_000))
AMOUNT = Msat(21_000)


def zap(recipient: XOnlyPubkey = CREATOR.x_only, amount: Msat = AMOUNT) -> str:
    target = ZapTarget(recipient=recipient, event_id=EventId(b"\x11" * 32), kind=1)
    unsigned = build_zap_request(
        target,
        sender=FAN.x_only,
        relays=(RELAY,),
        amount=amount,
        lnurl="",
        comment="great, grüße",
        created_at=START.unix_seconds,
    )
    return nip01.sign(unsigned, FAN, bytes(32)).to_json()


def tip_of(
    metadata: Mapping[str, object], *, committed: str = "", description: str | None = None
) -> IncomingRecord:
    asked = MakeInvoice(
        amount=AMOUNT,
        description=description,
        description_hash=sha256(committed.encode()) if committed else None,
        metadata=metadata,
    )
    return provider_tip(CREATED, asked, CREATOR.x_only, START)


def test_a_zap_that_the_invoice_commits_to_is_its_signers() -> None:
    raw = zap()
    made = tip_of({"nostr": json.loads(raw)}, committed=raw)
    assert made.zap_request == raw
    assert (made.payment_hash, made.amount, made.invoice) == (HASH, AMOUNT, CREATED.invoice)


def test_nothing_is_owed_for_it_once_it_is_paid() -> None:
    raw = zap()
    made = tip_of({"nostr": json.loads(raw)}, committed=raw)
    paid = replace(made, settlement=Settlement(preimage_of(1), AMOUNT, START))
    assert not paid.owes_receipt


@pytest.mark.parametrize(
    ("event", "committed"),
    [
        (zap(), "another text"),
        (zap(), ""),
        (zap(STRANGER.x_only), zap(STRANGER.x_only)),
        (zap(amount=Msat(1_000)), zap(amount=Msat(1_000))),
        (zap().replace("great", "bad"), zap().replace("great", "bad")),
        ("{}", "{}"),
        ("[]", "[]"),
        ('"text"', '"text"'),
    ],
)
def test_a_zap_that_is_not_proven_is_nobodys(event: str, committed: str) -> None:
    made = tip_of({"nostr": json.loads(event), "comment": "hi"}, committed=committed)
    assert made.zap_request == ""
    assert made.comment == "hi"


@pytest.mark.parametrize(
    ("metadata", "description", "comment", "name"),
    [
        (
            {"comment": "two\nlines\x00", "payer_data": {"name": "Bo\u202eb"}},
            None,
            "two\nlines",
            "Bob",
        ),
        ({}, "for coffee", "for coffee", ""),
        ({"comment": 5, "payer_data": "x"}, None, "", ""),
        ({"payer_data": {"name": ["x"]}}, "d", "d", ""),
    ],
)
def test_what_a_provider_says_of_a_payer_is_its_word_shown_as_text(
    metadata: Mapping[str, object], description: str | None, comment: str, name: str
) -> None:
    made = tip_of(metadata, description=description)
    assert (made.comment, made.claimed_name, made.zap_request) == (comment, name, "")
