"""The ways of payments over the control port."""

from typing import Any

from tipdesk.app.methods import Method, Params
from tipdesk.base.ids import PaymentHash
from tipdesk.base.text import one_line
from tipdesk.services.routes import PartTaken, RouteService

_NAME_CHARS = 48


def route_methods(routes: RouteService) -> dict[str, Method]:
    """What is known of the way that a payment took."""

    async def route(params: Params) -> object:
        taken = routes.taken(PaymentHash.from_hex(str(params["payment_hash"])))
        if taken is None:
            return {"known": False}
        return {
            "known": True,
            "amount_msat": taken.amount.value,
            "fee_msat": taken.fee.value,
            "took_ms": taken.took_ms,
            "unknown_parts": taken.unknown_parts,
            "parts": [_part(part) for part in taken.parts],
        }

    return {"route": route}


def _part(part: PartTaken) -> dict[str, Any]:
    return {
        "sent_msat": part.sent.value,
        "arrived_msat": part.arrived.value,
        "took_ms": part.took_ms,
        "hops": [
            {
                "node_id": str(hop.node_id),
                "alias": one_line(hop.alias, maximum=_NAME_CHARS),
                "short_channel_id": str(hop.short_channel_id),
                "fee_msat": hop.fee.value,
                "cltv_delta": hop.cltv_delta.value,
                "held_ms": hop.held_ms,
            }
            for hop in part.hops
        ],
    }
