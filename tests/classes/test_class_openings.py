"""Bug classes of openings that no single module's tests show whole."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.channels import Pair
from tests.forging import kinds, receive
from tests.judged import terms_of
from tests.opening import accepted, funded, proposed, signed, waiting
from tipdesk.base.ids import ChannelId, ShortChannelId, Signature, Txid
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn
from tipdesk.lightning.channel import action, command, errors
from tipdesk.lightning.channel.commitments import sign_remote, spec_of
from tipdesk.lightning.channel.htlc import Owner
from tipdesk.lightning.channel.machine import fail
from tipdesk.lightning.channel.opening import COINBASE_DEPTH
from tipdesk.lightning.channel.state import (
    AwaitingFundingSigned,
    AwaitingReady,
    Idle,
    Normal,
    Offline,
    Opening,
    Reestablishing,
)
from tipdesk.lightning.channel.terms import channel_id_of
from tipdesk.lightning.wire.gossip import AnnouncementSignatures
from tipdesk.lightning.wire.opening import ChannelReady, FundingCreated

SCID = ShortChannelId.of(101, 1, 0)
STAGES: tuple[Callable[[], Any], ...] = (proposed, accepted, funded, signed, waiting)


def pair_at(stage: Callable[[], Any]) -> Pair:
    made = stage()
    pair = made if isinstance(made, Pair) else made[0]
    assert isinstance(pair, Pair)
    return pair


@pytest.mark.parametrize("index", [0, 1, 65_535])
@pytest.mark.parametrize("byte", [0x00, 0xFF, 0x01])
def test_class_3_no_funding_txid_is_too_odd_to_be_judged(byte: int, index: int) -> None:
    """A peer names whatever it likes; signed rightly it is a channel that never confirms."""
    pair, message = funded()
    offer = pair.alice.state
    assert isinstance(offer, AwaitingFundingSigned)
    odd = OutPoint(Txid(bytes([byte]) * 32), index)
    terms = replace(offer.terms, funding_outpoint=odd, channel_id=channel_id_of(odd))
    spec, point = spec_of(offer.commitments, Owner.REMOTE), offer.commitments.remote_point
    signature, _ = sign_remote(terms, pair.alice.signer, spec, 0, point)
    names = {"funding_txid": odd.txid, "funding_output_index": index}
    with pytest.raises(errors.InvalidCommitmentSignature):
        receive(pair.bob, message, **names)
    receive(pair.bob, message, **names, signature=signature)
    assert isinstance(pair.bob.state, AwaitingReady)
    pair.bob.crash()
    assert isinstance(pair.bob.state, Offline)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("who", ["alice", "bob"])
def test_class_5_a_connection_lost_at_any_point_of_an_opening_leaves_a_state_that_goes_on(
    stage: Callable[[], Any], who: str
) -> None:
    """Lost and back before anything else was done: what is stored is re-established, or nothing."""
    pair = pair_at(stage)
    side = getattr(pair, who)
    was_stored = bool(side.stored.head)
    side.outbox.clear()
    side.do(command.PeerDisconnected())
    assert isinstance(side.state, Offline if was_stored else Idle)
    side.do(command.PeerConnected())
    assert isinstance(side.state, Reestablishing if was_stored else Idle)
    assert kinds(side) == (["ChannelReestablish"] if was_stored else [])
    # The chain is heard of in whatever state that left.
    if was_stored:
        assert pair.funding is not None
        side.do(command.FundingConfirmed(pair.funding, SCID))
        assert kinds(side) == ["ChannelReestablish"]


@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize("connected", [True, False])
def test_class_6_a_coinbase_funding_waits_for_a_hundred_blocks(
    who: str, *, connected: bool
) -> None:
    """Its coins cannot be spent before: nor could our commitment be mined."""
    pair = waiting()
    assert pair.funding is not None
    minted = Transaction(
        2,
        (TxIn(OutPoint(Txid(bytes(32)), 0xFFFFFFFF), script_sig=b"\x01\x65"),),
        pair.funding.outputs,
    )
    side = getattr(pair, who)
    side.outbox.clear()
    state = side.state
    assert isinstance(state, AwaitingReady)
    outpoint = minted.outpoint(state.terms.funding_outpoint.index)
    terms = replace(state.terms, funding_outpoint=outpoint, channel_id=channel_id_of(outpoint))
    side.state = replace(state, terms=terms)
    if not connected:
        side.do(command.PeerDisconnected())
    side.height = 101 + COINBASE_DEPTH - 2
    actions = side.do(command.FundingConfirmed(minted, SCID))
    assert actions == (action.WatchFunding(outpoint, terms.funding_script_pubkey, COINBASE_DEPTH),)
    assert kinds(side) == []
    side.height += 1
    actions = side.do(command.FundingConfirmed(minted, SCID))
    assert isinstance(actions[0], action.Persist)
    assert kinds(side) == (["ChannelReady"] if connected else [])


def test_class_6_other_coins_need_no_hundred_blocks() -> None:
    pair = waiting()
    assert pair.funding is not None
    pair.bob.height = 103
    pair.bob.do(command.FundingConfirmed(pair.funding, SCID))
    assert kinds(pair.bob) == ["ChannelReady"]


@pytest.mark.parametrize("stage", STAGES)
def test_class_11_announcement_signatures_that_come_too_early_crash_nothing(
    stage: Callable[[], Any],
) -> None:
    pair = pair_at(stage)
    for side in pair.sides:
        early = AnnouncementSignatures(
            channel_id=ChannelId(bytes(32)),
            short_channel_id=SCID,
            node_signature=Signature(bytes(64)),
            bitcoin_signature=Signature(bytes(64)),
        )
        before = side.state
        if isinstance(before, Opening):
            with pytest.raises(errors.UnexpectedMessage) as caught:
                receive(side, early)
            assert isinstance(fail(before, caught.value, side.context).state, Idle)
        else:
            receive(side, early)
        assert side.state == before


def test_class_11_a_peers_channel_ready_does_not_stand_for_the_chain() -> None:
    """Without our own proof of the funding nothing is zero-conf, whoever is ready."""
    pair = waiting()
    ready = ChannelReady(
        channel_id=terms_of(pair.bob).channel_id,
        second_per_commitment_point=pair.alice.signer.per_commitment_point(1),
    )
    receive(pair.bob, ready)
    receive(pair.bob, ready)
    assert isinstance(pair.bob.state, AwaitingReady)
    assert kinds(pair.bob) == []
    assert pair.funding is not None
    pair.bob.do(command.FundingConfirmed(pair.funding, SCID))
    assert isinstance(pair.bob.state, Normal)


def test_class_9_a_second_funding_created_is_refused() -> None:
    """What was signed for stays what is signed for."""
    pair, created = funded()
    receive(pair.bob, created)
    before = pair.bob.state
    for again in (created, replace(created, funding_txid=Txid(b"\x05" * 32))):
        assert isinstance(again, FundingCreated)
        with pytest.raises(errors.UnexpectedMessage):
            receive(pair.bob, again)
    assert pair.bob.state == before
