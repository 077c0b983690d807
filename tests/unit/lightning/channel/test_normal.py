"""BOLT 2, "Normal Operation": what a channel carries, and the answer to every rule broken."""

from typing import Any

import pytest

from tests.channels import FUNDING, Pair, Side, hash_of, preimage_of
from tests.forging import damaged, kinds, receive, sent, with_high_s
from tests.judged import judge_all, terms_of
from tipdesk.base.ids import Point, Preimage, Txid
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat, Sat
from tipdesk.crypto.secp256k1 import InvalidPoint
from tipdesk.lightning.channel import action, command, errors
from tipdesk.lightning.channel.commitments import spec_of
from tipdesk.lightning.channel.htlc import (
    Direction,
    FailedMalformed,
    FailedWith,
    Fulfilled,
    Owner,
)
from tipdesk.lightning.channel.machine import fail, step
from tipdesk.lightning.channel.state import ClosedBy, Closing
from tipdesk.lightning.wire.message import Message
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

BIG, DUST = Msat(5_000_000), Msat(21_000)
HALF = Msat(400_000_000)


def opened(push: Msat = HALF) -> Pair:
    pair = Pair(push)
    pair.open()
    return pair


def committed(amount: Msat = BIG) -> Pair:
    """An HTLC of Alice's stands irrevocably in both commitments."""
    pair = opened()
    pair.alice.add(1, amount)
    pair.deliver()
    return pair


def refused(side: Side, error: type[Exception], message: Message, **changes: Any) -> None:
    """The message breaks a rule, and nothing of the side's has moved."""
    before, stored = side.state, side.stored
    with pytest.raises(error):
        receive(side, message, **changes)
    assert (side.state, side.stored) == (before, stored)


def of_kind(side: Side, kind: type[action.ChannelAction]) -> list[action.ChannelAction]:
    return [event for event in side.events if isinstance(event, kind)]


# A payment's whole life


@pytest.mark.parametrize("amount", [BIG, DUST, Msat(1), Msat(354_000), Msat(353_999)])
def test_an_htlc_is_added_committed_and_fulfilled(amount: Msat) -> None:
    pair = committed(amount)
    alice, bob = pair.sides
    (htlc,) = bob.committed_incoming()
    assert of_kind(bob, action.HtlcReceived) == [action.HtlcReceived(htlc)]
    has_output = amount >= Msat(354_000)
    assert judge_all(pair, {hash_of(1): preimage_of(1)}) == (2 if has_output else 0)
    bob.fulfill(htlc, 1)
    pair.deliver()
    assert alice.commitments.local_balance == FUNDING.to_msat() - HALF - amount
    assert bob.commitments.local_balance == HALF + amount
    assert alice.commitments.is_quiet
    assert bob.commitments.is_quiet
    fulfilled = of_kind(alice, action.HtlcFulfilled)
    assert [e.preimage for e in fulfilled if isinstance(e, action.HtlcFulfilled)] == [
        preimage_of(1)
    ]
    judge_all(pair)


@pytest.mark.parametrize(
    "outcome", [FailedWith(b"reason"), FailedMalformed(b"\x05" * 32, 0x8000 | 5)]
)
def test_a_failed_htlc_returns_its_money_once_the_failure_is_irrevocable(
    outcome: FailedWith | FailedMalformed,
) -> None:
    pair = committed()
    alice, bob = pair.sides
    bob.do(command.RemoveHtlc(0, outcome))
    pair.deliver_one(bob)
    assert of_kind(alice, action.HtlcFailed) == []
    pair.deliver()
    (failed,) = of_kind(alice, action.HtlcFailed)
    assert isinstance(failed, action.HtlcFailed)
    assert failed.outcome == outcome
    assert alice.commitments.local_balance == FUNDING.to_msat() - HALF
    judge_all(pair)


