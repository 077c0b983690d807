"""BOLT 2, "Channel Establishment v1": handlers of both roles, up to `channel_ready`."""

from dataclasses import replace
from typing import Final

from tipdesk.base.ids import Point, Signature
from tipdesk.base.units import CltvDelta, FeeratePerKw, Msat
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import OutPoint
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.channel import action, command, errors, limits
from tipdesk.lightning.channel.action import ChannelAction, Transition
from tipdesk.lightning.channel.commitments import (
    Commitments,
    check_local,
    sign_remote,
    spec_of,
)
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.htlc import Owner
from tipdesk.lightning.channel.state import (
    AwaitingAccept,
    AwaitingFunding,
    AwaitingFundingCreated,
    AwaitingFundingSigned,
    AwaitingReady,
    Idle,
    Normal,
)
from tipdesk.lightning.channel.terms import ChannelTerms, SideTerms, channel_id_of
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.commitment.formats import (
    ANCHORS,
    STATIC_REMOTEKEY,
    CommitmentFormat,
    format_of,
    hides_scid,
)
from tipdesk.lightning.keys.signer import Basepoints
from tipdesk.lightning.wire.opening import (
    AcceptChannel,
    ChannelReady,
    FundingCreated,
    FundingSigned,
    OpenChannel,
)

NO_SIGNATURE = Signature(bytes(64))
"""Stands in a `Commitments` whose first signature is still to come."""
COINBASE_DEPTH: Final = 100
"""Blocks before new coins may be spent: a channel of such could not be closed (class 6)."""


def open_channel(_: Idle, given: command.Open, context: ChannelContext) -> Transition:
    """Sends `open_channel`."""
    p = given.parameters
    keys, local = p.local.basepoints, p.local
    message = OpenChannel(
        chain_hash=context.network.chain_hash,
        temporary_channel_id=p.temporary_channel_id,
        funding_satoshis=p.funding,
        push_msat=p.push,
        dust_limit_satoshis=local.dust_limit,
        max_htlc_value_in_flight_msat=local.max_htlc_value_in_flight,
        channel_reserve_satoshis=local.channel_reserve,
        htlc_minimum_msat=local.htlc_minimum,
        feerate_per_kw=p.feerate,
        to_self_delay=local.to_self_delay,
        max_accepted_htlcs=local.max_accepted_htlcs,
        funding_pubkey=keys.funding_pubkey,
        revocation_basepoint=keys.revocation_basepoint,
        payment_basepoint=keys.payment_basepoint,
        delayed_payment_basepoint=keys.delayed_payment_basepoint,
        htlc_basepoint=keys.htlc_basepoint,
        first_per_commitment_point=context.signer.per_commitment_point(0),
        channel_flags=int(p.announce),
        upfront_shutdown_script=local.upfront_shutdown_script,
        channel_type=ANCHORS.channel_type.to_bytes(),
    )
    return Transition(AwaitingAccept(p), (action.Send(message),))


def _proposed_format(
    channel_type: bytes | None, context: ChannelContext, *, announce: bool
) -> CommitmentFormat:
    """What a peer proposes: with anchors, or the older form where old peers are accepted."""
    form = format_of(channel_type)
    if announce and hides_scid(channel_type):
        raise errors.MissingChannelType("a channel that is announced cannot hide its place")
    if form is None or (form is STATIC_REMOTEKEY and not context.limits.accepts_static_remotekey):
        raise errors.MissingChannelType("only channels with anchors and a static remote key")
    return form


def _side_of(message: OpenChannel | AcceptChannel) -> SideTerms:
    points = Basepoints(
        funding_pubkey=check_point(message.funding_pubkey),
        revocation_basepoint=check_point(message.revocation_basepoint),
        payment_basepoint=check_point(message.payment_basepoint),
        delayed_payment_basepoint=check_point(message.delayed_payment_basepoint),
        htlc_basepoint=check_point(message.htlc_basepoint),
    )
    return SideTerms(
        basepoints=points,
        dust_limit=message.dust_limit_satoshis,
        max_htlc_value_in_flight=message.max_htlc_value_in_flight_msat,
        channel_reserve=message.channel_reserve_satoshis,
        htlc_minimum=message.htlc_minimum_msat,
        to_self_delay=message.to_self_delay,
        max_accepted_htlcs=message.max_accepted_htlcs,
        upfront_shutdown_script=message.upfront_shutdown_script or b"",
    )


