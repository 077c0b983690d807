"""BOLT 12, "Invoices": made by the issuer, checked by the payer before anything is paid."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.offers import (
    ENTROPY,
    INVOICE_TERMS,
    ISSUER,
    METADATA,
    NETWORK,
    NOW,
    OFFER,
    PAYER,
    PAYINFO,
    TERMS,
    answered,
    asked,
    changed,
    path,
    signed,
)
from tests.strategies.bolt12 import invoice_terms, odd_records, offer_terms, payinfos, request_terms
from tipdesk.base.buffer import Reader
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin import script
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import bolt12_errors as errors
from tipdesk.lightning.invoice import bolt12_invoice_errors as invoice_errors
from tipdesk.lightning.invoice import offer
from tipdesk.lightning.invoice.bolt12 import (
    BlindedPayinfo,
    Bolt12Invoice,
    InvoiceTerms,
    PaymentPath,
    check_invoice,
    decode,
    invoice_for,
    read,
)
from tipdesk.lightning.invoice.bolt12_fields import MAX_AMOUNT, REQUEST_RANGES, Field, within
from tipdesk.lightning.invoice.invoice_request import RequestTerms, request_for
from tipdesk.lightning.sphinx.blinding import BlindedPath, blind, blinded_key
from tipdesk.lightning.wire.codec import tu
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

REQUEST = asked()
INVOICE = answered(REQUEST)
TWO_PATHS = (PaymentPath(path(b"pay"), PAYINFO), PaymentPath(path(b"second"), PAYINFO))
REQUIRED = replace(PAYINFO, features=FeatureBits([42]))


def altered(changes: dict[int, bytes | None], key: PrivateKey = ISSUER) -> bytes:
    """The tests' invoice with other fields, rightly signed."""
    return signed(changed(INVOICE.records, changes), key, "invoice")


def check(invoice: Bolt12Invoice, now: Instant = NOW) -> None:
    """Whether it answers the tests' request."""
    check_invoice(invoice, REQUEST, now, NETWORK)


@given(st.data(), invoice_terms)
def test_an_answer_is_read_back_and_is_the_answer(data: st.DataObject, terms: InvoiceTerms) -> None:
    said = replace(data.draw(offer_terms()), issuer_id=NodeId(ISSUER.point))
    ours = offer.make(said)
    wish = data.draw(request_terms(said))
    request = request_for(ours, wish, NETWORK, key=PAYER, metadata=METADATA, entropy=ENTROPY)
    invoice = answered(request, terms)
    found = decode(invoice.to_text())
    assert found == invoice
    names = list(InvoiceTerms.__slots__)
    assert [getattr(found, name) for name in names] == [getattr(terms, name) for name in names]
    assert within(found.records, REQUEST_RANGES) == request.records
    check_invoice(found, request, NOW, NETWORK)


@given(odd_records(23, 159), odd_records(1_000_000_000, 2_999_999_999))
def test_fields_of_the_request_that_nobody_knows_are_mirrored(
    low: list[TlvRecord], high: list[TlvRecord]
) -> None:
    unknown = {record.type: record.value for record in (*low, *high) if record.type not in (89, 91)}
    ours = changed(REQUEST.records, dict(unknown))
    invoice = read(altered(dict(unknown)))
    assert invoice.request.records == ours
    if unknown:
        with pytest.raises(invoice_errors.OtherThanRequested):
            check(invoice)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(stream: bytes) -> None:
    try:
        read(stream)
    except DecodeError:
        return


@given(payinfos)
def test_payinfos_are_read_back(payinfo: BlindedPayinfo) -> None:
    reader = Reader(payinfo.encode() + b"\x00")
    assert BlindedPayinfo.read(reader) == payinfo
    assert reader.left == 1


def test_a_payinfo_is_written_as_the_specification_says() -> None:
    """BOLT 12, `blinded_payinfo`: u32, u32, u16, u64, u64, and the length of the features."""
    assert BlindedPayinfo.read(
        Reader(bytes.fromhex("000003e8000001f400900000000000000001000000003b9aca000000"))
    ) == replace(PAYINFO, htlc_maximum_msat=Msat(1_000_000_000))
    assert PAYINFO.fee(Msat(1_999)) == Msat(1_000)
    assert PAYINFO.fee(Msat(2_000)) == Msat(1_001)


