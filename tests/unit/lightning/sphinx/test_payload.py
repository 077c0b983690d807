"""What a hop is told."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import PaymentSecret, Preimage, ShortChannelId
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.lightning.sphinx.payload import (
    FinalPayload,
    ForwardPayload,
    InvalidOnionPayload,
    decode_final,
    decode_forward,
)
from tipdesk.lightning.wire.tlv import TlvRecord

amounts = st.integers(0, 2**64 - 1).map(Msat)
heights = st.integers(0, 2**32 - 1).map(BlockHeight)
thirty_two = st.binary(min_size=32, max_size=32)


@given(amounts, heights, st.integers(0, 2**64 - 1).map(ShortChannelId))
def test_a_forward_payload_is_read_back(
    amount: Msat, height: BlockHeight, scid: ShortChannelId
) -> None:
    payload = ForwardPayload(
        amt_to_forward=amount, outgoing_cltv_value=height, short_channel_id=scid
    )
    assert decode_forward(payload.encode()) == payload


final_payloads = st.builds(
    FinalPayload,
    amt_to_forward=amounts,
    outgoing_cltv_value=heights,
    payment_secret=thirty_two.map(PaymentSecret),
    total_msat=amounts,
    payment_metadata=st.none() | st.binary(max_size=600),
    keysend_preimage=st.none() | thirty_two.map(Preimage),
    unknown_records=st.lists(
        st.builds(
            TlvRecord,
            st.integers(32_768, 2**63 - 1).map(lambda number: number * 2 + 1),
            st.binary(max_size=50),
        ),
        max_size=3,
        unique_by=lambda record: record.type,
    ).map(lambda records: tuple(sorted(records, key=lambda record: record.type))),
)


@given(final_payloads)
def test_a_final_payload_is_read_back(payload: FinalPayload) -> None:
    assert decode_final(payload.encode()) == payload


def test_without_payment_data_the_total_is_the_amount() -> None:
    payload = decode_final(bytes.fromhex("020203e8040164"))
    assert payload.payment_secret is None
    assert payload.total_msat == Msat(1000)


FORWARD = "020203e8040164"
SCID = "06080000010000020003"


@pytest.mark.parametrize(
    ("stream", "record_type", "offset"),
    [
        ("", 2, 0),
        ("040164", 2, 0),
        ("020203e8", 4, 0),
        (FORWARD, 6, 0),
        (FORWARD + "060700000100000200", 6, 8),
        ("020200e8040164" + SCID, 2, 1),
        ("0209" + "01" * 9 + "040164" + SCID, 2, 1),
        ("020203e804050102030405" + SCID, 4, 5),
        ("040164020203e8" + SCID, 2, 0),
        (FORWARD + "0602", 0, 0),
        (FORWARD + SCID + "0a00", 10, 18),
        (FORWARD + SCID + "1200", 18, 18),
        (FORWARD + SCID + "fd01000100", 256, 18),
    ],
)
def test_a_bad_forward_payload_is_refused_with_its_place(
    stream: str, record_type: int, offset: int
) -> None:
    with pytest.raises(InvalidOnionPayload) as refused:
        decode_forward(bytes.fromhex(stream))
    assert (refused.value.record_type, refused.value.offset) == (record_type, offset)


@pytest.mark.parametrize(
    ("stream", "record_type"),
    [
        (FORWARD + "081f" + "00" * 31, 8),
        (FORWARD + "0821" + "00" * 33, 8),
        (FORWARD + "0829" + "01" * 41, 8),
        (FORWARD + "ff0000000146c6616c1f" + "00" * 31, 5482373484),
    ],
)
def test_a_bad_final_payload_is_refused(stream: str, record_type: int) -> None:
    with pytest.raises(InvalidOnionPayload) as refused:
        decode_final(bytes.fromhex(stream))
    assert refused.value.record_type == record_type


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    for decode in (decode_forward, decode_final):
        with contextlib.suppress(InvalidOnionPayload):
            decode(data)
