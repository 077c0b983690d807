"""BOLT 2, "Channel Close": scripts, HTLCs still under way, the fee, and a judged transaction."""

from dataclasses import replace
from typing import Any

import pytest

from tests.channels import FUNDING, P2WPKH, Pair, Side
from tests.forging import damaged, kinds, receive, sent, with_high_s
from tests.judged import funding_output, judge, terms_of
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.script import p2pkh
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel import action, command, errors
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.shutdown import _propose, _transaction
from tipdesk.lightning.channel.state import (
    Closed,
    ClosedBy,
    Closing,
    Negotiating,
    Normal,
    ShuttingDown,
)
from tipdesk.lightning.wire.closing import ClosingSigned, FeeRange, Shutdown
from tipdesk.lightning.wire.reestablish import ChannelReestablish
from tipdesk.lightning.wire.updates import UpdateAddHtlc

HALF = Msat(400_000_000)
FEE = Sat(672)
"""672 weight units at 1,000 a kw."""


def opened(push: Msat = HALF) -> Pair:
    pair = Pair(push)
    pair.open()
    return pair


def close(pair: Pair, side: Side) -> None:
    side.do(command.Close(P2WPKH[side.name]))
    pair.deliver()


def closed_with(side: Side) -> Transaction:
    assert isinstance(side.state, Closing)
    assert side.state.by is ClosedBy.AGREEMENT
    (published,) = [e for e in side.events if isinstance(e, action.Publish)]
    assert published.transaction == side.state.transaction
    return published.transaction


def amounts(transaction: Transaction) -> dict[bytes, Sat]:
    return {output.script_pubkey: output.amount for output in transaction.outputs}


def unpromised(pair: Pair) -> None:
    """Neither side promised a script when the channel was opened."""
    for side in pair.sides:
        assert isinstance(side.state, Normal)
        terms = side.state.terms
        bare = replace(
            terms,
            local=replace(terms.local, upfront_shutdown_script=b""),
            remote=replace(terms.remote, upfront_shutdown_script=b""),
        )
        side.state = replace(side.state, terms=bare)


def negotiating(pair: Pair) -> ClosingSigned:
    """Alice's first offer, on its way to Bob."""
    pair.alice.do(command.Close(P2WPKH["alice"]))
    pair.deliver_one(pair.alice)
    pair.deliver_one(pair.bob)
    return sent(pair.alice, ClosingSigned)


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_a_close_by_agreement_pays_both_and_the_funder_bears_the_fee(name: str) -> None:
    pair = opened()
    close(pair, pair.alice if name == "alice" else pair.bob)
    transaction = closed_with(pair.alice)
    assert closed_with(pair.bob) == transaction
    assert amounts(transaction) == {
        P2WPKH["alice"]: FUNDING - HALF.to_sat_floor() - FEE,
        P2WPKH["bob"]: HALF.to_sat_floor(),
    }
    judge(transaction, funding_output(pair.alice))


def test_both_may_close_at_the_same_moment() -> None:
    pair = opened()
    for side in pair.sides:
        side.do(command.Close(P2WPKH[side.name]))
    pair.deliver()
    assert closed_with(pair.alice) == closed_with(pair.bob)


@pytest.mark.parametrize(("push", "outputs"), [(Msat(353_999), 1), (Msat(354_000), 2)])
def test_an_output_below_dust_is_left_out(push: Msat, outputs: int) -> None:
    pair = opened(push)
    close(pair, pair.alice)
    transaction = closed_with(pair.alice)
    assert len(transaction.outputs) == outputs
    judge(transaction, funding_output(pair.alice))


def test_an_htlc_under_way_is_settled_before_the_channel_closes() -> None:
    pair = opened()
    pair.alice.add(1, Msat(5_000_000))
    pair.deliver()
    close(pair, pair.bob)
    for side in pair.sides:
        assert isinstance(side.state, ShuttingDown)
        assert side.add(2, Msat(1_000)) == (action.HtlcRefused(errors.AddRefusal.NOT_USABLE),)
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    pair.deliver()
    transaction = closed_with(pair.alice)
    assert amounts(transaction)[P2WPKH["bob"]] == HALF.to_sat_floor() + Sat(5_000)
    judge(transaction, funding_output(pair.bob))


