"""What may be offered and what is taken: to the msat, from both sides of the channel."""

import pytest

from tests.channels import FUNDING, Pair, Side
from tests.forging import receive, sent
from tests.judged import judge_all, terms_of
from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.lightning.channel import action, command, errors
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.limits import local_side, receivable, spendable
from tipdesk.lightning.wire.updates import UpdateAddHtlc

HALF = Msat(400_000_000)


def opened(push: Msat = HALF, limits: ChannelLimits | None = None) -> Pair:
    pair = Pair(push, limits)
    pair.open()
    return pair


def can_spend(side: Side) -> Msat:
    return spendable(side.commitments, terms_of(side))


def can_receive(side: Side) -> Msat:
    return receivable(side.commitments, terms_of(side))


def is_added(actions: tuple[action.ChannelAction, ...]) -> bool:
    return any(isinstance(a, action.HtlcAdded) for a in actions)


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_class_16_spendable_is_exactly_the_most_that_one_more_htlc_may_carry(name: str) -> None:
    most = can_spend(opened().alice if name == "alice" else opened().bob)
    for extra, reason in ((Msat(1), errors.AddRefusal.NO_BALANCE), (Msat(0), None)):
        pair = opened()
        side = pair.alice if name == "alice" else pair.bob
        actions = side.add(1, most + extra)
        if reason is not None:
            assert actions == (action.HtlcRefused(reason),)
        else:
            assert is_added(actions)
            pair.deliver()
            assert can_spend(side) == Msat(0)
            judge_all(pair)


def test_what_one_side_can_spend_the_other_can_receive() -> None:
    pair = opened()
    assert can_spend(pair.alice) == can_receive(pair.bob)
    assert can_spend(pair.bob) == can_receive(pair.alice)
    assert can_spend(pair.alice) == FUNDING.to_msat() - HALF - Msat(10_000_000) - Msat(
        (2_936 + 660) * 1_000
    )
    assert can_spend(pair.bob) == HALF - Msat(10_000_000)


def test_a_side_below_its_reserve_can_spend_nothing() -> None:
    pair = opened(Msat(0))
    assert can_spend(pair.bob) == Msat(0)
    assert pair.bob.add(1, Msat(1_000)) == (action.HtlcRefused(errors.AddRefusal.NO_BALANCE),)


def test_what_is_under_way_counts_until_it_is_settled() -> None:
    pair = opened()
    before = can_spend(pair.bob)
    pair.bob.add(1, Msat(5_000_000))
    assert can_spend(pair.bob) == before - Msat(5_000_000)
    pair.deliver()
    pair.alice.fail(pair.alice.committed_incoming()[0])
    pair.deliver()
    assert can_spend(pair.bob) == before


def test_class_17_amounts_too_small_for_the_chain_are_bounded_in_sum() -> None:
    limits = ChannelLimits(max_dust_exposure=Msat(1_000_000))
    pair = opened(limits=limits)
    for number in range(3):
        assert is_added(pair.alice.add(number, Msat(300_000)))
    refusal = (action.HtlcRefused(errors.AddRefusal.DUST_EXPOSURE),)
    assert pair.alice.add(3, Msat(100_001)) == refusal
    assert is_added(pair.alice.add(3, Msat(100_000)))
    assert is_added(pair.alice.add(4, Msat(5_000_000)))
    assert pair.alice.add(5, Msat(1)) == refusal


def test_an_htlc_below_the_announced_minimum_is_neither_sent_nor_taken() -> None:
    pair = opened(limits=ChannelLimits(htlc_minimum=Msat(1_000)))
    refusal = action.HtlcRefused(errors.AddRefusal.BELOW_MINIMUM)
    assert pair.alice.add(1, Msat(999)) == (refusal,)
    pair.alice.add(1, Msat(1_000))
    message = sent(pair.alice, UpdateAddHtlc)
    with pytest.raises(errors.HtlcBelowMinimum) as caught:
        receive(pair.bob, message, amount_msat=Msat(999))
    assert (caught.value.amount, caught.value.minimum) == (Msat(999), Msat(1_000))
    receive(pair.bob, message)


def test_a_reserve_is_never_below_any_dust_limit() -> None:
    pair = opened()
    for capacity in (Sat(20_000), Sat(100_000), Sat(10_000_000)):
        side = local_side(pair.alice.context, capacity)
        assert side.channel_reserve >= ChannelLimits().maximum_dust_limit
    assert local_side(pair.alice.context, Sat(10_000_000)).channel_reserve == Sat(100_000)


def test_class_16_the_funder_keeps_room_for_twice_the_fee() -> None:
    pair = opened()
    assert is_added(pair.alice.add(1, can_spend(pair.alice)))
    pair.deliver()
    pair.alice.do(command.UpdateFeerate(FeeratePerKw(2_000)))
    pair.deliver()
    assert pair.bob.commitments.feerate == FeeratePerKw(2_000)
    judge_all(pair)


def test_an_htlc_of_the_fundees_never_leaves_the_funder_unable_to_pay_its_fee() -> None:
    # 11,784 sat left: reserve, the fee of an empty commitment and both anchors, to the sat.
    pair = opened(FUNDING.to_msat() - Sat(11_784).to_msat())
    pair.bob.add(1, Msat(5_000_000))
    pair.deliver()
    judge_all(pair)
    for number in range(2, 30):
        pair.bob.add(number, Msat(5_000_000))
    pair.deliver()
    judge_all(pair)
    assert len(pair.alice.committed_incoming()) < 30
