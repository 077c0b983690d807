"""BOLT 2, "Channel Close": `shutdown`, and the fee agreed on by `closing_signed`."""

from dataclasses import replace

from tipdesk.base.ids import Signature
from tipdesk.base.units import Sat
from tipdesk.bitcoin import sighash
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.secp256k1 import verify_ecdsa
from tipdesk.lightning.channel import action, command, errors
from tipdesk.lightning.channel.action import ChannelAction, Transition
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.htlc import Owner, Stage
from tipdesk.lightning.channel.state import (
    ClosedBy,
    Closing,
    Negotiating,
    Normal,
    ShuttingDown,
)
from tipdesk.lightning.commitment.build import funding_witness
from tipdesk.lightning.commitment.closing_tx import (
    build_closing,
    closing_weight,
    is_acceptable_shutdown_script,
)
from tipdesk.lightning.wire.closing import ClosingSigned, FeeRange, Shutdown

MAXIMUM_FACTOR = 10
"""How many times our estimate a closing fee may be: it is the funder's money."""


def close(state: Normal | ShuttingDown, given: command.Close, _: ChannelContext) -> Transition:
    """Starts a close by agreement; closing already is closing."""
    if isinstance(state, ShuttingDown):
        return Transition(state)
    return Transition(_shutting_down(state, given.script))


def _shutting_down(state: Normal | ShuttingDown, script: bytes) -> ShuttingDown:
    if isinstance(state, ShuttingDown):
        return state
    return ShuttingDown(
        terms=state.terms,
        commitments=state.commitments,
        short_channel_id=state.short_channel_id,
        local_script=state.terms.local.upfront_shutdown_script or script,
    )


def receive_shutdown(
    state: Normal | ShuttingDown, message: Shutdown, context: ChannelContext
) -> Transition:
    """Remembers the peer's script, which must be the promised one; ours follows."""
    promised = state.terms.remote.upfront_shutdown_script
    script = message.scriptpubkey
    if not is_acceptable_shutdown_script(script, any_segwit=True):
        raise errors.UnacceptableShutdownScript("the shutdown script has no allowed form")
    if promised and script != promised:
        raise errors.UnacceptableShutdownScript("the shutdown script is not the promised one")
    after = replace(_shutting_down(state, context.shutdown_script), remote_script=script)
    return Transition(after, (action.Persist(),))


def proceed(state: ShuttingDown, context: ChannelContext) -> Transition:
    """Sends our `shutdown` when it may go, and starts to negotiate when all is quiet."""
    actions: tuple[ChannelAction, ...] = ()
    if not state.sent and not _has_unsigned_add(state):
        state = replace(state, sent=True)
        message = Shutdown(channel_id=state.terms.channel_id, scriptpubkey=state.local_script)
        actions = (action.Persist(), action.Send(message))
    if not state.sent or state.remote_script is None or not state.commitments.is_quiet:
        return Transition(state, actions)
    negotiating = Negotiating(
        terms=state.terms,
        commitments=state.commitments,
        local_script=state.local_script,
        remote_script=state.remote_script,
    )
    if not state.terms.is_funder:
        return Transition(negotiating, (*actions, action.Persist()))
    offered = offer_fee(negotiating, context)
    return Transition(offered.state, (*actions, action.Persist(), *offered.actions))


def _has_unsigned_add(state: ShuttingDown) -> bool:
    # BOLT 2: no `shutdown` while an update of ours is in none of the peer's commitments.
    return any(h.by_us and h.adding is Stage.PROPOSED for h in state.commitments.htlcs.values())


def receive_shutdown_again(state: Negotiating, context: ChannelContext) -> Transition:
    """After a reconnection: the funder makes its offer anew."""
    if state.terms.is_funder and state.last_fee is None:
        return offer_fee(state, context)
    return Transition(state)


def offer_fee(state: Negotiating, context: ChannelContext) -> Transition:
    """Our first `closing_signed` of this connection."""
    low, ideal, high = _fees(state, context)
    transaction = _transaction(state, ideal, state.terms.local.dust_limit)
    return _propose(state, context, ideal, transaction, FeeRange(low, high))


