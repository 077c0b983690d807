"""BOLT 12, "Payer Proofs": what the published proofs leave untried."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.offers import (
    ENTROPY,
    ISSUER,
    OFFER,
    PAYER,
    PREIMAGE,
    TERMS,
    answered,
    asked,
    changed,
    signed,
)
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Preimage
from tipdesk.base.units import Msat
from tipdesk.lightning.invoice import bolt12, merkle, offer
from tipdesk.lightning.invoice import bolt12_errors as errors
from tipdesk.lightning.invoice import payer_proof_errors as proof_errors
from tipdesk.lightning.invoice.bolt12_fields import Field
from tipdesk.lightning.invoice.invoice_request import RequestTerms
from tipdesk.lightning.invoice.payer_proof import (
    ALWAYS_SHOWN,
    PayerProof,
    decode,
    prove,
    read,
)
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

NOTE = "an untold secret"
INVOICE = answered(asked(OFFER, RequestTerms(amount=Msat(21_000), payer_note=NOTE)))
NUMBERS = [record.type for record in INVOICE.records]


def proven(show: set[int], note: str | None = None) -> PayerProof:
    """A proof of the tests' invoice."""
    return prove(INVOICE, PREIMAGE, key=PAYER, entropy=ENTROPY, show=show, note=note)


def again(proof: PayerProof, changes: dict[int, bytes | None]) -> bytes:
    """A proof with other fields, rightly signed by the payer."""
    records = changed(proof.records, {**changes, Field.PROOF_SIGNATURE: None})
    signature = merkle.sign(
        records, PAYER, message="payer_proof", field="proof_signature", entropy=ENTROPY
    )
    return write_stream([*records, TlvRecord(Field.PROOF_SIGNATURE, signature)])


@given(st.sets(st.sampled_from(NUMBERS)), st.none() | st.text(max_size=30))
def test_a_proof_shows_what_it_is_told_to_and_what_it_cannot_do_without(
    show: set[int], note: str | None
) -> None:
    proof = decode(proven(show, note).to_text())
    shown = {number for number in NUMBERS if proof.shows(number)}
    assert shown == ((show | ALWAYS_SHOWN) & set(NUMBERS)) - {Field.INVREQ_METADATA}
    assert (proof.note, proof.preimage, proof.payer_id) == (note, PREIMAGE, PAYER.point)
    assert (NOTE.encode() in proof.to_bytes()) == (Field.INVREQ_PAYER_NOTE in show)
    assert proof.amount == (Msat(21_000) if Field.INVOICE_AMOUNT in show else None)


FAR = {1_000_000_001: b"a", 1_000_000_007: b"b", 3_000_000_001: b"c", 239: b"d", 3_999_999_999: b""}


@settings(max_examples=60)
@given(st.sets(st.sampled_from([*NUMBERS, *FAR])))
def test_fields_beyond_the_signatures_numbers_are_shown_or_hidden(show: set[int]) -> None:
    """The list of hidden fields jumps over the numbers of signatures and proofs."""
    more = {number: value for number, value in FAR.items() if number >= 160}
    invoice = bolt12.read(signed(changed(INVOICE.records, dict(more)), ISSUER, "invoice"))
    proof = prove(invoice, PREIMAGE, key=PAYER, entropy=ENTROPY, show=show)
    assert {number for number in FAR if proof.shows(number)} == show & FAR.keys()


@pytest.mark.parametrize("number", [93, 111, 159])
def test_how_many_fields_are_hidden_is_told_and_not_which(number: int) -> None:
    more = bolt12.read(signed(changed(INVOICE.records, {number: b""}), ISSUER, "invoice"))
    proof = prove(more, PREIMAGE, key=PAYER, entropy=ENTROPY, show=())
    (markers,) = (r.value for r in proof.records if r.type == Field.PROOF_OMITTED_TLVS)
    # Seven fields before the payer's key; behind it the note, this one, and four of the invoice.
    assert list(markers) == [1, 2, 3, 4, 5, 6, 7, 89, 90, 91, 92, 93, 169]


