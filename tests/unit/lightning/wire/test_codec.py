"""BOLT 1, "Fundamental Types" and appendix A: numbers in their one shortest form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.buffer import Reader, ShortRead
from tipdesk.base.ids import Signature
from tipdesk.lightning.wire.codec import (
    Exactly,
    Many,
    NotMinimal,
    OutOfRange,
    Prefixed,
    bigsize,
    codec_for,
    read_bigsize,
    read_tu,
    tu,
)

BIGSIZE = [
    (0, "00"),
    (252, "fc"),
    (253, "fd00fd"),
    (65_535, "fdffff"),
    (65_536, "fe00010000"),
    (4_294_967_295, "feffffffff"),
    (4_294_967_296, "ff0000000100000000"),
    (18_446_744_073_709_551_615, "ffffffffffffffffff"),
]


@pytest.mark.parametrize(("number", "encoded"), BIGSIZE)
def test_a_bigsize_is_written_and_read_in_its_shortest_form(number: int, encoded: str) -> None:
    data = bytes.fromhex(encoded)
    assert bigsize(number) == data
    reader = Reader(data)
    assert read_bigsize(reader) == number
    reader.finish()


@pytest.mark.parametrize("encoded", ["fd00fc", "fe0000ffff", "ff00000000ffffffff"])
def test_a_bigsize_that_could_be_shorter_is_refused(encoded: str) -> None:
    with pytest.raises(NotMinimal):
        read_bigsize(Reader(bytes.fromhex(encoded)))


@pytest.mark.parametrize("encoded", ["", "fd", "fd00", "fe", "feffff", "ff", "ffffffffff"])
def test_a_bigsize_that_is_cut_short_is_refused(encoded: str) -> None:
    with pytest.raises(ShortRead):
        read_bigsize(Reader(bytes.fromhex(encoded)))


@given(st.integers(0, (1 << 64) - 1))
def test_every_number_survives_both_forms(number: int) -> None:
    assert read_bigsize(Reader(bigsize(number))) == number
    assert read_tu(Reader(tu(number)), 8) == number


def test_a_truncated_number_has_no_leading_zero_and_no_more_bytes_than_its_type() -> None:
    assert tu(0) == b""
    assert tu(256) == b"\x01\x00"
    for data in (b"\x00", b"\x00\x01", b"\x00\x01\x00"):
        with pytest.raises(NotMinimal):
            read_tu(Reader(data), 8)
    with pytest.raises(OutOfRange):
        read_tu(Reader(b"\x01" * 5), 4)


def test_a_count_may_not_promise_more_than_there_is() -> None:
    with pytest.raises(ShortRead):
        Many(Signature).read(Reader(b"\xff\xff" + bytes(64)))
    with pytest.raises(ShortRead):
        Prefixed().read(Reader(b"\xff\xff" + bytes(64)))


def test_bytes_of_a_wrong_length_are_a_bug_of_ours() -> None:
    with pytest.raises(ValueError, match="1366 bytes expected, not 3"):
        Exactly(1366).write(b"abc")


@pytest.mark.parametrize("kind", [int, bytes, str, list, "text"])
def test_a_type_without_a_codec_is_a_bug_of_ours(kind: Any) -> None:
    with pytest.raises(TypeError):
        codec_for(kind)
