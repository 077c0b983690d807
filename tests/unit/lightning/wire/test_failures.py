"""The table of failure codes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.buffer import ShortRead
from tipdesk.base.errors import DecodeError
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.lightning.wire.failures import Failure, FailureCode, decode, encode, fields_of

NUMBERS = {
    0x2002: "TEMPORARY_NODE_FAILURE",
    0x6002: "PERMANENT_NODE_FAILURE",
    0x6003: "REQUIRED_NODE_FEATURE_MISSING",
    0xC004: "INVALID_ONION_VERSION",
    0xC005: "INVALID_ONION_HMAC",
    0xC006: "INVALID_ONION_KEY",
    0x1007: "TEMPORARY_CHANNEL_FAILURE",
    0x4008: "PERMANENT_CHANNEL_FAILURE",
    0x4009: "REQUIRED_CHANNEL_FEATURE_MISSING",
    0x400A: "UNKNOWN_NEXT_PEER",
    0x100B: "AMOUNT_BELOW_MINIMUM",
    0x100C: "FEE_INSUFFICIENT",
    0x100D: "INCORRECT_CLTV_EXPIRY",
    0x100E: "EXPIRY_TOO_SOON",
    0x400F: "INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS",
    0x0012: "FINAL_INCORRECT_CLTV_EXPIRY",
    0x0013: "FINAL_INCORRECT_HTLC_AMOUNT",
    0x1014: "CHANNEL_DISABLED",
    0x0015: "EXPIRY_TOO_FAR",
    0x4016: "INVALID_ONION_PAYLOAD",
    0x0017: "MPP_TIMEOUT",
    0xC018: "INVALID_ONION_BLINDING",
}
VALUES: dict[str, object] = {
    "sha256_of_onion": b"\x07" * 32,
    "htlc_msat": Msat(21_000),
    "incoming_htlc_amt": Msat(20_999),
    "cltv_expiry": BlockHeight(800_000),
    "height": BlockHeight(800_001),
    "disabled_flags": 0,
    "type": 5482373484,
    "offset": 18,
    "channel_update": b"update",
}


def test_the_codes_are_those_of_bolt_4() -> None:
    assert {code.value: code.name for code in FailureCode} == NUMBERS


@pytest.mark.parametrize("code", FailureCode)
def test_every_failure_is_read_back_and_has_a_sentence(code: FailureCode) -> None:
    failure = Failure(code=code, **{name: VALUES[name] for name in fields_of(code)})  # type: ignore[arg-type]
    assert decode(encode(failure)) == failure
    assert decode(encode(failure) + b"more") == failure
    assert failure.sentence.endswith(".")
    assert "code" not in failure.sentence


def test_fields_stand_in_their_order() -> None:
    failure = Failure(code=FailureCode.FEE_INSUFFICIENT, htlc_msat=Msat(1))
    assert encode(failure).hex() == "100c" + "0000000000000001" + "0000"


def test_a_missing_field_is_a_bug_of_ours() -> None:
    with pytest.raises(ValueError, match="htlc_msat"):
        encode(Failure(code=FailureCode.FEE_INSUFFICIENT))


def test_an_unknown_code_keeps_its_flags() -> None:
    failure = decode(b"\x70\xff")
    assert failure == Failure(code=0x70FF)
    assert failure.is_permanent
    assert failure.concerns_node
    assert failure.concerns_terms
    assert not failure.is_bad_onion
    assert "28927" in failure.sentence


def test_invalid_onion_payload_may_come_without_a_place() -> None:
    assert decode(b"\x40\x16") == Failure(code=FailureCode.INVALID_ONION_PAYLOAD)


def test_a_failure_that_is_cut_short_is_refused() -> None:
    with pytest.raises(ShortRead):
        decode(b"\x40\x0f" + bytes(11))


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(DecodeError):
        decode(data)
