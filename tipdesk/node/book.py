"""Which channels there are: by id, by short id, by the id of an opening, by peer."""

from tipdesk.base.ids import ChannelId, NodeId, ShortChannelId
from tipdesk.lightning.channel.state import (
    AwaitingFundingSigned,
    AwaitingReady,
    Closed,
    Normal,
    Opening,
    ShuttingDown,
    inner,
)
from tipdesk.node.channels import ChannelDriver


class ChannelBook:
    """The node's channels, opening ones included."""

    def __init__(self) -> None:
        self._by_id: dict[ChannelId, ChannelDriver] = {}
        self._by_scid: dict[ShortChannelId, ChannelDriver] = {}
        self._opening: dict[tuple[NodeId, bytes], ChannelDriver] = {}

    def all(self) -> list[ChannelDriver]:
        """Every channel that is live and not closed."""
        return [
            channel
            for channel in self._by_id.values()
            if channel.live is not None and not isinstance(channel.live, Closed)
        ]

    def closed(self) -> list[ChannelDriver]:
        """Channels whose closing a reorganisation might still undo."""
        return [c for c in self._by_id.values() if isinstance(c.live, Closed)]

    def add_opening(self, channel: ChannelDriver, temporary_id: bytes) -> None:
        """A channel that is being opened with its peer."""
        channel.temporary_id = temporary_id
        self._opening[channel.peer, temporary_id] = channel

    def file(self, channel: ChannelDriver) -> None:
        """Enters a channel under whatever its state has given it by now."""
        state = channel.state
        if isinstance(state, AwaitingFundingSigned):
            self._by_id[state.terms.channel_id] = channel
        if isinstance(state, Opening):
            return
        if channel.temporary_id is not None:
            self._opening.pop((channel.peer, channel.temporary_id), None)
            channel.temporary_id = None
        live = inner(state)
        self._by_id[live.terms.channel_id] = channel
        if isinstance(live, Normal | ShuttingDown | AwaitingReady):
            if live.short_channel_id is not None:
                self._by_scid[live.short_channel_id] = channel
            self._by_scid[live.terms.alias] = channel
        elif isinstance(live, Closed) and live.is_final:
            self._by_id.pop(live.terms.channel_id, None)

    def drop_opening(self, channel: ChannelDriver) -> None:
        """The channel came to nothing."""
        self._opening = {key: c for key, c in self._opening.items() if c is not channel}
        self._by_id = {key: c for key, c in self._by_id.items() if c is not channel}

    def of(self, channel_id: ChannelId) -> ChannelDriver | None:
        """The channel with this id."""
        return self._by_id.get(channel_id)

    def by_scid(self, short_channel_id: ShortChannelId) -> ChannelDriver | None:
        """The channel with this short id or alias of ours."""
        return self._by_scid.get(short_channel_id)

    def opening(self, peer: NodeId, temporary_id: bytes) -> ChannelDriver | None:
        """The channel that the peer opens under this temporary id."""
        return self._opening.get((peer, temporary_id))

    def with_peer(self, peer: NodeId) -> list[ChannelDriver]:
        """All channels with a peer, opening ones included."""
        live = [c for c in self._by_id.values() if c.peer == peer]
        return live + [c for c in self._opening.values() if c.peer == peer and c not in live]

    def opening_count(self, peer: NodeId | None = None) -> int:
        """How many channels are being opened, or are open but not confirmed."""
        waiting = [c for c in self._by_id.values() if _unconfirmed(c)]
        everything = list(self._opening.values()) + waiting
        return sum(1 for c in everything if peer is None or c.peer == peer)


def _unconfirmed(channel: ChannelDriver) -> bool:
    state = channel.state
    return not isinstance(state, Opening) and isinstance(inner(state), AwaitingReady)
