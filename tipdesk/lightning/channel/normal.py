"""BOLT 2, "Normal Operation": handlers that add, settle, sign, revoke and change the fee.

They serve `Normal` and `ShuttingDown` alike, and what `Negotiating` may still receive.
"""

from dataclasses import replace

from tipdesk.lightning.channel import action, command, errors, limits
from tipdesk.lightning.channel.action import ChannelAction, Transition
from tipdesk.lightning.channel.commitments import (
    receive_commitment,
    receive_revocation,
    remove,
    send_commitment,
    with_fee,
    with_htlc,
)
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.errors import AddRefusal
from tipdesk.lightning.channel.htlc import (
    Direction,
    FailedMalformed,
    FailedWith,
    FeeUpdate,
    Fulfilled,
    Htlc,
    Outcome,
)
from tipdesk.lightning.channel.state import ChannelState, Normal, ShuttingDown
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.sphinx.attribution import ATTRIBUTION_BYTES
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.updates import (
    CommitmentSigned,
    RevokeAndAck,
    UpdateAddHtlc,
    UpdateFailHtlc,
    UpdateFailMalformedHtlc,
    UpdateFee,
    UpdateFulfillHtlc,
)

BADONION = 0x8000

Working = Normal | ShuttingDown
"""The states in which updates flow."""


def add_htlc(state: Normal, given: command.AddHtlc, context: ChannelContext) -> Transition:
    """BOLT 2, "Adding an HTLC", sender. A refusal is an answer, not an error."""
    c = state.commitments
    htlc = Htlc(
        direction=Direction.OUTGOING,
        id=c.next_outgoing_id,
        amount=given.amount,
        payment_hash=given.payment_hash,
        cltv_expiry=given.cltv_expiry,
        onion=given.onion,
        path_key=given.path_key,
    )
    proposed = replace(with_htlc(c, htlc), next_outgoing_id=htlc.id + 1)
    refusal = limits.why_not_add(proposed, state.terms, context.limits, htlc)
    if refusal is not None:
        return Transition(state, (action.HtlcRefused(refusal),))
    return Transition(
        replace(state, commitments=proposed),
        (action.HtlcAdded(htlc), action.Send(add_message(state.terms, htlc))),
    )


def ignored(state: ChannelState, given: command.ChannelCommand) -> Transition:
    """A command that means nothing here; whoever adds an HTLC hears that it was refused."""
    if isinstance(given, command.AddHtlc):
        return refuse_add(state, given)
    return Transition(state)


def refuse_add(state: ChannelState, _: command.AddHtlc) -> Transition:
    """No HTLC is added in any state but `Normal`."""
    return Transition(state, (action.HtlcRefused(AddRefusal.NOT_USABLE),))


def add_message(terms: ChannelTerms, htlc: Htlc) -> UpdateAddHtlc:
    """The `update_add_htlc` of an HTLC of ours: the same whenever it is sent."""
    return UpdateAddHtlc(
        channel_id=terms.channel_id,
        id=htlc.id,
        amount_msat=htlc.amount,
        payment_hash=htlc.payment_hash,
        cltv_expiry=htlc.cltv_expiry,
        onion_routing_packet=htlc.onion,
        path_key=htlc.path_key,
    )


def removal_message(
    terms: ChannelTerms, htlc_id: int, outcome: Outcome, attribution: bytes
) -> Message:
    """The update that removes an incoming HTLC: the same whenever it is sent."""
    match outcome:
        case Fulfilled(preimage):
            return UpdateFulfillHtlc(
                channel_id=terms.channel_id,
                id=htlc_id,
                payment_preimage=preimage,
                attribution_data=attribution or None,
            )
        case FailedWith(reason):
            return UpdateFailHtlc(
                channel_id=terms.channel_id,
                id=htlc_id,
                reason=reason,
                attribution_data=attribution or None,
            )
        case FailedMalformed(sha256_of_onion, failure_code):
            return UpdateFailMalformedHtlc(
                channel_id=terms.channel_id,
                id=htlc_id,
                sha256_of_onion=sha256_of_onion,
                failure_code=failure_code,
            )


def receive_add(state: Working, message: UpdateAddHtlc, context: ChannelContext) -> Transition:
    """BOLT 2, "Adding an HTLC", receiver."""
    c = state.commitments
    if message.id != c.next_incoming_id:
        raise errors.WrongHtlcId(expected=c.next_incoming_id, received=message.id)
    htlc = Htlc(
        direction=Direction.INCOMING,
        id=message.id,
        amount=message.amount_msat,
        payment_hash=message.payment_hash,
        cltv_expiry=message.cltv_expiry,
        onion=message.onion_routing_packet,
        came_at=context.now,
        path_key=message.path_key,
    )
    proposed = replace(with_htlc(c, htlc), next_incoming_id=htlc.id + 1)
    limits.check_received_add(proposed, state.terms, htlc)
    return Transition(replace(state, commitments=proposed))


