"""BOLT 2, "Message Retransmission": connections cut and processes killed at every point."""

from copy import deepcopy

import pytest

from tests.channels import FUNDING, Pair, Side, hash_of, preimage_of
from tests.forging import kinds, receive, sent
from tests.judged import judge_all, terms_of
from tests.opening import waiting
from tipdesk.base.ids import ChannelId, ShortChannelId
from tipdesk.base.units import FeeratePerKw, Msat
from tipdesk.lightning.channel import action, command, errors
from tipdesk.lightning.channel.htlc import FailedWith, Fulfilled
from tipdesk.lightning.channel.machine import fail
from tipdesk.lightning.channel.state import Closing, Failed, Normal, Offline, Reestablishing
from tipdesk.lightning.wire.message import decode
from tipdesk.lightning.wire.reestablish import ChannelReestablish
from tipdesk.lightning.wire.setup import Error, Warning
from tipdesk.lightning.wire.updates import (
    CommitmentSigned,
    RevokeAndAck,
    UpdateFailHtlc,
    UpdateFulfillHtlc,
)

AMOUNT = Msat(5_000_000)
HALF = Msat(400_000_000)
KNOWN = {hash_of(number): preimage_of(number) for number in range(1, 9)}


def opened() -> Pair:
    pair = Pair(HALF)
    pair.open()
    return pair


def committed() -> Pair:
    pair = opened()
    pair.alice.add(1, AMOUNT)
    pair.deliver()
    return pair


def reconnect(pair: Pair) -> None:
    pair.disconnect()
    pair.connect()


def agree(pair: Pair) -> None:
    alice, bob = pair.alice.commitments, pair.bob.commitments
    assert isinstance(pair.alice.state, Normal)
    assert isinstance(pair.bob.state, Normal)
    assert alice.local_balance == bob.remote_balance
    assert alice.remote_balance == bob.local_balance
    assert (alice.local_number, alice.remote_number) == (bob.remote_number, bob.local_number)
    assert alice.feerate == bob.feerate


def after_reestablish(pair: Pair, side: Side) -> list[str]:
    """What `side` sends again once the other's `channel_reestablish` has come."""
    pair.disconnect()
    pair.connect()
    sent(side, ChannelReestablish)
    receive(side, sent(pair.other(side), ChannelReestablish))
    return kinds(side)


# Cut anywhere


def pump(pair: Pair, steps: int) -> int:
    """Delivers at most `steps` messages, both sides signing when they can; how many are left."""
    moved = True
    while moved and steps:
        moved = False
        for side in pair.sides:
            side.sign()
            if steps and pair.deliver_one(side):
                steps, moved = steps - 1, True
    return steps


@pytest.mark.parametrize("crash", ["nobody", "alice", "bob", "both"])
@pytest.mark.parametrize("first", range(13))
def test_class_14_a_payment_cut_at_any_message_is_finished_exactly_once(
    first: int, crash: str
) -> None:
    for second in (*range(13), 99):
        pair = opened()
        pair.alice.add(1, AMOUNT)
        added = True
        for cut in (first, second):
            pump(pair, cut)
            pair.disconnect()
            for side in pair.sides:
                if crash in (side.name, "both"):
                    side.crash()
            if not any(h.by_us for h in pair.alice.commitments.htlcs.values()):
                added = pair.alice.commitments.next_outgoing_id > 0
            pair.connect()
            pair.deliver_one(pair.alice)
            pair.deliver_one(pair.bob)
            for htlc in pair.bob.committed_incoming():
                pair.bob.fulfill(htlc, 1)
        pair.deliver()
        for htlc in pair.bob.committed_incoming():
            pair.bob.fulfill(htlc, 1)
        pair.deliver()
        agree(pair)
        moved = AMOUNT if added else Msat(0)
        assert pair.alice.commitments.local_balance == FUNDING.to_msat() - HALF - moved
        assert pair.alice.commitments.is_quiet
        judge_all(pair)


