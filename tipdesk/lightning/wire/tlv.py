"""BOLT 1, "Type-Length-Value Format": canonical streams, unknown odd records kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.lightning.wire.codec import bigsize, read_bigsize


class TlvOutOfOrder(DecodeError):
    """Types must rise strictly through a stream."""

    def __init__(self, *, previous: int, record_type: int) -> None:
        super().__init__(f"TLV type {record_type} after {previous}")
        self.previous = previous
        self.record_type = record_type


class UnknownEvenTlv(DecodeError):
    """An even type that we do not know: the sender relies on its being understood."""

    def __init__(self, *, record_type: int) -> None:
        super().__init__(f"unknown even TLV type {record_type}")
        self.record_type = record_type


@dataclass(frozen=True, slots=True)
class TlvRecord:
    """One record of a stream: its type and its raw value."""

    type: int
    value: bytes


def read_stream(data: bytes) -> tuple[TlvRecord, ...]:
    """The records of a whole stream; order and minimal lengths are checked, meaning is not."""
    reader = Reader(data)
    records: list[TlvRecord] = []
    previous = -1
    while reader.left:
        record_type = read_bigsize(reader)
        if record_type <= previous:
            raise TlvOutOfOrder(previous=previous, record_type=record_type)
        records.append(TlvRecord(record_type, reader.take(read_bigsize(reader))))
        previous = record_type
    return tuple(records)


def write_stream(records: Iterable[TlvRecord]) -> bytes:
    """The bytes of a stream; records are put into order."""
    return b"".join(
        bigsize(record.type) + bigsize(len(record.value)) + record.value
        for record in sorted(records, key=lambda record: record.type)
    )
