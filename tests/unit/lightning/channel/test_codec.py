"""A stored channel: every state comes back whole, and damaged bytes are called damaged."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels import P2WPKH, Pair, Side
from tests.opening import waiting
from tipdesk.base.errors import DecodeError
from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.lightning.channel import command, errors
from tipdesk.lightning.channel.codec import (
    STATES,
    UnknownStoredVersion,
    decode_head,
    decode_htlc,
    decode_terms,
    encode_head,
    encode_htlc,
    encode_terms,
)
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith
from tipdesk.lightning.channel.machine import fail
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    ChannelState,
    Closed,
    Closing,
    Failed,
    Live,
    Negotiating,
    Normal,
    Offline,
    Opening,
    ShuttingDown,
    inner,
)


def busy() -> Pair:
    """A channel with HTLCs at every stage, a fee under way and a signature not yet answered."""
    pair = Pair(Msat(400_000_000))
    pair.open()
    for number in range(4):
        pair.alice.add(number, Msat(1_000_000 * number + 1_000))
        pair.bob.add(number, Msat(21_000))
    pair.deliver()
    incoming = pair.bob.committed_incoming()
    pair.bob.fulfill(incoming[0], 0)
    pair.bob.do(command.RemoveHtlc(incoming[1].id, FailedWith(b"reason" * 40)))
    pair.bob.do(command.RemoveHtlc(incoming[2].id, FailedMalformed(bytes(32), 0x8005)))
    pair.bob.sign()
    pair.deliver_one(pair.bob)
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(2_500)))
    pair.alice.add(9, Msat(7_000_000))
    pair.alice.sign()
    return pair


def negotiating() -> Side:
    pair = Pair(Msat(400_000_000))
    pair.open()
    pair.alice.do(command.Close(P2WPKH["alice"]))
    pair.deliver_one(pair.alice)
    pair.deliver_one(pair.bob)
    return pair.alice


def shutting_down() -> Side:
    pair = busy()
    pair.alice.do(command.Close(P2WPKH["alice"]))
    return pair.alice


def closing() -> Side:
    pair = busy()
    pair.alice.do(command.ForceClose())
    return pair.alice


def closed() -> Side:
    side = closing()
    assert isinstance(side.state, Closing)
    side.do(command.ClosingBuried(is_final=True))
    return side


def failed() -> Side:
    side = waiting().alice
    error = errors.FundingDoesNotPay(capacity=Sat(1))
    side.state = fail(side.state, error, side.context).state
    return side


EXAMPLES: dict[type[ChannelState], Callable[[], Side]] = {
    AwaitingReady: lambda: waiting().alice,
    Normal: lambda: busy().alice,
    ShuttingDown: shutting_down,
    Negotiating: negotiating,
    Closing: closing,
    Closed: closed,
    Failed: failed,
}


def live(side: Side) -> Live:
    assert not isinstance(side.state, Opening)
    return side.state


@pytest.mark.parametrize("kind", STATES)
def test_every_stored_state_comes_back_whole(kind: type[ChannelState]) -> None:
    side = EXAMPLES[kind]()
    state = live(side)
    assert isinstance(state, kind)
    terms = decode_terms(encode_terms(inner(state).terms))
    assert terms == inner(state).terms
    htlcs = {
        key: decode_htlc(encode_htlc(htlc)) for key, htlc in inner(state).commitments.htlcs.items()
    }
    assert htlcs == inner(state).commitments.htlcs
    assert decode_head(encode_head(state), terms, htlcs) == state


def test_being_offline_is_not_stored() -> None:
    side = busy().alice
    connected = live(side)
    assert isinstance(connected, Normal)
    assert encode_head(Offline(connected)) == encode_head(connected)


def test_a_secret_store_survives_many_revocations() -> None:
    pair = Pair(Msat(400_000_000))
    pair.open()
    for number in range(20):
        pair.alice.add(number, Msat(1_000))
        pair.deliver()
        pair.bob.fail(pair.bob.committed_incoming()[0])
        pair.deliver()
    state = live(pair.alice)
    c = inner(state).commitments
    assert c.remote_number == 40
    assert decode_head(encode_head(state), inner(state).terms, c.htlcs) == state


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_named(version: int) -> None:
    state = live(busy().alice)
    c = inner(state).commitments
    for decode, data in (
        (decode_terms, encode_terms(inner(state).terms)),
        (decode_htlc, encode_htlc(next(iter(c.htlcs.values())))),
    ):
        with pytest.raises(UnknownStoredVersion):
            decode(bytes([version]) + data[1:])


BUSY = live(busy().alice)
PARTS: list[tuple[bytes, Callable[[bytes], Any]]] = [
    (encode_terms(inner(BUSY).terms), decode_terms),
    (
        encode_head(BUSY),
        lambda data: decode_head(data, inner(BUSY).terms, inner(BUSY).commitments.htlcs),
    ),
    *((encode_htlc(htlc), decode_htlc) for htlc in inner(BUSY).commitments.htlcs.values()),
]


@given(
    part=st.sampled_from(range(len(PARTS))),
    changes=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=4),
    cut=st.integers(0, 40),
    tail=st.binary(max_size=4),
)
def test_damaged_bytes_are_either_read_or_called_damaged(
    part: int, changes: list[tuple[int, int]], cut: int, tail: bytes
) -> None:
    data, decode = PARTS[part]
    damaged = bytearray(data[: len(data) - cut] + tail)
    for place, value in changes:
        if place < len(damaged):
            damaged[place] = value
    with suppress(DecodeError):
        decode(bytes(damaged))


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_bytes_after_the_end_are_called_damage(part: int) -> None:
    data, decode = PARTS[part]
    with pytest.raises(DecodeError):
        decode(data + b"\x00")


@pytest.mark.parametrize("later", [1, 3])
def test_an_htlc_stored_before_a_field_was_kept_is_read(later: int) -> None:
    pair = busy()
    for htlc in pair.bob.commitments.htlcs.values():
        bare = replace(htlc, attribution=b"", came_at=None)
        # Each of the fields at the end is one byte when it holds nothing: attribution data and
        # time came together, the path key after them.
        assert decode_htlc(encode_htlc(bare)[:-later]) == bare