def test_many_htlcs_both_ways_are_judged_at_every_step() -> None:
    pair = opened()
    alice, bob = pair.sides
    known = {hash_of(number): preimage_of(number) for number in range(20)}
    judged = 0
    for number in range(6):
        # Equal amounts and hashes in both directions: only order and expiry tell them apart.
        alice.add(number, Msat(1_000_000 * (number // 2 + 1)), expiry=500 + number % 2)
        bob.add(number, Msat(1_000_000), expiry=600)
        pair.deliver()
        judged += judge_all(pair, known)
    assert judged == 2 * sum(2 * (number + 1) for number in range(6))
    alice.do(command.UpdateFeerate(FeeratePerKw(3_000)))
    pair.deliver()
    for side in pair.sides:
        for htlc in side.committed_incoming():
            side.fulfill(htlc, htlc.id)
    pair.deliver()
    judge_all(pair, known)
    assert alice.commitments.is_quiet


def test_one_signature_covers_all_that_is_pending() -> None:
    pair = opened()
    for number in range(5):
        pair.alice.add(number, BIG)
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(2_000)))
    pair.alice.sign()
    pair.alice.sign()
    assert kinds(pair.alice) == ["UpdateAddHtlc"] * 5 + ["UpdateFee", "CommitmentSigned"]


def test_nothing_is_signed_while_a_revocation_is_due_or_nothing_is_pending() -> None:
    pair = opened()
    pair.alice.sign()
    assert not pair.alice.outbox
    pair.alice.add(1, BIG)
    pair.alice.sign()
    pair.alice.outbox.clear()
    pair.alice.add(2, BIG)
    pair.alice.sign()
    assert kinds(pair.alice) == ["UpdateAddHtlc"]


# Adding


ADD_REFUSALS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"id": 1}, errors.WrongHtlcId),
    ({"id": (1 << 64) - 1}, errors.WrongHtlcId),
    ({"amount_msat": Msat(0)}, errors.HtlcBelowMinimum),
    ({"amount_msat": Msat((1 << 64) - 1)}, errors.TooMuchInFlight),
    ({"cltv_expiry": BlockHeight(500_000_000)}, errors.ExpiryIsNoHeight),
    ({"amount_msat": FUNDING.to_msat()}, errors.BelowReserve),
]


@pytest.mark.parametrize(("changes", "error"), ADD_REFUSALS)
def test_an_htlc_that_breaks_a_rule_is_refused(
    changes: dict[str, Any], error: type[Exception]
) -> None:
    pair = opened()
    pair.alice.add(1, BIG)
    refused(pair.bob, error, sent(pair.alice, UpdateAddHtlc), **changes)


def test_class_16_the_funder_may_go_down_to_reserve_and_fee_and_not_one_msat_further() -> None:
    pair = opened()
    pair.alice.add(1, BIG)
    message = sent(pair.alice, UpdateAddHtlc)
    # Reserve 10,000 sat; 1,124 + 172 weight units at 1,000 a kw; two anchors of 330 sat.
    most = FUNDING.to_msat() - HALF - Sat(10_000 + 1_296 + 660).to_msat()
    refused(pair.bob, errors.BelowReserve, message, amount_msat=most + Msat(1))
    receive(pair.bob, message, amount_msat=most)


def test_the_side_that_does_not_fund_must_keep_its_reserve_only() -> None:
    pair = opened()
    pair.bob.add(1, BIG)
    message = sent(pair.bob, UpdateAddHtlc)
    most = HALF - Sat(10_000).to_msat()
    refused(pair.alice, errors.BelowReserve, message, amount_msat=most + Msat(1))
    receive(pair.alice, message, amount_msat=most)


def test_class_50_one_htlc_more_than_was_announced_is_refused() -> None:
    pair = opened()
    for number in range(30):
        pair.alice.add(number, Msat(1_000))
        pair.deliver_one(pair.alice)
    extra = pair.alice.add(30, Msat(1_000))
    assert extra == (action.HtlcRefused(errors.AddRefusal.TOO_MANY),)
    forged = UpdateAddHtlc(
        channel_id=terms_of(pair.alice).channel_id,
        id=30,
        amount_msat=Msat(1_000),
        payment_hash=hash_of(30),
        cltv_expiry=BlockHeight(500),
        onion_routing_packet=bytes(1366),
    )
    refused(pair.bob, errors.TooManyHtlcs, forged)


def test_an_htlc_of_ours_that_cannot_be_is_refused_and_nothing_is_sent() -> None:
    pair = opened()
    alice = pair.alice
    for amount, reason in (
        (Msat(0), errors.AddRefusal.BELOW_MINIMUM),
        (FUNDING.to_msat() + Msat(1), errors.AddRefusal.TOO_MUCH_IN_FLIGHT),
        (FUNDING.to_msat() - HALF, errors.AddRefusal.NO_BALANCE),
    ):
        before = alice.state
        assert alice.add(1, amount) == (action.HtlcRefused(reason),)
        assert alice.state == before
        assert not alice.outbox


# Removing


