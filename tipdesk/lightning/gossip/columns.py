"""The graph's numbers, a column for each field: a hundred thousand policies are too many objects.

A channel has a slot, a node has an index, and the two directions of a channel are the policies
`2 * slot` and `2 * slot + 1`.
"""

from array import array
from dataclasses import dataclass
from typing import Final

from tipdesk.base.ids import NodeId
from tipdesk.lightning.gossip.verify import DISABLE
from tipdesk.lightning.wire.gossip import ChannelUpdate

UNKNOWN_CAPACITY: Final = 0


class Columns:
    """The graph's numbers; `Graph` alone writes them."""

    def __init__(self) -> None:
        self.scid = array("Q")
        self.node_1 = array("I")
        self.node_2 = array("I")
        self.capacity_msat = array("Q")
        self.channel_usable = array("B")
        self.timestamp = array("I")
        self.disabled = array("B")
        self.cltv_expiry_delta = array("H")
        self.htlc_minimum_msat = array("Q")
        self.htlc_maximum_msat = array("Q")
        self.fee_base_msat = array("I")
        self.fee_proportional_millionths = array("I")
        self.node_usable = array("B")

    def _of_channels(self) -> tuple["array[int]", ...]:
        return (self.scid, self.node_1, self.node_2, self.capacity_msat, self.channel_usable)

    def _of_policies(self) -> tuple["array[int]", ...]:
        return (
            self.timestamp,
            self.disabled,
            self.cltv_expiry_delta,
            self.htlc_minimum_msat,
            self.htlc_maximum_msat,
            self.fee_base_msat,
            self.fee_proportional_millionths,
        )

    def grow_channel(self) -> None:
        """One more slot."""
        for column in self._of_channels():
            column.append(0)
        for column in self._of_policies():
            column.extend((0, 0))

    def picked(self, slots: list[int], policies: list[int], nodes: list[int]) -> "Columns":
        """New columns of these rows, in this order."""
        new = Columns()
        for columns, rows in (
            (Columns._of_channels, slots),
            (Columns._of_policies, policies),
            (Columns._of_nodes, nodes),
        ):
            for mine, theirs in zip(columns(self), columns(new), strict=True):
                theirs.extend(map(mine.__getitem__, rows))
        return new

    def _of_nodes(self) -> tuple["array[int]", ...]:
        return (self.node_usable,)

    def set_policy(self, at: int, message: ChannelUpdate) -> None:
        """The terms of one direction."""
        self.timestamp[at] = message.timestamp
        self.disabled[at] = bool(message.channel_flags & DISABLE)
        self.cltv_expiry_delta[at] = message.cltv_expiry_delta.value
        self.htlc_minimum_msat[at] = message.htlc_minimum_msat.value
        self.htlc_maximum_msat[at] = message.htlc_maximum_msat.value
        self.fee_base_msat[at] = message.fee_base_msat
        self.fee_proportional_millionths[at] = message.fee_proportional_millionths


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """A graph without gaps, as it is stored: channels by rising id, nodes by index."""

    columns: Columns
    announcements: list[bytes | None]
    updates: list[bytes | None]
    node_ids: list[NodeId]
    node_timestamps: "array[int]"
    node_announcements: list[bytes | None]
