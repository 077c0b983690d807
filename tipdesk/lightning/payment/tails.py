"""The end of a way that its payee hid: how it is reached, and what its nodes are told (BOLT 4)."""

from collections.abc import Callable
from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice.bolt12 import BlindedPayinfo, PaymentPath
from tipdesk.lightning.payment.payloads import forward_payload
from tipdesk.lightning.routing.query import BlindedEnd, Route
from tipdesk.lightning.sphinx import recipient_data
from tipdesk.lightning.sphinx.blinding import BlindedHop, BlindedPath, unblind
from tipdesk.lightning.sphinx.payload import BlindedPayload


@dataclass(frozen=True, slots=True)
class BlindedTail:
    """A path whose first node is known, as an end of a way."""

    end: BlindedEnd
    path_key: Point
    hops: tuple[BlindedHop, ...]


def tail_of(number: ShortChannelId, path: BlindedPath, terms: BlindedPayinfo) -> BlindedTail:
    """The tail of a path; `TypeError` if its first node was not looked up."""
    if not isinstance(path.first_node_id, NodeId):
        raise TypeError("the path's first node is looked up before")
    end = BlindedEnd(
        number=number,
        entry=path.first_node_id,
        fee_base_msat=terms.fee_base_msat,
        fee_proportional_millionths=terms.fee_proportional_millionths,
        cltv_expiry_delta=terms.cltv_expiry_delta,
        htlc_minimum_msat=terms.htlc_minimum_msat,
        htlc_maximum_msat=terms.htlc_maximum_msat,
    )
    return BlindedTail(end, path.first_path_key, path.path)


def behind_us(
    node_key: PrivateKey,
    found: PaymentPath,
    amount: Msat,
    far_end: Callable[[ShortChannelId], NodeId | None],
) -> PaymentPath | None:
    """What is left of a path that begins with ourselves, for this amount in one part (class 35).

    What we would have kept as a forwarding node is kept. None if nothing is left, or nothing that
    can be used.
    """
    path, terms = found.path, found.payinfo
    first = path.path[0]
    try:
        opened = unblind(node_key, path.first_path_key, first.encrypted_recipient_data)
        data = recipient_data.decode(opened.data)
    except DecodeError:
        return None
    relay, following = data.payment_relay, data.next_node_id
    if following is None and data.short_channel_id is not None:
        following = far_end(data.short_channel_id)
    if relay is None or following is None or len(path.path) == 1:
        return None
    forwarded = relay.amt_to_forward(amount + terms.fee(amount))
    blocks = terms.cltv_expiry_delta.value - relay.cltv_expiry_delta.value
    if forwarded < amount or blocks < 0:
        return None
    rest = BlindedPayinfo(
        fee_base_msat=(forwarded - amount).value,
        fee_proportional_millionths=0,
        cltv_expiry_delta=CltvDelta(blocks),
        htlc_minimum_msat=max(amount, terms.htlc_minimum_msat),
        htlc_maximum_msat=min(amount, terms.htlc_maximum_msat),
    )
    path_key = data.next_path_key_override or opened.next_path_key
    return PaymentPath(BlindedPath(following, path_key, path.path[1:]), rest)


def tail_payloads(
    route: Route, tail: BlindedTail, total: Msat, height: BlockHeight
) -> tuple[tuple[Point, bytes], ...]:
    """For each node its id, or its blinded one, and its TLV stream, as `packet.build` takes them.

    `total` is what all parts bring together; `height` is the present one.
    """
    known = route.known_hops
    payloads: list[tuple[Point, bytes]] = [
        (hop.node_id, forward_payload(route, index, height)) for index, hop in enumerate(known[:-1])
    ]
    entry = known[-1].node_id
    ids: list[Point] = [entry, *(hop.blinded_node_id for hop in tail.hops[1:])]
    last = len(tail.hops) - 1
    for index, (node, hop) in enumerate(zip(ids, tail.hops, strict=True)):
        payload = BlindedPayload(
            encrypted_recipient_data=hop.encrypted_recipient_data,
            current_path_key=None if index else tail.path_key,
            amt_to_forward=route.amount if index == last else None,
            outgoing_cltv_value=(
                route.expiry(len(route.hops) - 1, height) if index == last else None
            ),
            total_amount_msat=total if index == last else None,
        )
        payloads.append((node, payload.encode()))
    return tuple(payloads)
