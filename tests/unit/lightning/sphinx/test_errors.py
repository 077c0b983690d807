"""Failure onions on their way back."""

from hypothesis import given
from hypothesis import strategies as st

from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.lightning.sphinx.errors import (
    ReturnedFailure,
    create_failure,
    read_failure,
    wrap_failure,
)
from tipdesk.lightning.sphinx.keys import key_of

SECRETS = [bytes([index + 1]) * 32 for index in range(20)]


def returned(hop: int, message: bytes) -> bytes:
    packet = create_failure(SECRETS[hop], message)
    for secret in reversed(SECRETS[:hop]):
        packet = wrap_failure(secret, packet)
    return packet


@given(st.integers(0, 19), st.binary(max_size=700))
def test_any_hop_can_say_anything(hop: int, message: bytes) -> None:
    assert read_failure(SECRETS, returned(hop, message)) == ReturnedFailure(hop, message)


def test_all_short_failures_are_of_one_length() -> None:
    assert {len(returned(hop, b"x" * hop * 12)) for hop in range(20)} == {32 + 2 + 2 + 256}


@given(st.integers(0, 291), st.integers(1, 255))
def test_a_failure_that_was_altered_comes_from_nobody(position: int, change: int) -> None:
    packet = bytearray(returned(3, b"\x20\x02"))
    packet[position] ^= change
    assert read_failure(SECRETS, bytes(packet)) is None


def test_a_failure_from_off_the_route_comes_from_nobody() -> None:
    assert read_failure(SECRETS[:3], returned(3, b"\x20\x02")) is None


@given(st.binary(max_size=400))
def test_class_33_arbitrary_bytes_come_from_nobody(packet: bytes) -> None:
    assert read_failure(SECRETS[:3], packet) is None


def test_a_hop_that_signs_nonsense_is_still_named() -> None:
    body = b"\xff\xff" + b"short"
    packet = hmac_sha256(key_of(b"um", SECRETS[1]), body) + body
    for secret in (SECRETS[1], SECRETS[0]):
        packet = wrap_failure(secret, packet)
    assert read_failure(SECRETS, packet) == ReturnedFailure(1, b"")
