"""Hold times on their way back: read by the origin alone, and nobody alters them unseen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipdesk.lightning.sphinx.attribution import (
    ATTRIBUTION_BYTES,
    MAX_HOPS,
    add_hold_time,
    read_hold_times,
)
from tipdesk.lightning.sphinx.errors import failure_packet, wrap_failure

SECRETS = [bytes([index + 1]) * 32 for index in range(MAX_HOPS)]


def settled(hops: int, *, without: int | None = None, spoils: int | None = None) -> bytes:
    """What comes back from the last of `hops`, who held it for 0.1 s, the one before for 0.2 s."""
    told = b""
    for index in range(hops)[::-1]:
        told = (
            b"" if index == without else add_hold_time(SECRETS[index], held(hops, index), b"", told)
        )
        if index == spoils:
            told = altered(told)
    return told


def failed(hops: int, source: int, *, spoils: int | None = None) -> tuple[bytes, bytes]:
    """A failure of the hop `source`, which a hop on the way may spoil as it passes it on."""
    packet, told = failure_packet(SECRETS[source], b"\x20\x02"), b""
    for index in range(source + 1)[::-1]:
        told = add_hold_time(SECRETS[index], held(hops, index), packet, told)
        packet = wrap_failure(SECRETS[index], packet)
        if index == spoils:
            packet = altered(packet)
    return packet, told


def held(hops: int, index: int) -> int:
    return 100 * (hops - index)


def altered(data: bytes, at: int = 17) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("hops", range(1, MAX_HOPS + 1))
def test_the_origin_reads_what_every_hop_said(hops: int) -> None:
    times = tuple(held(hops, index) for index in range(hops))
    assert read_hold_times(SECRETS[:hops], settled(hops)) == times


@given(st.integers(1, MAX_HOPS), st.data())
def test_a_failure_is_attested_up_to_its_source(hops: int, data: st.DataObject) -> None:
    source = data.draw(st.integers(0, hops - 1))
    packet, told = failed(hops, source)
    expected = tuple(held(hops, index) for index in range(source + 1))
    assert read_hold_times(SECRETS[:hops], told, packet) == expected


@given(st.integers(1, MAX_HOPS), st.data())
def test_whoever_spoils_a_failure_is_blamed_with_its_neighbour(
    hops: int, data: st.DataObject
) -> None:
    source = data.draw(st.integers(0, hops - 1))
    spoils = data.draw(st.integers(0, source))
    packet, told = failed(hops, source, spoils=spoils)
    # Itself vouches for what it got, so that its upstream neighbour is the last good one.
    assert len(read_hold_times(SECRETS[:hops], told, packet)) == spoils


@settings(max_examples=60)
@given(st.integers(1, MAX_HOPS), st.integers(0, ATTRIBUTION_BYTES - 1), st.data())
def test_an_altered_byte_is_never_read_as_somebodys_word(
    hops: int, at: int, data: st.DataObject
) -> None:
    spoils = data.draw(st.integers(0, hops - 1))
    told = b""
    for index in range(hops)[::-1]:
        told = add_hold_time(SECRETS[index], held(hops, index), b"", told)
        if index == spoils:
            told = altered(told, at)
    times = tuple(held(hops, index) for index in range(hops))
    read = read_hold_times(SECRETS[:hops], told)
    # What no route of this length needs may be altered unseen; what is read is what was said.
    assert read == times[: len(read)]
    assert len(read) == hops or len(read) >= spoils


def test_a_hop_that_knows_nothing_of_this_ends_what_is_told() -> None:
    assert read_hold_times(SECRETS[:4], settled(4, without=2)) == (400, 300)
    assert read_hold_times(SECRETS[:4], settled(4, without=0)) == ()


def test_hold_times_are_told_in_tenths_of_a_second_and_never_below_nothing() -> None:
    for said, read in ((0, 0), (99, 0), (100, 100), (34_567, 34_500), (-5, 0)):
        assert read_hold_times(SECRETS[:1], add_hold_time(SECRETS[0], said, b"")) == (read,)
    most = (2**32 - 1) * 100
    assert read_hold_times(SECRETS[:1], add_hold_time(SECRETS[0], 10**15, b"")) == (most,)


@given(st.binary(max_size=2 * ATTRIBUTION_BYTES))
def test_class_33_arbitrary_bytes_tell_nothing(data: bytes) -> None:
    assert read_hold_times(SECRETS[:3], data) == ()
    assert read_hold_times(SECRETS[:3], data, data) == ()
    # A node on the way takes any length, and passes on its own word.
    assert len(add_hold_time(SECRETS[0], 100, b"", data)) == ATTRIBUTION_BYTES


def test_what_belongs_to_another_packet_is_nobodys_word() -> None:
    packet, told = failed(3, 2)
    assert read_hold_times(SECRETS[:3], told, altered(packet, 200)) == ()
    assert read_hold_times(SECRETS[:3], told) == ()


def test_more_hops_than_there_is_room_for_tell_nothing() -> None:
    assert read_hold_times([*SECRETS, bytes(32)], settled(MAX_HOPS)) == ()