def test_a_shutdown_waits_until_our_own_htlc_is_signed_for() -> None:
    pair = opened()
    pair.alice.add(1, Msat(5_000_000))
    pair.alice.do(command.Close(P2WPKH["alice"]))
    assert kinds(pair.alice) == ["UpdateAddHtlc"]
    pair.alice.sign()
    assert kinds(pair.alice) == ["UpdateAddHtlc", "CommitmentSigned", "Shutdown"]


def test_an_htlc_after_shutdown_is_refused() -> None:
    pair = opened()
    pair.alice.add(1, Msat(5_000_000))
    add = sent(pair.alice, UpdateAddHtlc)
    shutdown = Shutdown(channel_id=terms_of(pair.alice).channel_id, scriptpubkey=P2WPKH["alice"])
    receive(pair.bob, shutdown)
    with pytest.raises(errors.UnexpectedMessage):
        receive(pair.bob, add)


@pytest.mark.parametrize(
    "script",
    [
        b"",
        p2pkh(bytes(20)),
        b"\xa9\x14" + bytes(20) + b"\x87",
        b"\x00\x15" + bytes(21),
        b"\x51\x01\x00",
        b"\x51\x29" + bytes(41),
        b"\x6a\x04tips",
        bytes(65_535),
    ],
)
def test_a_script_of_no_allowed_form_is_refused(script: bytes) -> None:
    pair = opened()
    unpromised(pair)
    message = Shutdown(channel_id=terms_of(pair.alice).channel_id, scriptpubkey=script)
    before = pair.bob.state
    with pytest.raises(errors.UnacceptableShutdownScript):
        receive(pair.bob, message)
    assert pair.bob.state == before


@pytest.mark.parametrize(
    "script", [b"\x00\x14" + bytes(20), b"\x00\x20" + bytes(32), b"\x51\x20" + bytes(32)]
)
def test_every_segwit_script_is_taken_when_none_was_promised(script: bytes) -> None:
    pair = opened()
    unpromised(pair)
    pair.alice.do(command.Close(script))
    pair.deliver()
    transaction = closed_with(pair.bob)
    assert script in amounts(transaction)
    judge(transaction, funding_output(pair.bob))


def test_a_script_that_was_promised_may_not_change() -> None:
    pair = opened()
    message = Shutdown(
        channel_id=terms_of(pair.alice).channel_id, scriptpubkey=b"\x00\x14" + b"\x01" * 20
    )
    with pytest.raises(errors.UnacceptableShutdownScript):
        receive(pair.bob, message)
    pair.alice.do(command.Close(b"\x00\x14" + b"\x01" * 20))
    assert sent(pair.alice, Shutdown).scriptpubkey == P2WPKH["alice"]


def test_a_wrong_closing_signature_is_refused() -> None:
    pair = opened()
    offer = negotiating(pair)
    before = pair.bob.state
    changes: list[dict[str, Any]] = [
        {"signature": damaged(offer.signature)},
        {"signature": with_high_s(offer.signature)},
        {"fee_satoshis": offer.fee_satoshis + Sat(1)},
    ]
    for change in changes:
        with pytest.raises(errors.InvalidClosingSignature):
            receive(pair.bob, offer, **change)
    assert pair.bob.state == before


def signed_at(pair: Pair, fee: Sat) -> ClosingSigned:
    """An honest signature of Bob's over a closing transaction with this fee."""
    assert isinstance(pair.bob.state, Negotiating)
    state = pair.bob.state
    transaction = _transaction(state, fee, state.terms.local.dust_limit)
    done = _propose(state, pair.bob.context, fee, transaction, FeeRange(fee, fee))
    (send,) = done.actions
    assert isinstance(send, action.Send)
    assert isinstance(send.message, ClosingSigned)
    return send.message