@pytest.mark.parametrize(
    ("changes", "record_type"),
    [
        ({Field.INVREQ_METADATA: b"\x12" * 16}, 0),
        ({Field.OFFER_DESCRIPTION: b"Tea"}, 10),
        ({Field.OFFER_ISSUER: None}, 18),
        ({Field.INVREQ_AMOUNT: tu(21_001), Field.INVOICE_AMOUNT: tu(21_001)}, 82),
        ({Field.INVREQ_AMOUNT: None}, 82),
        ({Field.INVREQ_PAYER_ID: bytes(ISSUER.point)}, 88),
        ({Field.INVREQ_PAYER_NOTE: b"added"}, 89),
        ({159: b""}, 159),
        ({1_000_000_001: b""}, 1_000_000_001),
        ({2_999_999_999: b""}, 2_999_999_999),
    ],
)
def test_class_31_an_answer_to_another_request_is_refused(
    changes: dict[int, bytes | None], record_type: int
) -> None:
    with pytest.raises(invoice_errors.OtherThanRequested) as caught:
        check(read(altered(changes)))
    assert caught.value.record_type == record_type


def test_what_the_issuer_adds_may_be_anything() -> None:
    """Beyond the ranges of a request, odd fields are the issuer's affair."""
    check(read(altered({161: b"", 239: b"", 3_000_000_001: b""})))


@pytest.mark.parametrize("amount", [20_999, 21_001, 0, MAX_AMOUNT.value])
def test_class_31_another_amount_than_was_agreed_on_is_refused(amount: int) -> None:
    with pytest.raises(invoice_errors.OtherAmount) as caught:
        check(read(altered({Field.INVOICE_AMOUNT: tu(amount)})))
    assert (caught.value.amount, caught.value.expected) == (Msat(amount), Msat(21_000))


def test_class_31_the_offers_amount_is_agreed_on_where_the_request_names_none() -> None:
    coffee = offer.make(replace(TERMS, amount=5_000, quantity_max=0))
    request = asked(coffee, RequestTerms(quantity=3))
    invoice = answered(request)
    assert invoice.amount == Msat(15_000)
    check_invoice(invoice, request, NOW, NETWORK)
    more = changed(invoice.records, {Field.INVOICE_AMOUNT: tu(15_001)})
    with pytest.raises(invoice_errors.OtherAmount):
        check_invoice(read(signed(more, ISSUER, "invoice")), request, NOW, NETWORK)


def test_class_31_an_amount_that_nobody_agreed_on_is_refused() -> None:
    """An offer in euros and a request that leaves the msat to the issuer: we make none."""
    euros = offer.make(replace(TERMS, amount=100, currency="EUR"))
    request = asked(euros)
    request = replace(
        request, amount=None, records=changed(request.records, {Field.INVREQ_AMOUNT: None})
    )
    records = changed(answered(asked(euros)).records, {Field.INVREQ_AMOUNT: None})
    with pytest.raises(invoice_errors.AmountNeverAgreed):
        check_invoice(read(signed(records, ISSUER, "invoice")), request, NOW, NETWORK)
    with pytest.raises(invoice_errors.AmountUnknown):
        answered(request)


def test_an_invoice_by_somebody_else_is_refused() -> None:
    other = PrivateKey(sha256(b"other"))
    forged = altered({Field.INVOICE_NODE_ID: bytes(other.point)}, other)
    with pytest.raises(invoice_errors.InvoiceByOther):
        check(read(forged))


def test_an_invoice_that_its_node_id_did_not_sign_is_refused() -> None:
    with pytest.raises(invoice_errors.WrongInvoiceSignature):
        read(altered({}, PAYER))
    later = changed(INVOICE.records, {Field.INVOICE_RELATIVE_EXPIRY: tu(9_000)})
    with pytest.raises(invoice_errors.WrongInvoiceSignature):
        read(write_stream([*later, *INVOICE.signatures]))


def test_a_signature_that_we_do_not_know_stays_with_the_invoice() -> None:
    more = write_stream([*INVOICE.records, *INVOICE.signatures, TlvRecord(999, b"other")])
    assert read(more).to_bytes() == more
    assert read(more).signature == INVOICE.signature


@pytest.mark.parametrize("expiry", [None, 0, 60, 2**32 - 1])
def test_an_invoice_is_good_until_its_last_second(expiry: int | None) -> None:
    invoice = read(altered({Field.INVOICE_RELATIVE_EXPIRY: None if expiry is None else tu(expiry)}))
    last = NOW.plus_ms(1_000 * (7_200 if expiry is None else expiry))
    check(invoice, last)
    with pytest.raises(invoice_errors.Bolt12InvoiceExpired) as caught:
        check(invoice, last.plus_ms(1))
    assert caught.value.expired_at == invoice.expires_at == last


