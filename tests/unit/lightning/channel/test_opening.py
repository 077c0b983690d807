"""BOLT 2, "Channel Establishment v1": from `open_channel` to normal, and every refusal."""

from dataclasses import replace
from typing import Any

import pytest

from tests.channels import FUNDING
from tests.forging import damaged, kinds, receive, sent, with_high_s
from tests.judged import judge_all, terms_of
from tests.opening import accepted, funded, proposed, signed, waiting
from tipdesk.base.ids import ChainHash, ChannelId, Point, ShortChannelId
from tipdesk.base.units import CltvDelta, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxOut
from tipdesk.crypto.secp256k1 import InvalidPoint
from tipdesk.lightning.channel import action, command, errors
from tipdesk.lightning.channel.codec import (
    decode_head,
    decode_terms,
    encode_head,
    encode_terms,
)
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.machine import fail, step
from tipdesk.lightning.channel.state import (
    AwaitingFundingSigned,
    AwaitingReady,
    Failed,
    Idle,
    Normal,
)
from tipdesk.lightning.features import CHANNEL_TYPE_STATIC_REMOTEKEY, Feature, FeatureBits
from tipdesk.lightning.wire.opening import AcceptChannel, ChannelReady
from tipdesk.lightning.wire.setup import Error, Warning

NO_POINT = Point(b"\x02" + bytes(32))
SCID = ShortChannelId.of(101, 1, 0)

SIDE_REFUSALS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"dust_limit_satoshis": Sat(353)}, errors.DustLimitOutOfRange),
    ({"dust_limit_satoshis": Sat(1_063)}, errors.DustLimitOutOfRange),
    ({"dust_limit_satoshis": Sat(0)}, errors.DustLimitOutOfRange),
    ({"channel_reserve_satoshis": Sat(353)}, errors.ReserveBelowDust),
    ({"channel_reserve_satoshis": Sat(200_001)}, errors.ReserveTooLarge),
    ({"to_self_delay": CltvDelta(2_017)}, errors.DelayTooLong),
    ({"max_accepted_htlcs": 0}, errors.HtlcCountOutOfRange),
    ({"max_accepted_htlcs": 484}, errors.HtlcCountOutOfRange),
    ({"htlc_minimum_msat": Msat(10_000_001)}, errors.HtlcMinimumTooLarge),
    ({"max_htlc_value_in_flight_msat": Msat(9_999_999)}, errors.InFlightTooSmall),
    ({"upfront_shutdown_script": b"\x51"}, errors.UnacceptableShutdownScript),
    ({"channel_type": None}, errors.MissingChannelType),
    ({"channel_type": CHANNEL_TYPE_STATIC_REMOTEKEY.to_bytes()}, errors.MissingChannelType),
    ({"channel_type": b""}, errors.MissingChannelType),
    ({"funding_pubkey": NO_POINT}, InvalidPoint),
    ({"revocation_basepoint": NO_POINT}, InvalidPoint),
    ({"payment_basepoint": NO_POINT}, InvalidPoint),
    ({"delayed_payment_basepoint": NO_POINT}, InvalidPoint),
    ({"htlc_basepoint": NO_POINT}, InvalidPoint),
    ({"first_per_commitment_point": NO_POINT}, InvalidPoint),
]
"""What holds for both opening messages (classes 7 and 8)."""

OPEN_REFUSALS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"chain_hash": ChainHash(bytes(32))}, errors.WrongChain),
    ({"funding_satoshis": Sat(19_999)}, errors.FundingOutOfRange),
    ({"funding_satoshis": Sat(1 << 24)}, errors.FundingOutOfRange),
    ({"push_msat": FUNDING.to_msat() + Msat(1)}, errors.PushTooLarge),
    ({"push_msat": FUNDING.to_msat()}, errors.FunderCannotPay),
    ({"feerate_per_kw": FeeratePerKw(252)}, errors.FeerateOutOfRange),
    ({"feerate_per_kw": FeeratePerKw(50_001)}, errors.FeerateOutOfRange),
]


