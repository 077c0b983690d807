"""What a connected app may do, and the ledger of what it did."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FAN, START
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.tips.connection import (
    BudgetPeriod,
    Connection,
    Entry,
    EntryKind,
    Order,
    OrderState,
    Permission,
    Refusal,
    Spending,
    Sums,
    UnbalancedHold,
    commit,
    hold,
    release,
    sums,
)

CONNECTION = Connection(
    id=7,
    name="Amethyst",
    client=FAN.x_only,
    permissions=frozenset({Permission.PAY, Permission.BALANCE}),
    budget=Msat(50_000),
    period=BudgetPeriod.DAY,
    relays=("wss://relay.example",),
    created_at=START,
    expires_at=START.plus_ms(10_000),
)
ORDER = Order(
    id=EventId(bytes(32)),
    connection_id=7,
    payment_hash=PaymentHash(bytes(32)),
    invoice="lnbcrt1",
    description="tea",
    amount=Msat(21_000),
    max_fee=Msat(3_000),
    at=START,
    expires_at=START.plus_ms(60_000),
)


def test_a_connection_may_call_what_it_was_allowed_and_get_info() -> None:
    assert CONNECTION.methods == ("pay_invoice", "pay", "get_balance", "get_info")
    for method in CONNECTION.methods:
        assert CONNECTION.why_not(method, START) is None
    assert CONNECTION.why_not("make_invoice", START) is Refusal.NOT_ALLOWED
    assert CONNECTION.why_not("sign_message", START) is Refusal.UNKNOWN_METHOD


def test_after_its_end_a_connection_may_not_even_ask_what_it_may() -> None:
    last = START.plus_ms(9_999)
    assert CONNECTION.is_live(last)
    assert CONNECTION.why_not("get_info", last) is None
    assert CONNECTION.why_not("get_info", last.plus_ms(1)) is Refusal.EXPIRED
    revoked = replace(CONNECTION, revoked_at=START)
    assert revoked.why_not("get_info", START) is Refusal.REVOKED
    assert not revoked.is_live(START)


def test_only_some_permissions_spend() -> None:
    assert CONNECTION.spends
    looking = frozenset(one for one in Permission if not one.spends)
    assert not replace(CONNECTION, permissions=looking).spends
    assert {one for one in Permission if one.spends} == {Permission.PAY, Permission.KEYSEND}


def test_the_fee_limit_falls_to_what_is_left_beside_the_amount() -> None:
    spending = Spending(Msat(50_000), Msat(28_000))
    assert spending.left == Msat(22_000)
    assert spending.fee_within(Msat(21_000), Msat(3_000)) == Msat(1_000)
    assert spending.fee_within(Msat(22_000), Msat(3_000)) == Msat(0)
    assert spending.fee_within(Msat(22_001), Msat(3_000)) is None
    assert spending.fee_within(Msat(1_000), Msat(3_000)) == Msat(3_000)


def test_a_budget_that_was_lowered_below_what_is_used_leaves_nothing() -> None:
    spending = Spending(Msat(10_000), Msat(28_000))
    assert spending.left == Msat(0)
    assert spending.fee_within(Msat(1), Msat(0)) is None


def test_without_a_budget_everything_fits() -> None:
    spending = Spending(None, Msat(28_000))
    assert spending.left is None
    assert spending.fee_within(Msat(10**12), Msat(3_000)) == Msat(3_000)


def test_an_entry_that_does_not_sum_to_zero_is_a_bug() -> None:
    with pytest.raises(UnbalancedHold):
        Entry(
            order_id=ORDER.id,
            kind=EntryKind.HOLD,
            at=START,
            free=Msat(-2),
            held=Msat(1),
            spent=Msat(0),
        )


def test_hold_then_commit_costs_amount_and_real_fee() -> None:
    held = hold(ORDER)
    assert sums([held]) == Sums(held=Msat(24_000), spent=Msat(0))
    paid = commit(ORDER, Msat(1_500), START)
    assert sums([held, paid]) == Sums(held=Msat(0), spent=Msat(22_500))
    assert paid.free == Msat(1_500)


def test_hold_then_release_costs_nothing() -> None:
    assert sums([hold(ORDER), release(ORDER, START)]) == Sums()


@given(
    budget=st.integers(1, 10**9),
    orders=st.lists(
        st.tuples(
            st.integers(1, 10**9), st.integers(0, 10**7), st.sampled_from(OrderState), st.data()
        ),
        max_size=20,
    ),
)
def test_class_36_however_orders_come_and_end_the_budget_is_not_passed(
    budget: int, orders: list[tuple[int, int, OrderState, st.DataObject]]
) -> None:
    entries: list[Entry] = []
    for number, (amount, wanted, end, data) in enumerate(orders):
        spending = Spending(Msat(budget), sums(entries).used)
        room = spending.fee_within(Msat(amount), Msat(wanted))
        if room is None:
            left = spending.left
            assert left is not None
            assert Msat(amount) > left
            continue
        order = replace(
            ORDER, id=EventId(number.to_bytes(32, "big")), amount=Msat(amount), max_fee=room
        )
        entries.append(hold(order))
        assert sums(entries).used <= Msat(budget)
        if end is OrderState.PAID:
            fee = data.draw(st.integers(0, room.value))
            entries.append(commit(order, Msat(fee), START))
        elif end is OrderState.FAILED:
            entries.append(release(order, START))
        now = sums(entries)
        assert now.used <= Msat(budget)
        assert now.held >= Msat(0)
        assert now.spent >= Msat(0)