def receive_open(_: Idle, message: OpenChannel, context: ChannelContext) -> Transition:
    """Checks `open_channel` and answers `accept_channel`."""
    local = limits.local_side(context, message.funding_satoshis)
    announce = bool(message.channel_flags & 1)
    form = _proposed_format(message.channel_type, context, announce=announce)
    limits.check_open(message, context, local, form)
    _side_of(message)
    check_point(message.first_per_commitment_point)
    keys = local.basepoints
    answer = AcceptChannel(
        temporary_channel_id=message.temporary_channel_id,
        dust_limit_satoshis=local.dust_limit,
        max_htlc_value_in_flight_msat=local.max_htlc_value_in_flight,
        channel_reserve_satoshis=local.channel_reserve,
        htlc_minimum_msat=local.htlc_minimum,
        minimum_depth=context.limits.minimum_depth,
        to_self_delay=local.to_self_delay,
        max_accepted_htlcs=local.max_accepted_htlcs,
        funding_pubkey=keys.funding_pubkey,
        revocation_basepoint=keys.revocation_basepoint,
        payment_basepoint=keys.payment_basepoint,
        delayed_payment_basepoint=keys.delayed_payment_basepoint,
        htlc_basepoint=keys.htlc_basepoint,
        first_per_commitment_point=context.signer.per_commitment_point(0),
        upfront_shutdown_script=local.upfront_shutdown_script,
        channel_type=message.channel_type,
    )
    waiting = AwaitingFundingCreated(
        message, context.channel_key_id, local, context.limits.minimum_depth
    )
    return Transition(waiting, (action.Send(answer),))


def receive_accept(
    state: AwaitingAccept, message: AcceptChannel, context: ChannelContext
) -> Transition:
    """Checks `accept_channel` and asks the wallet for the funding transaction."""
    p = state.parameters
    if format_of(message.channel_type) is not ANCHORS or hides_scid(message.channel_type):
        raise errors.MissingChannelType("the channel type is not the one that we proposed")
    limits.check_remote_side(message, p.local, p.funding, context.limits)
    if message.minimum_depth > 144:
        raise errors.DelayTooLong(delay=CltvDelta(message.minimum_depth), maximum=CltvDelta(144))
    remote = _side_of(message)
    script = p2wsh(
        scripts.funding(p.local.basepoints.funding_pubkey, remote.basepoints.funding_pubkey)
    )
    waiting = AwaitingFunding(
        p,
        remote,
        message.minimum_depth,
        check_point(message.first_per_commitment_point),
        script,
    )
    return Transition(waiting, (action.RequestFunding(script, p.funding, context.feerate),))


def _initial(
    *, ours: Msat, theirs: Msat, feerate: FeeratePerKw, remote_point: Point
) -> Commitments:
    return Commitments(
        local_balance=ours,
        remote_balance=theirs,
        feerate=feerate,
        htlcs={},
        local_signature=NO_SIGNATURE,
        remote_point=remote_point,
    )


def funding_ready(
    state: AwaitingFunding, given: command.FundingReady, context: ChannelContext
) -> Transition:
    """Signs the peer's first commitment and sends `funding_created`."""
    p, transaction = state.parameters, given.transaction
    index = next(
        number
        for number, output in enumerate(transaction.outputs)
        if output.script_pubkey == state.funding_script_pubkey and output.amount == p.funding
    )
    outpoint = transaction.outpoint(index)
    terms = ChannelTerms(
        channel_id=channel_id_of(outpoint),
        peer=context.peer,
        channel_key_id=p.channel_key_id,
        funding_outpoint=outpoint,
        capacity=p.funding,
        is_funder=True,
        announce=p.announce,
        anchors=True,
        minimum_depth=state.minimum_depth,
        local=p.local,
        remote=state.remote,
    )
    commitments = _initial(
        ours=p.funding.to_msat() - p.push,
        theirs=p.push,
        feerate=p.feerate,
        remote_point=Point(state.remote_point),
    )
    spec = spec_of(commitments, Owner.REMOTE)
    signature, _ = sign_remote(terms, context.signer, spec, 0, commitments.remote_point)
    message = FundingCreated(
        temporary_channel_id=p.temporary_channel_id,
        funding_txid=outpoint.txid,
        funding_output_index=index,
        signature=signature,
    )
    return Transition(
        AwaitingFundingSigned(terms, commitments, transaction), (action.Send(message),)
    )


