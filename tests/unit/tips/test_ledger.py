"""Double entry: each entry sums to zero, and so does any number of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import START
from tipdesk.base.ids import TipId
from tipdesk.base.units import Msat
from tipdesk.tips import ledger
from tipdesk.tips.ledger import Balances, EntryKind, LedgerEntry, UnbalancedEntry

TIP = TipId(b"\x01" * 16)
amounts = st.integers(0, 21 * 10**17).map(Msat)


@given(amounts, amounts, amounts)
def test_a_settled_tip_costs_its_amount_and_its_fee(amount: Msat, limit: Msat, fee: Msat) -> None:
    entries = [
        ledger.reserved(TIP, amount=amount, max_fee=limit, at=START),
        ledger.settled(TIP, amount=amount, max_fee=limit, fee=fee, at=START),
    ]
    assert ledger.balances(entries) == Balances(
        wallet=-(amount + fee), held=Msat(0), tipped=amount, fees=fee
    )


@given(amounts, amounts)
def test_a_released_tip_costs_nothing(amount: Msat, limit: Msat) -> None:
    entries = [
        ledger.reserved(TIP, amount=amount, max_fee=limit, at=START),
        ledger.released(TIP, amount=amount, max_fee=limit, at=START),
    ]
    assert ledger.balances(entries) == Balances()
    assert ledger.balances(entries[:1]).held == amount + limit


def test_an_unbalanced_entry_cannot_be_made() -> None:
    with pytest.raises(UnbalancedEntry, match="off by"):
        LedgerEntry(tip_id=TIP, kind=EntryKind.SETTLED, at=START, change=Balances(tipped=Msat(1)))
