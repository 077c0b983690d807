"""BOLT 12, "Invoice Requests": made by the payer, judged by the issuer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.offers import (
    BASE_SECRET,
    ENTROPY,
    ISSUER,
    METADATA,
    NETWORK,
    NOW,
    OFFER,
    PAYER,
    TERMS,
    asked,
    changed,
    path,
    signed,
)
from tests.strategies.bolt12 import odd_records, offer_terms, request_terms
from tipdesk.base.errors import DecodeError
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey, point_of, point_tweak_add
from tipdesk.lightning.invoice import bolt12_errors as errors
from tipdesk.lightning.invoice import offer, offer_errors
from tipdesk.lightning.invoice.bolt12_fields import MAX_AMOUNT, OFFER_RANGES, Field, within
from tipdesk.lightning.invoice.invoice_request import (
    MAX_NOTE,
    Bip353Name,
    Bolt12InvoiceRequest,
    RequestTerms,
    decode,
    payer_key,
    read,
    request_for,
    why_not_answer,
)
from tipdesk.lightning.wire.codec import tu
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

REQUEST = asked()


def altered(changes: dict[int, bytes | None], key: PrivateKey = PAYER) -> bytes:
    """The tests' request with other fields, rightly signed."""
    return signed(changed(REQUEST.records, changes), key, "invoice_request")


@given(st.data())
def test_what_is_asked_for_an_offer_is_read_back(data: st.DataObject) -> None:
    terms = data.draw(offer_terms())
    ours = offer.make(terms)
    wish = data.draw(request_terms(terms))
    request = request_for(ours, wish, NETWORK, key=PAYER, metadata=METADATA, entropy=ENTROPY)
    found = decode(request.to_text())
    assert found == request
    names = list(RequestTerms.__slots__)
    assert [getattr(found, name) for name in names] == [getattr(wish, name) for name in names]
    assert found.offer == ours


@given(odd_records(23, 79), odd_records(1_000_000_000, 1_999_999_999))
def test_fields_of_the_offer_that_nobody_knows_are_mirrored(
    low: list[TlvRecord], high: list[TlvRecord]
) -> None:
    theirs = offer.read(write_stream([*OFFER.records, *low, *high]))
    request = asked(theirs)
    assert within(request.records, OFFER_RANGES) == theirs.records
    assert why_not_answer(request, theirs, NETWORK, NOW) is None


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(stream: bytes) -> None:
    try:
        read(stream)
    except DecodeError:
        return


@pytest.mark.parametrize("network", Network)
def test_a_chain_is_named_unless_it_is_bitcoin(network: Network) -> None:
    ours = offer.make(replace(TERMS, chains=offer.chains_of(network)))
    wish = RequestTerms(amount=Msat(5))
    request = request_for(ours, wish, network, key=PAYER, metadata=METADATA, entropy=ENTROPY)
    assert request.chain == (None if network is Network.MAINNET else network.chain_hash)
    assert [each for each in Network if request.is_for(each)] == [network]


def test_nothing_is_asked_for_on_a_network_that_the_offer_is_not_for() -> None:
    with pytest.raises(offer_errors.OfferForOtherNetwork):
        request_for(
            OFFER,
            RequestTerms(amount=Msat(5)),
            Network.MAINNET,
            key=PAYER,
            metadata=METADATA,
            entropy=ENTROPY,
        )


def test_the_payers_key_is_fresh_as_the_metadata_is_and_found_again_by_them() -> None:
    keys = {payer_key(BASE_SECRET, sha256(bytes([n]))).point for n in range(20)}
    assert len(keys) == 20
    assert payer_key(BASE_SECRET, METADATA).point == PAYER.point
    assert payer_key(sha256(b"another base"), METADATA).point != PAYER.point


def test_the_payers_keys_cannot_be_linked_by_their_metadata() -> None:
    """What two tweaks of one key would show: that a known difference lies between them."""
    first, second = METADATA, sha256(b"another")
    keys = [payer_key(BASE_SECRET, metadata).point for metadata in (first, second)]
    base = point_of(BASE_SECRET)
    assert base not in keys
    for metadata, key in zip((first, second), keys, strict=True):
        assert point_tweak_add(base, sha256(base + metadata)) != key


def test_metadata_that_can_be_guessed_are_a_bug() -> None:
    with pytest.raises(ValueError, match="guessed"):
        request_for(
            OFFER,
            RequestTerms(amount=Msat(5)),
            NETWORK,
            key=PAYER,
            metadata=bytes(15),
            entropy=ENTROPY,
        )


def test_the_offers_own_amount_need_not_be_said() -> None:
    coffee = offer.make(replace(TERMS, amount=5_000, quantity_max=0))
    request = asked(coffee, RequestTerms(quantity=3))
    assert (request.amount, request.expected_amount) == (None, Msat(15_000))
    assert asked(coffee, RequestTerms(amount=Msat(16_000), quantity=3)).expected_amount == Msat(
        16_000
    )


