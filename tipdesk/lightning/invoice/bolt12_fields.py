"""BOLT 12: the fields of offers, requests and invoices by number, and how each is read.

Their numbers lie in ranges of their own, so that an invoice has all fields of its request, and the
request all of its offer. Who reads keeps the records as they came, and mirrors them byte for byte.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Final, TypeVar

from tipdesk.base.buffer import Reader
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, Point
from tipdesk.base.phrase import Phrase, clause
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import bolt12_errors as errors
from tipdesk.lightning.invoice.bolt12_text import MAX_BYTES
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.lightning.wire.codec import read_tu, tu
from tipdesk.lightning.wire.tlv import TlvRecord, read_stream

T = TypeVar("T")


class Field(IntEnum):
    """BOLT 12, "TLV Fields": numbers under the specification's names."""

    INVREQ_METADATA = 0
    OFFER_CHAINS = 2
    OFFER_METADATA = 4
    OFFER_CURRENCY = 6
    OFFER_AMOUNT = 8
    OFFER_DESCRIPTION = 10
    OFFER_FEATURES = 12
    OFFER_ABSOLUTE_EXPIRY = 14
    OFFER_PATHS = 16
    OFFER_ISSUER = 18
    OFFER_QUANTITY_MAX = 20
    OFFER_ISSUER_ID = 22
    INVREQ_CHAIN = 80
    INVREQ_AMOUNT = 82
    INVREQ_FEATURES = 84
    INVREQ_QUANTITY = 86
    INVREQ_PAYER_ID = 88
    INVREQ_PAYER_NOTE = 89
    INVREQ_PATHS = 90
    INVREQ_BIP_353_NAME = 91
    INVOICE_PATHS = 160
    INVOICE_BLINDEDPAY = 162
    INVOICE_CREATED_AT = 164
    INVOICE_RELATIVE_EXPIRY = 166
    INVOICE_PAYMENT_HASH = 168
    INVOICE_AMOUNT = 170
    INVOICE_FALLBACKS = 172
    INVOICE_FEATURES = 174
    INVOICE_NODE_ID = 176
    SIGNATURE = 240
    PROOF_SIGNATURE = 241
    PROOF_PREIMAGE = 1001
    PROOF_OMITTED_TLVS = 1002
    PROOF_MISSING_HASHES = 1003
    PROOF_LEAF_HASHES = 1004
    PROOF_NOTE = 1005

    @property
    def label(self) -> str:
        """The specification's name."""
        return self.name.lower()


OFFER_RANGES: Final = (range(1, 80), range(1_000_000_000, 2_000_000_000))
REQUEST_RANGES: Final = (range(160), range(1_000_000_000, 3_000_000_000))
INVOICE_RANGES: Final = (range(240), range(1_000_000_000, 4_000_000_000))