# What is sent again


def test_class_14_a_lost_signature_is_sent_again_byte_for_byte() -> None:
    pair = committed()
    pair.alice.add(3, AMOUNT)
    pair.alice.add(2, Msat(21_000))
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(2_000)))
    pair.alice.sign()
    lost = list(pair.alice.outbox)
    for again in range(3):
        if again == 2:
            pair.disconnect()
            pair.alice.crash()
            pair.connect()
        else:
            reconnect(pair)
        sent(pair.alice, ChannelReestablish)
        pair.deliver_one(pair.bob)
        assert sorted(pair.alice.outbox) == sorted(lost)
        assert pair.alice.outbox[-1] == lost[-1]


def test_a_signature_that_arrived_is_not_sent_again() -> None:
    pair = opened()
    pair.alice.add(1, AMOUNT)
    pair.alice.sign()
    pair.deliver_one(pair.alice)
    pair.deliver_one(pair.alice)
    revocation = pair.bob.outbox[-1]
    assert after_reestablish(pair, pair.alice) == []
    pair = opened()
    pair.alice.add(1, AMOUNT)
    pair.alice.sign()
    pair.deliver_one(pair.alice)
    pair.deliver_one(pair.alice)
    assert after_reestablish(pair, pair.bob) == ["RevokeAndAck"]
    assert pair.bob.outbox[-1] == revocation


def test_a_revocation_that_left_before_a_signature_is_sent_again_before_it() -> None:
    pair = opened()
    pair.bob.add(1, AMOUNT)
    pair.bob.sign()
    pair.deliver_one(pair.bob)
    pair.deliver_one(pair.bob)
    pair.alice.add(2, AMOUNT)
    pair.alice.sign()
    order = kinds(pair.alice)
    assert order == ["RevokeAndAck", "UpdateAddHtlc", "CommitmentSigned"]
    assert after_reestablish(pair, pair.alice) == order


def test_a_signature_that_left_before_a_revocation_is_sent_again_before_it() -> None:
    pair = opened()
    pair.alice.add(2, AMOUNT)
    pair.alice.sign()
    pair.bob.add(1, AMOUNT)
    pair.bob.sign()
    pair.deliver_one(pair.bob)
    pair.deliver_one(pair.bob)
    order = kinds(pair.alice)
    assert order == ["UpdateAddHtlc", "CommitmentSigned", "RevokeAndAck"]
    assert after_reestablish(pair, pair.alice) == order


def test_an_htlc_that_nobody_signed_never_was() -> None:
    pair = opened()
    before = pair.alice.state
    pair.alice.add(1, AMOUNT)
    pair.alice.add(2, AMOUNT)
    pair.deliver_one(pair.alice)
    actions = pair.alice.do(command.PeerDisconnected())
    assert [type(a) for a in actions] == [action.HtlcNeverSent] * 2
    pair.bob.do(command.PeerDisconnected())
    pair.alice.outbox.clear()
    assert pair.alice.state == Offline(before)  # type: ignore[arg-type]
    pair.connect()
    pair.deliver()
    agree(pair)
    assert pair.bob.commitments.next_incoming_id == 0


def test_a_fee_that_nobody_signed_is_forgotten() -> None:
    pair = opened()
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(2_000)))
    pair.deliver_one(pair.alice)
    reconnect(pair)
    pair.deliver()
    agree(pair)
    assert pair.bob.commitments.feerate == FeeratePerKw(1_000)


@pytest.mark.parametrize("crash", [False, True])
def test_a_preimage_given_once_stays_given(crash: bool) -> None:
    pair = committed()
    pair.bob.do(command.RemoveHtlc(0, Fulfilled(preimage_of(1))))
    pair.disconnect()
    if crash:
        pair.bob.crash()
    pair.connect()
    sent(pair.bob, ChannelReestablish)
    pair.deliver_one(pair.alice)
    assert sent(pair.bob, UpdateFulfillHtlc).payment_preimage == preimage_of(1)