def test_a_moment_beyond_any_calendar_is_its_last_day() -> None:
    invoice = read(altered({Field.INVOICE_CREATED_AT: b"\xff" * 8}))
    assert invoice.created_at == invoice.expires_at == Instant.from_unix_seconds(253_402_300_799)


def test_an_invoice_for_another_network_is_refused() -> None:
    with pytest.raises(invoice_errors.InvoiceForOtherNetwork):
        check_invoice(INVOICE, REQUEST, NOW, Network.MAINNET)
    ours = offer.make(replace(TERMS, chains=()))
    wish = RequestTerms(amount=Msat(5))
    request = request_for(
        ours, wish, Network.MAINNET, key=PAYER, metadata=METADATA, entropy=ENTROPY
    )
    check_invoice(answered(request), request, NOW, Network.MAINNET)
    with pytest.raises(invoice_errors.InvoiceForOtherNetwork):
        check_invoice(answered(request), request, NOW, NETWORK)


@pytest.mark.parametrize(
    "missing",
    [
        Field.INVREQ_METADATA,
        Field.INVREQ_PAYER_ID,
        Field.INVOICE_CREATED_AT,
        Field.INVOICE_PAYMENT_HASH,
        Field.INVOICE_AMOUNT,
        Field.INVOICE_NODE_ID,
    ],
)
def test_an_invoice_without_what_it_needs_is_refused(missing: Field) -> None:
    with pytest.raises(errors.MissingField) as caught:
        read(altered({missing: None}))
    assert caught.value.field == missing.label


def test_an_invoice_that_is_for_no_offer_is_refused() -> None:
    no_issuer: dict[int, bytes | None] = {Field.OFFER_PATHS: None, Field.OFFER_ISSUER_ID: None}
    with pytest.raises(invoice_errors.InvoiceWithoutOffer):
        read(altered(no_issuer))


def test_an_invoice_without_a_signature_is_refused() -> None:
    with pytest.raises(errors.MissingField):
        read(write_stream(INVOICE.records))


@pytest.mark.parametrize(
    ("paths", "payinfos"), [(None, 1), (1, None), (None, None), (1, 2), (2, 1), (1, 0)]
)
def test_each_path_has_its_terms(paths: int | None, payinfos: int | None) -> None:
    changes: dict[int, bytes | None] = {
        Field.INVOICE_PATHS: None if paths is None else path().encode() * paths,
        Field.INVOICE_BLINDEDPAY: None if payinfos is None else PAYINFO.encode() * payinfos,
    }
    with pytest.raises(invoice_errors.PayinfoPerPath):
        read(altered(changes))


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        (Field.INVOICE_PATHS, b"", errors.MalformedField),
        (Field.INVOICE_PATHS, path().encode()[:66] + b"\x00", errors.MalformedField),
        (Field.INVOICE_BLINDEDPAY, PAYINFO.encode()[:-1], errors.MalformedField),
        (Field.INVOICE_BLINDEDPAY, PAYINFO.encode()[:-1] + b"\x01", errors.MalformedField),
        (Field.INVOICE_CREATED_AT, b"\x00\x01", errors.MalformedField),
        (Field.INVOICE_RELATIVE_EXPIRY, b"\x01" * 5, errors.MalformedField),
        (Field.INVOICE_PAYMENT_HASH, bytes(31), errors.MalformedField),
        (Field.INVOICE_AMOUNT, b"\x01" * 9, errors.MalformedField),
        (Field.INVOICE_AMOUNT, tu(MAX_AMOUNT.value + 1), errors.MoreThanExists),
        (Field.INVOICE_FEATURES, b"\x04\x00\x00", errors.UnknownFeature),
        (160 + 18, b"", errors.UnknownEvenField),
        (3_000_000_000, b"", errors.UnknownEvenField),
        (242, b"", errors.UnknownEvenField),
    ],
)
def test_each_broken_rule_of_a_field_is_refused(
    field: int, value: bytes, error: type[errors.Bolt12Error]
) -> None:
    with pytest.raises(error):
        read(altered({field: value}))