def _fees(state: Negotiating, context: ChannelContext) -> tuple[Sat, Sat, Sat]:
    weight = closing_weight(state.local_script, state.remote_script)
    floor = context.limits.minimum_feerate.fee_for_weight(weight + 3)
    ideal = max(floor, context.closing_feerate.fee_for_weight(weight))
    return floor, ideal, ideal * MAXIMUM_FACTOR


def _transaction(state: Negotiating, fee: Sat, dust_limit: Sat) -> Transaction:
    return build_closing(
        funding_outpoint=state.terms.funding_outpoint,
        to_local=state.commitments.local_balance,
        to_remote=state.commitments.remote_balance,
        local_script=state.local_script,
        remote_script=state.remote_script,
        dust_limit=dust_limit,
        fee=fee,
        local_is_funder=state.terms.is_funder,
    )


def _digest(state: Negotiating, transaction: Transaction) -> bytes:
    terms = state.terms.commitment_terms(Owner.LOCAL)
    return sighash.segwit_v0(transaction, 0, terms.funding_script, terms.funding_amount)


def _propose(
    state: Negotiating,
    context: ChannelContext,
    fee: Sat,
    transaction: Transaction,
    fee_range: FeeRange | None,
) -> Transition:
    message = ClosingSigned(
        channel_id=state.terms.channel_id,
        fee_satoshis=fee,
        signature=context.signer.sign_funding(_digest(state, transaction)),
        fee_range=fee_range,
    )
    return Transition(replace(state, last_fee=fee), (action.Send(message),))


def receive_closing_signed(
    state: Negotiating, message: ClosingSigned, context: ChannelContext
) -> Transition:
    """Checks the peer's signature; agrees, or proposes the nearest fee that we could bear."""
    fee, fee_range = message.fee_satoshis, message.fee_range
    signature = message.signature
    transaction = _signed_by_peer(state, fee, signature)
    if fee == state.last_fee:
        return _agreed(state, transaction, signature, context)
    low, ideal, high = _fees(state, context)
    if not state.terms.is_funder:
        # It is the funder's money: anything that will be relayed is good enough for us.
        high = state.terms.capacity
    if not low <= fee <= high:
        raise errors.ClosingFeeOutOfRange(fee=fee)
    # The funder named a fee in our range: signing the same one ends the negotiation. Between two
    # funder's proposals we take the peer's, as it lies in our range.
    ours = FeeRange(low, max(high, ideal)) if fee_range else None
    agreed = _propose(state, context, fee, transaction, ours)
    done = _agreed(state, transaction, signature, context)
    return Transition(done.state, (done.actions[0], *agreed.actions, *done.actions[1:]))


def _signed_by_peer(state: Negotiating, fee: Sat, signature: Signature) -> Transaction:
    """The closing transaction that the peer signed.

    BOLT 2 lets each side leave out outputs by its own dust limit: with an output between the two
    limits there are two transactions, and the peer's may be the other one.
    """
    funding_key = state.terms.remote.basepoints.funding_pubkey
    for side in (state.terms.local, state.terms.remote):
        transaction = _transaction(state, fee, side.dust_limit)
        if verify_ecdsa(funding_key, signature, _digest(state, transaction)):
            return transaction
    raise errors.InvalidClosingSignature(fee=fee)


def _agreed(
    state: Negotiating, transaction: Transaction, signature: Signature, context: ChannelContext
) -> Transition:
    own = context.signer.sign_funding(_digest(state, transaction))
    witness = funding_witness(state.terms.commitment_terms(Owner.LOCAL), own, signature)
    signed = transaction.with_witness(0, witness)
    closing = Closing(
        terms=state.terms,
        commitments=state.commitments,
        transaction=signed,
        by=ClosedBy.AGREEMENT,
    )
    actions: tuple[ChannelAction, ...] = (action.Persist(), action.Publish(signed))
    return Transition(closing, actions)
