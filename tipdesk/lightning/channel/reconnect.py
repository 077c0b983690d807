"""BOLT 2, "Message Retransmission": what is lost with a connection, and how both sides catch up."""

from dataclasses import replace

from tipdesk.lightning.channel import action, errors
from tipdesk.lightning.channel.action import ChannelAction, Transition
from tipdesk.lightning.channel.commitments import Commitments, forget_uncommitted, revocation_of
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.htlc import Htlc, Stage
from tipdesk.lightning.channel.normal import add_message, removal_message
from tipdesk.lightning.channel.opening import ready_message
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    Connected,
    Failed,
    Negotiating,
    Normal,
    Offline,
    Reestablishing,
    ShuttingDown,
)
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.keys.shachain import index_of
from tipdesk.lightning.wire.closing import Shutdown
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.reestablish import ChannelReestablish
from tipdesk.lightning.wire.setup import Error
from tipdesk.lightning.wire.updates import UpdateFee


def disconnected(state: Connected) -> Transition:
    """Undoes what nobody signed; says which HTLCs of ours never went out."""
    after, dropped = forget_uncommitted(state.commitments)
    if isinstance(state, Negotiating):
        # Negotiation starts again with the next connection.
        kept: Connected = replace(state, commitments=after, last_fee=None)
    else:
        kept = replace(state, commitments=after)
    return Transition(Offline(kept), tuple(action.HtlcNeverSent(htlc) for htlc in dropped))


def connected(state: Offline, context: ChannelContext) -> Transition:
    """Sends `channel_reestablish`, and nothing else until the peer's has come."""
    message = reestablish_message(state.of.commitments, state.of.terms, context)
    return Transition(Reestablishing(state.of), (action.Send(message),))


def reestablish_message(
    c: Commitments, terms: ChannelTerms, context: ChannelContext
) -> ChannelReestablish:
    """BOLT 2, "Message Retransmission": where we stand."""
    last_secret = c.revoked.secret(index_of(c.remote_number - 1)) if c.remote_number else None
    return ChannelReestablish(
        channel_id=terms.channel_id,
        next_commitment_number=c.local_number + 1,
        next_revocation_number=c.remote_number,
        your_last_per_commitment_secret=last_secret or bytes(32),
        my_current_per_commitment_point=context.signer.per_commitment_point(c.local_number),
    )


def receive_reestablish(
    state: Reestablishing, message: ChannelReestablish, context: ChannelContext
) -> Transition:
    """Compares what both sides have, sends again what the peer missed, and goes on."""
    live = state.of
    c = live.commitments
    try:
        _check_revocation_number(c, message, context)
    except errors.WeLostState as error:
        return _we_lost_state(live, str(error))
    resend_commitment = _peer_misses_commitment(c, message)
    resend_revocation = message.next_revocation_number == c.local_number - 1
    actions: list[ChannelAction] = []
    both_new = c.local_number == 0 and message.next_commitment_number == 1
    if both_new and _ready_was_sent(live):
        actions.append(action.Send(ready_message(live.terms, context)))
    again: list[list[Message]] = []
    if resend_commitment:
        again.append(_signed_updates(c, live.terms))
    if resend_revocation:
        again.append([revocation_of(c, live.terms, context.signer)])
    if resend_commitment and resend_revocation and not c.revoke_sent_last:
        again.reverse()
    actions += [action.Send(m) for part in again for m in part]
    actions += [action.Send(m) for m in _unsigned_removals(c, live.terms)]
    if isinstance(live, Negotiating) or (isinstance(live, ShuttingDown) and live.sent):
        shutdown = Shutdown(channel_id=live.terms.channel_id, scriptpubkey=live.local_script)
        actions.append(action.Send(shutdown))
    return Transition(live, tuple(actions))


def _check_revocation_number(
    c: Commitments, message: ChannelReestablish, context: ChannelContext
) -> None:
    """BOLT 2: a peer that knows a secret we have not yet given proves that we are behind."""
    claimed = message.next_revocation_number
    secret = message.your_last_per_commitment_secret
    correct = claimed > 0 and secret == (
        context.signer.release_per_commitment_secret(claimed - 1) if claimed < 1 << 48 else b""
    )
    if claimed > c.local_number:
        if correct:
            raise errors.WeLostState("the peer proved that this channel's state is out of date")
        raise errors.PeerLostState(
            field="next_revocation_number", received=claimed, expected=c.local_number
        )
    if claimed < c.local_number - 1:
        raise errors.PeerLostState(
            field="next_revocation_number", received=claimed, expected=c.local_number
        )
    if claimed > 0 and not correct:
        raise errors.WrongRevocationSecret(commitment_number=claimed - 1)


def _peer_misses_commitment(c: Commitments, message: ChannelReestablish) -> bool:
    """Whether our last `commitment_signed` never arrived; numbers that cannot be are an error."""
    following = c.remote_signed_number + 1
    received = message.next_commitment_number
    if received == following:
        return False
    if c.unacked is not None and received == following - 1:
        return True
    raise errors.PeerLostState(
        field="next_commitment_number", received=received, expected=following
    )


def _we_lost_state(live: Connected, reason: str) -> Transition:
    message = Error(channel_id=live.terms.channel_id, data=reason.encode())
    failed = Failed(
        terms=live.terms, commitments=live.commitments, reason=reason, may_broadcast=False
    )
    return Transition(failed, (action.Persist(), action.Send(message)))


def _ready_was_sent(live: Connected) -> bool:
    if isinstance(live, AwaitingReady):
        return live.short_channel_id is not None
    return isinstance(live, Normal | ShuttingDown)


def _signed_updates(c: Commitments, terms: ChannelTerms) -> list[Message]:
    """The updates under our unacknowledged signature, then the signature, byte for byte."""
    removals = [m for h in _incoming_at(c, Stage.SIGNED) if (m := _removal_of(h, terms))]
    fees = [
        UpdateFee(channel_id=terms.channel_id, feerate_per_kw=update.feerate)
        for update in c.fee_updates
        if update.by_us and update.stage is Stage.SIGNED
    ]
    adds = [
        add_message(terms, htlc)
        for htlc in c.htlcs.values()
        if htlc.by_us and htlc.adding is Stage.SIGNED
    ]
    adds.sort(key=lambda add: add.id)
    signature = [c.unacked] if c.unacked is not None else []
    return [*removals, *fees, *adds, *signature]


def _unsigned_removals(c: Commitments, terms: ChannelTerms) -> list[Message]:
    """Settlements of ours that no signature has covered yet: they are only told again."""
    return [m for h in _incoming_at(c, Stage.PROPOSED) if (m := _removal_of(h, terms))]


def _incoming_at(c: Commitments, stage: Stage) -> list[Htlc]:
    return [
        htlc
        for htlc in c.htlcs.values()
        if not htlc.by_us and htlc.removal is not None and htlc.removal.stage is stage
    ]


def _removal_of(htlc: Htlc, terms: ChannelTerms) -> Message | None:
    if htlc.removal is None:
        return None
    return removal_message(terms, htlc.id, htlc.removal.outcome, htlc.attribution)
