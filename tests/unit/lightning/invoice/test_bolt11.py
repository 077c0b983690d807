"""What the examples of BOLT 11 leave untried: writing, amounts, bounds, arbitrary input."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto import bech32
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import errors
from tipdesk.lightning.invoice.bolt11 import (
    Bolt11Invoice,
    HintHop,
    UnknownField,
    UnsignedInvoice,
    decode,
    encode_and_sign,
)

KEY = PrivateKey(b"\x01" * 32)
INVOICE = UnsignedInvoice(
    network=Network.REGTEST,
    payment_hash=PaymentHash(b"\x02" * 32),
    payment_secret=PaymentSecret(b"\x03" * 32),
    timestamp=1_780_000_000,
    amount_msat=Msat(21_000),
    description="A tip",
)

hint_hops = st.builds(
    HintHop,
    node_id=st.integers(1, 2**64).map(
        lambda number: NodeId(PrivateKey(number.to_bytes(32, "big")).point)
    ),
    short_channel_id=st.integers(0, 2**64 - 1).map(ShortChannelId),
    fee_base_msat=st.integers(0, 2**32 - 1),
    fee_proportional_millionths=st.integers(0, 2**32 - 1),
    cltv_expiry_delta=st.integers(0, 2**16 - 1).map(CltvDelta),
)
fallbacks = st.one_of(
    st.binary(min_size=20, max_size=20).map(lambda h: b"\x76\xa9\x14" + h + b"\x88\xac"),
    st.binary(min_size=20, max_size=20).map(lambda h: b"\xa9\x14" + h + b"\x87"),
    st.binary(min_size=20, max_size=20).map(lambda h: b"\x00\x14" + h),
    st.binary(min_size=2, max_size=40).map(lambda p: b"\x51" + bytes([len(p)]) + p),
)
unsigned_invoices = st.builds(
    UnsignedInvoice,
    network=st.sampled_from(Network),
    payment_hash=st.binary(min_size=32, max_size=32).map(PaymentHash),
    payment_secret=st.binary(min_size=32, max_size=32).map(PaymentSecret),
    timestamp=st.integers(0, 2**35 - 1),
    amount_msat=st.none() | st.integers(1, 2_100_000_000_000_000_000).map(Msat),
    expiry=st.integers(0, 2**35 - 1),
    description=st.text(max_size=150),
    min_final_cltv_expiry_delta=st.integers(0, 2**32).map(CltvDelta),
    features=st.sets(st.sampled_from([8, 9, 14, 15, 16, 17, 48, 101])).map(FeatureBits),
    route_hints=st.lists(st.lists(hint_hops, min_size=1, max_size=2).map(tuple), max_size=2).map(
        tuple
    ),
    fallback_scripts=st.lists(fallbacks, max_size=2).map(tuple),
    payment_metadata=st.none() | st.binary(max_size=600),
    unknown_fields=st.lists(
        st.builds(
            UnknownField,
            st.sampled_from("yqz2"),
            st.lists(st.integers(0, 31), max_size=40).map(bytes),
        ),
        max_size=2,
    ).map(tuple),
)


@given(unsigned_invoices)
def test_what_is_written_is_read_back(invoice: UnsignedInvoice) -> None:
    found = decode(encode_and_sign(invoice, KEY))
    assert found.payee == KEY.point
    names = list(UnsignedInvoice.__slots__)
    assert [getattr(found, name) for name in names] == [getattr(invoice, name) for name in names]


@pytest.mark.parametrize(
    ("msat", "amount"),
    [
        (100_000_000_000, "1"),
        (100_000_000, "1m"),
        (100_000, "1u"),
        (21_000, "210n"),
        (100, "1n"),
        (1, "10p"),
        (2_100_000_000_000_000_000, "21000000"),
    ],
)
def test_an_amount_takes_the_largest_multiplier_that_is_exact(msat: int, amount: str) -> None:
    text = encode_and_sign(replace(INVOICE, amount_msat=Msat(msat)), KEY)
    assert text.startswith(f"lnbcrt{amount}1")
    assert decode(text).amount_msat == Msat(msat)


def signed(prefix: str, fields: str, timestamp: str = "qqqqqqq") -> str:
    """An invoice of raw letters with a right signature."""
    words = [bech32.ALPHABET.index(letter) for letter in timestamp + fields]
    data = bech32.from_words([*words, 0, 0], strict=False)[: (len(words) * 5 + 7) // 8]
    signature = KEY.sign_recoverable(sha256(prefix.encode() + data))
    return bech32.encode(prefix, words + bech32.to_words(signature))


P = "pp5" + "q" * 52
S = "sp5" + "q" * 52
D = "dqq"


def test_the_shortest_valid_invoice_is_read() -> None:
    found = decode(signed("lnbcrt", P + S + D))
    assert found == Bolt11Invoice(
        network=Network.REGTEST,
        payment_hash=PaymentHash(bytes(32)),
        payment_secret=PaymentSecret(bytes(32)),
        timestamp=0,
        description="",
        payee=NodeId(KEY.point),
    )


@pytest.mark.parametrize(
    ("prefix", "fields", "error"),
    [
        ("lnbcr", P + S + D, errors.UnknownPrefix),
        ("bcrt", P + S + D, errors.UnknownPrefix),
        ("lnbcm", P + S + D, errors.UnknownPrefix),
        ("lnbc0", P + S + D, errors.MalformedAmount),
        ("lnbc01u", P + S + D, errors.MalformedAmount),
        ("lnbc1uu", P + S + D, errors.MalformedAmount),
        ("lnbc" + "9" * 5000, P + S + D, errors.MalformedAmount),
        ("lnbc21000001", P + S + D, errors.ImpossibleAmount),
        ("lnbc9p", P + S + D, errors.SubMillisatoshiAmount),
        ("lnbc", S + D, errors.MissingPaymentHash),
        ("lnbc", P + D, errors.MissingPaymentSecret),
        ("lnbc", P + S, errors.MissingDescription),
        ("lnbc", P + S + D + "hp5" + "q" * 52, errors.TwoDescriptions),
        ("lnbc", P + D + "sp4" + "q" * 53, errors.MissingPaymentSecret),
        ("lnbc", "pp4" + "q" * 53 + S + D, errors.MissingPaymentHash),
        ("lnbc", P + S + "dqrqq", errors.TruncatedField),
        ("lnbc", P + S + "dq", errors.TruncatedField),
        ("lnbc", P + S + "d", errors.TruncatedField),
        ("lnbc", P + S + "dqpq", errors.WrongPadding),
        ("lnbc", P + S + "dqzll", errors.WrongPadding),
        ("lnbc", P + S + "dqzlu", errors.DescriptionNotUtf8),
        ("lnbc", P + S + D + "xqzqp", errors.NonMinimalField),
        ("lnbc", P + S + D + "cqzqp", errors.NonMinimalField),
        ("lnbc", P + S + D + "9qzqp", errors.NonMinimalField),
        ("lnbc", P + S + D + "xqgpqqqqqqq", errors.NumberTooLarge),
        ("lnbc", P + S + D + "rqq", errors.MalformedRouteHint),
        ("lnbc", P + S + D + "r9s" + "q" * 176, errors.MalformedRouteHint),
        ("lnbc", P + S + D + "rzj" + "q" * 82, errors.MalformedRouteHint),
        ("lnbc", P + S + D + "np4" + "q" * 53, errors.InvalidPayee),
        ("lnbc", P + S + D + "9qpy", errors.UnknownRequiredFeatures),
        ("lnbc", P + S + D + "9q9sqqqq", errors.UnknownRequiredFeatures),
    ],
)
def test_class_34_each_broken_rule_has_its_own_error(
    prefix: str, fields: str, error: type[errors.InvoiceError]
) -> None:
    with pytest.raises(error):
        decode(signed(prefix, fields))


def test_the_first_of_two_fields_counts() -> None:
    found = decode(signed("lnbc", P + S + "dqzdy" + "dqzwy" + "pp5" + "p" * 51 + "q"))
    assert found.description == "i"
    assert found.payment_hash == PaymentHash(bytes(32))


def test_fallbacks_of_an_unknown_version_are_skipped() -> None:
    assert decode(signed("lnbc", P + S + D + "fppn" + "q" * 32)).fallback_scripts == ()


def test_a_named_payee_who_did_not_sign_is_refused() -> None:
    key = [bech32.ALPHABET[word] for word in bech32.to_words(PrivateKey(b"\x07" * 32).point)]
    with pytest.raises(errors.WrongSignature):
        decode(signed("lnbc", P + S + D + "np4" + "".join(key)))


def test_a_named_payee_who_signed_is_the_payee() -> None:
    key = [bech32.ALPHABET[word] for word in bech32.to_words(KEY.point)]
    assert decode(signed("lnbc", P + S + D + "np4" + "".join(key))).payee == KEY.point


def test_class_34_more_than_7089_characters_are_refused() -> None:
    field = "2" + "l0" + "q" * (31 * 32 + 15)
    assert len(decode(signed("lnbc", P + S + D + field * 6)).unknown_fields) == 6
    with pytest.raises(errors.InvoiceNotBech32):
        decode(signed("lnbc", P + S + D + field * 7))


def test_a_description_of_640_bytes_is_refused_when_writing() -> None:
    assert encode_and_sign(replace(INVOICE, description="x" * 639), KEY)
    with pytest.raises(errors.InvoiceFieldTooLong):
        encode_and_sign(replace(INVOICE, description="x" * 640), KEY)


def test_one_description_exactly_is_written() -> None:
    with pytest.raises(errors.MissingDescription):
        encode_and_sign(replace(INVOICE, description=None), KEY)
    with pytest.raises(errors.TwoDescriptions):
        encode_and_sign(replace(INVOICE, description_hash=bytes(32)), KEY)


def test_nothing_is_asked_for_zero_or_for_more_than_there_is() -> None:
    for amount in (Msat(0), Msat(-1), Msat(2_100_000_000_000_000_001)):
        with pytest.raises(errors.ImpossibleAmount):
            encode_and_sign(replace(INVOICE, amount_msat=amount), KEY)


def test_a_script_without_an_address_is_no_fallback() -> None:
    with pytest.raises(errors.UnsupportedFallback):
        encode_and_sign(replace(INVOICE, fallback_scripts=(b"\x51",)), KEY)


def test_an_invoice_expires_when_its_last_second_has_passed() -> None:
    invoice = replace(INVOICE, expiry=60)
    assert not invoice.is_expired(Instant(1_780_000_059_999))
    assert invoice.is_expired(Instant(1_780_000_060_000))


@given(st.text(max_size=200))
def test_arbitrary_text_is_refused_in_good_order(text: str) -> None:
    with pytest.raises(DecodeError):
        decode(text)


@given(
    st.sampled_from(["lnbc", "lnbcrt20u", "lntbs1"]),
    st.text(alphabet=bech32.ALPHABET, max_size=300),
)
def test_arbitrary_signed_fields_give_an_invoice_or_a_named_error(prefix: str, fields: str) -> None:
    with contextlib.suppress(errors.InvoiceError):
        decode(signed(prefix, P + S + fields))


@given(st.integers(0, 200), st.sampled_from(bech32.ALPHABET))
def test_one_changed_letter_is_noticed(position: int, letter: str) -> None:
    text = encode_and_sign(INVOICE, KEY)
    changed = text[: 13 + position] + letter + text[14 + position :]
    if changed != text:
        with pytest.raises(errors.InvoiceNotBech32):
            decode(changed)
