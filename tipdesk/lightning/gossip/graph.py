"""The channel graph in columns: what BOLT 7 gossip said, after `gossip/verify` believed it.

A channel has a slot; its two directions are the policies `2 * slot` (from node 1 to node 2) and
`2 * slot + 1`. A node has an index. Slots and indices are used again after a removal, so nobody
keeps them across a change. The signed messages stay as bytes, to be told on and to be stored
(`gossip/snapshot`).
"""

from array import array
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChainHash, NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.gossip.verify import (
    DIRECTION,
    DISABLE,
    MAX_AGE_S,
    Ignored,
    why_ignore_update,
)
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement
from tipdesk.lightning.wire.message import encode

MAX_CHANNELS: Final = 200_000
"""Several times the public network."""
UNKNOWN_CAPACITY: Final = 0
_NO_NODE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One direction's terms, as its `channel_update` says."""

    timestamp: int
    disabled: bool
    cltv_expiry_delta: CltvDelta
    htlc_minimum_msat: Msat
    htlc_maximum_msat: Msat
    fee_base_msat: int
    fee_proportional_millionths: int


class Columns:
    """The graph's numbers; path finding reads them, `Graph` alone writes them."""

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

    def grow_channel(self) -> None:
        """One more slot."""
        for column in (self.scid, self.node_1, self.node_2, self.capacity_msat):
            column.append(0)
        self.channel_usable.append(0)
        for policy_column in (
            self.timestamp,
            self.disabled,
            self.cltv_expiry_delta,
            self.htlc_minimum_msat,
            self.htlc_maximum_msat,
            self.fee_base_msat,
            self.fee_proportional_millionths,
        ):
            policy_column.extend((0, 0))

    def set_policy(self, at: int, message: ChannelUpdate) -> None:
        """The terms of one direction."""
        self.timestamp[at] = message.timestamp
        self.disabled[at] = bool(message.channel_flags & DISABLE)
        self.cltv_expiry_delta[at] = message.cltv_expiry_delta.value
        self.htlc_minimum_msat[at] = message.htlc_minimum_msat.value
        self.htlc_maximum_msat[at] = message.htlc_maximum_msat.value
        self.fee_base_msat[at] = message.fee_base_msat
        self.fee_proportional_millionths[at] = message.fee_proportional_millionths