@pytest.mark.parametrize("fee", [Sat(0), Sat(100), Sat(6_721), Sat(300_000)])
def test_the_funder_pays_no_fee_that_is_useless_or_absurd(fee: Sat) -> None:
    pair = opened()
    negotiating(pair)
    with pytest.raises(errors.ClosingFeeOutOfRange):
        receive(pair.alice, signed_at(pair, fee))


def test_a_counter_proposal_within_the_funders_range_is_agreed_to() -> None:
    pair = opened()
    negotiating(pair)
    receive(pair.alice, signed_at(pair, Sat(1_000)))
    transaction = closed_with(pair.alice)
    assert amounts(transaction)[P2WPKH["alice"]] == FUNDING - HALF.to_sat_floor() - Sat(1_000)
    judge(transaction, funding_output(pair.alice))
    assert sent(pair.alice, ClosingSigned).fee_satoshis == Sat(1_000)


def test_an_output_between_both_dust_limits_does_not_keep_the_sides_from_agreeing() -> None:
    """BOLT 2, legacy close: each side may drop what is below its own limit."""
    pair = Pair(Msat(450_000))
    pair.bob.limits = ChannelLimits(dust_limit=Sat(546), maximum_dust_limit=Sat(1_062))
    pair.alice.limits = ChannelLimits(dust_limit=Sat(354), maximum_dust_limit=Sat(1_062))
    pair.open()
    pair.alice.do(command.Close(P2WPKH["alice"]))
    pair.deliver()
    assert closed_with(pair.alice).txid == closed_with(pair.bob).txid


def test_the_close_is_stored_before_it_is_signed_or_published() -> None:
    pair = opened()
    offer = negotiating(pair)
    actions = pair.bob.do(command.MessageReceived(offer))
    assert [type(a) for a in actions] == [action.Persist, action.Send, action.Publish]


@pytest.mark.parametrize("cut", range(6))
@pytest.mark.parametrize("crash", [False, True])
def test_a_close_cut_anywhere_is_finished_after_a_reconnection(cut: int, crash: bool) -> None:
    pair = opened()
    pair.alice.do(command.Close(P2WPKH["alice"]))
    for number in range(cut):
        pair.deliver_one(pair.alice if number % 2 == 0 else pair.bob)
    pair.disconnect()
    if crash:
        for side in pair.sides:
            side.crash()
    pair.connect()
    for side in pair.sides:
        # One side may have closed already: it has nothing left to say to the other.
        if isinstance(side.state, Closing):
            pair.other(side).do(command.FundingSpent(side.state.transaction, None))
    pair.deliver()
    for side in pair.sides:
        assert isinstance(side.state, Closing)
    assert pair.alice.state.transaction == pair.bob.state.transaction  # type: ignore[union-attr]


def test_shutdown_is_said_again_after_a_reconnection() -> None:
    pair = opened()
    pair.alice.add(1, Msat(5_000_000))
    pair.deliver()
    close(pair, pair.alice)
    pair.disconnect()
    pair.alice.crash()
    pair.connect()
    sent(pair.alice, ChannelReestablish)
    pair.deliver_one(pair.bob)
    assert sent(pair.alice, Shutdown).scriptpubkey == P2WPKH["alice"]


def test_a_buried_close_is_the_end() -> None:
    pair = opened()
    close(pair, pair.alice)
    transaction = closed_with(pair.alice)
    pair.alice.do(command.FundingSpent(transaction, None))
    assert closed_with(pair.alice) == transaction
    pair.alice.do(command.ClosingBuried())
    assert isinstance(pair.alice.state, Closed)
    before = pair.alice.state
    pair.alice.do(command.PeerConnected())
    pair.alice.do(command.ForceClose())
    assert pair.alice.state == before


def test_a_close_without_the_peer_is_our_newest_commitment() -> None:
    pair = opened()
    pair.disconnect()
    pair.alice.do(command.ForceClose())
    assert isinstance(pair.alice.state, Closing)
    assert pair.alice.state.by is ClosedBy.US
    judge(pair.alice.state.transaction, funding_output(pair.alice))
    pair.bob.do(command.FundingSpent(pair.alice.state.transaction, None))
    assert isinstance(pair.bob.state, Closing)
    assert pair.bob.state.by is ClosedBy.PEER