@st.composite
def damages(draw: st.DrawFn) -> bytes:
    """A proof of which one bit is another."""
    stream = bytearray(proven({Field.INVOICE_AMOUNT}, "note").to_bytes())
    at = draw(st.integers(0, len(stream) * 8 - 1))
    stream[at // 8] ^= 1 << at % 8
    return bytes(stream)


@given(damages())
def test_no_bit_of_a_proof_can_be_altered(stream: bytes) -> None:
    with pytest.raises(DecodeError):
        read(stream)


def test_a_proof_cannot_be_given_another_note() -> None:
    stream = write_stream(changed(proven(set(), "for Ana").records, {Field.PROOF_NOTE: b"for Bob"}))
    with pytest.raises(proof_errors.NotThePayersProof):
        read(stream)


def test_a_payer_cannot_alter_what_the_issuer_signed() -> None:
    proof = proven({Field.INVOICE_AMOUNT})
    with pytest.raises(proof_errors.NotTheIssuersInvoice):
        read(again(proof, {Field.INVOICE_AMOUNT: b"\x01"}))


def test_a_payer_cannot_show_a_field_that_was_not_there() -> None:
    proof = proven({Field.INVOICE_AMOUNT})
    with pytest.raises(proof_errors.WrongLeafHashes):
        read(again(proof, {Field.INVREQ_QUANTITY: b"\x05"}))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({Field.INVREQ_METADATA: b"\x11" * 16}, errors.FieldOutOfRange),
        ({4_000_000_001: b""}, errors.FieldOutOfRange),
        ({1006: b""}, errors.UnknownEvenField),
        ({Field.PROOF_PREIMAGE: bytes(31)}, errors.MalformedField),
        ({Field.PROOF_PREIMAGE: bytes(32)}, proof_errors.PreimageOfOther),
        ({Field.PROOF_OMITTED_TLVS: b"\xfd\x00\x01"}, errors.MalformedField),
        ({Field.PROOF_OMITTED_TLVS: b"\x02"}, proof_errors.WrongMarker),
        ({Field.PROOF_OMITTED_TLVS: b"\xfd\x00\xf0"[:1]}, errors.MalformedField),
        ({Field.PROOF_OMITTED_TLVS: b""}, proof_errors.WrongMissingHashes),
        ({Field.PROOF_MISSING_HASHES: bytes(33)}, errors.MalformedField),
        ({Field.PROOF_NOTE: b"\xff"}, errors.MalformedField),
    ],
)
def test_each_broken_rule_has_its_own_error(
    changes: dict[int, bytes | None], error: type[errors.Bolt12Error]
) -> None:
    with pytest.raises(error):
        read(again(proven(set()), changes))


def test_an_odd_field_of_the_proof_that_we_do_not_know_is_kept_and_signed() -> None:
    stream = again(proven(set()), {1007: b"more"})
    assert read(stream).to_bytes() == stream


def test_no_proof_is_made_of_another_payment() -> None:
    with pytest.raises(proof_errors.PreimageUnknown):
        prove(INVOICE, Preimage(bytes(32)), key=PAYER, entropy=ENTROPY)


def test_no_proof_is_made_with_another_key() -> None:
    with pytest.raises(proof_errors.KeyOfOther):
        prove(INVOICE, PREIMAGE, key=ISSUER, entropy=ENTROPY)


@pytest.mark.parametrize("number", [1001, 1003, 999_999_999, 4_000_000_001])
def test_no_proof_is_made_of_a_field_that_proofs_have_no_number_for(number: int) -> None:
    odd = bolt12.read(signed(changed(INVOICE.records, {number: b""}), ISSUER, "invoice"))
    with pytest.raises(proof_errors.UnprovableField) as caught:
        prove(odd, PREIMAGE, key=PAYER, entropy=ENTROPY)
    assert caught.value.record_type == number


def test_a_proof_is_for_its_offer_as_far_as_it_shows() -> None:
    tea = offer.make(replace(TERMS, description="Tea"))
    silent, telling = proven(set()), proven({Field.OFFER_DESCRIPTION})
    assert (silent.is_for(OFFER), silent.is_for(tea)) == (True, True)
    assert (telling.is_for(OFFER), telling.is_for(tea)) == (True, False)
    assert telling.description == "Coffee"


def test_a_proof_is_not_for_an_offer_of_somebody_else() -> None:
    other = offer.make(replace(TERMS, issuer_id=proven(set()).payer_id))
    assert not proven(set()).is_for(other)