class Graph:
    """What is known of the network's public channels."""

    def __init__(self, chain_hash: ChainHash, *, max_channels: int = MAX_CHANNELS) -> None:
        self.chain_hash = chain_hash
        self.columns = Columns()
        self._max_channels = max_channels
        self._slots: dict[int, int] = {}
        self._free_slots: list[int] = []
        self._announcements: list[bytes | None] = []
        self._updates: list[bytes | None] = []
        self._indices: dict[bytes, int] = {}
        self._node_ids: list[NodeId] = []
        self._free_indices: list[int] = []
        self._channels_of: list[array[int]] = []
        self._node_announcements: list[bytes | None] = []
        self._node_timestamps = array("I")

    @property
    def channel_count(self) -> int:
        """How many channels are known."""
        return len(self._slots)

    @property
    def node_count(self) -> int:
        """How many nodes have a channel."""
        return len(self._indices)

    @property
    def slot_count(self) -> int:
        """Slots in use or free: the length of the columns."""
        return len(self.columns.scid)

    # -- applying gossip ------------------------------------------------------------------------

    def apply_channel(self, message: ChannelAnnouncement, capacity: Sat | None) -> Ignored | None:
        """Takes a checked announcement; `capacity` is the funding output's amount, if known."""
        if message.chain_hash != self.chain_hash:
            return Ignored.OTHER_CHAIN
        if int(message.short_channel_id) in self._slots:
            return Ignored.KNOWN
        if len(self._slots) >= self._max_channels:
            return Ignored.FULL
        slot = self._take_slot()
        columns = self.columns
        columns.scid[slot] = message.short_channel_id
        columns.capacity_msat[slot] = capacity.to_msat().value if capacity else UNKNOWN_CAPACITY
        features = FeatureBits.from_bytes(message.features)
        columns.channel_usable[slot] = features.unknown_required() is None
        columns.node_1[slot] = self._join(message.node_id_1, slot)
        columns.node_2[slot] = self._join(message.node_id_2, slot)
        self._slots[int(message.short_channel_id)] = slot
        self._announcements[slot] = encode(message)
        return None

    def update_signer(self, message: ChannelUpdate) -> NodeId | None:
        """Whose signature an update must carry; None if its channel is unknown."""
        slot = self._slots.get(message.short_channel_id)
        if slot is None:
            return None
        side = self.columns.node_2 if message.channel_flags & DIRECTION else self.columns.node_1
        return self._node_ids[side[slot]]

    def apply_update(self, message: ChannelUpdate, now: Instant) -> Ignored | None:
        """Takes an update whose signature was checked against `update_signer`."""
        reason = why_ignore_update(message, self.chain_hash, now)
        if reason is not None:
            return reason
        slot = self._slots.get(message.short_channel_id)
        if slot is None:
            return Ignored.UNKNOWN_CHANNEL
        policy = 2 * slot + (message.channel_flags & DIRECTION)
        if message.timestamp <= self.columns.timestamp[policy]:
            return Ignored.KNOWN
        self.columns.set_policy(policy, message)
        self._updates[policy] = encode(message)
        return None

    def is_news(self, message: ChannelUpdate) -> bool:
        """Whether an update is newer than what is known: worth checking its signature."""
        slot = self._slots.get(message.short_channel_id)
        if slot is None:
            return False
        policy = 2 * slot + (message.channel_flags & DIRECTION)
        return message.timestamp > self.columns.timestamp[policy]

    def apply_node(self, message: NodeAnnouncement) -> Ignored | None:
        """Takes a checked announcement of a node that has a channel."""
        index = self._indices.get(message.node_id)
        if index is None:
            return Ignored.UNKNOWN_NODE
        if message.timestamp <= self._node_timestamps[index]:
            return Ignored.KNOWN
        self._node_timestamps[index] = message.timestamp
        self._node_announcements[index] = encode(message)
        features = FeatureBits.from_bytes(message.features)
        self.columns.node_usable[index] = features.unknown_required() is None
        return None

    def remove_channel(self, short_channel_id: ShortChannelId) -> bool:
        """Forgets a channel (spent or reorganised out); False if it was not known."""
        slot = self._slots.pop(int(short_channel_id), None)
        if slot is None:
            return False
        columns = self.columns
        for index in (columns.node_1[slot], columns.node_2[slot]):
            self._leave(index, slot)
        columns.node_1[slot] = columns.node_2[slot] = _NO_NODE
        columns.channel_usable[slot] = 0
        for policy in (2 * slot, 2 * slot + 1):
            columns.timestamp[policy] = 0
            self._updates[policy] = None
        self._announcements[slot] = None
        self._free_slots.append(slot)
        return True

    def prune(self, now: Instant) -> int:
        """BOLT 7, "Pruning the Network View": forgets channels without an update for two weeks."""
        oldest = now.unix_seconds - MAX_AGE_S
        stamps = self.columns.timestamp
        stale = [
            scid
            for scid, slot in self._slots.items()
            if stamps[2 * slot] < oldest and stamps[2 * slot + 1] < oldest
        ]
        for scid in stale:
            self.remove_channel(ShortChannelId(scid))
        return len(stale)

    # -- asking ---------------------------------------------------------------------------------

    def slot_of(self, short_channel_id: ShortChannelId) -> int | None:
        """The channel's place in the columns."""
        return self._slots.get(int(short_channel_id))

    def scids(self) -> list[ShortChannelId]:
        """All channels in rising order: by block."""
        return [ShortChannelId(scid) for scid in sorted(self._slots)]

    def index_of(self, node_id: NodeId) -> int | None:
        """The node's index; None if it has no channel."""
        return self._indices.get(node_id)

    def node_id(self, index: int) -> NodeId:
        """The node of an index."""
        return self._node_ids[index]

    def channels_of(self, index: int) -> "array[int]":
        """The slots of a node's channels."""
        return self._channels_of[index]

    def policy(self, short_channel_id: ShortChannelId, direction: int) -> Policy | None:
        """The terms from node 1 (direction 0) or from node 2 (direction 1)."""
        slot = self._slots.get(int(short_channel_id))
        if slot is None or not self.columns.timestamp[2 * slot + direction]:
            return None
        at, columns = 2 * slot + direction, self.columns
        return Policy(
            timestamp=columns.timestamp[at],
            disabled=bool(columns.disabled[at]),
            cltv_expiry_delta=CltvDelta(columns.cltv_expiry_delta[at]),
            htlc_minimum_msat=Msat(columns.htlc_minimum_msat[at]),
            htlc_maximum_msat=Msat(columns.htlc_maximum_msat[at]),
            fee_base_msat=columns.fee_base_msat[at],
            fee_proportional_millionths=columns.fee_proportional_millionths[at],
        )

    def announcement(self, slot: int) -> bytes | None:
        """The signed `channel_announcement` of a slot; None if the slot is free."""
        return self._announcements[slot]

    def update(self, slot: int, direction: int) -> bytes | None:
        """The latest signed `channel_update` of a direction."""
        return self._updates[2 * slot + direction]

    def node_announcement(self, node_id: NodeId) -> bytes | None:
        """The latest signed `node_announcement`."""
        index = self._indices.get(node_id)
        return None if index is None else self._node_announcements[index]

    def node_announcement_at(self, index: int) -> tuple[int, bytes] | None:
        """Timestamp and signed `node_announcement` of an index."""
        raw = self._node_announcements[index]
        return None if raw is None else (self._node_timestamps[index], raw)

    # -- columns --------------------------------------------------------------------------------

    def _take_slot(self) -> int:
        if self._free_slots:
            return self._free_slots.pop()
        self.columns.grow_channel()
        self._announcements.append(None)
        self._updates += [None, None]
        return len(self._announcements) - 1

    def _join(self, node_id: NodeId, slot: int) -> int:
        index = self._indices.get(node_id)
        if index is None:
            index = self._take_index(node_id)
        self._channels_of[index].append(slot)
        return index

    def _take_index(self, node_id: NodeId) -> int:
        if self._free_indices:
            index = self._free_indices.pop()
            self._node_ids[index] = node_id
        else:
            index = len(self._node_ids)
            self._node_ids.append(node_id)
            self._channels_of.append(array("I"))
            self._node_announcements.append(None)
            self._node_timestamps.append(0)
            self.columns.node_usable.append(0)
        self._node_announcements[index] = None
        self._node_timestamps[index] = 0
        self.columns.node_usable[index] = 1
        self._indices[node_id] = index
        return index

    def _leave(self, index: int, slot: int) -> None:
        self._channels_of[index].remove(slot)
        if not self._channels_of[index]:
            del self._indices[self._node_ids[index]]
            self._node_announcements[index] = None
            self._free_indices.append(index)
