"""A route becomes an onion, and every hop reads its part of the route out of it."""

from tipdesk.base.ids import NodeId, PaymentSecret, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.payment.payloads import PayeeTerms, hop_payloads
from tipdesk.lightning.routing.query import Hop, Route
from tipdesk.lightning.sphinx.packet import Peeled, build, peel
from tipdesk.lightning.sphinx.payload import (
    FinalPayload,
    ForwardPayload,
    decode_final,
    decode_forward,
)
from tipdesk.lightning.wire.tlv import TlvRecord

KEYS = [PrivateKey(bytes([number + 1]) * 32) for number in range(3)]
ROUTE = Route(
    source=NodeId(PrivateKey(b"\x09" * 32).point),
    hops=tuple(
        Hop(
            node_id=NodeId(key.point),
            short_channel_id=ShortChannelId.of(100 + number, 1, 0),
            amount=Msat(amount),
            cltv_delta=CltvDelta(delta),
        )
        for number, (key, amount, delta) in enumerate(
            zip(KEYS, (5_002_000, 5_001_000, 5_000_000), (202, 122, 42), strict=True)
        )
    ),
)
TERMS = PayeeTerms(
    payment_secret=PaymentSecret(b"\x07" * 32),
    total_msat=Msat(6_000_000),
    payment_metadata=b"metadata",
    custom_records=(TlvRecord(7629169, b"{}"),),
)


def test_each_hop_is_told_of_the_next_htlc() -> None:
    payloads = hop_payloads(ROUTE, TERMS, BlockHeight(1000))
    packet: bytes | None = build(PrivateKey(b"\x08" * 32), payloads, bytes(32)).packet
    told = []
    for key in KEYS:
        assert packet is not None
        peeled = peel(packet, key, bytes(32))
        assert isinstance(peeled, Peeled)
        told.append(peeled.payload)
        packet = peeled.next_packet
    assert decode_forward(told[0]) == ForwardPayload(
        amt_to_forward=Msat(5_001_000),
        outgoing_cltv_value=BlockHeight(1122),
        short_channel_id=ShortChannelId.of(101, 1, 0),
    )
    assert decode_forward(told[1]) == ForwardPayload(
        amt_to_forward=Msat(5_000_000),
        outgoing_cltv_value=BlockHeight(1042),
        short_channel_id=ShortChannelId.of(102, 1, 0),
    )
    assert decode_final(told[2]) == FinalPayload(
        amt_to_forward=Msat(5_000_000),
        outgoing_cltv_value=BlockHeight(1042),
        payment_secret=PaymentSecret(b"\x07" * 32),
        total_msat=Msat(6_000_000),
        payment_metadata=b"metadata",
        unknown_records=(TlvRecord(7629169, b"{}"),),
    )
