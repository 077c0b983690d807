"""BOLT 7, "Recommendations for Routing": a way that looks as if it went on behind the payee."""

from typing import Final

from tipdesk.base.ids import NodeId
from tipdesk.base.units import CltvDelta
from tipdesk.lightning.gossip.graph import Graph

MAX_SHADOW: Final = CltvDelta(144)
"""A day: what hangs comes back that much later."""
MAX_STEPS: Final = 3
RANDOM_BYTES: Final = 4 * (MAX_STEPS + 1)


def shadow(graph: Graph, payee: NodeId, random: bytes) -> CltvDelta:
    """What up to three channels in a row, from the payee on, would ask for; `MAX_SHADOW` at most.

    `random` has `RANDOM_BYTES`. A payee without a public channel gets a number drawn by lot: nobody
    knows what could stand behind it.
    """
    first, *draws = (int.from_bytes(random[at : at + 4], "big") for at in range(0, RANDOM_BYTES, 4))
    node = graph.index_of(payee)
    if node is None:
        return CltvDelta(first % (MAX_SHADOW.value + 1))
    columns, blocks = graph.columns, 0
    for draw in draws[: 1 + first % MAX_STEPS]:
        slots = graph.channels_of(node)
        if not slots:
            break
        slot = slots[draw % len(slots)]
        direction = int(columns.node_2[slot] == node)
        asked = columns.cltv_expiry_delta[2 * slot + direction]
        if blocks + asked > MAX_SHADOW.value:
            break
        blocks += asked
        node = columns.node_1[slot] if direction else columns.node_2[slot]
    return CltvDelta(blocks)
