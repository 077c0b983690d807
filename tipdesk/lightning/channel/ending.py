"""How a channel ends without agreement, and what follows on the chain (BOLT 5).

A channel that fails is broadcast at once. What stands unsigned then never was; what was signed is
settled by the chain.
"""

from dataclasses import replace

from tipdesk.base.text import one_line
from tipdesk.lightning.channel import action, command, normal, reconnect
from tipdesk.lightning.channel.action import ChannelAction, Transition
from tipdesk.lightning.channel.command import ChannelCommand
from tipdesk.lightning.channel.commitments import (
    Commitments,
    forget_uncommitted,
    signed_local_commitment,
)
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    Closed,
    ClosedBy,
    Closing,
    Connected,
    Failed,
    Idle,
)
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Error


def given_up(state: Connected, reason: str, context: ChannelContext) -> Transition:
    """BOLT 5, "Failing a Channel": our newest commitment is broadcast, if it can be mined at all.

    Before the funding is in a block it cannot: then the funder waits for it, and the other side,
    which has put nothing in, forgets the channel (class 4).
    """
    if not isinstance(state, AwaitingReady) or state.short_channel_id is not None:
        return broadcast(state, context, reason)
    if not state.terms.is_funder:
        return Transition(Idle(), (action.Forget(state.terms.channel_id),))
    failed = Failed(
        terms=state.terms,
        commitments=state.commitments,
        reason=reason,
        may_broadcast=True,
        funding=state.funding,
    )
    return Transition(failed, (action.Persist(),))


def _without_unsigned(
    state: Connected | Closing | Closed | Failed,
) -> tuple[Commitments, tuple[ChannelAction, ...]]:
    """A channel that ends signs nothing more: what stands unsigned never was, and is told so."""
    after, dropped = forget_uncommitted(state.commitments)
    return after, tuple(action.HtlcNeverSent(htlc) for htlc in dropped)


def remote_text(message: Error) -> str:
    """What a peer's `error` says, made safe."""
    # Class 20: it goes into logs and onto the screen.
    return "the peer refused: " + one_line(message.data.decode("utf-8", "replace"), maximum=200)


def failed_by_peer(state: Connected, message: Message, context: ChannelContext) -> Transition:
    """BOLT 1: an `error` of the peer's ends the channel."""
    text = remote_text(message) if isinstance(message, Error) else "the peer failed the channel"
    done = given_up(state, text, context)
    return Transition(done.state, (*done.actions, action.Disconnect()))


def timed_out(state: AwaitingReady) -> Transition:
    """A funder keeps a channel: its money may be on the way."""
    if state.terms.is_funder or state.short_channel_id is not None:
        return Transition(state)
    return Transition(Idle(), (action.Forget(state.terms.channel_id),))


def broadcast(state: Connected | Failed, context: ChannelContext, reason: str = "") -> Transition:
    """Our newest commitment goes to the chain."""
    transaction = signed_local_commitment(state.commitments, state.terms, context.signer)
    commitments, never_sent = _without_unsigned(state)
    closing = Closing(
        terms=state.terms,
        commitments=commitments,
        transaction=transaction,
        by=ClosedBy.US,
        reason=reason,
    )
    return Transition(closing, (action.Persist(), action.Publish(transaction), *never_sent))


def funding_spent(
    state: Connected | Closing | Closed | Failed, given: command.FundingSpent
) -> Transition:
    """Somebody's transaction spends the funding: it takes the place of what we expected."""
    if isinstance(state, Closing | Closed) and state.transaction.txid == given.transaction.txid:
        return Transition(state)
    commitments, never_sent = _without_unsigned(state)
    closing = Closing(
        terms=state.terms,
        commitments=commitments,
        transaction=given.transaction,
        by=given.by,
        reason=getattr(state, "reason", ""),
    )
    return Transition(closing, (action.Persist(), *never_sent))


def step_closing(state: Closing, given: ChannelCommand) -> Transition:
    """While the end is under way only the chain has a say."""
    match given:
        case command.FundingSpent():
            return funding_spent(state, given)
        case command.ClosingBuried(is_final):
            closed = Closed(
                terms=state.terms,
                commitments=state.commitments,
                transaction=state.transaction,
                by=state.by,
                reason=state.reason,
                is_final=is_final,
            )
            return Transition(closed, (action.Persist(),))
        case command.PeerConnected() if state.by is not ClosedBy.AGREEMENT:
            # BOLT 2: whoever missed how it ended is told.
            text = state.reason or "the channel was closed on chain"
            message = Error(channel_id=state.terms.channel_id, data=text.encode())
            return Transition(state, (action.Send(message),))
        case _:
            return normal.ignored(state, given)


def step_closed(state: Closed, given: ChannelCommand) -> Transition:
    """What a reorganisation may still undo."""
    match given:
        case command.FundingSpent():
            return funding_spent(state, given)
        case command.ClosingBuried(is_final=True):
            return Transition(replace(state, is_final=True), (action.Persist(),))
        case command.ClosingUndone():
            closing = Closing(
                terms=state.terms,
                commitments=state.commitments,
                transaction=state.transaction,
                by=state.by,
                reason=state.reason,
            )
            return Transition(closing, (action.Persist(), action.Publish(state.transaction)))
        case _:
            return normal.ignored(state, given)


def step_failed(state: Failed, given: ChannelCommand, context: ChannelContext) -> Transition:
    """Waits for the chain, or for a person, if it may be broadcast at all."""
    match given:
        case command.FundingSpent():
            return funding_spent(state, given)
        case command.PeerConnected():
            # BOLT 2: a failed channel answers everything with the error that failed it. Where our
            # state is lost, our numbers show it, and either of the two makes the peer close.
            terms = state.terms
            error = Error(channel_id=terms.channel_id, data=state.reason.encode())
            ours = reconnect.reestablish_message(state.commitments, terms, context)
            return Transition(state, (action.Send(ours), action.Send(error)))
        case command.ForceClose() | command.FundingConfirmed() if state.may_broadcast:
            return broadcast(state, context, state.reason)
        case _:
            return normal.ignored(state, given)
