"""Onions of every length, and onions that lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import NodeId
from tipdesk.crypto.hashes import hmac_sha256, sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.sphinx.keys import key_of, xor_stream
from tipdesk.lightning.sphinx.packet import (
    BadOnion,
    PayloadsTooLong,
    Peeled,
    UnreadablePayload,
    build,
    peel,
)
from tipdesk.lightning.wire.failures import FailureCode

SESSION = PrivateKey(b"\x09" * 32)
KEYS = [PrivateKey(bytes([index + 1]) * 32) for index in range(27)]
HASH = b"\x05" * 32


def hops(payloads: list[bytes]) -> list[tuple[NodeId, bytes]]:
    return [(NodeId(key.point), payload) for key, payload in zip(KEYS, payloads, strict=False)]


def peel_all(packet: bytes, count: int) -> list[bytes]:
    found = []
    following: bytes | None = packet
    for key in KEYS[:count]:
        assert following is not None
        assert len(following) == 1366
        peeled = peel(following, key, HASH)
        assert isinstance(peeled, Peeled)
        found.append(peeled.payload)
        following = peeled.next_packet
    assert following is None
    return found


@given(st.lists(st.binary(min_size=2, max_size=60), min_size=1, max_size=12))
def test_every_hop_reads_what_was_written_for_it(payloads: list[bytes]) -> None:
    onion = build(SESSION, hops(payloads), HASH)
    assert peel_all(onion.packet, len(payloads)) == payloads


def test_payloads_may_fill_the_packet_to_the_last_byte() -> None:
    payloads = [b"ab"] * 26 + [b"x" * (1300 - 26 * 35 - 33 - 2)]
    assert peel_all(build(SESSION, hops(payloads), HASH).packet, 27) == payloads
    with pytest.raises(PayloadsTooLong):
        build(SESSION, hops([*payloads[:-1], payloads[-1] + b"x"]), HASH)


def test_one_hop_is_a_route() -> None:
    onion = build(SESSION, hops([b"only"]), HASH)
    assert peel_all(onion.packet, 1) == [b"only"]


PACKET = build(SESSION, hops([b"first", b"second"]), HASH).packet


def test_another_version_is_a_bad_onion() -> None:
    packet = b"\x01" + PACKET[1:]
    expected = BadOnion(FailureCode.INVALID_ONION_VERSION, sha256(packet))
    assert peel(packet, KEYS[0], HASH) == expected


def test_a_key_off_the_curve_is_a_bad_onion() -> None:
    packet = PACKET[:1] + b"\x04" + PACKET[2:]
    assert peel(packet, KEYS[0], HASH) == BadOnion(FailureCode.INVALID_ONION_KEY, sha256(packet))


@given(st.integers(34, 1365), st.integers(1, 255))
def test_any_changed_byte_is_a_bad_onion(position: int, change: int) -> None:
    packet = bytearray(PACKET)
    packet[position] ^= change
    assert peel(bytes(packet), KEYS[0], HASH) == BadOnion(
        FailureCode.INVALID_ONION_HMAC, sha256(bytes(packet))
    )


def test_an_onion_for_another_payment_or_node_is_a_bad_onion() -> None:
    expected = BadOnion(FailureCode.INVALID_ONION_HMAC, sha256(PACKET))
    assert peel(PACKET, KEYS[0], b"\x06" * 32) == expected
    assert peel(PACKET, KEYS[1], HASH) == expected


@given(st.binary(min_size=1366, max_size=1366))
def test_arbitrary_bytes_are_a_bad_onion(packet: bytes) -> None:
    assert isinstance(peel(packet, KEYS[0], HASH), BadOnion)


def crafted(start: bytes) -> bytes:
    """A packet with a right HMAC whose first decrypted bytes are `start`."""
    secret = SESSION.ecdh(KEYS[0].point)
    payloads = xor_stream(b"rho", secret, start + b"\x01" * (1300 - len(start)))
    hmac = hmac_sha256(key_of(b"mu", secret), payloads + HASH)
    return b"\x00" + SESSION.point + payloads + hmac


@pytest.mark.parametrize(
    "start",
    [
        b"\x00",
        b"\x01",
        b"\xfd\x00\xfc",
        b"\xfd\xff\xff",
        b"\xff" + b"\xff" * 8,
        b"\xfd" + (1300 - 3 - 31).to_bytes(2, "big"),
    ],
)
def test_class_23_a_payload_length_without_sense_is_no_payload(start: bytes) -> None:
    secret = SESSION.ecdh(KEYS[0].point)
    assert peel(crafted(start), KEYS[0], HASH) == UnreadablePayload(secret)


def test_a_payload_up_to_the_last_byte_is_read() -> None:
    size = 1300 - 3 - 32
    peeled = peel(crafted(b"\xfd" + size.to_bytes(2, "big")), KEYS[0], HASH)
    assert isinstance(peeled, Peeled)
    assert peeled.payload == b"\x01" * size


def test_shared_secrets_are_not_printed() -> None:
    onion = build(SESSION, hops([b"first", b"second"]), HASH)
    peeled = peel(onion.packet, KEYS[0], HASH)
    assert isinstance(peeled, Peeled)
    assert "secret" not in repr(onion)
    assert "secret" not in repr(peeled)