def remove_htlc(state: Working, given: command.RemoveHtlc, _: ChannelContext) -> Transition:
    """Settles or fails an incoming HTLC. Stored at once: a preimage given once stays given.

    An HTLC that is being removed already, or is gone, is left alone: after a restart the node asks
    again for what it may have asked before.
    """
    c = state.commitments
    try:
        after, _removed = remove(
            c, Direction.INCOMING, given.htlc_id, given.outcome, given.attribution
        )
    except errors.UnknownHtlc:
        return Transition(state)
    message = removal_message(state.terms, given.htlc_id, given.outcome, given.attribution)
    return Transition(replace(state, commitments=after), (action.Persist(), action.Send(message)))


def receive_fulfill(state: Working, message: UpdateFulfillHtlc, _: ChannelContext) -> Transition:
    """BOLT 2, "Removing an HTLC": the preimage is good at once, whatever becomes of the update."""
    outcome = Fulfilled(message.payment_preimage)
    after, htlc = remove(state.commitments, Direction.OUTGOING, message.id, outcome)
    # Used at once or never, so it is not stored with the HTLC: a lost one is only sent again.
    told = replace(htlc, attribution=_attribution(message.attribution_data))
    return Transition(
        replace(state, commitments=after),
        (action.Persist(), action.HtlcFulfilled(told, message.payment_preimage)),
    )


def receive_fail(state: Working, message: UpdateFailHtlc, _: ChannelContext) -> Transition:
    """BOLT 2, "Removing an HTLC": final only when it is irrevocable."""
    after, _htlc = remove(
        state.commitments,
        Direction.OUTGOING,
        message.id,
        FailedWith(message.reason),
        _attribution(message.attribution_data),
    )
    return Transition(replace(state, commitments=after))


def _attribution(received: bytes | None) -> bytes:
    """Of any other length it is none: a preimage is worth more than what comes beside it."""
    return received if received is not None and len(received) == ATTRIBUTION_BYTES else b""


def receive_fail_malformed(
    state: Working, message: UpdateFailMalformedHtlc, _: ChannelContext
) -> Transition:
    """BOLT 2, "Removing an HTLC": the next hop could not read its onion."""
    if not message.failure_code & BADONION:
        raise errors.NotMarkedBadOnion(failure_code=message.failure_code)
    outcome = FailedMalformed(message.sha256_of_onion, message.failure_code)
    after, _htlc = remove(state.commitments, Direction.OUTGOING, message.id, outcome)
    return Transition(replace(state, commitments=after))


def update_feerate(state: Working, given: command.UpdateFeerate, _: ChannelContext) -> Transition:
    """BOLT 2, "Updating Fees", sender: only the funder, and only what it can pay."""
    c = state.commitments
    newest = c.fee_updates[-1].feerate if c.fee_updates else c.feerate
    if not state.terms.is_funder or given.feerate == newest:
        return Transition(state)
    if not limits.can_afford_fee(c, state.terms, given.feerate):
        return Transition(state)
    message = UpdateFee(channel_id=state.terms.channel_id, feerate_per_kw=given.feerate)
    after = replace(state, commitments=with_fee(c, FeeUpdate(given.feerate, by_us=True)))
    return Transition(after, (action.Send(message),))


def receive_fee(state: Working, message: UpdateFee, context: ChannelContext) -> Transition:
    """BOLT 2, "Updating Fees", receiver."""
    if state.terms.is_funder:
        raise errors.OnlyFunderSetsFee("update_fee from the side that does not pay the fee")
    limits.check_feerate(message.feerate_per_kw, context.limits)
    c = state.commitments
    limits.check_received_fee(c, state.terms, message.feerate_per_kw, context.limits)
    update = FeeUpdate(message.feerate_per_kw, by_us=False)
    return Transition(replace(state, commitments=with_fee(c, update)))


def sign(state: Working, _: command.Sign, context: ChannelContext) -> Transition:
    """Commits all that is pending; stored before it leaves (class 13)."""
    c = state.commitments
    if not c.can_sign or not c.has_changes_to_sign:
        return Transition(state)
    after, message = send_commitment(c, state.terms, context.signer)
    return Transition(replace(state, commitments=after), (action.Persist(), action.Send(message)))


def receive_signature(
    state: Working, message: CommitmentSigned, context: ChannelContext
) -> Transition:
    """Our new commitment is stored before the old one is revoked (class 13)."""
    if message.funding_txid is not None and (
        message.funding_txid != state.terms.funding_outpoint.txid
    ):
        return Transition(state)
    after, revocation, finished = receive_commitment(
        state.commitments, state.terms, context.signer, message
    )
    actions: list[ChannelAction] = [action.Persist(finished), action.Send(revocation)]
    actions += _failures(finished)
    return Transition(replace(state, commitments=after), tuple(actions))


def receive_revoke(state: Working, message: RevokeAndAck, _: ChannelContext) -> Transition:
    """The secret is stored before anything is done with what it made irrevocable."""
    after, committed, finished = receive_revocation(state.commitments, message)
    actions: list[ChannelAction] = [action.Persist(finished)]
    actions += _failures(finished)
    actions += [action.HtlcReceived(htlc) for htlc in committed]
    return Transition(replace(state, commitments=after), tuple(actions))


def _failures(finished: tuple[Htlc, ...]) -> list[ChannelAction]:
    return [
        action.HtlcFailed(htlc, htlc.removal.outcome)
        for htlc in finished
        if htlc.by_us
        and htlc.removal is not None
        and isinstance(htlc.removal.outcome, FailedWith | FailedMalformed)
    ]
