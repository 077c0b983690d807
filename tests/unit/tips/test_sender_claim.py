"""A payer proof says whose payment it was only with the npub in it, about our own invoice."""

from dataclasses import replace

import pytest

from tests.fakes import CREATOR, FAN, STRANGER
from tests.offers import (
    ENTROPY,
    INVOICE_TERMS,
    ISSUER,
    METADATA,
    NETWORK,
    OFFER,
    PAYER,
    PREIMAGE,
    TERMS,
    answered,
    asked,
)
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice
from tipdesk.lightning.invoice.invoice_request import RequestTerms, request_for
from tipdesk.lightning.invoice.offer import make
from tipdesk.lightning.invoice.payer_proof import PayerProof, prove
from tipdesk.tips.sender_claim import claim_note, claim_text, is_of, proof_in, words_of_claim

INVOICE = answered(asked())
FANS = FAN.x_only


def proof(
    invoice: Bolt12Invoice = INVOICE, key: PrivateKey = PAYER, note: str | None = claim_note(FANS)
) -> PayerProof:
    return prove(invoice, PREIMAGE, key=key, entropy=ENTROPY, note=note)


def test_the_payer_is_who_its_note_names() -> None:
    assert is_of(proof(), INVOICE, FANS)


@pytest.mark.parametrize("sender", [STRANGER, CREATOR], ids=["stranger", "payee"])
def test_who_was_given_a_proof_shows_nothing_with_it(sender: PrivateKey) -> None:
    assert not is_of(proof(), INVOICE, sender.x_only)


@pytest.mark.parametrize("note", [None, "", "nostr:", "me", claim_note(STRANGER.x_only)])
def test_a_proof_for_another_purpose_names_nobody(note: str | None) -> None:
    assert not is_of(proof(note=note), INVOICE, FANS)


def test_a_node_on_the_way_knows_hash_and_preimage_and_can_claim_nothing() -> None:
    """BOLT 12 proofs of an invoice that it made itself, with the hash of ours."""
    router = PrivateKey(b"\x77" * 32)
    own = make(replace(TERMS, issuer_id=NodeId(router.point), paths=()))
    request = request_for(
        own,
        RequestTerms(amount=Msat(21_000)),
        NETWORK,
        key=router,
        metadata=METADATA,
        entropy=ENTROPY,
    )
    forged = answered(request, INVOICE_TERMS, key=router)
    assert forged.payment_hash == INVOICE.payment_hash
    claim = proof(forged, key=router)
    assert is_of(claim, forged, FANS)
    assert not is_of(claim, INVOICE, FANS)


def test_a_payer_of_another_invoice_of_ours_can_claim_that_one_alone() -> None:
    other_key = PrivateKey(b"\x78" * 32)
    request = request_for(
        OFFER,
        RequestTerms(amount=Msat(21_000)),
        NETWORK,
        key=other_key,
        metadata=METADATA,
        entropy=ENTROPY,
    )
    other = answered(request, INVOICE_TERMS, key=ISSUER)
    assert is_of(proof(other, key=other_key), other, FANS)
    assert not is_of(proof(other, key=other_key), INVOICE, FANS)


def test_the_proof_is_found_in_its_message_and_not_shown() -> None:
    text = claim_text(Msat(21_000), proof().to_text())
    assert text.startswith("I sent you 21 sat for your offer.")
    assert proof_in(text) == proof()
    assert words_of_claim(text).endswith("\n\nlnp1…")
    assert len(words_of_claim(text)) < 120


@pytest.mark.parametrize("text", ["", "lnp1", "lnp1" + "q" * 80, "lnp1" + "q" * 13_001, "thanks"])
def test_what_is_no_proof_is_a_message_like_any(text: str) -> None:
    assert proof_in(text) is None


def test_a_damaged_proof_is_none() -> None:
    text = proof().to_text()
    assert proof_in(f"look: {text}") == proof()
    assert proof_in(text[:-6] + ("q" if text[-6] != "q" else "p") + text[-5:]) is None