def test_an_htlc_can_be_settled_while_the_peer_is_away() -> None:
    pair = committed()
    pair.disconnect()
    actions = pair.bob.do(command.RemoveHtlc(0, FailedWith(b"no")))
    assert [type(a) for a in actions] == [action.Persist]
    pair.bob.crash()
    pair.connect()
    pair.deliver()
    agree(pair)
    assert any(isinstance(e, action.HtlcFailed) for e in pair.alice.events)


def test_channel_ready_is_said_again_until_a_commitment_is_signed() -> None:
    pair = opened()
    for side in pair.sides:
        assert after_reestablish(pair, side) == ["ChannelReady"]
    pair = committed()
    assert after_reestablish(pair, pair.alice) == []


def test_channel_ready_lost_with_the_connection_still_makes_the_channel_normal() -> None:
    pair = waiting()
    pair.disconnect()
    assert pair.funding is not None
    for side in pair.sides:
        side.do(command.FundingConfirmed(pair.funding, ShortChannelId.of(101, 1, 0)))
    pair.connect()
    pair.deliver()
    agree(pair)


# What a peer may claim


def claim(pair: Pair, side: Side) -> ChannelReestablish:
    """The other side's `channel_reestablish`, on its way to `side`."""
    pair.disconnect()
    pair.connect()
    return sent(pair.other(side), ChannelReestablish)


def test_class_19_a_proof_that_our_state_is_old_stops_every_broadcast() -> None:
    pair = committed()
    old = deepcopy(pair.alice.stored)
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    pair.deliver()
    pair.disconnect()
    pair.alice.stored = old
    pair.alice.crash()
    pair.connect()
    pair.deliver_one(pair.bob)
    assert isinstance(pair.alice.state, Failed)
    assert not pair.alice.state.may_broadcast
    sent(pair.alice, ChannelReestablish)
    sent(pair.alice, Error)
    before = pair.alice.state
    assert pair.alice.do(command.ForceClose()) == ()
    assert pair.alice.state == before
    pair.alice.crash()
    assert pair.alice.state == before


def test_class_19_a_claim_that_our_state_is_old_without_its_proof_does_not_stop_us() -> None:
    pair = committed()
    message = claim(pair, pair.alice)
    for number in (3, 1 << 47, 1 << 48, (1 << 64) - 1):
        for secret in (bytes(32), message.your_last_per_commitment_secret, b"\xff" * 32):
            with pytest.raises(errors.PeerLostState) as caught:
                receive(
                    pair.alice,
                    message,
                    next_revocation_number=number,
                    your_last_per_commitment_secret=secret,
                )
    failed = fail(pair.alice.state, caught.value, pair.alice.context)
    assert isinstance(failed.state, Closing)
    assert failed.actions == (action.Persist(), action.Publish(failed.state.transaction))


def test_a_peer_that_lost_its_own_state_is_told_and_we_sign_nothing_more() -> None:
    pair = committed()
    old = deepcopy(pair.bob.stored)
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    pair.deliver()
    pair.alice.add(2, AMOUNT)
    pair.deliver()
    pair.disconnect()
    pair.bob.stored = old
    pair.bob.crash()
    pair.connect()
    with pytest.raises(errors.PeerLostState):
        pair.deliver_one(pair.bob)
    assert isinstance(pair.alice.state, Reestablishing)


def test_a_wrong_secret_for_a_right_number_fails_the_channel() -> None:
    pair = committed()
    message = claim(pair, pair.alice)
    with pytest.raises(errors.WrongRevocationSecret):
        receive(pair.alice, message, your_last_per_commitment_secret=bytes(32))


@pytest.mark.parametrize("number", [0, 3, 99, (1 << 64) - 1])
def test_a_next_commitment_that_cannot_be_fails_the_channel(number: int) -> None:
    pair = committed()
    message = claim(pair, pair.alice)
    assert message.next_commitment_number == 2
    with pytest.raises(errors.PeerLostState):
        receive(pair.alice, message, next_commitment_number=number)