@pytest.mark.parametrize(("changes", "error"), OPEN_REFUSALS + SIDE_REFUSALS)
def test_class_7_and_8_an_open_channel_out_of_bounds_is_refused(
    changes: dict[str, Any], error: type[Exception]
) -> None:
    pair, message = proposed()
    with pytest.raises(error):
        receive(pair.bob, message, **changes)
    assert isinstance(pair.bob.state, Idle)
    assert not pair.bob.outbox


@pytest.mark.parametrize(("changes", "error"), SIDE_REFUSALS)
def test_class_7_and_8_an_accept_channel_out_of_bounds_is_refused_and_asks_for_no_money(
    changes: dict[str, Any], error: type[Exception]
) -> None:
    pair, message = accepted()
    with pytest.raises(error):
        receive(pair.alice, message, **changes)
    assert pair.alice.events == []


@pytest.mark.parametrize(
    "changes",
    [
        {"dust_limit_satoshis": Sat(1_062)},
        {"channel_reserve_satoshis": Sat(200_000)},
        {"to_self_delay": CltvDelta(2_016)},
        {"max_accepted_htlcs": 483},
        {"feerate_per_kw": FeeratePerKw(253)},
        {"feerate_per_kw": FeeratePerKw(50_000)},
    ],
)
def test_class_8_what_lies_just_within_the_bounds_is_accepted(changes: dict[str, Any]) -> None:
    pair, message = proposed()
    receive(pair.bob, message, **changes)
    assert kinds(pair.bob) == ["AcceptChannel"]


def test_a_channel_without_anchors_is_accepted_where_old_peers_are() -> None:
    pair, message = proposed()
    pair.bob.limits = ChannelLimits(accepts_static_remotekey=True)
    receive(pair.bob, message, channel_type=CHANNEL_TYPE_STATIC_REMOTEKEY.to_bytes())
    answer = sent(pair.bob, AcceptChannel)
    assert answer.channel_type == CHANNEL_TYPE_STATIC_REMOTEKEY.to_bytes()


def test_a_channel_that_we_open_is_never_without_anchors() -> None:
    pair, message = accepted()
    pair.alice.limits = ChannelLimits(accepts_static_remotekey=True)
    with pytest.raises(errors.MissingChannelType):
        receive(pair.alice, message, channel_type=CHANNEL_TYPE_STATIC_REMOTEKEY.to_bytes())


HIDING = FeatureBits([Feature.STATIC_REMOTEKEY, Feature.ANCHORS, Feature.SCID_ALIAS]).to_bytes()


def test_a_private_channel_may_hide_its_place_and_an_announced_one_may_not() -> None:
    pair, message = proposed()
    receive(pair.bob, message, channel_type=HIDING, channel_flags=0)
    assert sent(pair.bob, AcceptChannel).channel_type == HIDING
    pair, message = proposed()
    with pytest.raises(errors.MissingChannelType):
        receive(pair.bob, message, channel_type=HIDING, channel_flags=1)
    pair, answer = accepted()
    with pytest.raises(errors.MissingChannelType):
        receive(pair.alice, answer, channel_type=HIDING)


def test_an_accept_that_wants_more_than_a_day_of_blocks_is_refused() -> None:
    pair, message = accepted()
    with pytest.raises(errors.DelayTooLong):
        receive(pair.alice, message, minimum_depth=145)


def test_the_funder_must_keep_reserve_fee_and_both_anchors() -> None:
    # 10,000 sat reserve, 1,124 weight units at 1,000 a kw, two anchors of 330.
    needed = Sat(10_000 + 1_124 + 660)
    exactly = FUNDING.to_msat() - needed.to_msat()
    pair, message = proposed()
    receive(pair.bob, message, push_msat=exactly)
    pair, message = proposed()
    with pytest.raises(errors.FunderCannotPay) as caught:
        receive(pair.bob, message, push_msat=exactly + Msat(1))
    assert caught.value.balance == needed.to_msat() - Msat(1)


def test_a_message_that_has_no_place_yet_is_refused() -> None:
    pair, message = funded()
    with pytest.raises(errors.UnexpectedMessage):
        receive(pair.alice, message)


