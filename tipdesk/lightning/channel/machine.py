"""`step(state, command, context) -> Transition`: the one way a channel changes.

The outer match is on the state, the inner ones on the command and the message; each arm calls one
named function of the modules beside this one. A rule the peer broke is raised as a `ChannelError`;
`fail` says what becomes of the channel then.
"""

from dataclasses import replace

from tipdesk.lightning.channel import (
    action,
    command,
    ending,
    errors,
    normal,
    opening,
    reconnect,
    shutdown,
)
from tipdesk.lightning.channel.action import ChannelAction, Transition
from tipdesk.lightning.channel.command import ChannelCommand
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.state import (
    AwaitingAccept,
    AwaitingFunding,
    AwaitingFundingCreated,
    AwaitingFundingSigned,
    AwaitingReady,
    ChannelState,
    Closed,
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
            return ending.step_closing(state, given)
        case Failed():
            return ending.step_failed(state, given, context)
        case Closed():
            return ending.step_closed(state, given)


def fail(state: ChannelState, error: errors.ChannelError, context: ChannelContext) -> Transition:
    """What becomes of a channel whose peer broke a rule; answering the peer is the shell's."""
    if isinstance(state, Opening):
        return _opening_failed(state, str(error))
    live = inner(state)
    if not error.fails_channel or isinstance(live, Closing | Closed | Failed):
        return Transition(state)
    return ending.given_up(live, str(error), context)


def _opening_failed(state: Opening, reason: str) -> Transition:
    actions: tuple[ChannelAction, ...] = (action.OpeningFailed(reason),)
    if isinstance(state, AwaitingFundingSigned):
        actions = (action.ReleaseFunding(state.funding), *actions)
    return Transition(Idle(), actions)


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
            return normal.ignored(state, given)


def _opening_message(state: Opening, message: Message, context: ChannelContext) -> Transition:
    match state, message:
        case _, Error():
            return _opening_failed(state, ending.remote_text(message))
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
            return ending.failed_by_peer(state.of, given.message, context)
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
            return ending.funding_spent(live, given)
        case command.FundingTimedOut() if isinstance(live, AwaitingReady):
            return ending.timed_out(live)
        case command.ForceClose():
            return ending.broadcast(live, context, given.reason)
        case command.RemoveHtlc() if isinstance(live, Normal | ShuttingDown):
            done = normal.remove_htlc(live, given, context)
        case _:
            return normal.ignored(state, given)
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
            return ending.funding_spent(state, given)
        case command.ForceClose():
            return ending.broadcast(state, context, given.reason)
        case command.MessageReceived(Error() as message):
            return ending.failed_by_peer(state, message, context)
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
        case AwaitingReady(), command.FundingTimedOut():
            return ending.timed_out(state)
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
            return normal.ignored(state, given)


def _connected_message(state: Connected, message: Message, context: ChannelContext) -> Transition:
    match state, message:
        case AwaitingReady(), ChannelReady():
            return opening.receive_channel_ready(state, message, context)
        case Normal(), ChannelReady():
            return opening.receive_another_alias(state, message, context)
        case ShuttingDown() | Negotiating(), ChannelReady():
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


def restored(state: Live) -> Live:
    """A stored state as a new process finds it: the peer is away, what nobody signed is undone."""
    if isinstance(state, AwaitingReady | Normal | ShuttingDown | Negotiating):
        after = reconnect.disconnected(state).state
        if isinstance(after, Offline):
            return after
    if isinstance(state, Reestablishing):
        return Offline(state.of)
    return state
