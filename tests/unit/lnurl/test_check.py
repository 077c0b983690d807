"""The check before paying: each rule has its refusal, and the sentence says no money moved."""

from dataclasses import replace

import pytest

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.lnurl import check
from tipdesk.lnurl.check import HashGrade

PAYEE = NodeId(PrivateKey(b"\x01" * 32).point)
US = NodeId(PrivateKey(b"\x02" * 32).point)
HASH = b"\x09" * 32
NOW = Instant.from_unix_seconds(1_700_000_100)
INVOICE = Bolt11Invoice(
    network=Network.REGTEST,
    payment_hash=PaymentHash(bytes(32)),
    payment_secret=PaymentSecret(bytes(32)),
    timestamp=1_700_000_000,
    expiry=101,
    amount_msat=Msat(21_000),
    description_hash=HASH,
    payee=PAYEE,
)


def judge(invoice: Bolt11Invoice, expected: bytes | None = HASH) -> HashGrade:
    return check.check_invoice(
        invoice,
        amount=Msat(21_000),
        network=Network.REGTEST,
        now=NOW,
        expected_description_hash=expected,
        own_node_id=US,
    )


def test_the_invoice_that_was_asked_for_passes() -> None:
    assert judge(INVOICE) is HashGrade.MATCHES


@pytest.mark.parametrize(
    ("invoice", "refusal"),
    [
        (replace(INVOICE, amount_msat=Msat(21_001)), check.WrongAmount),
        (replace(INVOICE, amount_msat=Msat(20_999)), check.WrongAmount),
        (replace(INVOICE, amount_msat=None), check.WrongAmount),
        (replace(INVOICE, network=Network.MAINNET), check.WrongNetwork),
        (replace(INVOICE, expiry=100), check.ExpiredInvoice),
        (replace(INVOICE, payee=US), check.PaysOurselves),
    ],
)
def test_another_invoice_is_refused_with_its_rule(
    invoice: Bolt11Invoice, refusal: type[check.InvoiceMismatch]
) -> None:
    with pytest.raises(refusal, match="o money moved"):
        judge(invoice)


def test_the_sentence_names_both_amounts() -> None:
    with pytest.raises(check.WrongAmount) as caught:
        judge(replace(INVOICE, amount_msat=Msat(2_100_000_500)))
    assert "an invoice over 2,100,000.5 sat for a tip of 21 sat" in str(caught.value)


def test_the_description_hash_is_graded() -> None:
    assert judge(INVOICE, b"\x08" * 32) is HashGrade.DIFFERS
    assert judge(replace(INVOICE, description_hash=None, description="")) is HashGrade.ABSENT
    assert judge(INVOICE, None) is HashGrade.NOT_COMPARED
