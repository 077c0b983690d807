"""A channel's driver: runs the machine's actions in their order, stores before it sends."""

import logging
from typing import Protocol

from tipdesk.base.ids import ChannelId, NodeId, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel import action, command, limits
from tipdesk.lightning.channel.commitments import Commitments
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.errors import AddRefusal, ChannelError
from tipdesk.lightning.channel.htlc import (
    FailedMalformed,
    FailedWith,
    Htlc,
    HtlcKey,
    Outcome,
    Owner,
)
from tipdesk.lightning.channel.machine import fail, restored, step
from tipdesk.lightning.channel.state import (
    ChannelState,
    Live,
    Normal,
    Opening,
    ShuttingDown,
    inner,
)
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.keys.signer import ChannelSigner
from tipdesk.lightning.wire.gossip import AnnouncementSignatures
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Error, Warning
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import NodeStore

_log = logging.getLogger(__name__)


class ChannelHost(Protocol):
    """What a channel's driver needs of the node around it."""

    @property
    def turn(self) -> Turn:
        """The present turn."""
        ...

    @property
    def store(self) -> NodeStore:
        """Where channels are kept."""
        ...

    def context(self, channel: "ChannelDriver") -> ChannelContext:
        """The world as the channel's next step may see it."""
        ...

    def send(self, peer: NodeId, message: Message) -> None:
        """Sends to the peer after the commit; dropped if it is away."""
        ...

    def disconnect(self, peer: NodeId) -> None:
        """Closes the connection after the commit."""
        ...

    def channel_changed(self, channel: "ChannelDriver", before: ChannelState) -> None:
        """The channel's state is another one."""
        ...

    def fund(self, channel: "ChannelDriver", request: action.RequestFunding) -> None:
        """Asks the wallet for the funding transaction."""
        ...

    def release(self, transaction: Transaction) -> None:
        """Frees the inputs of a funding that will not happen."""
        ...

    def publish(self, transaction: Transaction) -> None:
        """Broadcasts after the commit."""
        ...

    def watch(self, channel: "ChannelDriver", request: action.WatchFunding) -> None:
        """Watches the funding output."""
        ...

    def forget(self, channel: "ChannelDriver", channel_id: ChannelId) -> None:
        """The channel holds nothing and never will: it leaves the store and the book."""
        ...

    def htlc_received(self, channel: "ChannelDriver", htlc: Htlc) -> None:
        """An incoming HTLC is irrevocably committed."""
        ...

    def htlc_fulfilled(self, channel: "ChannelDriver", htlc: Htlc, preimage: Preimage) -> None:
        """The peer revealed a preimage."""
        ...

    def htlc_failed(
        self, channel: "ChannelDriver", htlc: Htlc, outcome: FailedWith | FailedMalformed
    ) -> None:
        """An HTLC of ours is irrevocably gone."""
        ...

    def htlc_never_sent(self, channel: "ChannelDriver", htlc: Htlc) -> None:
        """An HTLC of ours was dropped unsigned."""
        ...

    def announcement_received(
        self, channel: "ChannelDriver", message: AnnouncementSignatures
    ) -> None:
        """The peer's half of the channel announcement."""
        ...

    def opening_failed(self, channel: "ChannelDriver", reason: str) -> None:
        """The channel did not come to be."""
        ...


