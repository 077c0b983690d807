"""BOLT 12, "Invoice Errors"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies.wire import numbers
from tipdesk.base.errors import DecodeError
from tipdesk.lightning.invoice import bolt12_errors as errors
from tipdesk.lightning.invoice.invoice_error import InvoiceErrorMessage, answer_to, read
from tipdesk.lightning.invoice.offer_errors import OtherOffer, UnusableQuantity
from tipdesk.lightning.wire.codec import bigsize
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream


@given(st.text(max_size=40), numbers(8), st.none() | st.binary(max_size=40))
def test_what_is_written_is_read_back(text: str, field: int, suggested: bytes | None) -> None:
    for message in (
        InvoiceErrorMessage(error=text),
        InvoiceErrorMessage(error=text, erroneous_field=field, suggested_value=suggested),
    ):
        assert read(message.to_bytes()) == message


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_read_or_refused(stream: bytes) -> None:
    try:
        read(stream)
    except DecodeError:
        return


def test_a_value_is_suggested_for_a_field_only() -> None:
    with pytest.raises(ValueError, match="no field"):
        InvoiceErrorMessage(error="no", suggested_value=b"\x01").to_bytes()
    found = read(write_stream([TlvRecord(3, b"\x01"), TlvRecord(5, b"no")]))
    assert found == InvoiceErrorMessage(error="no")


def test_who_says_nothing_says_nothing() -> None:
    assert read(b"") == InvoiceErrorMessage(error="")


@pytest.mark.parametrize(
    "record", [TlvRecord(1, b"\x00"), TlvRecord(1, b"\x01" * 9), TlvRecord(5, b"\xff")]
)
def test_a_malformed_field_is_refused(record: TlvRecord) -> None:
    with pytest.raises(errors.MalformedField):
        read(write_stream([record]))


def test_an_even_field_is_refused() -> None:
    with pytest.raises(errors.UnknownEvenField):
        read(write_stream([TlvRecord(2, b"")]))


def test_a_refusal_names_its_field_and_its_rule() -> None:
    refusal = UnusableQuantity(quantity=4, maximum=3)
    assert answer_to(refusal) == InvoiceErrorMessage(error=str(refusal), erroneous_field=86)
    assert answer_to(OtherOffer()).erroneous_field is None
    assert answer_to(errors.MissingField(field="signature")).error


@pytest.mark.parametrize("words", ["MissingPaths", "", "x" * 300])
def test_ldk_is_understood_which_writes_the_streams_length_before_it(words: str) -> None:
    """From 0.1 to 0.3: `write_tlv_fields!` where no length belongs."""
    stream = InvoiceErrorMessage(error=words).to_bytes()
    assert read(bigsize(len(stream)) + stream) == InvoiceErrorMessage(error=words)
    assert read(stream) == InvoiceErrorMessage(error=words)


def test_a_length_that_is_none_is_no_excuse() -> None:
    with pytest.raises(DecodeError):
        read(b"\x0e\x05\x0cMissingPath")
