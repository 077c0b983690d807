"""The bounded reader: never past the end, never less than asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.buffer import Reader, ShortRead, TrailingBytes


@given(st.binary(max_size=60), st.lists(st.integers(0, 20), max_size=6))
def test_the_pieces_are_the_whole_or_the_reader_says_what_was_short(
    data: bytes, sizes: list[int]
) -> None:
    reader, taken = Reader(data), b""
    for size in sizes:
        if size > reader.left:
            with pytest.raises(ShortRead) as caught:
                reader.take(size)
            assert (caught.value.needed, caught.value.left) == (size, len(data) - len(taken))
        else:
            taken += reader.take(size)
    assert taken + reader.rest() == data
    reader.finish()


def test_numbers_in_both_orders() -> None:
    assert Reader(b"\x01\x02\x03").uint(3) == 0x010203
    assert Reader(b"\x01\x02\x03").uint_le(3) == 0x030201
    with pytest.raises(ShortRead):
        Reader(b"\x01").uint(2)
    with pytest.raises(ShortRead):
        Reader(b"\x01").uint_le(2)


def test_nobody_reads_backwards() -> None:
    reader = Reader(b"abc")
    with pytest.raises(ShortRead):
        reader.take(-1)
    assert reader.rest() == b"abc"


def test_what_was_not_read_is_refused_at_the_end() -> None:
    reader = Reader(b"abc")
    reader.take(1)
    with pytest.raises(TrailingBytes) as caught:
        reader.finish()
    assert caught.value.count == 2
