"""`step(state, command, context) -> Transition`: the one way a channel changes.

The outer match is on the state, the inner ones on the command and the message; each arm calls one
named function of the modules beside this one. A rule the peer broke is raised as a `ChannelError`;
`fail` says what becomes of the channel then.
"""

from dataclasses import replace

from tipdesk.base.text import one_line
from tipdesk.lightning.channel import (
    action,
    command,
    errors,
    normal,
    opening,
    reconnect,
    shutdown,
)
from tipdesk.lightning.channel.action import ChannelAction, Transition
from tipdesk.lightning.channel.command import ChannelCommand
from tipdesk.lightning.channel.commitments import (
    Commitments,
    forget_uncommitted,
    signed_local_commitment,
)
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.state import (
    AwaitingAccept,
    AwaitingFunding,
    AwaitingFundingCreated,
    AwaitingFundingSigned,
    AwaitingReady,
    ChannelState,
    Closed,
    ClosedBy,
    Closing,
    Connected,
    Failed,
    Idle,
    Live,
    Negotiating,
    Normal,
    Offline,
    Opening,
    Reestablishing,
    ShuttingDown,
    inner,
)
from tipdesk.lightning.wire.closing import ClosingSigned, Shutdown
from tipdesk.lightning.wire.gossip import AnnouncementSignatures
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.opening import (
    AcceptChannel,
    ChannelReady,
    FundingCreated,
    FundingSigned,
    OpenChannel,
)
from tipdesk.lightning.wire.reestablish import ChannelReestablish
from tipdesk.lightning.wire.setup import Error, Warning
from tipdesk.lightning.wire.updates import (
    CommitmentSigned,
    RevokeAndAck,
    UpdateAddHtlc,
    UpdateFailHtlc,
    UpdateFailMalformedHtlc,
    UpdateFee,
    UpdateFulfillHtlc,
)


def step(state: ChannelState, given: ChannelCommand, context: ChannelContext) -> Transition:
    """The next state and the effects on the way; raises `ChannelError` if the peer broke a rule."""
    match state:
        case Idle() | AwaitingAccept() | AwaitingFunding():
            return _step_opening(state, given, context)
        case AwaitingFundingSigned() | AwaitingFundingCreated():
            return _step_opening(state, given, context)
        case Offline():
            return _step_offline(state, given, context)
        case Reestablishing():
            return _step_reestablishing(state, given, context)
        case AwaitingReady() | Normal() | ShuttingDown() | Negotiating():
            return _step_connected(state, given, context)
        case Closing():
            return _step_closing(state, given)
        case Failed():
            return _step_failed(state, given, context)
        case Closed():
            return _ignored(state, given)


def fail(state: ChannelState, error: errors.ChannelError) -> Transition:
    """What becomes of a channel whose peer broke a rule; answering the peer is the shell's."""
    if isinstance(state, Opening):
        return _opening_failed(state, str(error))
    live = inner(state)
    if not error.fails_channel or isinstance(live, Closing | Closed | Failed):
        return Transition(state)
    commitments, never_sent = _without_unsigned(live)
    failed = Failed(
        terms=live.terms, commitments=commitments, reason=str(error), may_broadcast=True
    )
    return Transition(failed, (action.Persist(), *never_sent))


def _without_unsigned(
    state: Connected | Closing | Failed,
) -> tuple[Commitments, tuple[ChannelAction, ...]]:
    """A channel that ends signs nothing more: what stands unsigned never was, and is told so."""
    after, dropped = forget_uncommitted(state.commitments)
    return after, tuple(action.HtlcNeverSent(htlc) for htlc in dropped)


def _opening_failed(state: Opening, reason: str) -> Transition:
    actions: tuple[ChannelAction, ...] = (action.OpeningFailed(reason),)
    if isinstance(state, AwaitingFundingSigned):
        actions = (action.ReleaseFunding(state.funding), *actions)
    return Transition(Idle(), actions)


def _ignored(state: ChannelState, given: ChannelCommand) -> Transition:
    if isinstance(given, command.AddHtlc):
        return normal.refuse_add(state, given)
    return Transition(state)


def _unexpected(state: ChannelState, message: Message) -> errors.UnexpectedMessage:
    return errors.UnexpectedMessage(message=type(message).__name__, state=type(state).__name__)