def test_class_9_a_wrong_first_signature_leaves_no_channel_with_either_side() -> None:
    pair, created = funded()
    with pytest.raises(errors.InvalidCommitmentSignature):
        receive(pair.bob, created, signature=damaged(created.signature))
    with pytest.raises(errors.InvalidCommitmentSignature):
        receive(pair.bob, created, signature=with_high_s(created.signature))
    with pytest.raises(errors.InvalidCommitmentSignature):
        # The signature is good, but for another output of the same transaction.
        receive(pair.bob, created, funding_output_index=0)
    assert pair.bob.stored.head == b""

    pair, answer = signed()
    with pytest.raises(errors.InvalidCommitmentSignature) as caught:
        receive(pair.alice, answer, signature=with_high_s(answer.signature))
    assert not [e for e in pair.alice.events if isinstance(e, action.Publish)]
    ended = fail(pair.alice.state, caught.value, pair.alice.context)
    assert isinstance(ended.state, Idle)
    assert pair.funding is not None
    assert ended.actions[0] == action.ReleaseFunding(pair.funding)


def test_class_9_the_funding_is_broadcast_only_once_the_way_out_is_signed_and_stored() -> None:
    pair, message = signed()
    assert isinstance(pair.alice.state, AwaitingFundingSigned)
    assert pair.alice.stored.head == b""
    actions = pair.alice.do(command.MessageReceived(message))
    assert pair.funding is not None
    assert [type(a) for a in actions] == [action.Persist, action.WatchFunding, action.Publish]
    assert actions[-1] == action.Publish(pair.funding)


def test_the_first_commitments_of_both_sides_are_good() -> None:
    judge_all(waiting())


@pytest.mark.parametrize("stage", [accepted, funded, signed])
def test_class_5_an_opening_ends_with_its_connection_and_frees_the_money(stage: Any) -> None:
    pair, _ = stage()
    actions = pair.alice.do(command.PeerDisconnected())
    assert isinstance(pair.alice.state, Idle)
    released = [a for a in actions if isinstance(a, action.ReleaseFunding)]
    assert bool(released) is (pair.funding is not None)
    assert isinstance(actions[-1], action.OpeningFailed)


def test_the_peers_error_ends_an_opening_with_its_words_and_a_warning_does_not() -> None:
    pair, _ = accepted()
    receive(pair.alice, Warning(channel_id=ChannelId(bytes(32)), data=b"hm"))
    assert not isinstance(pair.alice.state, Idle)
    receive(pair.alice, Error(channel_id=ChannelId(bytes(32)), data=b"too small for me"))
    assert pair.alice.events == [action.OpeningFailed("the peer refused: too small for me")]


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_class_1_a_funding_that_pays_less_or_elsewhere_fails_the_channel(name: str) -> None:
    pair = waiting()
    side = pair.alice if name == "alice" else pair.bob
    good = pair.funding
    assert good is not None
    script = good.outputs[1].script_pubkey
    wrong = [
        Transaction(2, good.inputs, (good.outputs[0], TxOut(FUNDING - Sat(1), script))),
        Transaction(2, good.inputs, (good.outputs[0], TxOut(FUNDING + Sat(1), script))),
        Transaction(2, good.inputs, (good.outputs[0], TxOut(FUNDING, b"\x00\x20" + bytes(32)))),
        Transaction(2, good.inputs, (good.outputs[1], good.outputs[0])),
        Transaction(2, good.inputs, good.outputs[:1]),
        Transaction(2, good.inputs, good.outputs, locktime=1),
    ]
    for transaction in wrong:
        with pytest.raises(errors.FundingDoesNotPay) as caught:
            side.do(command.FundingConfirmed(transaction, SCID))
    failed = fail(side.state, caught.value, side.context)
    if side is pair.alice:
        # Her money may be on its way: she waits for the funding, and closes once it is there.
        assert isinstance(failed.state, Failed)
        closed = step(failed.state, command.FundingConfirmed(good, SCID), side.context)
        assert [type(a) for a in closed.actions] == [action.Persist, action.Publish]
    else:
        assert failed == action.Transition(Idle(), (action.Forget(terms_of(side).channel_id),))
    side.do(command.FundingConfirmed(good, SCID))
    assert kinds(side) == ["ChannelReady"]