MAX_PATHS: Final = 64
MAX_AMOUNT: Final = Msat(21_000_000 * 100_000_000_000)

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999: later moments are as good as never, and no calendar has them."""


def within(records: Iterable[TlvRecord], ranges: Sequence[range]) -> tuple[TlvRecord, ...]:
    """The records whose types lie in one of the ranges."""
    return tuple(record for record in records if any(record.type in span for span in ranges))


def number_record(field: Field, number: int | None) -> list[TlvRecord]:
    """A `tu64` or `tu32`; nothing for None."""
    return [] if number is None else [TlvRecord(field, tu(number))]


def bytes_record(field: Field, value: bytes | None) -> list[TlvRecord]:
    """Bytes as they are; nothing for None."""
    return [] if value is None else [TlvRecord(field, bytes(value))]


def text_record(field: Field, text: str | None) -> list[TlvRecord]:
    """A text in UTF-8; nothing for None."""
    return [] if text is None else [TlvRecord(field, text.encode())]


def paths_record(field: Field, paths: Sequence[BlindedPath]) -> list[TlvRecord]:
    """Blinded paths, one behind the other; nothing for none."""
    return [TlvRecord(field, b"".join(path.encode() for path in paths))] if paths else []


def moment(seconds: int) -> Instant:
    """Seconds since 1970 as a stranger counts them, up to the end of the calendar."""
    return Instant.from_unix_seconds(min(seconds, _LAST_SECOND))


class Fields:
    """The records of one stream, read by their types; each complaint names its field."""

    def __init__(self, records: Sequence[TlvRecord]) -> None:
        self.records = tuple(records)
        self._values = {record.type: record.value for record in records}

    @classmethod
    def of_stream(cls, stream: bytes, known: frozenset[Field]) -> "Fields":
        """From the bytes; an even field that is not among the known ones is refused."""
        if len(stream) > MAX_BYTES:
            raise errors.StreamTooLong(size=len(stream), maximum=MAX_BYTES)
        try:
            records = read_stream(stream)
        except DecodeError as error:
            raise errors.MalformedStream(problem=clause(error)) from None
        for record in records:
            if record.type % 2 == 0 and record.type not in known:
                raise errors.UnknownEvenField(record_type=record.type)
        return cls(records)

    def only_within(self, ranges: Sequence[range]) -> None:
        """BOLT 12: refuses a field outside the ranges of its kind of document."""
        for record in self.records:
            if not any(record.type in span for span in ranges):
                raise errors.FieldOutOfRange(record_type=record.type)

    def need(self, field: Field, read: Callable[[Field], T | None]) -> T:
        """What `read` (a method of these fields) finds; refuses a document without the field."""
        found = read(field)
        if found is None:
            raise errors.MissingField(field=field.label)
        return found

    def raw(self, field: Field) -> bytes | None:
        """The bytes of a field."""
        return self._values.get(field)

    def read(self, field: Field, read: Callable[[Reader], T]) -> T | None:
        """What `read` finds in a field and reads to its end; None where the field is missing."""
        value = self.raw(field)
        if value is None:
            return None
        reader = Reader(value)
        try:
            found = read(reader)
            reader.finish()
        except DecodeError as error:
            raise self.malformed(field, str(error)) from None
        return found

    def number(self, field: Field, size: int = 8) -> int | None:
        """A `tu64`, or a shorter one."""
        return self.read(field, lambda reader: read_tu(reader, size))

    def amount(self, field: Field) -> Msat | None:
        """A `tu64` of millisatoshis, no more than there can be."""
        number = self.number(field)
        if number is None:
            return None
        if Msat(number) > MAX_AMOUNT:
            raise errors.MoreThanExists(field=field.label, amount=Msat(number))
        return Msat(number)

    def text(self, field: Field) -> str | None:
        """A UTF-8 string, taken strictly: what was not written by the rules is not shown."""
        value = self.raw(field)
        try:
            return None if value is None else value.decode()
        except UnicodeDecodeError:
            raise self.malformed(field, Phrase("it is not UTF-8")) from None

    def hash(self, field: Field) -> bytes | None:
        """32 bytes."""
        return self.read(field, lambda reader: reader.take(32))

    def hashes(self, field: Field) -> tuple[bytes, ...] | None:
        """As many times 32 bytes as there are."""
        return self.repeated(field, lambda reader: reader.take(32))

    def signature(self, field: Field) -> bytes | None:
        """A BIP-340 signature."""
        return self.read(field, lambda reader: reader.take(64))

    def point(self, field: Field) -> NodeId | None:
        """A point of the curve."""
        return self.read(field, lambda reader: NodeId(check_point(reader.take(Point.LENGTH))))

    def repeated(self, field: Field, read: Callable[[Reader], T]) -> tuple[T, ...] | None:
        """As many items as there are."""

        def read_all(reader: Reader) -> tuple[T, ...]:
            found = []
            while reader.left:
                found.append(read(reader))
            return tuple(found)

        return self.read(field, read_all)

    def features(self, field: Field, known: int = 0) -> FeatureBits:
        """Feature bits; an even one outside the mask `known` is refused, an odd one ignored."""
        value = self.raw(field) or b""
        bit = unknown_required(value, known)
        if bit is not None:
            raise errors.UnknownFeature(field=field.label, bit=bit)
        return FeatureBits.from_bytes(value)

    def paths(self, field: Field) -> tuple[BlindedPath, ...]:
        """Blinded paths; none where the field is missing.

        A path without a hop is refused by `BlindedPath.read` (BOLT 12: MUST NOT respond, MUST
        reject), as is one of more hops than an onion has room for.
        """
        paths = self.repeated(field, BlindedPath.read)
        if paths is None:
            return ()
        if not paths:
            raise self.malformed(field, Phrase("there is no path in it"))
        if len(paths) > MAX_PATHS:
            raise errors.TooManyPaths(field=field.label, paths=len(paths))
        return paths

    def malformed(self, field: Field, problem: str) -> errors.MalformedField:
        """The complaint about a field."""
        return errors.MalformedField(field=field.label, problem=problem)


def unknown_required(features: bytes, known: int = 0) -> int | None:
    """The lowest even bit that is set and not in the mask of known ones."""
    even = int.from_bytes(b"\x55" * len(features), "big")
    unknown = int.from_bytes(features, "big") & even & ~known
    return (unknown & -unknown).bit_length() - 1 if unknown else None
