"""BIP 353: names, where their records are, and which record counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.lnurl.bip353 import (
    MAX_TEXT,
    HumanName,
    NoPaymentRecord,
    NotAPaymentName,
    SeveralPaymentRecords,
    UnreadableRecord,
    choose_uri,
    parse_name,
)


@pytest.mark.parametrize(
    "text",
    ["matt@mattcorallo.com", "\u20bfmatt@mattcorallo.com", " \u20bf Matt@MattCorallo.COM. "],
)
def test_the_example_leads_to_its_record_with_or_without_the_sign(text: str) -> None:
    name = parse_name(text)
    assert name == HumanName("matt", "mattcorallo.com")
    assert name.record == "matt.user._bitcoin-payment.mattcorallo.com."
    assert (str(name), name.shown) == ("matt@mattcorallo.com", "\u20bfmatt@mattcorallo.com")


def test_a_user_may_have_points_and_underscores_as_the_examples_have() -> None:
    name = parse_name("a.x_domain_cname_wild@dnssec_proof_tests.bitcoin.ninja")
    assert name.record.startswith("a.x_domain_cname_wild.user._bitcoin-payment.dnssec_")


@pytest.mark.parametrize(
    "text",
    [
        *("", "ana", "@", "ana@", "@a.example", "ana@example", "ana@a..example", "a b@c.example"),
        *("ana@@a.example", "ana@a.example/x", "ana@a.example:80", "*@a.example", "a..b@c.example"),
        *("-a@b.example", "a-@b.example", "a" * 64 + "@b.example", "\u20bf\u20bfa@b.example"),
        *("an\u00e4@a.example", "ana@\u0430.example", "\u212aana@a.example", "ana\n@a.example"),
        "a@" + ".".join(["b" * 60] * 4) + ".example",
    ],
)
def test_other_texts_are_no_names(text: str) -> None:
    with pytest.raises(NotAPaymentName):
        parse_name(text)


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        name = parse_name(text)
    except DecodeError:
        return
    assert parse_name(str(name)) == parse_name(name.shown) == name


def test_the_one_payment_among_other_records_counts() -> None:
    records = (b"v=spf1 -all", b"BitCoin:?lno=lno1abc", b"")
    assert choose_uri(records) == "BitCoin:?lno=lno1abc"


def test_without_a_payment_there_is_nothing() -> None:
    for records in ((), (b"bitcoin is cool!",), (b" bitcoin:?lno=x",)):
        with pytest.raises(NoPaymentRecord):
            choose_uri(records)


def test_two_payments_are_refused_even_if_they_are_the_same() -> None:
    with pytest.raises(SeveralPaymentRecords) as refused:
        choose_uri((b"bitcoin:?lno=a", b"BITCOIN:?lno=b", b"bitcoin:?lno=a"))
    assert refused.value.count == 3


@pytest.mark.parametrize("rest", [b"\xc3\xa4", b"\0", b"\n", b"x" * MAX_TEXT])
def test_a_record_that_is_no_plain_text_is_refused(rest: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        choose_uri((b"bitcoin:?lno=" + rest,))
