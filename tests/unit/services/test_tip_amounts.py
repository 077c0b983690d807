"""The amounts of one press: the usual, a person's own, and what no budget would let through."""

from pathlib import Path

import pytest

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.ledger import TIP_MIGRATIONS
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat, Sat
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent, TipAmountsChanged
from tipdesk.services.tip_amounts import (
    USUAL,
    AmountNeverTipped,
    AmountOverLimit,
    NotThreeAmounts,
    TipAmounts,
)
from tipdesk.tips.budget import BudgetScope

ANA, BELA = XOnlyPubkey(b"\x01" * 32), XOnlyPubkey(b"\x02" * 32)
OTHERS = (Sat(5_000), Sat(21), Sat(1_000))


class Desk:
    """The service on a real store, with budgets of the test's choice."""

    def __init__(self, folder: Path) -> None:
        self.budgets: dict[BudgetScope, Msat | None] = {}
        self.store = MoneySettingsStore(MoneyDatabase(folder / "money.db", TIP_MIGRATIONS))
        self.heard: list[AppEvent] = []
        bus = Bus()
        bus.subscribe(TipAmountsChanged, self.heard.append)
        self.amounts = TipAmounts(settings=self.store, budget=self.budgets.get, bus=bus)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_was_set_for_one_person_is_theirs_alone_until_it_is_forgotten(desk: Desk) -> None:
    desk.amounts.set_own(ANA, OTHERS)
    assert desk.amounts.of(ANA) == (Sat(21), Sat(1_000), Sat(5_000))
    assert desk.amounts.has_own(ANA)
    assert desk.amounts.of(BELA) == USUAL
    desk.amounts.forget_own(ANA)
    assert desk.amounts.of(ANA) == USUAL
    assert not desk.amounts.has_own(ANA)
    assert desk.heard == [TipAmountsChanged(ANA), TipAmountsChanged(ANA)]


def test_the_usual_ones_hold_for_everybody_without_their_own(desk: Desk) -> None:
    desk.amounts.set_own(ANA, (Sat(1), Sat(2), Sat(3)))
    desk.amounts.set_usual(OTHERS)
    assert desk.amounts.of(BELA) == desk.amounts.usual == (Sat(21), Sat(1_000), Sat(5_000))
    assert desk.amounts.of(ANA) == (Sat(1), Sat(2), Sat(3))
    assert desk.heard[-1] == TipAmountsChanged(None)


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        ((Sat(1), Sat(2)), NotThreeAmounts),
        ((Sat(1), Sat(2), Sat(2)), NotThreeAmounts),
        ((Sat(1), Sat(2), Sat(3), Sat(4)), NotThreeAmounts),
        ((Sat(0), Sat(2), Sat(3)), AmountNeverTipped),
        ((Sat(1), Sat(2), Sat(10_000_001)), AmountNeverTipped),
    ],
)
def test_what_cannot_be_an_amount_changes_nothing(
    desk: Desk, wanted: tuple[Sat, ...], refused: type[RequestError]
) -> None:
    with pytest.raises(refused):
        desk.amounts.set_usual(wanted)
    assert desk.amounts.usual == USUAL
    assert desk.heard == []


@pytest.mark.parametrize("scope", [BudgetScope.DAY, BudgetScope.CREATOR])
def test_an_amount_fits_into_the_limits_with_its_fee(desk: Desk, scope: BudgetScope) -> None:
    desk.budgets[scope] = Msat(503_000)
    desk.amounts.set_own(ANA, (Sat(1), Sat(2), Sat(498)))
    with pytest.raises(AmountOverLimit) as refusal:
        desk.amounts.set_own(ANA, (Sat(1), Sat(2), Sat(501)))
    assert "501 sat with its fee is more than your limit of 503 sat a day" in str(refusal.value)
    assert desk.amounts.of(ANA)[2] == Sat(498)


@pytest.mark.parametrize("kept", ["", "1,2", "1,2,x", "3,2,1", "0,1,2", "1,2,3,4", "1,2,99999999"])
def test_what_was_kept_and_makes_no_sense_counts_as_never_set(desk: Desk, kept: str) -> None:
    desk.store.put_setting("tip_amounts", kept)
    assert desk.amounts.usual == USUAL
