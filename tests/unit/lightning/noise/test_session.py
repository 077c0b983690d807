"""Two sessions over a wire that cuts where it likes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import NodeId
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.noise.errors import BadMessageTag, NoiseError
from tipdesk.lightning.noise.session import NoiseSession

ALICE, BOB = PrivateKey(b"\x01" * 32), PrivateKey(b"\x02" * 32)
FRESH_ALICE, FRESH_BOB = PrivateKey(b"\x03" * 32), PrivateKey(b"\x04" * 32)


def connected() -> tuple[NoiseSession, NoiseSession]:
    alice = NoiseSession.initiator(ALICE, FRESH_ALICE, NodeId(BOB.point))
    bob = NoiseSession.responder(BOB, FRESH_BOB)
    bob.receive_data(alice.data_to_send())
    alice.receive_data(bob.data_to_send())
    bob.receive_data(alice.data_to_send())
    return alice, bob


def test_both_sides_know_each_other_after_three_acts() -> None:
    alice, bob = connected()
    assert alice.handshake_complete
    assert bob.handshake_complete
    assert alice.remote_node_id == BOB.point
    assert bob.remote_node_id == ALICE.point


@given(st.lists(st.binary(max_size=300), max_size=20), st.lists(st.integers(1, 200)))
def test_any_chunking_gives_the_same_messages(messages: list[bytes], cuts: list[int]) -> None:
    alice, bob = connected()
    for message in messages:
        alice.send(message)
    data = alice.data_to_send()
    received = []
    for cut in cuts:
        bob.receive_data(data[:cut])
        received += bob.messages_received()
        data = data[cut:]
    bob.receive_data(data)
    assert received + bob.messages_received() == messages


def test_messages_go_both_ways_across_rotations() -> None:
    alice, bob = connected()
    for number in range(1200):
        message = number.to_bytes(2, "big")
        alice.send(message)
        bob.send(message)
        bob.receive_data(alice.data_to_send())
        alice.receive_data(bob.data_to_send())
        assert alice.messages_received() == bob.messages_received() == [message]


@pytest.mark.parametrize("size", [0, 65535])
def test_the_smallest_and_the_largest_message_pass(size: int) -> None:
    alice, bob = connected()
    alice.send(bytes(size))
    bob.receive_data(alice.data_to_send())
    assert bob.messages_received() == [bytes(size)]


def test_a_message_of_65536_bytes_is_not_sent() -> None:
    alice, _ = connected()
    with pytest.raises(ValueError, match="65536"):
        alice.send(bytes(65536))
    assert alice.data_to_send() == b""


def test_nothing_is_sent_before_the_handshake_is_complete() -> None:
    with pytest.raises(ValueError, match="handshake"):
        NoiseSession.responder(BOB, FRESH_BOB).send(b"x")


@given(st.integers(0, 18 + 5 + 16 - 1), st.integers(1, 255))
def test_one_changed_byte_ends_the_session_for_good(position: int, change: int) -> None:
    alice, bob = connected()
    alice.send(b"first")
    good = alice.data_to_send()
    alice.send(b"other")
    bad = bytearray(alice.data_to_send())
    bad[position] ^= change
    with pytest.raises(BadMessageTag):
        bob.receive_data(good + bytes(bad))
    assert bob.messages_received() == [b"first"]
    with pytest.raises(BadMessageTag):
        bob.receive_data(b"")


def test_a_repeated_message_is_refused() -> None:
    alice, bob = connected()
    alice.send(b"once")
    data = alice.data_to_send()
    with pytest.raises(BadMessageTag):
        bob.receive_data(data + data)


@given(st.binary(min_size=50, max_size=300))
def test_garbage_from_a_stranger_is_refused(data: bytes) -> None:
    bob = NoiseSession.responder(BOB, FRESH_BOB)
    with pytest.raises(NoiseError):
        bob.receive_data(data)
    assert bob.data_to_send() == b""


def test_a_caller_who_means_another_node_is_refused() -> None:
    alice = NoiseSession.initiator(ALICE, FRESH_ALICE, NodeId(FRESH_BOB.point))
    with pytest.raises(NoiseError):
        NoiseSession.responder(BOB, FRESH_BOB).receive_data(alice.data_to_send())


def test_input_of_many_messages_is_not_copied_again_for_each() -> None:
    alice, bob = connected()
    for _ in range(20_000):
        alice.send(b"x" * 50)
    bob.receive_data(alice.data_to_send())
    assert len(bob.messages_received()) == 20_000
