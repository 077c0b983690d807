"""A route as one column of `money.db`."""

from tipdesk.base.buffer import Reader
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.routing.query import Hop, Route


def encode_route(route: Route) -> bytes:
    """The source, then 53 bytes a hop."""
    return route.source + b"".join(
        hop.node_id
        + hop.short_channel_id.to_bytes(8, "big")
        + hop.amount.value.to_bytes(8, "big")
        + hop.cltv_delta.value.to_bytes(4, "big")
        for hop in route.hops
    )


def decode_route(data: bytes) -> Route:
    """The inverse of `encode_route`; `DecodeError` for bytes that it did not write."""
    reader = Reader(data)
    source = NodeId(reader.take(33))
    hops = []
    while reader.left:
        hops.append(
            Hop(
                node_id=NodeId(reader.take(33)),
                short_channel_id=ShortChannelId(reader.uint(8)),
                amount=Msat(reader.uint(8)),
                cltv_delta=CltvDelta(reader.uint(4)),
            )
        )
    return Route(source=source, hops=tuple(hops))
