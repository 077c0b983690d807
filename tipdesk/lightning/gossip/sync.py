"""BOLT 7, "Query Messages" and "Initial Sync": one peer's gossip conversation, without a socket.

`GossipSession` is fed the peer's query messages and asked for what is to be sent; announcements
and updates themselves go to `gossip/verify` and the graph. All it holds is bounded.
"""

import sys
from array import array
from collections import deque
from collections.abc import Iterable
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError, PeerError
from tipdesk.base.ids import ShortChannelId
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.wire.codec import read_bigsize
from tipdesk.lightning.wire.gossip import (
    GossipTimestampFilter,
    QueryChannelRange,
    QueryShortChannelIds,
    ReplyChannelRange,
    ReplyShortChannelIdsEnd,
)
from tipdesk.lightning.wire.message import encode

MAX_SCIDS_PER_REPLY: Final = 8000
"""Eight bytes each: they fit into one message of 65535 bytes."""
MAX_SCIDS_PER_QUERY: Final = 1000
MAX_WANTED_SCIDS: Final = 200_000
MAX_WAITING_QUERIES: Final = 8

_CHANNELS_PER_BATCH = 500
_ALL_BLOCKS = 0xFFFFFFFF
_ALL_TIME = 0xFFFFFFFF
_PLAIN_ENCODING = 0
_WANT_ALL = 0b11111

GossipQuery = (
    QueryChannelRange
    | ReplyChannelRange
    | QueryShortChannelIds
    | ReplyShortChannelIdsEnd
    | GossipTimestampFilter
)


class UnknownScidEncoding(PeerError):
    """BOLT 7, "Query Messages": only the plain encoding is left."""

    def __init__(self, *, encoding: int) -> None:
        super().__init__(f"short channel ids in the unknown encoding {encoding}")
        self.encoding = encoding


class MalformedScids(PeerError):
    """BOLT 7, "Query Messages": not a whole number of ids, or not one flag for each."""

    def __init__(self, *, size: int) -> None:
        super().__init__(f"{size} bytes of short channel ids or flags that do not fit")
        self.size = size


class TooManyQueries(PeerError):
    """The peer asks on without waiting for its answers."""

    def __init__(self, *, waiting: int) -> None:
        super().__init__(f"{waiting} gossip queries are waiting already")
        self.waiting = waiting


def encode_scids(scids: Iterable[int]) -> bytes:
    """`encoded_short_ids` in the plain encoding."""
    numbers = array("Q", scids)
    if sys.byteorder == "little":
        numbers.byteswap()
    return bytes([_PLAIN_ENCODING]) + numbers.tobytes()


def decode_scids(data: bytes) -> list[ShortChannelId]:
    """The ids in `encoded_short_ids`."""
    body = _plain(data)
    if len(body) % 8:
        raise MalformedScids(size=len(data))
    return [
        ShortChannelId(int.from_bytes(body[at : at + 8], "big")) for at in range(0, len(body), 8)
    ]


def _plain(data: bytes) -> bytes:
    if not data:
        raise MalformedScids(size=0)
    if data[0] != _PLAIN_ENCODING:
        raise UnknownScidEncoding(encoding=data[0])
    return data[1:]


def _decode_flags(data: bytes | None, count: int) -> list[int]:
    if data is None:
        return [_WANT_ALL] * count
    reader = Reader(_plain(data))
    try:
        flags = [read_bigsize(reader) for _ in range(count)]
        reader.finish()
    except DecodeError:
        raise MalformedScids(size=len(data)) from None
    return flags


