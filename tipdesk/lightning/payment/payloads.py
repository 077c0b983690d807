"""What each hop of a route is told, out of the route and the payee's request."""

from dataclasses import dataclass

from tipdesk.base.ids import NodeId, PaymentSecret, Preimage
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.lightning.routing.query import Route
from tipdesk.lightning.sphinx.payload import FinalPayload, ForwardPayload
from tipdesk.lightning.wire.tlv import TlvRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeTerms:
    """What the payee must be shown: from an invoice, or made up for a keysend."""

    payment_secret: PaymentSecret | None
    total_msat: Msat
    """Of all parts together (BOLT 4, "Basic Multi-Part Payments")."""
    payment_metadata: bytes | None = None
    keysend_preimage: Preimage | None = None
    custom_records: tuple[TlvRecord, ...] = ()


def hop_payloads(
    route: Route, terms: PayeeTerms, height: BlockHeight
) -> tuple[tuple[NodeId, bytes], ...]:
    """For each hop its node and TLV stream, as `sphinx.packet.build` takes them.

    `height` is the present height, from which the HTLCs' expiries count.
    """
    payloads = [
        (hop.node_id, forward_payload(route, index, height))
        for index, hop in enumerate(route.hops[:-1])
    ]
    final = FinalPayload(
        amt_to_forward=route.amount,
        outgoing_cltv_value=route.expiry(len(route.hops) - 1, height),
        payment_secret=terms.payment_secret,
        total_msat=terms.total_msat,
        payment_metadata=terms.payment_metadata,
        keysend_preimage=terms.keysend_preimage,
        unknown_records=terms.custom_records,
    )
    payloads.append((route.hops[-1].node_id, final.encode()))
    return tuple(payloads)


def forward_payload(route: Route, index: int, height: BlockHeight) -> bytes:
    """What the node behind a route's hop is told of the next one."""
    following = route.hops[index + 1]
    payload = ForwardPayload(
        amt_to_forward=following.amount,
        outgoing_cltv_value=route.expiry(index + 1, height),
        short_channel_id=following.short_channel_id,
    )
    return payload.encode()
