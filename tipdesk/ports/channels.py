"""The channels of a wallet that has some: shown, opened and closed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tipdesk.base.ids import ChannelId, NodeId, ShortChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
from tipdesk.lightning.channel.limits import ChannelShare


class ChannelStatus(Enum):
    """What a person needs to know of a channel's state; the value is what is shown."""

    OPENING = Phrase("Opening")
    CONFIRMING = Phrase("Waiting for confirmations")
    ONLINE = Phrase("Online")
    OFFLINE = Phrase("Peer offline")
    CLOSING = Phrase("Closing")
    CLOSED = Phrase("Closed")
    FAILED = Phrase("Failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """One channel as it is now."""

    channel_id: ChannelId
    peer: NodeId
    peer_alias: str
    status: ChannelStatus
    capacity: Sat
    ours: Msat
    """Our balance, the reserve included, HTLCs under way apart."""
    theirs: Msat
    our_reserve: Sat
    """What we must always keep."""
    their_reserve: Sat
    spendable: Msat
    """The most that one more payment of ours may carry."""
    receivable: Msat
    in_flight: Msat
    is_funder: bool
    announced: bool
    short_channel_id: ShortChannelId | None
    share: ChannelShare
    """Our side of it, as long as no transaction closes it; all zero after that."""
    coming: Sat = Sat(0)
    """What the closing brings and no transaction has taken yet: the wallet does not see it."""
    free_at: BlockHeight | None = None
    """When the last of that can be taken; None if now, or if nobody can say yet."""
    flight_ends: BlockHeight | None = None
    """By then the last of our payments under way has arrived or come back."""
    first_expiry: BlockHeight | None = None
    """When the first payment under way, of either side, runs out."""
    answer_within: CltvDelta | None = None
    """How long we have to answer an old state that the peer publishes; None if it never can."""
    own_delay: CltvDelta | None = None
    """How long our money waits if we close alone; None once a transaction closes it."""
    detail: str = ""
    """Why it failed, or what it waits for."""


class ChannelAdmin(Protocol):
    """Opens, closes and lists channels."""

    @property
    def node_id(self) -> NodeId:
        """Our node's public key."""
        ...

    def channels(self) -> tuple[ChannelView, ...]:
        """All channels that are not history."""
        ...

    async def open_channel(self, peer: str, amount: Sat, *, announce: bool) -> ChannelId:
        """Opens a channel to `node_id@host:port`; returns once its funding is broadcast.

        Raises `RequestError` with a sentence; no money moved then.
        """
        ...

    async def close_channel(self, channel_id: ChannelId, *, force: bool) -> None:
        """Begins to close; by agreement, or alone if `force`. Raises `RequestError`."""
        ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Calls `listener` whenever what `channels` returns may have changed."""
        ...