def test_a_path_that_requires_what_we_do_not_know_is_not_used() -> None:
    good, bad = PaymentPath(path(), PAYINFO), PaymentPath(path(), REQUIRED)
    invoice = answered(REQUEST, replace(INVOICE_TERMS, paths=(bad, good)))
    assert (len(invoice.paths), invoice.usable_paths) == (2, (good,))
    with pytest.raises(invoice_errors.NoUsablePath) as caught:
        answered(REQUEST, replace(INVOICE_TERMS, paths=(bad, bad)))
    assert caught.value.bit == 42


@pytest.mark.parametrize(
    ("bits", "may", "must"),
    [([], False, False), ([17], True, False), ([16], True, True), ([16, 17], True, True)],
)
def test_parts_are_sent_where_the_invoice_takes_them(
    bits: list[int], may: bool, must: bool
) -> None:
    invoice = answered(REQUEST, replace(INVOICE_TERMS, paths=TWO_PATHS, features=FeatureBits(bits)))
    assert (invoice.may_split, invoice.must_split) == (may, must)


@pytest.mark.parametrize(
    ("fallbacks", "scripts"),
    [
        ("000014" + "ab" * 20, ["0014" + "ab" * 20]),
        ("000020" + "ab" * 32, ["0020" + "ab" * 32]),
        ("010020" + "ab" * 32, ["5120" + "ab" * 32]),
        ("100002abab", ["6002abab"]),
        ("000015" + "ab" * 21, []),
        ("010014" + "ab" * 20, []),
        ("110014" + "ab" * 20, []),
        ("020001ab", []),
        ("020029" + "ab" * 41, []),
        ("110000" + "020002abcd", ["5202abcd"]),
        ("020002abcd" + "0200ff01", ["5202abcd"]),
        ("02", []),
    ],
)
def test_what_is_no_address_that_we_know_is_ignored(fallbacks: str, scripts: list[str]) -> None:
    invoice = read(altered({Field.INVOICE_FALLBACKS: bytes.fromhex(fallbacks)}))
    assert [found.hex() for found in invoice.fallback_scripts] == scripts


def test_only_addresses_of_segwit_are_offered_for_a_payment_on_chain() -> None:
    terms = replace(
        INVOICE_TERMS, fallback_scripts=(script.p2pkh(bytes(20)), b"\x00\x14" + bytes(20))
    )
    assert answered(REQUEST, terms).fallback_scripts == (b"\x00\x14" + bytes(20),)


def test_an_invoice_is_signed_by_the_offers_issuer() -> None:
    with pytest.raises(invoice_errors.WrongInvoiceKey):
        answered(REQUEST, key=PAYER)
    assert INVOICE.node_id == OFFER.issuer_id


def ends(*seeds: bytes) -> tuple[tuple[BlindedPath, PrivateKey], ...]:
    """Paths of one hop to the issuer, each with the secret key of its last node."""
    found = []
    for seed in seeds:
        session = PrivateKey(sha256(seed))
        way, _ = blind(session, [(NodeId(ISSUER.point), b"")])
        found.append((way, blinded_key(ISSUER, session.point)))
    return tuple(found)


def test_without_an_issuer_id_the_end_of_a_path_signs_and_the_one_that_was_asked() -> None:
    (first, first_key), (second, second_key) = ends(b"one", b"two")
    ours = offer.make(replace(TERMS, issuer_id=None, paths=(first, second)))
    request = asked(ours)
    for key, way, other in ((first_key, first, second), (second_key, second, first)):
        invoice = invoice_for(request, INVOICE_TERMS, key=key, entropy=ENTROPY)
        assert invoice.node_id == way.path[-1].blinded_node_id
        check_invoice(invoice, request, NOW, NETWORK)
        check_invoice(invoice, request, NOW, NETWORK, asked={invoice.node_id})
        with pytest.raises(invoice_errors.InvoiceByOther):
            check_invoice(invoice, request, NOW, NETWORK, asked={other.path[-1].blinded_node_id})
    with pytest.raises(invoice_errors.WrongInvoiceKey):
        answered(request)


def test_whom_we_asked_does_not_matter_where_the_offer_names_its_issuer() -> None:
    check_invoice(INVOICE, REQUEST, NOW, NETWORK, asked={path().path[-1].blinded_node_id})


def test_a_quantity_beyond_all_money_makes_no_invoice() -> None:
    coffee = offer.make(replace(TERMS, amount=5_000, quantity_max=0))
    with pytest.raises(invoice_errors.AmountUnknown):
        answered(asked(coffee, RequestTerms(quantity=2**60)))