@pytest.mark.parametrize(
    ("changes", "wish", "error"),
    [
        ({}, RequestTerms(), offer_errors.AmountNeeded),
        ({}, RequestTerms(amount=Msat(0)), offer_errors.AmountNeeded),
        ({"amount": 5, "currency": "USD"}, RequestTerms(), offer_errors.AmountNeeded),
        ({"amount": 5_000}, RequestTerms(amount=Msat(4_999)), offer_errors.AmountTooSmall),
        (
            {"amount": 5_000, "quantity_max": 0},
            RequestTerms(amount=Msat(9_999), quantity=2),
            offer_errors.AmountTooSmall,
        ),
        ({}, RequestTerms(amount=Msat(5), quantity=1), offer_errors.QuantityNotOffered),
        ({"quantity_max": 0}, RequestTerms(amount=Msat(5)), offer_errors.QuantityNotOffered),
        (
            {"quantity_max": 3},
            RequestTerms(amount=Msat(5), quantity=4),
            offer_errors.QuantityNotOffered,
        ),
        (
            {"quantity_max": 3},
            RequestTerms(amount=Msat(5), quantity=0),
            offer_errors.QuantityNotOffered,
        ),
        (
            {},
            RequestTerms(amount=Msat(5), payer_note="\u00e9" * (MAX_NOTE // 2 + 1)),
            offer_errors.NoteTooLong,
        ),
        ({}, RequestTerms(amount=MAX_AMOUNT + Msat(1)), errors.MoreThanExists),
    ],
)
def test_what_no_request_can_ask_for_is_said_before_it_is_sent(
    changes: dict[str, object], wish: RequestTerms, error: type[Exception]
) -> None:
    theirs = offer.make(replace(TERMS, **changes))  # type: ignore[arg-type]
    with pytest.raises(error):
        asked(theirs, wish)


def test_another_key_or_an_altered_field_makes_the_signature_wrong() -> None:
    with pytest.raises(offer_errors.WrongRequestSignature):
        read(altered({}, key=ISSUER))
    note = TlvRecord(Field.INVREQ_PAYER_NOTE, b"more")
    with pytest.raises(offer_errors.WrongRequestSignature):
        read(write_stream([*REQUEST.records, note, *REQUEST.signatures]))


def test_a_signature_that_we_do_not_know_stays_with_the_request() -> None:
    more = write_stream([*REQUEST.records, *REQUEST.signatures, TlvRecord(999, b"other")])
    assert read(more).to_bytes() == more


@pytest.mark.parametrize("missing", [Field.INVREQ_METADATA, Field.INVREQ_PAYER_ID, Field.SIGNATURE])
def test_a_request_without_what_it_needs_is_refused(missing: Field) -> None:
    records = changed((*REQUEST.records, *REQUEST.signatures), {missing: None})
    with pytest.raises(errors.MissingField) as caught:
        read(write_stream(records))
    assert caught.value.field == missing.label


@pytest.mark.parametrize("number", [161, 239, 1001, 999_999_999, 3_000_000_001])
def test_a_field_outside_the_requests_ranges_is_refused(number: int) -> None:
    with pytest.raises(errors.FieldOutOfRange):
        read(altered({number: b""}))


@pytest.mark.parametrize("number", [92, 160, 1_000_000_000, 2_000_000_000])
def test_an_even_field_that_we_do_not_know_is_refused(number: int) -> None:
    with pytest.raises(errors.UnknownEvenField):
        read(altered({number: b""}))


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        (Field.INVREQ_CHAIN, bytes(31), errors.MalformedField),
        (Field.INVREQ_AMOUNT, b"\x00", errors.MalformedField),
        (Field.INVREQ_AMOUNT, b"\xff" * 8, errors.MoreThanExists),
        (Field.INVREQ_FEATURES, b"\x04", errors.UnknownFeature),
        (Field.INVREQ_QUANTITY, b"\x01" * 9, errors.MalformedField),
        (Field.INVREQ_PAYER_ID, b"\x02" + bytes(32), errors.MalformedField),
        (Field.INVREQ_PAYER_NOTE, b"\xff", errors.MalformedField),
        (Field.INVREQ_PATHS, b"", errors.MalformedField),
        (Field.INVREQ_PATHS, path().encode()[:66] + b"\x00", errors.MalformedField),
        (Field.INVREQ_BIP_353_NAME, b"\x01a\x02b", errors.MalformedField),
        (Field.INVREQ_BIP_353_NAME, b"\x01a\x01bc", errors.MalformedField),
        (Field.INVREQ_BIP_353_NAME, b"\x01@\x01b", offer_errors.UnusableName),
        (Field.INVREQ_BIP_353_NAME, b"\x01a\x02b\n", offer_errors.UnusableName),
        (Field.INVREQ_BIP_353_NAME, b"\x02\xc3\xa9\x01b", offer_errors.UnusableName),
        (Field.OFFER_FEATURES, b"\x01", errors.UnknownFeature),
    ],
)
def test_each_broken_rule_of_a_field_is_refused(
    field: Field, value: bytes, error: type[errors.Bolt12Error]
) -> None:
    with pytest.raises(error):
        read(altered({field: value}))


