"""The channel graph in columns: what BOLT 7 gossip said, after `gossip/verify` believed it.

A channel has a slot; its two directions are the policies `2 * slot` (from node 1 to node 2) and
`2 * slot + 1`. A slot is used again after a removal, so nobody keeps it across a change. A node has
an index, which stays its own as long as the process lives. The signed messages stay as bytes, to be
told on and to be stored (`gossip/snapshot`); what path finding reads is in `gossip/edges`.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChainHash, NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.gossip.columns import UNKNOWN_CAPACITY, Columns, Tables
from tipdesk.lightning.gossip.edges import Edges
from tipdesk.lightning.gossip.verify import (
    DIRECTION,
    MAX_AGE_S,
    Ignored,
    why_ignore_update,
)
from tipdesk.lightning.wire.gossip import ChannelAnnouncement, ChannelUpdate, NodeAnnouncement
from tipdesk.lightning.wire.message import encode

MAX_CHANNELS: Final = 200_000
"""Several times the public network."""
MAX_NODES: Final = 1_000_000
"""More than ever had a channel at once; path finding packs an index into twenty bits."""
PRUNED_PER_STEP: Final = 50
SLOTS_PER_STEP: Final = 2_000
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


class Graph:
    """What is known of the network's public channels."""

    def __init__(self, chain_hash: ChainHash, *, max_channels: int = MAX_CHANNELS) -> None:
        self.chain_hash = chain_hash
        self.columns = Columns()
        self.edges = Edges()
        self._max_channels = max_channels
        self._slots: dict[int, int] = {}
        self._order = array("Q")
        self._free_slots: list[int] = []
        self._announcements: list[bytes | None] = []
        self._updates: list[bytes | None] = []
        self._indices: dict[bytes, int] = {}
        self._node_ids: list[NodeId] = []
        self._node_count = 0
        self._channels_of: list[array[int]] = []
        self._node_announcements: list[bytes | None] = []
        self._node_timestamps = array("I")

    def restore(self, tables: Tables) -> None:
        """Fills an empty graph; what `tables` says was checked when it was first learnt."""
        self.columns = columns = tables.columns
        self._announcements, self._updates = tables.announcements, tables.updates
        self._order = array("Q", columns.scid)
        self._slots = {scid: slot for slot, scid in enumerate(columns.scid)}
        self._node_ids, self._node_count = tables.node_ids, len(tables.node_ids)
        self._indices = {node_id: index for index, node_id in enumerate(tables.node_ids)}
        self._node_announcements = tables.node_announcements
        self._node_timestamps = tables.node_timestamps
        self._channels_of = [array("I") for _ in tables.node_ids]
        for _ in tables.node_ids:
            self.edges.grow_node()
        for slot, ends in enumerate(zip(columns.node_1, columns.node_2, strict=True)):
            for index in ends:
                self._channels_of[index].append(slot)
            self.edges.grow_channel()
            self.edges.refresh(columns, 2 * slot)
            self.edges.refresh(columns, 2 * slot + 1)

    @property
    def channel_count(self) -> int:
        """How many channels are known."""
        return len(self._slots)

    @property
    def node_count(self) -> int:
        """How many nodes have a channel."""
        return self._node_count

    @property
    def policy_count(self) -> int:
        """How many directions of channels have terms."""
        return len(self.columns.timestamp) - self.columns.timestamp.count(0)

    @property
    def slot_count(self) -> int:
        """Slots in use or free: the length of the columns."""
        return len(self.columns.scid)

    def tables(self) -> Tables:
        """A copy without gaps: what `restore` takes."""
        slots = [self._slots[scid] for scid in self._order]
        policies = [2 * slot + direction for slot in slots for direction in (0, 1)]
        nodes = [index for index, channels in enumerate(self._channels_of) if channels]
        place = {index: number for number, index in enumerate(nodes)}
        columns = self.columns.picked(slots, policies, nodes)
        for ends in (columns.node_1, columns.node_2):
            ends[:] = array("I", [place[index] for index in ends])
        return Tables(
            columns=columns,
            announcements=[self._announcements[slot] for slot in slots],
            updates=[self._updates[policy] for policy in policies],
            node_ids=[self._node_ids[index] for index in nodes],
            node_timestamps=array("I", [self._node_timestamps[index] for index in nodes]),
            node_announcements=[self._node_announcements[index] for index in nodes],
        )

    # -- applying gossip ------------------------------------------------------------------------

    def apply_channel(self, message: ChannelAnnouncement, capacity: Sat | None) -> Ignored | None:
        """Takes a checked announcement; `capacity` is the funding output's amount, if known."""
        if message.chain_hash != self.chain_hash:
            return Ignored.OTHER_CHAIN
        if int(message.short_channel_id) in self._slots:
            return Ignored.KNOWN
        if len(self._slots) >= self._max_channels or len(self._node_ids) + 2 > MAX_NODES:
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
        insort(self._order, int(message.short_channel_id))
        self._announcements[slot] = encode(message)
        return None

    def capacity(self, short_channel_id: ShortChannelId) -> Sat | None:
        """What the funding output was proven to hold; None if that was not looked at."""
        slot = self._slots.get(int(short_channel_id))
        if slot is None or self.columns.capacity_msat[slot] == UNKNOWN_CAPACITY:
            return None
        return Msat(self.columns.capacity_msat[slot]).to_sat_floor()

    def set_capacity(self, short_channel_id: ShortChannelId, capacity: Sat) -> None:
        """The funding output was proven later than its announcement came."""
        slot = self._slots.get(int(short_channel_id))
        if slot is not None:
            self.columns.capacity_msat[slot] = capacity.to_msat().value
            self.edges.refresh(self.columns, 2 * slot)
            self.edges.refresh(self.columns, 2 * slot + 1)

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
        self.edges.refresh(self.columns, policy)
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
        if index is None or not self._channels_of[index]:
            return Ignored.UNKNOWN_NODE
        if message.timestamp <= self._node_timestamps[index]:
            return Ignored.KNOWN
        self._node_timestamps[index] = message.timestamp
        self._node_announcements[index] = encode(message)
        usable = FeatureBits.from_bytes(message.features).unknown_required() is None
        if usable != self.columns.node_usable[index]:
            self.columns.node_usable[index] = usable
            for slot in self._channels_of[index]:
                self.edges.refresh(self.columns, 2 * slot)
                self.edges.refresh(self.columns, 2 * slot + 1)
        return None

    def remove_channel(self, short_channel_id: ShortChannelId) -> bool:
        """Forgets a channel (spent or reorganised out); False if it was not known."""
        slot = self._slots.pop(int(short_channel_id), None)
        if slot is None:
            return False
        del self._order[bisect_left(self._order, int(short_channel_id))]
        columns = self.columns
        columns.channel_usable[slot] = 0
        for policy in (2 * slot, 2 * slot + 1):
            columns.timestamp[policy] = 0
            self.edges.refresh(columns, policy)
            self._updates[policy] = None
        for index in (columns.node_1[slot], columns.node_2[slot]):
            self._leave(index, slot)
        columns.node_1[slot] = columns.node_2[slot] = _NO_NODE
        self._announcements[slot] = None
        self._free_slots.append(slot)
        return True

    def prune(self, now: Instant) -> Generator[None, None, int]:
        """BOLT 7, "Pruning the Network View": forgets channels without an update for two weeks.

        In steps of less than a millisecond; the graph may change in between. Returns how many went.
        """
        oldest = now.unix_seconds - MAX_AGE_S
        removed = 0
        for start in range(0, self.slot_count, SLOTS_PER_STEP):
            for slot in self._stale(range(start, start + SLOTS_PER_STEP), oldest):
                self.remove_channel(ShortChannelId(self.columns.scid[slot]))
                removed += 1
                if removed % PRUNED_PER_STEP == 0:
                    yield
            yield
        return removed

    def _stale(self, slots: range, oldest: int) -> Iterator[int]:
        stamps, announcements = self.columns.timestamp, self._announcements
        for slot in slots[: max(0, len(announcements) - slots.start)]:
            if (
                stamps[2 * slot] < oldest
                and stamps[2 * slot + 1] < oldest
                and announcements[slot] is not None
            ):
                yield slot

    # -- asking ---------------------------------------------------------------------------------

    def slot_of(self, short_channel_id: ShortChannelId) -> int | None:
        """The channel's place in the columns."""
        return self._slots.get(int(short_channel_id))

    def scids(self, first_block: int = 0, end_block: int = 1 << 24) -> "array[int]":
        """The ids of the channels funded from one block up to another, in rising order."""
        first = bisect_left(self._order, min(first_block, 1 << 24) << 40)
        end = bisect_left(self._order, min(end_block, 1 << 24) << 40)
        return self._order[first:end]

    def index_of(self, node_id: NodeId) -> int | None:
        """The node's index; None if it has no channel."""
        index = self._indices.get(node_id)
        return None if index is None or not self._channels_of[index] else index

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

    def announced_at(self, node_id: NodeId) -> int | None:
        """Unix seconds of a node's latest announcement of itself; None if there was none."""
        index = self.index_of(node_id)
        return None if index is None else self._node_timestamps[index] or None

    def node_announcement_at(self, index: int) -> tuple[int, bytes] | None:
        """Timestamp and signed `node_announcement` of an index."""
        raw = self._node_announcements[index]
        return None if raw is None else (self._node_timestamps[index], raw)

    # -- columns --------------------------------------------------------------------------------

    def _take_slot(self) -> int:
        if self._free_slots:
            return self._free_slots.pop()
        self.columns.grow_channel()
        self.edges.grow_channel()
        self._announcements.append(None)
        self._updates += [None, None]
        return len(self._announcements) - 1

    def _join(self, node_id: NodeId, slot: int) -> int:
        index = self._indices.get(node_id)
        if index is None:
            index = self._indices[node_id] = len(self._node_ids)
            self._node_ids.append(node_id)
            self._channels_of.append(array("I"))
            self._node_announcements.append(None)
            self._node_timestamps.append(0)
            self.columns.node_usable.append(1)
            self.edges.grow_node()
        self._node_count += not self._channels_of[index]
        self._channels_of[index].append(slot)
        return index

    def _leave(self, index: int, slot: int) -> None:
        self._channels_of[index].remove(slot)
        if not self._channels_of[index]:
            self._node_count -= 1
            self._node_announcements[index] = None
            self._node_timestamps[index] = 0
            self.columns.node_usable[index] = 1