def test_class_22_nothing_but_reestablish_is_taken_first() -> None:
    pair = opened()
    pair.alice.add(1, AMOUNT)
    pair.alice.sign()
    pair.deliver_one(pair.alice)
    signature = sent(pair.alice, CommitmentSigned)
    reconnect(pair)
    with pytest.raises(errors.UnexpectedMessage):
        receive(pair.bob, signature)
    channel_id = terms_of(pair.bob).channel_id
    receive(pair.bob, Warning(channel_id=channel_id, data=b"wait"))
    assert isinstance(pair.bob.state, Reestablishing)
    receive(pair.bob, Error(channel_id=ChannelId(bytes(32)), data=b"go away"))
    assert isinstance(pair.bob.state, Closing)


def test_nothing_is_added_while_the_peer_is_away() -> None:
    pair = opened()
    pair.disconnect()
    refusal = action.HtlcRefused(errors.AddRefusal.NOT_USABLE)
    assert pair.alice.add(1, AMOUNT) == (refusal,)
    pair.alice.do(command.PeerConnected())
    assert pair.alice.add(1, AMOUNT) == (refusal,)


def test_class_22_a_second_reestablish_on_one_connection_is_refused() -> None:
    pair = opened()
    message = claim(pair, pair.alice)
    receive(pair.alice, message)
    with pytest.raises(errors.UnexpectedMessage):
        receive(pair.alice, message)


def test_the_revocation_sent_again_is_the_same() -> None:
    pair = opened()
    pair.alice.add(1, AMOUNT)
    pair.alice.sign()
    pair.deliver_one(pair.alice)
    pair.deliver_one(pair.alice)
    first = decode(pair.bob.outbox[-1])
    assert isinstance(first, RevokeAndAck)
    pair.disconnect()
    pair.bob.crash()
    pair.connect()
    sent(pair.bob, ChannelReestablish)
    pair.deliver_one(pair.alice)
    assert sent(pair.bob, RevokeAndAck) == first


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("outcome", [Fulfilled(preimage_of(1)), FailedWith(b"wrapped" * 40)])
def test_what_removes_an_htlc_is_sent_again_byte_for_byte(
    outcome: Fulfilled | FailedWith, *, signed: bool, crash: bool
) -> None:
    pair = committed()
    told = bytes(range(230)) * 4
    pair.bob.do(command.RemoveHtlc(0, outcome, told))
    first = pair.bob.outbox[-1]
    removal = decode(first)
    assert isinstance(removal, UpdateFulfillHtlc | UpdateFailHtlc)
    assert removal.attribution_data == told
    if signed:
        pair.bob.sign()
    pair.disconnect()
    if crash:
        pair.bob.crash()
    pair.connect()
    sent(pair.bob, ChannelReestablish)
    receive(pair.bob, sent(pair.alice, ChannelReestablish))
    assert pair.bob.outbox[0] == first


def test_attribution_data_comes_with_the_end_of_an_htlc_and_never_without_it() -> None:
    told = bytes(range(230)) * 4
    for outcome, kind in (
        (Fulfilled(preimage_of(1)), action.HtlcFulfilled),
        (FailedWith(b"wrapped"), action.HtlcFailed),
    ):
        pair = committed()
        pair.bob.do(command.RemoveHtlc(0, outcome, told))
        pair.deliver()
        (end,) = [event for event in pair.alice.events if isinstance(event, kind)]
        assert end.htlc.attribution == told


def test_attribution_data_of_a_wrong_length_is_none_and_costs_no_preimage() -> None:
    pair = committed()
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    receive(pair.alice, sent(pair.bob, UpdateFulfillHtlc), attribution_data=bytes(919))
    (end,) = [event for event in pair.alice.events if isinstance(event, action.HtlcFulfilled)]
    assert (end.preimage, end.htlc.attribution) == (preimage_of(1), b"")