def _step_opening(state: Opening, given: ChannelCommand, context: ChannelContext) -> Transition:
    match state, given:
        case Idle(), command.Open():
            return opening.open_channel(state, given, context)
        case AwaitingFunding(), command.FundingReady():
            return opening.funding_ready(state, given, context)
        case _, command.PeerDisconnected():
            return _opening_failed(state, "the peer went away before the channel was open")
        case _, command.MessageReceived(message):
            return _opening_message(state, message, context)
        case _:
            return _ignored(state, given)


def _opening_message(state: Opening, message: Message, context: ChannelContext) -> Transition:
    match state, message:
        case _, Error():
            return _opening_failed(state, _remote_text(message))
        case _, Warning():
            return Transition(state)
        case Idle(), OpenChannel():
            return opening.receive_open(state, message, context)
        case AwaitingAccept(), AcceptChannel():
            return opening.receive_accept(state, message, context)
        case AwaitingFundingCreated(), FundingCreated():
            return opening.receive_funding_created(state, message, context)
        case AwaitingFundingSigned(), FundingSigned():
            return opening.receive_funding_signed(state, message, context)
        case _:
            raise _unexpected(state, message)


def _remote_text(message: Error) -> str:
    # Class 20: it goes into logs and onto the screen.
    return "the peer refused: " + one_line(message.data.decode("utf-8", "replace"), maximum=200)


def _step_offline(state: Offline, given: ChannelCommand, context: ChannelContext) -> Transition:
    match given:
        case command.PeerConnected():
            return reconnect.connected(state, context)
        case _:
            return _without_peer(state, given, context)


def _step_reestablishing(
    state: Reestablishing, given: ChannelCommand, context: ChannelContext
) -> Transition:
    match given:
        case command.PeerDisconnected():
            return Transition(Offline(state.of))
        case command.MessageReceived(ChannelReestablish() as message):
            return _after(reconnect.receive_reestablish(state, message, context), context)
        case command.MessageReceived(Error()):
            return _failed_by_peer(state.of, given.message)
        case command.MessageReceived(Warning() | AnnouncementSignatures()):
            return Transition(state)
        case command.MessageReceived(ChannelReady()):
            # Some send it before reestablishing; it says nothing that is not said again.
            return Transition(state)
        case command.MessageReceived(message):
            raise _unexpected(state, message)
        case _:
            return _without_peer(state, given, context)


def _without_peer(
    state: Offline | Reestablishing, given: ChannelCommand, context: ChannelContext
) -> Transition:
    """What the chain and the person may do while the peer is away; settlements are kept for it."""
    live = state.of
    match given:
        case command.FundingConfirmed() if isinstance(live, AwaitingReady):
            done = opening.funding_confirmed(live, given, context, connected=False)
        case command.FundingSpent():
            return _funding_spent(live, given)
        case command.ForceClose():
            return _broadcast(live, context)
        case command.RemoveHtlc() if isinstance(live, Normal | ShuttingDown):
            done = normal.remove_htlc(live, given, context)
        case _:
            return _ignored(state, given)
    actions = tuple(a for a in done.actions if not isinstance(a, action.Send))
    after = done.state
    if isinstance(after, AwaitingReady | Normal | ShuttingDown | Negotiating):
        return Transition(replace(state, of=after), actions)
    return Transition(after, actions)


def _step_connected(state: Connected, given: ChannelCommand, context: ChannelContext) -> Transition:
    match given:
        case command.PeerDisconnected():
            return reconnect.disconnected(state)
        case command.FundingSpent():
            return _funding_spent(state, given)
        case command.ForceClose():
            return _broadcast(state, context)
        case command.MessageReceived(Error() as message):
            return _failed_by_peer(state, message)
        case command.MessageReceived(Warning()):
            return Transition(state)
        case command.MessageReceived(AnnouncementSignatures() as message):
            return Transition(state, (action.AnnouncementReceived(message),))
        case command.MessageReceived(message):
            return _after(_connected_message(state, message, context), context)
        case _:
            return _after(_connected_command(state, given, context), context)


def _connected_command(
    state: Connected, given: ChannelCommand, context: ChannelContext
) -> Transition:
    match state, given:
        case AwaitingReady(), command.FundingConfirmed():
            return opening.funding_confirmed(state, given, context, connected=True)
        case Normal(), command.AddHtlc():
            return normal.add_htlc(state, given, context)
        case Normal() | ShuttingDown(), command.RemoveHtlc():
            return normal.remove_htlc(state, given, context)
        case Normal() | ShuttingDown(), command.UpdateFeerate():
            return normal.update_feerate(state, given, context)
        case Normal() | ShuttingDown(), command.Sign():
            return normal.sign(state, given, context)
        case Normal() | ShuttingDown(), command.Close():
            return shutdown.close(state, given, context)
        case _:
            return _ignored(state, given)