@pytest.mark.parametrize("lie", ["amount", "script", "index"])
def test_class_1_a_funding_with_the_agreed_txid_that_does_not_pay_fails_the_channel(
    lie: str,
) -> None:
    # Class 1: the fundee was told a txid and an index, and what lies there may be anything.
    pair = waiting()
    state = pair.bob.state
    assert isinstance(state, AwaitingReady)
    script = state.terms.funding_script_pubkey
    output = {
        "amount": TxOut(Sat(1), script),
        "script": TxOut(FUNDING, b"\x00\x20" + bytes(32)),
        "index": TxOut(FUNDING, script),
    }[lie]
    poor = Transaction(2, (), (output,))
    outpoint = OutPoint(poor.txid, 1 if lie == "index" else 0)
    pair.bob.state = replace(state, terms=replace(state.terms, funding_outpoint=outpoint))
    with pytest.raises(errors.FundingDoesNotPay):
        pair.bob.do(command.FundingConfirmed(poor, SCID))


def test_both_channel_ready_messages_make_the_channel_normal_in_either_order() -> None:
    for first in ("alice", "bob"):
        pair = waiting()
        assert pair.funding is not None
        side = pair.alice if first == "alice" else pair.bob
        side.do(command.FundingConfirmed(pair.funding, SCID))
        pair.deliver(signing=False)
        assert isinstance(side.state, AwaitingReady)
        pair.other(side).do(command.FundingConfirmed(pair.funding, SCID))
        assert isinstance(pair.other(side).state, Normal)
        pair.deliver(signing=False)
        assert isinstance(side.state, Normal)


def test_each_side_learns_the_others_alias_and_a_later_one_replaces_it() -> None:
    pair = waiting()
    assert pair.funding is not None
    pair.alice.do(command.FundingConfirmed(pair.funding, SCID))
    pair.bob.do(command.FundingConfirmed(pair.funding, SCID))
    ready = sent(pair.alice, ChannelReady)
    receive(pair.bob, ready)
    pair.deliver(signing=False)
    alice, bob = pair.alice.state, pair.bob.state
    assert isinstance(alice, Normal)
    assert isinstance(bob, Normal)
    assert bob.remote_alias == alice.terms.alias == ready.short_channel_id
    assert alice.remote_alias == bob.terms.alias
    assert SCID not in (alice.terms.alias, bob.terms.alias)
    # No block will ever have that height.
    assert alice.terms.alias >> 40 >= 1 << 23
    receive(pair.bob, ready, short_channel_id=ShortChannelId(7))
    assert pair.bob.state == replace(bob, remote_alias=ShortChannelId(7))
    receive(pair.bob, ready, short_channel_id=None)
    assert pair.bob.state == replace(bob, remote_alias=ShortChannelId(7))


def test_a_channel_that_was_stored_before_there_were_aliases_is_read() -> None:
    pair = waiting()
    assert pair.funding is not None
    pair.alice.do(command.FundingConfirmed(pair.funding, SCID))
    pair.bob.do(command.FundingConfirmed(pair.funding, SCID))
    pair.deliver(signing=False)
    state = pair.alice.state
    assert isinstance(state, Normal)
    plain = replace(state, remote_alias=None)
    head, terms = encode_head(plain), encode_terms(plain.terms)
    assert (head[-1], terms[-1]) == (1, 0)
    older = decode_terms(terms[:-1])
    assert older == plain.terms
    assert decode_head(head[:-1], older, plain.commitments.htlcs) == plain


def test_class_11_a_second_channel_ready_changes_nothing_and_a_broken_point_is_refused() -> None:
    pair = waiting()
    assert pair.funding is not None
    pair.alice.do(command.FundingConfirmed(pair.funding, SCID))
    ready = sent(pair.alice, ChannelReady)
    with pytest.raises(InvalidPoint):
        receive(pair.bob, ready, second_per_commitment_point=NO_POINT)
    receive(pair.bob, ready)
    before = pair.bob.state
    receive(pair.bob, ready, second_per_commitment_point=pair.bob.node_id)
    assert pair.bob.state == before


def test_class_11_no_htlc_may_come_before_the_channel_is_ready() -> None:
    pair = waiting()
    assert pair.alice.add(1, Msat(1_000))[0] == action.HtlcRefused(errors.AddRefusal.NOT_USABLE)
