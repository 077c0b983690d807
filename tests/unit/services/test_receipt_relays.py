"""NIP-57 and NIP-75: a goal's relays, the recipient's, and always some of ours; ten at the most."""

from typing import Any

import pytest

from tests.fakes import CREATOR, FakeRelays
from tipdesk.base.ids import EventId
from tipdesk.base.units import Msat
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.nostr.nip75 import Goal
from tipdesk.services.receipt_relays import ReceiptRelays

GOAL = EventId(b"\x09" * 32)
OURS = FakeRelays().status()[0].url


class Lists:
    def __init__(self, *reads: str) -> None:
        self._reads = reads

    def reads(self, _: object) -> tuple[str, ...]:
        return self._reads


class Goals:
    def __init__(self, *relays: str) -> None:
        self._relays = relays

    def goal(self, event_id: EventId) -> Goal | None:
        if event_id != GOAL:
            return None
        return Goal(
            creator=CREATOR.x_only, amount=Msat(1), relays=self._relays, description="a lens"
        )


def relays_for(event_id: EventId | None, goal: tuple[str, ...], reads: tuple[str, ...]) -> Any:
    goals: Any = Goals(*goal)
    lists: Any = Lists(*reads)
    chooser = ReceiptRelays(goals=goals, lists=lists, relays=FakeRelays())
    return chooser.of(ZapTarget(recipient=CREATOR.x_only, event_id=event_id))


def test_without_a_goal_or_a_list_ours_are_named() -> None:
    assert relays_for(None, (), ()) == (OURS,)


def test_a_goals_relays_come_first_and_only_for_that_goal() -> None:
    goal, reads = ("wss://goal.example",), ("wss://read.example",)
    assert relays_for(GOAL, goal, reads) == (*goal, *reads, OURS)
    assert relays_for(EventId(bytes(32)), goal, reads) == (*reads, OURS)


def test_ours_have_a_place_whatever_others_name_and_nobody_has_two() -> None:
    many = tuple(f"wss://r{number}.example" for number in range(20))
    found = relays_for(GOAL, many, ("wss://R1.example:443/",))
    assert len(found) == 10
    assert OURS in found
    assert found[:9] == many[:9]


@pytest.mark.parametrize("again", [OURS, OURS + "/"])
def test_a_relay_of_both_is_named_once(again: str) -> None:
    assert relays_for(None, (), (again,)) == (again,)
