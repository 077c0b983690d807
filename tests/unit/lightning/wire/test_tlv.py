"""BOLT 1, appendix B: TLV streams, read through two messages that carry its namespaces."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Point, ShortChannelId
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.wire.codec import U16, Truncated
from tipdesk.lightning.wire.message import Message, Tlv, decode, encode, message
from tipdesk.lightning.wire.tlv import (
    TlvOutOfOrder,
    TlvRecord,
    UnknownEvenTlv,
    read_stream,
    write_stream,
)

NODE = "023da092f6980e58d2c037173180e9a465476026ee50f96695963e8efe436f54eb"


class NodeAndAmounts:
    """A point and two u64."""

    def write(self, value: tuple[Point, int, int]) -> bytes:
        point, first, second = value
        return point + first.to_bytes(8, "big") + second.to_bytes(8, "big")

    def read(self, reader: Reader) -> tuple[Point, int, int]:
        return check_point(reader.take(33)), reader.uint(8), reader.uint(8)


@message(60_001)
@dataclass(frozen=True, slots=True, kw_only=True)
class N1(Message):
    """The namespace n1."""

    tlv1: Annotated[int | None, Tlv(1), Truncated(8)] = None
    tlv2: Annotated[ShortChannelId | None, Tlv(2)] = None
    tlv3: Annotated[tuple[Point, int, int] | None, Tlv(3), NodeAndAmounts()] = None
    tlv4: Annotated[U16 | None, Tlv(254)] = None


@message(60_003)
@dataclass(frozen=True, slots=True, kw_only=True)
class N2(Message):
    """The namespace n2."""

    tlv1: Annotated[int | None, Tlv(0), Truncated(8)] = None
    tlv2: Annotated[int | None, Tlv(11), Truncated(4)] = None


def read(cls: type[Message], stream: str) -> Message:
    found = decode(cls.TYPE.to_bytes(2, "big") + bytes.fromhex(stream))
    assert isinstance(found, cls)
    assert encode(found) == cls.TYPE.to_bytes(2, "big") + bytes.fromhex(stream)
    return found


INVALID_ANYWHERE = [
    "fd",
    "fd01",
    "fd0001 00",
    "fd0101",
    "0f fd",
    "0f fd26",
    "0f fd2602",
    "0f fd0001 00",
    "0f fd0201" + "00" * 256,
    "12 00",
    "fd0102 00",
    "fe01000002 00",
    "ff0100000000000002 00",
]
INVALID_N1 = [
    "01 09 ffffffffffffffffff",
    "01 01 00",
    "01 02 0001",
    "01 03 000100",
    "01 04 00010000",
    "01 05 0001000000",
    "01 06 000100000000",
    "01 07 00010000000000",
    "01 08 0001000000000000",
    "02 07 01010101010101",
    "02 09 010101010101010101",
    f"03 21 {NODE}",
    f"03 29 {NODE} 0000000000000001",
    f"03 30 {NODE} 0000000000000001 00000000000001",
    f"03 31 04{NODE[2:]} 0000000000000001 0000000000000002",
    f"03 32 {NODE} 0000000000000001 000000000000000001",
    "fd00fe 00",
    "fd00fe 01 01",
    "fd00fe 03 010101",
    "00 00",
    "02 08 0000000000000226 01 01 2a",
    "02 08 0000000000000231 02 08 0000000000000451",
    "1f 00 0f 01 2a",
    "1f 00 1f 01 2a",
]
IGNORED = [
    "",
    "21 00",
    "fd0201 00",
    "fd00fd 00",
    "fd00ff 00",
    "fe02000001 00",
    "ff0200000000000001 00",
]
VALID_N1 = [
    ("01 00", N1(tlv1=0)),
    ("01 01 01", N1(tlv1=1)),
    ("01 02 0100", N1(tlv1=256)),
    ("01 03 010000", N1(tlv1=65_536)),
    ("01 04 01000000", N1(tlv1=16_777_216)),
    ("01 05 0100000000", N1(tlv1=4_294_967_296)),
    ("01 06 010000000000", N1(tlv1=1_099_511_627_776)),
    ("01 07 01000000000000", N1(tlv1=281_474_976_710_656)),
    ("01 08 0100000000000000", N1(tlv1=72_057_594_037_927_936)),
    ("02 08 0000000000000226", N1(tlv2=ShortChannelId.of(0, 0, 550))),
    (f"03 31 {NODE} 0000000000000001 0000000000000002", N1(tlv3=(Point.from_hex(NODE), 1, 2))),
    ("fd00fe 02 0226", N1(tlv4=550)),
]


@pytest.mark.parametrize("cls", [N1, N2])
@pytest.mark.parametrize("stream", INVALID_ANYWHERE)
def test_a_broken_stream_is_refused_in_any_namespace(cls: type[Message], stream: str) -> None:
    with pytest.raises(DecodeError):
        read(cls, stream)


@pytest.mark.parametrize("stream", INVALID_N1)
def test_a_broken_stream_is_refused_in_n1(stream: str) -> None:
    with pytest.raises(DecodeError):
        read(N1, stream)


def test_a_stream_that_ends_beyond_the_highest_type_is_refused_in_n2() -> None:
    with pytest.raises(TlvOutOfOrder) as caught:
        read(N2, "ffffffffffffffffff 00 00 00")
    assert (caught.value.previous, caught.value.record_type) == ((1 << 64) - 1, 0)


@pytest.mark.parametrize("cls", [N1, N2])
@pytest.mark.parametrize("stream", IGNORED)
def test_unknown_odd_records_are_ignored_and_kept(cls: type[Message], stream: str) -> None:
    found = read(cls, stream)
    assert len(found.unknown_records) == bool(stream)


@pytest.mark.parametrize(("stream", "expected"), VALID_N1)
def test_a_stream_of_n1_has_the_published_meaning(stream: str, expected: N1) -> None:
    assert read(N1, stream) == expected


@pytest.mark.parametrize(("valid", "_"), VALID_N1)
@pytest.mark.parametrize("invalid", INVALID_ANYWHERE)
def test_a_broken_stream_behind_a_good_one_is_refused(valid: str, _: N1, invalid: str) -> None:
    with pytest.raises(DecodeError):
        read(N1, valid + invalid)


def test_a_higher_stream_behind_a_lower_one_is_read() -> None:
    first, second = VALID_N1[1][0], VALID_N1[-1][0]
    assert read(N1, first + second + IGNORED[-1]) == N1(
        tlv1=1, tlv4=550, unknown_records=(TlvRecord(0x0200000000000001, b""),)
    )


def test_an_unknown_even_record_is_named() -> None:
    with pytest.raises(UnknownEvenTlv) as caught:
        read(N1, "12 00")
    assert caught.value.record_type == 0x12


records = st.lists(
    st.builds(TlvRecord, st.integers(0, (1 << 64) - 1), st.binary(max_size=300)),
    max_size=6,
    unique_by=lambda record: record.type,
)


@given(records)
def test_records_are_written_in_order_and_read_back(found: list[TlvRecord]) -> None:
    assert read_stream(write_stream(found)) == tuple(sorted(found, key=lambda r: r.type))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_stream_or_refused(data: bytes) -> None:
    try:
        found = read_stream(data)
    except DecodeError:
        return
    assert write_stream(found) == data
