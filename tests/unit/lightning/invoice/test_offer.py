"""BOLT 12, "Offers": writing, and each rule that the published offers leave untried."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.offers import ISSUER, NETWORK, NOW, OFFER, TERMS, changed, path
from tests.strategies.bolt12 import odd_records, offer_terms
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import bolt12_errors as errors
from tipdesk.lightning.invoice import offer_errors
from tipdesk.lightning.invoice.bolt12_fields import MAX_AMOUNT, MAX_PATHS, Field
from tipdesk.lightning.invoice.offer import (
    OfferTerms,
    chains_of,
    check_offer,
    decode,
    make,
    read,
)
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.lightning.wire.codec import tu
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

FROM_CHANNEL_1 = bytes([1]) + bytes(8)
POINT = bytes(ISSUER.point)
NO_POINT = b"\x02" + bytes(32)


def altered(changes: dict[int, bytes | None]) -> bytes:
    """The tests' offer with other fields."""
    return write_stream(changed(OFFER.records, changes))


@given(offer_terms())
def test_what_is_written_is_read_back(terms: OfferTerms) -> None:
    offer = make(terms)
    found = decode(offer.to_text())
    assert found == offer
    names = list(OfferTerms.__slots__)
    assert [getattr(found, name) for name in names] == [getattr(terms, name) for name in names]


@given(odd_records(23, 79), odd_records(1_000_000_000, 1_999_999_999))
def test_odd_fields_that_nobody_knows_are_kept(low: list[TlvRecord], high: list[TlvRecord]) -> None:
    stream = write_stream([*OFFER.records, *low, *high])
    assert read(stream).to_bytes() == stream


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(stream: bytes) -> None:
    try:
        assert read(stream).to_bytes() == stream
    except DecodeError:
        return


@pytest.mark.parametrize("number", [81, 159, 999_999_999, 2_000_000_001])
def test_a_field_outside_the_offers_ranges_is_refused(number: int) -> None:
    with pytest.raises(errors.FieldOutOfRange):
        read(altered({number: b""}))


@pytest.mark.parametrize("number", [0, 24, 78, 80, 240, 1_000_000_000, 2**64 - 2])
def test_an_even_field_that_we_do_not_know_is_refused(number: int) -> None:
    with pytest.raises(errors.UnknownEvenField):
        read(altered({number: b""}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.OFFER_CHAINS, b""),
        (Field.OFFER_CHAINS, bytes(33)),
        (Field.OFFER_AMOUNT, b"\x00\x01"),
        (Field.OFFER_AMOUNT, b"\x01" * 9),
        (Field.OFFER_ABSOLUTE_EXPIRY, b"\x00"),
        (Field.OFFER_QUANTITY_MAX, b"\x01" * 9),
        (Field.OFFER_ISSUER_ID, POINT[:32]),
        (Field.OFFER_ISSUER_ID, POINT + b"\x00"),
        (Field.OFFER_ISSUER_ID, NO_POINT),
        (Field.OFFER_ISSUER_ID, b"\x04" + POINT[1:]),
        (Field.OFFER_DESCRIPTION, b"\xff"),
        (Field.OFFER_DESCRIPTION, b"\xed\xa0\x80"),
        (Field.OFFER_ISSUER, b"\xc0\x80"),
        (Field.OFFER_CURRENCY, b"usd"),
        (Field.OFFER_CURRENCY, b"US"),
        (Field.OFFER_CURRENCY, b"USD\n"),
        (Field.OFFER_CURRENCY, b""),
        (Field.OFFER_PATHS, b""),
        (Field.OFFER_PATHS, POINT + POINT + b"\x00"),
        (Field.OFFER_PATHS, POINT + POINT + b"\x15" + (POINT + bytes(2)) * 21),
        (Field.OFFER_PATHS, POINT + POINT + b"\x02" + (POINT + bytes(2))),
        (Field.OFFER_PATHS, POINT + POINT + b"\x01" + POINT + b"\x00\x03ab"),
        (Field.OFFER_PATHS, POINT + POINT + b"\x01" + POINT + b"\x00\x00\x02"),
        (Field.OFFER_PATHS, NO_POINT + POINT + b"\x01" + POINT + bytes(2)),
        (Field.OFFER_PATHS, POINT + NO_POINT + b"\x01" + POINT + bytes(2)),
        (Field.OFFER_PATHS, POINT + POINT + b"\x01" + NO_POINT + bytes(2)),
        (Field.OFFER_PATHS, FROM_CHANNEL_1 + POINT + b"\x01" + NO_POINT + bytes(2)),
    ],
)
def test_a_field_that_is_not_what_its_type_asks_for_is_refused(field: Field, value: bytes) -> None:
    with pytest.raises(errors.MalformedField) as caught:
        read(altered({Field.OFFER_AMOUNT: b"\x05", field: value}))
    assert caught.value.field == field.label


def test_more_than_64_paths_are_refused() -> None:
    way = BlindedPath(NodeId(ISSUER.point), ISSUER.point, path(hops=1).path[:1]).encode()
    assert len(read(altered({Field.OFFER_PATHS: way * MAX_PATHS})).paths) == MAX_PATHS
    with pytest.raises(errors.TooManyPaths):
        read(altered({Field.OFFER_PATHS: way * (MAX_PATHS + 1)}))