class ChannelDriver:
    """One channel: its state, and the one who changes it.

    A live `state` is one that was stored by an earlier process.
    """

    def __init__(
        self,
        host: ChannelHost,
        peer: NodeId,
        key_id: bytes,
        signer: ChannelSigner,
        state: ChannelState,
    ) -> None:
        self._host = host
        self.peer = peer
        self.key_id = key_id
        self.signer = signer
        self.state = state
        self.temporary_id: bytes | None = None
        self.is_held = False
        """A reorganisation took the funding out of its block: nothing is added until it is back."""
        self._stored: dict[HtlcKey, Htlc] | None = None
        if not isinstance(state, Opening):
            # Rows of what a restart undoes go with the next `Persist`, or it is undone again.
            self._stored = dict(inner(state).commitments.htlcs)
            self.state = restored(state)

    def __repr__(self) -> str:
        return f"ChannelDriver({type(self.state).__name__} with {self.peer})"

    @property
    def live(self) -> Live | None:
        """The state, once there is a channel."""
        return None if isinstance(self.state, Opening) else self.state

    @property
    def terms(self) -> ChannelTerms:
        """The terms of a channel that is live."""
        if isinstance(self.state, Opening):
            raise TypeError("the channel is not open yet")
        return inner(self.state).terms

    @property
    def commitments(self) -> Commitments | None:
        """Balances and HTLCs, once the channel is live."""
        return None if isinstance(self.state, Opening) else inner(self.state).commitments

    @property
    def channel_id(self) -> ChannelId:
        """The id of a channel that is live."""
        return self.terms.channel_id

    @property
    def is_usable(self) -> bool:
        """Whether HTLCs can be added now."""
        return isinstance(self.state, Normal) and not self.is_held

    @property
    def can_settle(self) -> bool:
        """Whether incoming HTLCs can be settled or failed, now or when the peer is back."""
        live = self.live
        return live is not None and isinstance(inner(live), Normal | ShuttingDown)

    @property
    def spendable(self) -> Msat:
        """The most that one more HTLC of ours may carry now."""
        if not isinstance(self.state, Normal) or self.is_held:
            return Msat(0)
        return limits.spendable(self.state.commitments, self.state.terms)

    def is_overexposed(self, limit: Msat) -> bool:
        """Whether more than `limit` is under way in HTLCs too small for the chain (class 17)."""
        c = self.commitments
        return c is not None and any(limits.dust_exposure(c, self.terms, o) > limit for o in Owner)

    def handle(self, given: command.ChannelCommand) -> tuple[action.ChannelAction, ...]:
        """One step of the machine, and its effects; returns the actions for who asked."""
        before = self.state
        try:
            done = step(before, given, self._host.context(self))
        except ChannelError as error:
            self._broke_a_rule(error)
            return ()
        self.state = done.state
        for item in done.actions:
            self._run(item)
        if self._may_sign:
            self._host.turn.sign_later(self)
        if self.state is not before:
            self._host.channel_changed(self, before)
        return done.actions

    @property
    def _may_sign(self) -> bool:
        state = self.state
        if not isinstance(state, Normal | ShuttingDown):
            return False
        return state.commitments.can_sign and state.commitments.has_changes_to_sign

    def sign(self) -> None:
        """Signs what is pending, if it may."""
        self.handle(command.Sign())

    def remove(self, htlc_id: int, outcome: Outcome, attribution: bytes = b"") -> None:
        """Settles or fails an incoming HTLC."""
        self.handle(command.RemoveHtlc(htlc_id, outcome, attribution))

    def add(self, given: command.AddHtlc) -> Htlc | AddRefusal:
        """Offers an HTLC: the HTLC, or why not."""
        if self.is_held:
            return AddRefusal.NOT_USABLE
        for item in self.handle(given):
            if isinstance(item, action.HtlcAdded):
                return item.htlc
            if isinstance(item, action.HtlcRefused):
                return item.reason
        return AddRefusal.NOT_USABLE

    def _broke_a_rule(self, error: ChannelError) -> None:
        _log.warning("%r: %s", self, error)
        channel_id = ChannelId(self.temporary_id or bytes(32))
        if not isinstance(self.state, Opening):
            channel_id = self.channel_id
        text = str(error)[:500].encode()
        kind = Error if error.fails_channel or isinstance(self.state, Opening) else Warning
        before = self.state
        done = fail(before, error, self._host.context(self))
        self.state = done.state
        for item in done.actions:
            self._run(item)
        self._host.send(self.peer, kind(channel_id=channel_id, data=text))
        if not isinstance(before, Opening):
            self._host.disconnect(self.peer)
        if self.state is not before:
            self._host.channel_changed(self, before)

    def _persist(self, finished: tuple[Htlc, ...]) -> None:
        if isinstance(self.state, Opening):
            raise TypeError("a channel that is not live is not stored")
        self._host.store.save_channel(self.state, self._stored, finished)
        self._stored = dict(inner(self.state).commitments.htlcs)
        self._host.turn.touched()

    def _run(self, item: action.ChannelAction) -> None:
        host, turn = self._host, self._host.turn
        match item:
            case action.Persist(finished):
                self._persist(finished)
            case action.Send(message):
                host.send(self.peer, message)
            case action.Disconnect():
                host.disconnect(self.peer)
            case action.RequestFunding():
                host.fund(self, item)
            case action.ReleaseFunding(transaction):
                host.release(transaction)
            case action.Publish(transaction):
                host.publish(transaction)
            case action.WatchFunding():
                host.watch(self, item)
            case action.Forget(channel_id):
                host.forget(self, channel_id)
            case action.HtlcAdded() | action.HtlcRefused():
                pass
            case action.HtlcReceived(htlc):
                turn.event(lambda: host.htlc_received(self, htlc))
            case action.HtlcFulfilled(htlc, preimage):
                turn.event(lambda: host.htlc_fulfilled(self, htlc, preimage))
            case action.HtlcFailed(htlc, outcome):
                turn.event(lambda: host.htlc_failed(self, htlc, outcome))
            case action.HtlcNeverSent(htlc):
                turn.event(lambda: host.htlc_never_sent(self, htlc))
            case action.AnnouncementReceived(message):
                if isinstance(message, AnnouncementSignatures):
                    host.announcement_received(self, message)
            case action.OpeningFailed(reason):
                host.opening_failed(self, reason)