class GossipSession:
    """What one peer wants to know of us, and what we want to know of it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._filter: tuple[int, int] | None = None
        self._backlog: int | None = None
        self._backlog_nodes: set[int] = set()
        self._answers: deque[tuple[list[ShortChannelId], list[int]]] = deque()
        self._wanted: list[ShortChannelId] = []
        self._asked = False
        self._range_done = False

    @property
    def is_synced(self) -> bool:
        """Whether the peer has told us every channel it named."""
        return self._range_done and not self._wanted and not self._asked

    @property
    def missing(self) -> int:
        """How many channels the peer has named that it is not asked for yet, at the most."""
        return len(self._wanted)

    def start(self, *, peer_offers_queries: bool) -> list[bytes]:
        """BOLT 7, "Initial Sync": the filter, and the question which channels there are."""
        chain_hash = self._graph.chain_hash
        if not peer_offers_queries:
            self._range_done = True
            nothing = GossipTimestampFilter(
                chain_hash=chain_hash, first_timestamp=_ALL_TIME, timestamp_range=0
            )
            return [encode(nothing)]
        everything = GossipTimestampFilter(
            chain_hash=chain_hash, first_timestamp=0, timestamp_range=_ALL_TIME
        )
        which = QueryChannelRange(
            chain_hash=chain_hash, first_blocknum=0, number_of_blocks=_ALL_BLOCKS
        )
        return [encode(everything), encode(which)]

    def receive(self, message: GossipQuery) -> list[bytes]:
        """What is to be sent at once; longer answers come from `next_batch`.

        Raises a `PeerError`: warn the peer and close.
        """
        match message:
            case QueryChannelRange():
                return self._answer_range(message)
            case ReplyChannelRange():
                return self._learn_range(message)
            case QueryShortChannelIds():
                return self._queue_answer(message)
            case ReplyShortChannelIdsEnd():
                self._asked = False
                return self._ask_next()
            case GossipTimestampFilter():
                self._set_filter(message)
                return []

    def wants(self, timestamp: int) -> bool:
        """Whether the peer wants to be told of new gossip with this timestamp."""
        if self._filter is None:
            return False
        first, end = self._filter
        return first <= timestamp < end

    @property
    def has_more(self) -> bool:
        """Whether `next_batch` has something left to look at."""
        return bool(self._answers) or self._backlog is not None

    def next_batch(self, limit: int) -> list[bytes]:
        """Signed messages that the peer asked for, about `limit` at most.

        May be empty while `has_more`: a call looks at no more than 500 channels.
        """
        batch: list[bytes] = []
        for _ in range(_CHANNELS_PER_BATCH):
            if len(batch) >= limit:
                break
            if self._answers:
                batch += self._next_answer()
            elif self._backlog is not None:
                batch += self._next_of_backlog(self._backlog)
        return batch

    # -- the peer asks --------------------------------------------------------------------------

    def _answer_range(self, query: QueryChannelRange) -> list[bytes]:
        first, end = query.first_blocknum, query.first_blocknum + query.number_of_blocks
        end = max(end, first + 1)
        scids = self._graph.scids(first, end)
        if query.chain_hash != self._graph.chain_hash:
            scids = array("Q")
        pieces = [
            scids[at : at + MAX_SCIDS_PER_REPLY] for at in range(0, len(scids), MAX_SCIDS_PER_REPLY)
        ] or [scids]
        replies = []
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            stop = end if last else ShortChannelId(piece[-1]).block_height + 1
            replies.append(
                ReplyChannelRange(
                    chain_hash=query.chain_hash,
                    first_blocknum=first,
                    number_of_blocks=stop - first,
                    sync_complete=int(last),
                    encoded_short_ids=encode_scids(piece),
                )
            )
            # A block may be split over two replies; the next then begins with the same block.
            split = not last and ShortChannelId(pieces[number + 1][0]).block_height < stop
            first = stop - 1 if split else stop
        return [encode(reply) for reply in replies]

    def _queue_answer(self, query: QueryShortChannelIds) -> list[bytes]:
        scids = decode_scids(query.encoded_short_ids)
        flags = _decode_flags(query.query_flags, len(scids))
        if query.chain_hash != self._graph.chain_hash:
            end = ReplyShortChannelIdsEnd(chain_hash=query.chain_hash, full_information=0)
            return [encode(end)]
        if len(self._answers) >= MAX_WAITING_QUERIES:
            raise TooManyQueries(waiting=len(self._answers))
        self._answers.append((scids[::-1], flags[::-1]))
        return []

    def _next_answer(self) -> list[bytes]:
        scids, flags = self._answers[0]
        if not scids:
            self._answers.popleft()
            end = ReplyShortChannelIdsEnd(chain_hash=self._graph.chain_hash, full_information=1)
            return [encode(end)]
        slot, wanted = self._graph.slot_of(scids.pop()), flags.pop()
        return [] if slot is None else self._messages_of(slot, wanted)

    def _messages_of(self, slot: int, wanted: int) -> list[bytes]:
        graph = self._graph
        found: list[bytes | None] = [
            graph.announcement(slot) if wanted & 1 else None,
            graph.update(slot, 0) if wanted & 2 else None,
            graph.update(slot, 1) if wanted & 4 else None,
        ]
        for bit, index in ((8, graph.columns.node_1[slot]), (16, graph.columns.node_2[slot])):
            node = graph.node_announcement_at(index) if wanted & bit else None
            found.append(node[1] if node else None)
        return [raw for raw in found if raw is not None]

    def _set_filter(self, message: GossipTimestampFilter) -> None:
        if message.chain_hash != self._graph.chain_hash:
            return
        first = message.first_timestamp
        self._filter = (first, first + message.timestamp_range)
        self._backlog = 0 if message.timestamp_range else None
        self._backlog_nodes = set()

    def _next_of_backlog(self, slot: int) -> list[bytes]:
        graph = self._graph
        if slot >= graph.slot_count:
            self._backlog, self._backlog_nodes = None, set()
            return []
        self._backlog = slot + 1
        announcement = graph.announcement(slot)
        updates = [
            raw
            for direction in (0, 1)
            if (raw := graph.update(slot, direction)) is not None
            and self.wants(graph.columns.timestamp[2 * slot + direction])
        ]
        # Without an update in the peer's range the announcement has no timestamp of its own.
        if announcement is None or not updates:
            return []
        return [announcement, *updates, *self._nodes_of(slot)]

    def _nodes_of(self, slot: int) -> list[bytes]:
        columns = self._graph.columns
        found = []
        for index in {columns.node_1[slot], columns.node_2[slot]} - self._backlog_nodes:
            self._backlog_nodes.add(index)
            node = self._graph.node_announcement_at(index)
            if node is not None and self.wants(node[0]):
                found.append(node[1])
        return found

    # -- we ask ---------------------------------------------------------------------------------

    def _learn_range(self, reply: ReplyChannelRange) -> list[bytes]:
        if self._range_done or reply.chain_hash != self._graph.chain_hash:
            return []
        room = MAX_WANTED_SCIDS - len(self._wanted)
        scids = decode_scids(reply.encoded_short_ids)
        self._wanted += [scid for scid in scids if self._graph.slot_of(scid) is None][:room]
        self._range_done = reply.first_blocknum + reply.number_of_blocks >= _ALL_BLOCKS
        return self._ask_next()

    def _ask_next(self) -> list[bytes]:
        # Much of what was named arrives through the filter in the meantime.
        while self._wanted and not self._asked:
            piece = self._wanted[:MAX_SCIDS_PER_QUERY]
            del self._wanted[:MAX_SCIDS_PER_QUERY]
            missing = sorted(scid for scid in set(piece) if self._graph.slot_of(scid) is None)
            if missing:
                self._asked = True
                query = QueryShortChannelIds(
                    chain_hash=self._graph.chain_hash, encoded_short_ids=encode_scids(missing)
                )
                return [encode(query)]
        return []