def test_a_wrong_preimage_fails_the_channel() -> None:
    pair = committed()
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    message = sent(pair.bob, UpdateFulfillHtlc)
    wrong = Preimage(bytes(32))
    refused(pair.alice, errors.WrongPreimage, message, payment_preimage=wrong)
    assert errors.WrongPreimage.fails_channel


def test_our_own_wrong_preimage_never_leaves() -> None:
    pair = committed()
    with pytest.raises(errors.WrongPreimage):
        pair.bob.do(command.RemoveHtlc(0, Fulfilled(preimage_of(2))))
    assert not pair.bob.outbox


@pytest.mark.parametrize("kind", [UpdateFulfillHtlc, UpdateFailHtlc, UpdateFailMalformedHtlc])
def test_class_18_an_htlc_that_is_not_there_or_not_committed_cannot_be_removed(
    kind: type[Message],
) -> None:
    pair = opened()
    channel_id = terms_of(pair.alice).channel_id
    fields: dict[type[Message], dict[str, Any]] = {
        UpdateFulfillHtlc: {"payment_preimage": preimage_of(1)},
        UpdateFailHtlc: {"reason": b""},
        UpdateFailMalformedHtlc: {"sha256_of_onion": bytes(32), "failure_code": 0x8005},
    }
    message = kind(channel_id=channel_id, id=0, **fields[kind])  # type: ignore[call-arg]
    refused(pair.alice, errors.UnknownHtlc, message)
    pair.alice.add(1, BIG)
    refused(pair.alice, errors.UnknownHtlc, message)
    pair.alice.sign()
    refused(pair.alice, errors.UnknownHtlc, message)
    # The id is the peer's own HTLC, not one of ours.
    pair.deliver()
    refused(pair.bob, errors.UnknownHtlc, message)


def test_an_htlc_is_removed_once_only() -> None:
    pair = committed()
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    message = sent(pair.bob, UpdateFulfillHtlc)
    receive(pair.alice, message)
    refused(pair.alice, errors.UnknownHtlc, message)
    state = pair.bob.state
    assert pair.bob.do(command.RemoveHtlc(0, FailedWith(b""))) == ()
    assert pair.bob.state == state


def test_a_malformed_onion_is_named_by_a_badonion_code() -> None:
    pair = committed()
    pair.bob.do(command.RemoveHtlc(0, FailedMalformed(bytes(32), 0x8005)))
    message = sent(pair.bob, UpdateFailMalformedHtlc)
    refused(pair.alice, errors.NotMarkedBadOnion, message, failure_code=0x4005)


def test_class_39_a_preimage_is_stored_before_it_is_used_or_sent() -> None:
    pair = committed()
    actions = pair.bob.do(command.RemoveHtlc(0, Fulfilled(preimage_of(1))))
    assert [type(a) for a in actions] == [action.Persist, action.Send]
    actions = pair.alice.do(command.MessageReceived(sent(pair.bob, UpdateFulfillHtlc)))
    assert [type(a) for a in actions] == [action.Persist, action.HtlcFulfilled]


# Signing and revoking


def signature_under_way() -> tuple[Pair, CommitmentSigned]:
    pair = opened()
    pair.alice.add(1, BIG)
    pair.alice.add(2, DUST)
    pair.alice.sign()
    for _ in range(2):
        pair.deliver_one(pair.alice)
    return pair, sent(pair.alice, CommitmentSigned)


def test_class_12_a_wrong_or_high_s_commitment_signature_fails_the_channel() -> None:
    pair, message = signature_under_way()
    for wrong in (damaged(message.signature), with_high_s(message.signature)):
        refused(pair.bob, errors.InvalidCommitmentSignature, message, signature=wrong)
    with pytest.raises(errors.InvalidCommitmentSignature) as caught:
        receive(pair.bob, message, signature=message.htlc_signatures[0])
    failed = fail(pair.bob.state, caught.value, pair.bob.context)
    assert isinstance(failed.state, Closing)
    assert failed.state.by is ClosedBy.US
    assert failed.state.reason == str(caught.value)
    assert failed.actions == (action.Persist(), action.Publish(failed.state.transaction))


def test_class_12_a_wrong_or_high_s_htlc_signature_fails_the_channel() -> None:
    pair, message = signature_under_way()
    (signature,) = message.htlc_signatures
    for wrong in (damaged(signature), with_high_s(signature), message.signature):
        refused(pair.bob, errors.InvalidHtlcSignature, message, htlc_signatures=(wrong,))


