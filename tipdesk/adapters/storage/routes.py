"""A route, and what its hops said, as one column each of `money.db`."""

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


def encode_times(times: tuple[int, ...]) -> bytes:
    """Milliseconds, six bytes each: what `attribution_data` can say fits."""
    return b"".join(time.to_bytes(6, "big") for time in times)


def decode_times(data: bytes) -> tuple[int, ...]:
    """The inverse of `encode_times`."""
    reader = Reader(data)
    times = []
    while reader.left:
        times.append(reader.uint(6))
    return tuple(times)


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