def test_twenty_hops_are_no_hop_too_many() -> None:
    assert len(make(replace(TERMS, paths=(path(hops=20),))).paths[0].path) == 20


def test_class_34_a_stream_that_fits_into_no_text_is_refused() -> None:
    with pytest.raises(errors.StreamTooLong):
        read(altered({Field.OFFER_METADATA: bytes(13_000)}))


@pytest.mark.parametrize("bit", [0, 16, 98, 8 * 9_000])
def test_a_feature_that_is_required_and_unknown_is_refused_by_name(bit: int) -> None:
    with pytest.raises(errors.UnknownFeature) as caught:
        make(replace(TERMS, features=FeatureBits([bit, bit + 2, 7])))
    assert caught.value.bit == bit


def test_features_that_are_not_required_are_ignored() -> None:
    assert make(replace(TERMS, features=FeatureBits([1, 17, 99]))).issuer_id == ISSUER.point


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        (OfferTerms(issuer_id=NodeId(POINT), amount=1), offer_errors.AmountWithoutDescription),
        (replace(TERMS, amount=0), offer_errors.OfferOfNothing),
        (replace(TERMS, currency="USD"), offer_errors.CurrencyWithoutAmount),
        (replace(TERMS, issuer_id=None, paths=()), offer_errors.NoIssuer),
        (replace(TERMS, amount=MAX_AMOUNT.value + 1), errors.MoreThanExists),
    ],
)
def test_each_broken_rule_has_its_own_error(
    terms: OfferTerms, error: type[errors.Bolt12Error]
) -> None:
    with pytest.raises(error):
        make(terms)


def test_an_amount_in_another_currency_has_other_bounds() -> None:
    rupiahs = make(replace(TERMS, amount=2**64 - 1, currency="IDR"))
    assert (rupiahs.amount, rupiahs.expected_amount(None)) == (2**64 - 1, None)


def test_an_empty_description_is_one() -> None:
    assert make(replace(TERMS, amount=5, description="")).description == ""


@pytest.mark.parametrize("network", Network)
def test_an_offer_is_for_the_networks_it_names_or_for_bitcoin(network: Network) -> None:
    here = make(replace(TERMS, chains=chains_of(network)))
    check_offer(here, network, NOW)
    assert (Field.OFFER_CHAINS in {record.type for record in here.records}) == (
        network is not Network.MAINNET
    )
    for other in set(Network) - {network}:
        with pytest.raises(offer_errors.OfferForOtherNetwork):
            check_offer(here, other, NOW)
    everywhere = make(replace(TERMS, chains=tuple(each.chain_hash for each in Network)))
    check_offer(everywhere, network, NOW)


def test_an_offer_can_be_answered_until_its_last_second() -> None:
    offer = make(replace(TERMS, absolute_expiry=NOW.unix_seconds))
    check_offer(offer, NETWORK, NOW)
    with pytest.raises(offer_errors.OfferExpired) as caught:
        check_offer(offer, NETWORK, NOW.plus_ms(1))
    assert caught.value.expired_at == NOW


def test_an_expiry_beyond_any_calendar_is_its_last_day() -> None:
    offer = make(replace(TERMS, absolute_expiry=2**64 - 1))
    assert offer.expires_at == Instant.from_unix_seconds(253_402_300_799)
    check_offer(offer, NETWORK, NOW)


@pytest.mark.parametrize(
    ("maximum", "good", "bad"),
    [
        (None, [None], [0, 1, 2]),
        (0, [1, 2, 2**64 - 1], [None, 0]),
        (1, [1], [None, 0, 2]),
        (5, [1, 5], [None, 0, 6]),
    ],
)
def test_a_quantity_is_asked_for_or_not(
    maximum: int | None, good: list[int | None], bad: list[int | None]
) -> None:
    offer = make(replace(TERMS, quantity_max=maximum))
    assert all(offer.takes_quantity(quantity) for quantity in good)
    assert not any(offer.takes_quantity(quantity) for quantity in bad)


def test_what_is_expected_is_the_amount_of_each_item() -> None:
    offer = make(replace(TERMS, amount=7, quantity_max=0))
    assert offer.expected_amount(3) == Msat(21)
    assert make(replace(TERMS, amount=7)).expected_amount(None) == Msat(7)
    assert OFFER.expected_amount(None) is None


def test_an_invoice_is_signed_by_the_issuer_or_at_the_end_of_a_path() -> None:
    assert OFFER.signers == (ISSUER.point,)
    ways = (path(b"one"), path(b"two"))
    offer = make(replace(TERMS, issuer_id=None, paths=ways))
    assert offer.signers == tuple(way.path[-1].blinded_node_id for way in ways)


def test_every_field_counts_in_the_offers_id() -> None:
    ids = {
        make(terms).offer_id
        for terms in (
            TERMS,
            replace(TERMS, description="Tea"),
            replace(TERMS, issuer=None),
            replace(TERMS, metadata=b"\x01"),
            replace(TERMS, paths=(path(b"other"),)),
        )
    }
    assert len(ids) == 5
    assert decode(OFFER.to_text()).offer_id == OFFER.offer_id
    assert read(altered({33: tu(5)})).offer_id != OFFER.offer_id