@pytest.mark.parametrize("count", [0, 2])
def test_one_signature_is_due_for_each_htlc_output(count: int) -> None:
    pair, message = signature_under_way()
    wrong = message.htlc_signatures * count
    refused(pair.bob, errors.WrongHtlcSignatureCount, message, htlc_signatures=wrong)


def test_a_signature_for_another_funding_is_left_alone() -> None:
    # Only a splice has more than one funding; the peer's other batch entries are not ours.
    pair, message = signature_under_way()
    before = pair.bob.state
    receive(pair.bob, message, funding_txid=Txid(bytes(32)))
    assert pair.bob.state == before
    receive(pair.bob, message, funding_txid=None)
    assert kinds(pair.bob) == ["RevokeAndAck"]


def test_class_13_a_signature_is_stored_before_it_leaves_and_before_it_is_answered() -> None:
    pair = opened()
    pair.alice.add(1, BIG)
    actions = pair.alice.do(command.Sign())
    assert [type(a) for a in actions] == [action.Persist, action.Send]
    pair.deliver_one(pair.alice)
    actions = pair.bob.do(command.MessageReceived(sent(pair.alice, CommitmentSigned)))
    assert [type(a) for a in actions] == [action.Persist, action.Send]


def revocation_under_way() -> tuple[Pair, RevokeAndAck]:
    pair, message = signature_under_way()
    receive(pair.bob, message)
    return pair, sent(pair.bob, RevokeAndAck)


def test_class_15_a_wrong_revocation_secret_fails_the_channel() -> None:
    pair, message = revocation_under_way()
    other = pair.bob.signer.release_per_commitment_secret(1)
    for secret in (other, bytes(32), b"\xff" * 32):
        refused(pair.alice, errors.WrongRevocationSecret, message, per_commitment_secret=secret)


def test_a_revocation_that_nothing_waits_for_fails_the_channel() -> None:
    pair, message = revocation_under_way()
    receive(pair.alice, message)
    refused(pair.alice, errors.UnexpectedRevocation, message)


def test_a_next_point_that_is_no_point_is_refused_when_it_comes() -> None:
    pair, message = revocation_under_way()
    nowhere = Point(b"\x02" + bytes(32))
    refused(pair.alice, InvalidPoint, message, next_per_commitment_point=nowhere)


def test_class_13_the_secret_is_stored_before_anything_is_done_with_what_it_made_irrevocable() -> (
    None
):
    pair = opened()
    pair.alice.add(1, BIG)
    pair.alice.sign()
    for side in (pair.alice, pair.alice, pair.bob):
        pair.deliver_one(side)
    pair.bob.sign()
    pair.deliver_one(pair.bob)
    actions = pair.bob.do(command.MessageReceived(sent(pair.alice, RevokeAndAck)))
    assert [type(a) for a in actions] == [action.Persist, action.HtlcReceived]


# The fee


def test_the_funder_changes_the_fee_of_both_commitments() -> None:
    pair = committed()
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(5_000)))
    pair.deliver()
    for side in pair.sides:
        for owner in Owner:
            assert spec_of(side.commitments, owner).feerate == FeeratePerKw(5_000)
    judge_all(pair, {hash_of(1): preimage_of(1)})


@pytest.mark.parametrize(
    ("feerate", "error"),
    [
        (FeeratePerKw(252), errors.FeerateOutOfRange),
        (FeeratePerKw(50_001), errors.FeerateOutOfRange),
        (FeeratePerKw(0), errors.FeerateOutOfRange),
    ],
)
def test_class_10_an_absurd_feerate_is_refused(
    feerate: FeeratePerKw, error: type[Exception]
) -> None:
    pair = opened()
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(2_000)))
    refused(pair.bob, error, sent(pair.alice, UpdateFee), feerate_per_kw=feerate)


def test_a_feerate_that_the_funder_cannot_pay_is_neither_taken_nor_sent() -> None:
    # 15,000 sat left, of which 10,000 are the reserve.
    pair = opened(Msat(985_000_000))
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(2_000)))
    message = sent(pair.alice, UpdateFee)
    # Beside both anchors 4,340 sat bear 1,124 weight units at 3,862 a kw, and no more.
    refused(pair.bob, errors.FunderCannotPay, message, feerate_per_kw=FeeratePerKw(3_863))
    receive(pair.bob, message, feerate_per_kw=FeeratePerKw(3_862))
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(20_000)))
    assert not pair.alice.outbox


