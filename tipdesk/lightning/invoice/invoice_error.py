"""BOLT 12, "Invoice Errors": what comes back in place of an invoice; written and read.

Each field is the other side's word. `error` is shown as one line of plain text, with who said it; a
suggested value is never taken up without asking the person.
"""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase, clause
from tipdesk.lightning.invoice.bolt12_errors import Bolt12Error, MalformedField
from tipdesk.lightning.invoice.bolt12_fields import Fields
from tipdesk.lightning.invoice.offer_errors import InvoiceRequestError
from tipdesk.lightning.wire.codec import read_bigsize, read_tu, tu
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

_ERRONEOUS_FIELD: Final = 1
_SUGGESTED_VALUE: Final = 3
_ERROR: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceErrorMessage:
    """BOLT 12, `invoice_error`."""

    error: str
    """What is wrong, in words; empty from one who does not say."""
    erroneous_field: int | None = None
    """The number of the field in the request or the invoice."""
    suggested_value: bytes | None = None
    """For `erroneous_field`, and valid there."""

    def to_bytes(self) -> bytes:
        """The TLV stream; ``ValueError`` for a suggestion without its field, which MUST NOT be."""
        if self.suggested_value is not None and self.erroneous_field is None:
            raise ValueError("a value is suggested for no field")
        records = [TlvRecord(_ERROR, self.error.encode())]
        if self.erroneous_field is not None:
            records.append(TlvRecord(_ERRONEOUS_FIELD, tu(self.erroneous_field)))
        if self.suggested_value is not None:
            records.append(TlvRecord(_SUGGESTED_VALUE, self.suggested_value))
        return write_stream(records)


def read(stream: bytes) -> InvoiceErrorMessage:
    """The message in a TLV stream; a `Bolt12Error` if there is none.

    A suggestion without a field is left out: nobody could say what it is for. LDK writes the
    stream's length before it, which is passed over.
    """
    try:
        return _read(stream)
    except Bolt12Error:
        unprefixed = _behind_length(stream)
        if unprefixed is None:
            raise
        return _read(unprefixed)


def _behind_length(stream: bytes) -> bytes | None:
    reader = Reader(stream)
    try:
        size = read_bigsize(reader)
    except DecodeError:
        return None
    return reader.take(size) if size == reader.left else None


def _read(stream: bytes) -> InvoiceErrorMessage:
    values = {record.type: record.value for record in Fields.of_stream(stream, frozenset()).records}
    number = values.get(_ERRONEOUS_FIELD)
    try:
        field = None if number is None else read_tu(Reader(number), 8)
        error = values.get(_ERROR, b"").decode()
    except DecodeError as problem:
        raise MalformedField(field="erroneous_field", problem=clause(problem)) from None
    except UnicodeDecodeError:
        raise MalformedField(field="error", problem=Phrase("it is not UTF-8")) from None
    suggested = None if field is None else values.get(_SUGGESTED_VALUE)
    return InvoiceErrorMessage(error=error, erroneous_field=field, suggested_value=suggested)


def answer_to(refusal: Bolt12Error) -> InvoiceErrorMessage:
    """What is told to whoever sent what cannot be used: the rule, in English, and its field."""
    field = refusal.field if isinstance(refusal, InvoiceRequestError) else None
    return InvoiceErrorMessage(
        error=str(refusal), erroneous_field=None if field is None else int(field)
    )
