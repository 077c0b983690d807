"""Channels of old peers, without anchors: HTLCs pay fees themselves, so the feerate makes dust."""

from dataclasses import replace

import pytest

from tests.channels import Pair, Side, hash_of, preimage_of
from tests.forging import receive
from tests.judged import judge_all, judge_commitment, terms_of
from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.lightning.channel import command, errors
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.wire.updates import UpdateFee

PUSH = Msat(400_000_000)
FEERATE = 1_000
COMMITMENT_FEE = 724
TIMEOUT_FEE = 663
SUCCESS_FEE = 703
HTLC_FEE = 172
DUST = 354


def without_anchors(limits: ChannelLimits | None = None) -> Pair:
    """As if Alice were an old peer: everything that is signed from here on is of the older form."""
    pair = Pair(PUSH, limits)
    pair.open()
    for side in pair.sides:
        assert isinstance(side.state, Normal)
        side.state = replace(side.state, terms=replace(side.state.terms, anchors=False))
        side.store()
    return pair


def amounts(side: Side) -> list[int]:
    return [out.amount.value for out in judge_commitment(side).outputs]


def test_a_commitment_has_two_outputs_and_htlcs_pay_their_own_way() -> None:
    pair = without_anchors()
    pair.alice.add(1, Msat(20_000_000))
    pair.bob.add(2, Msat(30_000_000))
    pair.deliver()
    assert judge_all(pair, {hash_of(1): preimage_of(1), hash_of(2): preimage_of(2)}) == 4
    fee = COMMITMENT_FEE + 2 * HTLC_FEE
    expected = sorted([20_000, 30_000, 600_000 - 20_000 - fee, 400_000 - 30_000])
    for side in pair.sides:
        assert sorted(amounts(side)) == expected
    for side, number in ((pair.bob, 1), (pair.alice, 2)):
        (htlc,) = side.committed_incoming()
        side.fulfill(htlc, number)
    pair.deliver()
    for side in pair.sides:
        assert len(amounts(side)) == 2
        side.crash()
        assert not terms_of(side).anchors


@pytest.mark.parametrize(
    ("amount", "alices", "bobs"),
    [
        (DUST + TIMEOUT_FEE - 1, 2, 2),
        (DUST + TIMEOUT_FEE, 3, 2),
        (DUST + SUCCESS_FEE - 1, 3, 2),
        (DUST + SUCCESS_FEE, 3, 3),
    ],
)
def test_an_htlc_has_an_output_where_it_bears_its_own_transaction(
    amount: int, alices: int, bobs: int
) -> None:
    pair = without_anchors()
    pair.alice.add(1, Sat(amount).to_msat())
    pair.deliver()
    assert (len(amounts(pair.alice)), len(amounts(pair.bob))) == (alices, bobs)
    judge_all(pair, {hash_of(1): preimage_of(1)})


def test_a_higher_feerate_takes_an_htlc_its_output() -> None:
    pair = without_anchors()
    pair.alice.add(1, Msat(2_000_000))
    pair.deliver()
    assert len(amounts(pair.bob)) == 3
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(3 * FEERATE)))
    pair.deliver()
    assert len(amounts(pair.bob)) == 2
    judge_all(pair)


def test_class_17_a_feerate_that_makes_dust_of_more_than_we_risk_fails_the_channel() -> None:
    pair = without_anchors(ChannelLimits(max_dust_exposure=Msat(10_000_000)))
    for number in range(2):
        pair.alice.add(number, Msat(6_000_000))
    pair.deliver()
    # Bob receives the HTLCs: his own transactions for them are the larger ones.
    bearable = (6_000 - DUST) * 1_000 // SUCCESS_FEE
    message = UpdateFee(
        channel_id=terms_of(pair.alice).channel_id, feerate_per_kw=FeeratePerKw(bearable)
    )
    pair.bob.do(command.MessageReceived(message))
    for feerate in (bearable + 2, 9_000):
        with pytest.raises(errors.DustExposureTooLarge):
            receive(pair.bob, message, feerate_per_kw=FeeratePerKw(feerate))


def test_with_anchors_a_feerate_makes_no_dust() -> None:
    pair = Pair(PUSH, ChannelLimits(max_dust_exposure=Msat(10_000)))
    pair.open()
    pair.alice.add(1, Msat(6_000_000))
    pair.deliver()
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(9_000)))
    pair.deliver()
    assert len(amounts(pair.bob)) == 5