def test_only_the_funder_sets_the_fee() -> None:
    pair = opened()
    pair.bob.do(command.UpdateFeerate(FeeratePerKw(2_000)))
    assert not pair.bob.outbox
    forged = UpdateFee(channel_id=terms_of(pair.bob).channel_id, feerate_per_kw=FeeratePerKw(2_000))
    refused(pair.alice, errors.OnlyFunderSetsFee, forged)


def test_however_many_feerates_a_peer_proposes_only_the_newest_is_kept() -> None:
    pair = opened()
    channel_id = terms_of(pair.alice).channel_id
    for feerate in range(1_001, 1_101):
        update = UpdateFee(channel_id=channel_id, feerate_per_kw=FeeratePerKw(feerate))
        receive(pair.bob, update)
    assert [u.feerate for u in pair.bob.commitments.fee_updates] == [FeeratePerKw(1_100)]
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(1_100)))
    pair.alice.outbox.clear()
    pair.deliver()
    assert pair.bob.commitments.feerate == FeeratePerKw(1_100)
    assert pair.alice.commitments.feerate == FeeratePerKw(1_100)


# The end by a broken rule


def test_a_broken_rule_that_committed_nothing_leaves_the_channel_as_it_was() -> None:
    pair = committed()
    error = errors.HtlcBelowMinimum(amount=Msat(0), minimum=Msat(1))
    done = fail(pair.alice.state, error, pair.alice.context)
    assert done == action.Transition(pair.alice.state)


def test_class_20_the_peers_error_fails_the_channel_and_its_warning_does_not() -> None:
    pair = committed()
    channel_id = terms_of(pair.alice).channel_id
    before = pair.alice.state
    receive(pair.alice, Warning(channel_id=channel_id, data=b"careful"))
    assert pair.alice.state == before
    receive(pair.alice, Error(channel_id=channel_id, data=b"\x1b[2Jgone"))
    assert isinstance(pair.alice.state, Closing)
    assert of_kind(pair.alice, action.Publish) == [action.Publish(pair.alice.state.transaction)]
    assert pair.alice.state.reason.isprintable()


@pytest.mark.parametrize("end", ["broken rule", "error", "force close", "spent"])
def test_an_htlc_that_nobody_signed_never_was_once_its_channel_ends(end: str) -> None:
    pair = committed()
    (kept,) = pair.alice.commitments.htlcs
    pair.alice.add(2, BIG)
    dropped = pair.alice.commitments.htlcs[Direction.OUTGOING, 1]
    channel_id = terms_of(pair.alice).channel_id
    match end:
        case "broken rule":
            broken = errors.WrongPreimage(htlc_id=0)
            done = fail(pair.alice.state, broken, pair.alice.context)
            pair.alice.state, actions = done.state, done.actions
        case "error":
            error = command.MessageReceived(Error(channel_id=channel_id, data=b"gone"))
            actions = pair.alice.do(error)
        case "force close":
            actions = pair.alice.do(command.ForceClose())
        case _:
            assert pair.funding is not None
            actions = pair.alice.do(command.FundingSpent(pair.funding, None))
    assert action.HtlcNeverSent(dropped) in actions
    assert list(pair.alice.commitments.htlcs) == [kept]


def test_a_failed_channel_is_on_its_way_to_the_chain_and_answers_with_its_error() -> None:
    pair = committed()
    error = errors.WrongPreimage(htlc_id=0)
    state = fail(pair.alice.state, error, pair.alice.context).state
    again = step(state, command.PeerConnected(), pair.alice.context)
    (answer,) = again.actions
    assert isinstance(answer, action.Send)
    assert isinstance(answer.message, Error)
    pair.alice.state = state
    assert pair.alice.add(2, BIG) == (action.HtlcRefused(errors.AddRefusal.NOT_USABLE),)


def test_an_htlc_knows_the_range_of_the_peers_commitments_that_carried_it() -> None:
    pair = committed()
    key = (Direction.OUTGOING, 0)
    assert pair.alice.commitments.htlcs[key].remote_from == 1
    pair.bob.fail(pair.bob.committed_incoming()[0])
    pair.deliver()
    (failed,) = of_kind(pair.alice, action.HtlcFailed)
    assert isinstance(failed, action.HtlcFailed)
    assert (failed.htlc.remote_from, failed.htlc.remote_until) == (1, 2)