def receive_funding_created(
    state: AwaitingFundingCreated, message: FundingCreated, context: ChannelContext
) -> Transition:
    """Checks the opener's signature on our first commitment, stores the channel, signs back."""
    offer = state.offer
    outpoint = OutPoint(message.funding_txid, message.funding_output_index)
    terms = ChannelTerms(
        channel_id=channel_id_of(outpoint),
        peer=context.peer,
        channel_key_id=state.channel_key_id,
        funding_outpoint=outpoint,
        capacity=offer.funding_satoshis,
        is_funder=False,
        announce=bool(offer.channel_flags & 1),
        anchors=format_of(offer.channel_type) is ANCHORS,
        minimum_depth=state.minimum_depth,
        local=state.local,
        remote=_side_of(offer),
        hides_scid=hides_scid(offer.channel_type),
    )
    commitments = _initial(
        ours=offer.push_msat,
        theirs=offer.funding_satoshis.to_msat() - offer.push_msat,
        feerate=offer.feerate_per_kw,
        remote_point=offer.first_per_commitment_point,
    )
    point = context.signer.per_commitment_point(0)
    spec = spec_of(commitments, Owner.LOCAL)
    check_local(terms, spec, 0, point, message.signature, ())
    commitments = replace(commitments, local_signature=message.signature)
    signature, _ = sign_remote(
        terms, context.signer, spec_of(commitments, Owner.REMOTE), 0, commitments.remote_point
    )
    answer = FundingSigned(channel_id=terms.channel_id, signature=signature)
    waiting = AwaitingReady(terms=terms, commitments=commitments, opened_at=context.height)
    return Transition(waiting, (action.Persist(), action.Send(answer), watch_funding(terms)))


def receive_funding_signed(
    state: AwaitingFundingSigned, message: FundingSigned, context: ChannelContext
) -> Transition:
    """Checks the peer's signature; only then is the channel stored and its funding broadcast."""
    point = context.signer.per_commitment_point(0)
    spec = spec_of(state.commitments, Owner.LOCAL)
    check_local(state.terms, spec, 0, point, message.signature, ())
    waiting = AwaitingReady(
        terms=state.terms,
        commitments=replace(state.commitments, local_signature=message.signature),
        opened_at=context.height,
        funding=state.funding,
    )
    actions = (action.Persist(), watch_funding(state.terms), action.Publish(state.funding))
    return Transition(waiting, actions)


def watch_funding(terms: ChannelTerms) -> action.WatchFunding:
    """Watches the funding output as deep as both sides asked."""
    return action.WatchFunding(
        terms.funding_outpoint, terms.funding_script_pubkey, max(1, terms.minimum_depth)
    )


def ready_message(terms: ChannelTerms, context: ChannelContext) -> ChannelReady:
    """Our `channel_ready`: the same whenever it is sent."""
    return ChannelReady(
        channel_id=terms.channel_id,
        second_per_commitment_point=context.signer.per_commitment_point(1),
        short_channel_id=terms.alias,
    )


def funding_pays(terms: ChannelTerms, given: command.FundingConfirmed) -> bool:
    """Class 1: the proven output pays exactly the capacity to our two-of-two."""
    outputs = given.transaction.outputs
    index = terms.funding_outpoint.index
    return (
        given.transaction.txid == terms.funding_outpoint.txid
        and index < len(outputs)
        and outputs[index].amount == terms.capacity
        and outputs[index].script_pubkey == terms.funding_script_pubkey
    )


def funding_confirmed(
    state: AwaitingReady,
    given: command.FundingConfirmed,
    context: ChannelContext,
    *,
    connected: bool,
) -> Transition:
    """The funding is deep enough: `channel_ready` is due; normal once the peer's has come."""
    if not funding_pays(state.terms, given):
        raise errors.FundingDoesNotPay(capacity=state.terms.capacity)
    depth = context.height.value - given.short_channel_id.block_height + 1
    if given.transaction.is_coinbase and depth < COINBASE_DEPTH:
        again = replace(watch_funding(state.terms), depth=COINBASE_DEPTH)
        return Transition(state, (again,))
    after = replace(state, short_channel_id=given.short_channel_id, funding=None)
    actions: tuple[ChannelAction, ...] = (action.Persist(),)
    if connected:
        actions += (action.Send(ready_message(state.terms, context)),)
    return Transition(_normal_if_ready(after), actions)


def receive_channel_ready(
    state: AwaitingReady, message: ChannelReady, _: ChannelContext
) -> Transition:
    """Remembers the peer's next point and alias; normal once our own `channel_ready` is out."""
    if state.commitments.remote_next_point is not None:
        return Transition(state)
    point = check_point(message.second_per_commitment_point)
    after = replace(
        state,
        commitments=replace(state.commitments, remote_next_point=point),
        remote_alias=message.short_channel_id,
    )
    return Transition(_normal_if_ready(after), (action.Persist(),))


def receive_another_alias(state: Normal, message: ChannelReady, _: ChannelContext) -> Transition:
    """BOLT 2: `channel_ready` may come again, with a new alias; nothing else in it counts."""
    if message.short_channel_id in (None, state.remote_alias):
        return Transition(state)
    after = replace(state, remote_alias=message.short_channel_id)
    return Transition(after, (action.Persist(),))


def _normal_if_ready(state: AwaitingReady) -> AwaitingReady | Normal:
    scid = state.short_channel_id
    if scid is None or state.commitments.remote_next_point is None:
        return state
    return Normal(
        terms=state.terms,
        commitments=state.commitments,
        short_channel_id=scid,
        remote_alias=state.remote_alias,
    )