def _connected_message(state: Connected, message: Message, context: ChannelContext) -> Transition:
    match state, message:
        case AwaitingReady(), ChannelReady():
            return opening.receive_channel_ready(state, message, context)
        case Normal() | ShuttingDown() | Negotiating(), ChannelReady():
            return Transition(state)
        case Normal() | ShuttingDown(remote_script=None), UpdateAddHtlc():
            return normal.receive_add(state, message, context)
        case Normal() | ShuttingDown(), UpdateFulfillHtlc():
            return normal.receive_fulfill(state, message, context)
        case Normal() | ShuttingDown(), UpdateFailHtlc():
            return normal.receive_fail(state, message, context)
        case Normal() | ShuttingDown(), UpdateFailMalformedHtlc():
            return normal.receive_fail_malformed(state, message, context)
        case Normal() | ShuttingDown(), UpdateFee():
            return normal.receive_fee(state, message, context)
        case Normal() | ShuttingDown(), CommitmentSigned():
            return normal.receive_signature(state, message, context)
        case Normal() | ShuttingDown(), RevokeAndAck():
            return normal.receive_revoke(state, message, context)
        case Normal() | ShuttingDown(), Shutdown():
            return shutdown.receive_shutdown(state, message, context)
        case Negotiating(), Shutdown():
            return shutdown.receive_shutdown_again(state, context)
        case Negotiating(), ClosingSigned():
            return shutdown.receive_closing_signed(state, message, context)
        case _:
            raise _unexpected(state, message)


def _after(done: Transition, context: ChannelContext) -> Transition:
    """A channel that shuts down goes on with it whenever anything else has moved."""
    if not isinstance(done.state, ShuttingDown):
        return done
    further = shutdown.proceed(done.state, context)
    return Transition(further.state, (*done.actions, *further.actions))


def _failed_by_peer(state: Connected, message: Message) -> Transition:
    text = _remote_text(message) if isinstance(message, Error) else "the peer failed the channel"
    commitments, never_sent = _without_unsigned(state)
    failed = Failed(terms=state.terms, commitments=commitments, reason=text, may_broadcast=True)
    return Transition(failed, (action.Persist(), action.Disconnect(), *never_sent))


def _broadcast(state: Connected | Failed, context: ChannelContext) -> Transition:
    transaction = signed_local_commitment(state.commitments, state.terms, context.signer)
    commitments, never_sent = _without_unsigned(state)
    closing = Closing(
        terms=state.terms, commitments=commitments, transaction=transaction, by=ClosedBy.US
    )
    return Transition(closing, (action.Persist(), action.Publish(transaction), *never_sent))


def _funding_spent(state: Connected | Closing | Failed, given: command.FundingSpent) -> Transition:
    known = isinstance(state, Closing) and state.transaction.txid == given.transaction.txid
    if known:
        return Transition(state)
    commitments, never_sent = _without_unsigned(state)
    closing = Closing(
        terms=state.terms,
        commitments=commitments,
        transaction=given.transaction,
        by=ClosedBy.PEER,
    )
    return Transition(closing, (action.Persist(), *never_sent))


def _step_closing(state: Closing, given: ChannelCommand) -> Transition:
    match given:
        case command.FundingSpent():
            return _funding_spent(state, given)
        case command.ClosingBuried(transaction):
            closed = Closed(
                terms=state.terms,
                commitments=state.commitments,
                transaction=transaction,
                by=state.by,
            )
            return Transition(closed, (action.Persist(),))
        case _:
            return _ignored(state, given)


def _step_failed(state: Failed, given: ChannelCommand, context: ChannelContext) -> Transition:
    match given:
        case command.FundingSpent():
            return _funding_spent(state, given)
        case command.PeerConnected():
            # BOLT 2: a failed channel answers everything with the error that failed it.
            message = Error(channel_id=state.terms.channel_id, data=state.reason.encode())
            return Transition(state, (action.Send(message),))
        case command.ForceClose() if state.may_broadcast:
            return _broadcast(state, context)
        case _:
            return _ignored(state, given)


def restored(state: Live) -> Live:
    """A stored state as a new process finds it: the peer is away, what nobody signed is undone."""
    if isinstance(state, AwaitingReady | Normal | ShuttingDown | Negotiating):
        after = reconnect.disconnected(state).state
        if isinstance(after, Offline):
            return after
    if isinstance(state, Reestablishing):
        return Offline(state.of)
    return state
