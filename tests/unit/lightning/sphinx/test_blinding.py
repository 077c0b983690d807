"""BOLT 4, "Route Blinding": what a path hides, and what is refused of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.sphinx import recipient_data
from tipdesk.lightning.sphinx.blinding import (
    BlindedHop,
    BlindedPath,
    CannotUnblind,
    DirectedScid,
    EmptyPath,
    PathTooLong,
    blind,
    blinded_key,
    unblind,
)
from tipdesk.lightning.sphinx.recipient_data import PaymentRelay, RecipientData
from tipdesk.lightning.wire.tlv import UnknownEvenTlv

KEYS = [PrivateKey(bytes([index + 1]) * 32) for index in range(5)]
SESSION = PrivateKey(b"\x77" * 32)


def test_every_node_of_a_path_reads_its_own_and_nothing_else() -> None:
    hops = [(NodeId(key.point), bytes([index]) * 40) for index, key in enumerate(KEYS)]
    path, _ = blind(SESSION, hops)
    path_key = path.first_path_key
    for index, (key, hop) in enumerate(zip(KEYS, path.path, strict=True)):
        for other in KEYS[:index] + KEYS[index + 1 :]:
            with pytest.raises(CannotUnblind):
                unblind(other, path_key, hop.encrypted_recipient_data)
        opened = unblind(key, path_key, hop.encrypted_recipient_data)
        assert opened.data == bytes([index]) * 40
        assert blinded_key(key, path_key).point == hop.blinded_node_id
        path_key = opened.next_path_key


def test_no_node_but_the_first_stands_in_a_path() -> None:
    path, _ = blind(SESSION, [(NodeId(key.point), b"") for key in KEYS])
    encoded = path.encode()
    assert encoded[:33] == KEYS[0].point
    assert not any(bytes(key.point) in encoded[33:] for key in KEYS)


def test_two_paths_over_the_same_nodes_have_nothing_in_common() -> None:
    hops = [(NodeId(key.point), b"the same") for key in KEYS]
    one, _ = blind(SESSION, hops)
    other, _ = blind(PrivateKey(b"\x78" * 32), hops)
    assert one.first_path_key != other.first_path_key
    for left, right in zip(one.path, other.path, strict=True):
        assert left.blinded_node_id != right.blinded_node_id
        assert left.encrypted_recipient_data != right.encrypted_recipient_data


def test_a_path_that_is_named_by_a_channel_is_read() -> None:
    path = BlindedPath(
        DirectedScid(1, ShortChannelId.of(700_000, 12, 1)),
        KEYS[0].point,
        (BlindedHop(KEYS[1].point, b"x"),),
    )
    assert BlindedPath.read(Reader(path.encode())) == path


def test_a_path_without_a_hop_or_with_too_many_is_refused() -> None:
    head = bytes(KEYS[0].point) * 2
    hop = bytes(KEYS[1].point) + b"\x00\x00"
    with pytest.raises(EmptyPath):
        BlindedPath.read(Reader(head + b"\x00"))
    with pytest.raises(PathTooLong):
        BlindedPath.read(Reader(head + b"\x15" + 21 * hop))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_path_or_an_error(data: bytes) -> None:
    reader = Reader(data)
    try:
        path = BlindedPath.read(reader)
    except DecodeError:
        return
    assert path.encode() + reader.rest() == data


@given(st.integers(0, 400))
def test_padding_makes_instructions_as_long_as_asked(more: int) -> None:
    data = RecipientData(path_id=b"\x01" * 32)
    bare = len(data.encode())
    padded = data.encode(bare + more)
    assert recipient_data.decode(padded) == data
    # Two lengths cannot be met exactly: the padding's own length takes two bytes more from 253 on.
    allowed = {bare + more} if more not in (1, 255, 256) else {bare + 2, bare + 257}
    assert len(padded) in allowed


def test_an_even_instruction_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownEvenTlv):
        recipient_data.decode(bytes.fromhex("1000"))


@given(st.integers(0, 10**12), st.integers(0, 10**6), st.integers(0, 2**32 - 1))
def test_a_relay_forwards_the_most_that_pays_its_fee(
    amount: int, base: int, proportional: int
) -> None:
    """BOLT 4: the inverse of BOLT 7's fee, rounded up: never more than a msat above it."""
    relay = PaymentRelay(
        cltv_expiry_delta=CltvDelta(1),
        fee_proportional_millionths=proportional,
        fee_base_msat=base,
    )
    forwarded = relay.amt_to_forward(Msat(amount + base)).value
    exact = amount * 1_000_000 / (1_000_000 + proportional)
    assert exact - 1 <= forwarded <= exact + 1


def test_a_key_that_is_none_cannot_be_unblinded_with() -> None:
    with pytest.raises(CannotUnblind):
        unblind(KEYS[0], Point(b"\x05" * 33), b"\x00" * 40)