def test_a_promise_of_money_is_refused_with_a_sentence() -> None:
    no_offer: dict[int, bytes | None] = {
        record.type: None for record in OFFER.records if record.type != Field.OFFER_DESCRIPTION
    }
    with pytest.raises(offer_errors.RequestWithoutOffer) as caught:
        read(altered(no_offer))
    assert "invoice" in str(caught.value)


def why(
    request: Bolt12InvoiceRequest, ours: offer.Offer = OFFER, network: Network = NETWORK
) -> offer_errors.InvoiceRequestError | None:
    """The issuer's judgement, now."""
    return why_not_answer(request, ours, network, NOW)


def test_a_request_for_more_than_an_offer_asks_for_is_answered() -> None:
    coffee = offer.make(replace(TERMS, amount=5_000))
    for amount in (5_000, 50_000_000):
        assert why(asked(coffee, RequestTerms(amount=Msat(amount))), coffee) is None


@pytest.mark.parametrize(
    "changes",
    [
        {Field.OFFER_DESCRIPTION: b"Tea"},
        {Field.OFFER_ISSUER: None},
        {Field.OFFER_METADATA: b"\x01"},
        {33: b"more"},
        {1_000_000_001: b"more"},
        {Field.OFFER_PATHS: path(b"another").encode()},
    ],
)
def test_a_request_for_another_offer_is_not_answered(changes: dict[int, bytes | None]) -> None:
    refusal = why(read(altered(changes)))
    assert isinstance(refusal, offer_errors.OtherOffer)


def test_a_request_is_answered_until_the_offers_last_second() -> None:
    ours = offer.make(replace(TERMS, absolute_expiry=NOW.unix_seconds))
    request = asked(ours)
    assert why(request, ours) is None
    refusal = why_not_answer(request, ours, NETWORK, NOW.plus_ms(1))
    assert isinstance(refusal, offer_errors.RequestAfterExpiry)


def test_a_request_for_another_network_is_not_answered() -> None:
    for chain in (None, Network.SIGNET.chain_hash):
        refusal = why(read(altered({Field.INVREQ_CHAIN: chain})))
        assert isinstance(refusal, offer_errors.RequestForOtherNetwork)


@pytest.mark.parametrize(
    ("maximum", "quantity"), [(None, 1), (0, None), (0, 0), (3, None), (3, 0), (3, 4)]
)
def test_a_quantity_that_was_not_offered_is_not_answered(
    maximum: int | None, quantity: int | None
) -> None:
    ours = offer.make(replace(TERMS, quantity_max=maximum))
    value = None if quantity is None else tu(quantity)
    maximum_value = None if maximum is None else tu(maximum)
    request = read(altered({Field.OFFER_QUANTITY_MAX: maximum_value, Field.INVREQ_QUANTITY: value}))
    refusal = why(request, ours)
    assert isinstance(refusal, offer_errors.UnusableQuantity)
    assert (refusal.quantity, refusal.maximum) == (quantity, maximum)
    assert refusal.field is Field.INVREQ_QUANTITY


def test_a_quantity_that_costs_more_than_there_is_is_not_answered() -> None:
    ours = offer.make(replace(TERMS, amount=5_000, quantity_max=0))
    request = asked(ours, RequestTerms(quantity=2**60))
    assert isinstance(why(request, ours), offer_errors.UnusableQuantity)


def test_a_request_without_any_amount_is_not_answered() -> None:
    for amount in (None, b""):
        refusal = why(read(altered({Field.INVREQ_AMOUNT: amount})))
        assert isinstance(refusal, offer_errors.AmountLeftOut)


def test_a_request_for_less_than_an_offer_asks_for_is_not_answered() -> None:
    ours = offer.make(replace(TERMS, amount=5_000, quantity_max=0))
    records = asked(ours, RequestTerms(quantity=2)).records
    less = changed(records, {Field.INVREQ_AMOUNT: tu(9_999)})
    refusal = why(read(signed(less, PAYER, "invoice_request")), ours)
    assert isinstance(refusal, offer_errors.LessThanOffered)
    assert (refusal.amount, refusal.expected) == (Msat(9_999), Msat(10_000))


def test_an_offer_in_another_currency_is_not_answered() -> None:
    ours = offer.make(replace(TERMS, amount=100, currency="EUR"))
    assert isinstance(why(asked(ours), ours), offer_errors.NoRateForOffer)


def test_a_name_is_told_as_its_two_parts() -> None:
    wish = RequestTerms(amount=Msat(5), bip_353_name=Bip353Name("ana", "pay.example"))
    request = asked(OFFER, wish)
    (record,) = (each for each in request.records if each.type == Field.INVREQ_BIP_353_NAME)
    assert record.value == b"\x03ana\x0bpay.example"
